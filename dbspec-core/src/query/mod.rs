//! Access paths matched against queries.
//!
//! A backend describes each index, key or structure as an [`AccessPath`]: six facts. [`fit`] says what a query gets from
//! it: which conditions it answers, which are left to be judged on rows that were read, whether rows come in the
//! query's order, how many look-ups start it and how many rows are read. [`wanted`] says which columns a query would
//! like; [`choose`] makes as few indexes of such wishes as serve them all. [`reads`] says how many rows that reads at most,
//! with those along paths.
//!
//! An optional condition (`when $x`) may be absent, so each combination is a query of its own ([`variants`]); the
//! outcome of a query is the worst of them.
//!
//! # What a path must not do
//!
//! - A *sparse* path lacks the rows in which one of its columns is null: it serves only queries whose conditions exclude
//!   those rows.
//! - The order of nulls is the path's property: the model's is last ascending, first descending.
//! - Several look-ups (`in`) lose the order.

mod choose;
mod fit;
mod operand;
mod path;
mod reads;

pub use choose::{Index, Wanted, choose, wanted};
pub use fit::{AccessPath, Fit, Sorted, fit};
pub use operand::is_comparable;
pub use path::{Path, Plan, plan};
pub use reads::reads;

use crate::kernel::{Query, VarId};

/// A set of a query's conditions, by position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CondSet(u64);

impl CondSet {
    /// All conditions of a query.
    pub fn all(query: &Query) -> Self {
        (0..query.conds.len()).collect()
    }

    /// Whether a condition is in it.
    pub fn contains(self, at: usize) -> bool {
        at < 64 && self.0 & (1 << at) != 0
    }

    /// The set with a condition.
    #[must_use]
    pub fn with(self, at: usize) -> Self {
        Self(self.0 | if at < 64 { 1 << at } else { 0 })
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The positions, in order.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..64).filter(move |at| self.contains(*at))
    }
}

impl FromIterator<usize> for CondSet {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        positions.into_iter().fold(Self::default(), Self::with)
    }
}

/// The parameters that may be absent, each once.
pub(crate) fn optional(query: &Query) -> Vec<VarId> {
    let mut optional: Vec<VarId> = query.conds.iter().filter_map(|cond| cond.when).collect();
    optional.sort_unstable();
    optional.dedup();
    optional
}

/// The conditions that count where these parameters are given.
pub(crate) fn counting(query: &Query, given: impl Fn(VarId) -> bool) -> CondSet {
    let conds = query.conds.iter().enumerate();
    conds
        .filter(|(_, cond)| cond.when.is_none_or(&given))
        .map(|(at, _)| at)
        .collect()
}

/// The conditions that count, for each combination of given optional parameters: all given first.
pub fn variants(query: &Query) -> Vec<CondSet> {
    let optional = optional(query);
    let absent = |var: VarId, absent: u32| {
        let at = optional.iter().position(|it| *it == var);
        at.is_some_and(|at| absent & (1 << at) != 0)
    };
    (0..1u32 << optional.len().min(4))
        .map(|them| counting(query, |var| !absent(var, them)))
        .collect()
}
