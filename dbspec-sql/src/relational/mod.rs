//! What SQL engines share: expressions and selects as plain data, and the one writer that prints them.
//!
//! An engine's lowering makes [`Sql`] trees, in words that its engine knows; its renderer and its programs print them with
//! a [`Writer`]. Names and texts reach a statement through the [`Dialect`]'s quoting alone. What is printed as it stands
//! (functions, types, operators) is a constant of the compiler, never a word of the model.

mod expr;
mod select;
mod write;

pub use expr::{Infix, Sql, Word};
pub use select::{Select, Sorting, Source};
pub use write::{Dialect, Writer, print};
