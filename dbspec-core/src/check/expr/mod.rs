//! Expressions: from what is written to what is typed and resolved.
//!
//! A [`Scope`] knows which rows and variables names can mean. Two things come out: an [`Operand`] (a value, a
//! reference, a way to many, or a literal that waits for its type) or a [`Pred`](crate::kernel::Pred). Whatever can't
//! be resolved is reported once and then [`Operand::Broken`] or `None`, so that nothing follows from it.

mod arith;
mod assign;
mod call;
mod compare;
mod literal;
mod operand;
mod path;
mod pred;
mod scope;
mod shift;
mod step;

pub(super) use compare::fold as folded_value;
pub(super) use operand::{Ends, Listed, ManyEnd, Operand, Typed, is_ordered, kind_of, word};
pub(super) use pred::{both, labelled_row, matching, not};
pub(super) use scope::{About, Frame, GroupKey, Grouped, Scope, Vars};
pub(super) use shift::{asks_null, is_grouped, judges_row, leaf_free, leaves_of, speaks_of_row, uses_var};
