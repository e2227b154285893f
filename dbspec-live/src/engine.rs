//! What a driver does.

use async_trait::async_trait;
use dbspec_core::backend::{AnyBackend, Script};
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use std::sync::Arc;

use crate::{Address, LiveError};

/// A database behind a driver.
#[async_trait]
pub trait Engine: Send + Sync {
    /// The backend for what the engine is: its version and edition.
    fn backend(&self) -> Arc<dyn AnyBackend>;
    /// A session for one program.
    async fn session(&self) -> Result<Box<dyn Session>, Fault>;
    /// What of the database isn't empty: names of its tables. Only what `script` would make counts, where the engine has
    /// one namespace for everybody.
    async fn occupied(&self, script: &Script) -> Result<Vec<String>, LiveError>;
    /// Runs the statements of a script in order and waits until the database is ready.
    async fn apply(&self, script: &Script) -> Result<(), LiveError>;
}

/// What runs one program's requests.
#[async_trait]
pub trait Session: Send {
    /// Begins a transaction, in these words.
    async fn begin(&mut self, words: &str) -> Result<(), Fault>;
    /// Commits it.
    async fn commit(&mut self) -> Result<(), Fault>;
    /// Rolls it back; where that fails, the connection is given up, which does the same.
    async fn rollback(&mut self);
    /// Sends requests and returns one result each, in order.
    async fn calls(&mut self, calls: &[Call]) -> Result<Vec<Value>, Fault>;
}

/// Opens the database of an address, without a model.
///
/// # Errors
/// One that can't be reached, isn't of a version that dbspec compiles for, or is of an engine that has no driver: the
/// reference engine, and those that this build leaves out.
pub async fn open(address: &Address) -> Result<Box<dyn Engine>, LiveError> {
    match address {
        #[cfg(feature = "postgres")]
        Address::Postgres(url) => Ok(Box::new(crate::postgres::Postgres::connect(url, address).await?)),
        #[cfg(feature = "mysql")]
        Address::MySql(url) => Ok(Box::new(crate::mysql::MySql::connect(url, address).await?)),
        #[cfg(feature = "dynamodb")]
        Address::DynamoDb(url) => Ok(Box::new(crate::dynamodb::DynamoDb::connect(url, address).await?)),
        #[cfg(feature = "mongodb")]
        Address::MongoDb(url) => Ok(Box::new(crate::mongodb::MongoDb::connect(url, address).await?)),
        #[cfg(feature = "redis")]
        Address::Redis(url) => Ok(Box::new(crate::redis::Redis::connect(url, address).await?)),
        #[cfg(feature = "neo4j")]
        Address::Neo4j(url) => Ok(Box::new(crate::neo4j::Neo4j::connect(url, address).await?)),
        Address::Memory(_) => Err(LiveError::Address(format!(
            "{address}: there is nothing to connect to"
        ))),
        #[cfg(not(feature = "postgres"))]
        Address::Postgres(_) => Err(LiveError::Address(format!(
            "{address}: this build has no driver for it"
        ))),
        #[cfg(not(feature = "mysql"))]
        Address::MySql(_) => Err(LiveError::Address(format!(
            "{address}: this build has no driver for it"
        ))),
        #[cfg(not(feature = "neo4j"))]
        Address::Neo4j(_) => Err(LiveError::Address(format!(
            "{address}: this build has no driver for it"
        ))),
        #[cfg(not(feature = "dynamodb"))]
        Address::DynamoDb(_) => Err(LiveError::Address(format!(
            "{address}: this build has no driver for it"
        ))),
        #[cfg(not(feature = "mongodb"))]
        Address::MongoDb(_) => Err(LiveError::Address(format!(
            "{address}: this build has no driver for it"
        ))),
        #[cfg(not(feature = "redis"))]
        Address::Redis(_) => Err(LiveError::Address(format!(
            "{address}: this build has no driver for it"
        ))),
    }
}
