//! The document and key-value compilers of dbspec.
//!
//! [`DynamoDb`] compiles for Amazon `DynamoDB`. Its rooms are those of every engine; what document engines share lies in
//! a room of its own.

mod document;
pub mod dynamodb;

pub use dynamodb::DynamoDb;
