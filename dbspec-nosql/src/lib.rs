//! The document and key-value compilers of dbspec.
//!
//! [`DynamoDb`] compiles for Amazon `DynamoDB`, [`MongoDb`] for `MongoDB`, [`Redis`] for Redis. Their rooms are
//! those of every engine; what they share lies in a room of its own.

mod document;
pub mod dynamodb;
#[cfg(test)]
mod examples;
pub mod mongodb;
pub mod redis;

pub use dynamodb::DynamoDb;
pub use mongodb::MongoDb;
pub use redis::Redis;
