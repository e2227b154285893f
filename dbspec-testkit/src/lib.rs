//! What every dbspec backend is tested with: generators of models and operations, and the laws that it obeys.

pub mod empty;
pub mod generate;
pub mod laws;
pub mod operations;
