//! The document and key-value compilers of dbspec.
//!
//! [`DynamoDb`] compiles for Amazon `DynamoDB`, [`MongoDb`] for `MongoDB`. Their rooms are those of every engine; what document
//! engines share lies in a room of its own.

mod document;
pub mod dynamodb;
#[cfg(test)]
mod examples;
pub mod mongodb;

pub use dynamodb::DynamoDb;
pub use mongodb::MongoDb;
