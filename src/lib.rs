//! A database specialist as a library: describe your data once, and get the best design for each engine, with what it
//! enforces, why it was chosen, and programs that read and write by it.
//!
//! ```
//! use dbspec::backend::Compile;
//!
//! let parsed = dbspec::parse("entity Customer { id: uuid = uuid7() @key  email: string(254) @unique }");
//! let kernel = dbspec::check(parsed)?;
//! let lowered = dbspec::Postgres::new(17).lower(&kernel, None)?;
//! let script = dbspec::Postgres::render(&lowered.design);
//! assert_eq!(script.artefacts[0].file, "schema.sql");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rooms of [`dbspec-core`](dbspec_core) are re-exported under their own names; engines are known here alone, each a
//! feature of its own. The drivers are a crate of their own, `dbspec-live`; nothing here does I/O but [`build`], which is
//! for `build.rs`.

pub mod build;
pub mod targets;

pub use dbspec_core::{
    arena, backend, check, counterexample, diag, export, kernel, model, pred, program, query, rows,
    semantics, span, syntax, typed, value,
};

pub use dbspec_core::check::check;
pub use dbspec_core::model::Model;
pub use dbspec_core::syntax::parse;
#[cfg(feature = "neo4j")]
pub use dbspec_graph::Neo4j;
pub use dbspec_memory::{Memory, Reference};
#[cfg(feature = "dynamodb")]
pub use dbspec_nosql::DynamoDb;
#[cfg(feature = "mongodb")]
pub use dbspec_nosql::MongoDb;
#[cfg(feature = "redis")]
pub use dbspec_nosql::Redis;
#[cfg(feature = "mysql")]
pub use dbspec_sql::MySql;
#[cfg(feature = "postgres")]
pub use dbspec_sql::Postgres;

/// Every code that a finding can have: of the language, of its meaning, of targets and of each engine.
pub fn codes() -> Vec<&'static diag::Code> {
    let engines = backends();
    let rules = engines.iter().flat_map(|it| it.finds());
    diag::registry::codes()
        .chain(targets::CODES.iter().copied())
        .chain(rules.map(|rule| &rule.code))
        .collect()
}

/// Compilers for every engine, at the newest version.
pub fn backends() -> Vec<Box<dyn backend::AnyBackend>> {
    targets::all().into_iter().map(|it| it.backend).collect()
}
