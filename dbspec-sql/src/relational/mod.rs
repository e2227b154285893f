//! What SQL engines share: expressions and selects as plain data, and the one writer that prints them.
//!
//! An engine's lowering makes [`Sql`] trees, in words that its engine knows; its renderer and its programs print them with
//! a [`Writer`]. Names and texts reach a statement through the [`Dialect`]'s quoting alone. What is printed as it stands
//! (functions, types, operators) is a constant of the compiler, never a word of the model.

pub(crate) mod audit;
pub(crate) mod change;
mod expr;
pub(crate) mod express;
pub(crate) mod fact;
pub(crate) mod index;
pub(crate) mod local;
pub(crate) mod naming;
pub(crate) mod plain;
pub(crate) mod program;
pub(crate) mod regex;
mod select;
pub(crate) mod words;
mod write;

pub use change::Event;
pub use expr::{Infix, Sql, Word};
pub use select::{Select, Sorting, Source};
pub(crate) use words::Ground;
pub use write::{Binding, Casting, Dialect, Writer, print};
