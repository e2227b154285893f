//! What dbspec and its backends are tested with.
//!
//! - [`laws`]: what every backend obeys, whatever the model; [`empty`]: the backend to copy for a new one.
//! - [`generate`] and [`operations`]: models with hostile names, and operations on the rows there are.
//! - [`explorer`]: programs at every interleaving, stopped anywhere, with replies lost; [`fake`]: an engine in memory
//!   to run them on, and [`bank`], what clients do at the same time; [`dynamo`]: as much of DynamoDB as programs use.

pub mod bank;
pub mod dynamo;
pub mod empty;
pub mod explorer;
pub mod fake;
pub mod generate;
pub mod laws;
pub mod operations;
