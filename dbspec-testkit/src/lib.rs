//! Generators of models and operations, and the laws that every dbspec backend obeys.

pub mod generate;
pub mod operations;
