//! The graph compilers of dbspec.
//!
//! [`Neo4j`] compiles for Neo4j. Its rooms are those of every engine; what engines that speak Cypher share lies in a room
//! of its own.

mod cypher;
pub mod neo4j;

pub use neo4j::Neo4j;
