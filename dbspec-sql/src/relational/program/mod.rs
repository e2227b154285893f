//! What programs of SQL engines share: queries as one statement each, their binds, and how values stand in them.
//!
//! Every bind is a text, cast in the statement; every reply has one column of JSON. So a driver needs to know no types,
//! and nothing is rounded on the way.

mod binds;
pub(crate) mod codec;
mod cursor;
pub(crate) mod judged;
pub(crate) mod output;
mod outputs;
pub(crate) mod query;
pub(crate) mod write;
