//! What engines whose requests are documents share.

pub(crate) mod fact;
pub(crate) mod name;
pub(crate) mod operand;
pub(crate) mod owned;
pub(crate) mod query;
pub(crate) mod segment;
pub(crate) mod size;
pub(crate) mod term;
pub(crate) mod walk;
