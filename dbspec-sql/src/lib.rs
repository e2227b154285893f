//! The relational compilers of dbspec.
//!
//! [`relational`] is what SQL engines share: nouns, expressions and the one writer that prints them, for structure and
//! for programs alike. Each engine has a folder of its own and knows nothing of the others.

pub mod mysql;
pub mod postgres;
pub mod relational;

pub use mysql::MySql;
pub use postgres::Postgres;
