//! The drivers of dbspec: the only crate that does I/O.
//!
//! A [`Client`] speaks to one database of one model: it creates the design on an empty database, runs the programs of
//! queries and writes, and loads rows. Which engine it is follows from the URL; `memory:` is the reference engine.
//!
//! Core's machine runs each program without I/O ([`Machine`](dbspec_core::program::machine::Machine)); what is here sends what it asks for,
//! waits where it says so and translates what an engine replies. Nothing here decides what may be sent again or what a
//! fault means: that is written in the program.
//!
//! ```no_run
//! # async fn example(kernel: std::sync::Arc<dbspec_core::kernel::Kernel>) -> Result<(), dbspec_live::LiveError> {
//! let client = dbspec_live::Client::connect("postgres://localhost/shop", kernel).await?;
//! client.apply().await?;
//! # Ok(()) }
//! ```
//!
//! # Secrets
//!
//! No message holds a password, a key or a value of a row: addresses are printed without them ([`Address`]), and of what
//! an engine says only that is repeated which speaks of its own state.

mod address;
mod client;
mod engine;
mod error;
mod load;

#[cfg(feature = "dynamodb")]
mod dynamodb;
#[cfg(feature = "mongodb")]
mod mongodb;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "neo4j")]
mod neo4j;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod statement;

pub use address::Address;
pub use client::Client;
pub use engine::{Engine, Session, open};
pub use error::LiveError;
pub use load::{Progress, read_folder};
