//! What engines whose requests are documents share.

pub(crate) mod term;
