//! Operands of conditions.

pub(crate) use dbspec_core::query::is_comparable;
