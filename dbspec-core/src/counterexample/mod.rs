//! Counterexamples: the fewest rows that break one rule and, wherever that can be, no other.
//!
//! A rule that an engine doesn't enforce is best shown by rows that it takes. They are searched for over the plain checker
//! of whole databases ([`audit`](fn@crate::semantics::audit)): a row of the simplest values gets what else must be there,
//! until nothing is broken; then it is changed so that the rule is broken, what that breaks besides is mended, and what
//! isn't needed is taken away. The search is bounded in steps, so that it ends on every model and always in the same way.

mod candidate;
mod place;
mod search;
mod seed;
mod simple;

use crate::kernel::{EntityId, Facet, Kernel, LeafType, Moving, RuleId, RuleKind, Scalar};
use crate::semantics::Row;

/// The most rows that a counterexample has.
const MOST_ROWS: usize = 120;

/// Rows that break a rule, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The rows, those that others name before them where there is no cycle.
    pub rows: Vec<(EntityId, Row)>,
    /// Rules of the same value that they break too, where none breaks the rule alone: a text that is too long is none of its
    /// type either.
    pub besides: Vec<RuleId>,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCounterexample {
    /// It binds how rows change.
    #[error("rows alone don't show it: it is about how they change")]
    Change,
    /// It binds who asks.
    #[error("rows alone don't show it: it is about who sees and changes them")]
    Asking,
    /// It says what happens by itself.
    #[error("rows alone don't show it: it is about what is done to them in time")]
    Doing,
    /// It would take too many rows.
    #[error("it takes {rows} rows to show it, and at most {MOST_ROWS} are looked at")]
    Large {
        /// How many.
        rows: u64,
    },
    /// No value of the model's types is of another type.
    #[error("no row of the model shows it: it takes a value of another type")]
    Mistyped,
    /// None was found.
    #[error("none was found in {steps} steps: whatever broke it broke another rule too")]
    NotFound {
        /// How many states were judged.
        steps: u32,
    },
}

/// The fewest rows that break a side of a rule and, wherever that can be, no other rule.
///
/// # Errors
/// Why there are none.
pub fn find(kernel: &Kernel, rule: RuleId, facet: Facet) -> Result<Counterexample, NoCounterexample> {
    shown_by_rows(kernel, rule, facet)?;
    let found = search::Search::new(kernel, rule).run(facet);
    match found {
        Err(NoCounterexample::NotFound { .. }) => {
            let found = search::Search::lenient(kernel, rule).run(facet);
            found.map_err(|why| match (&kernel.rules[rule].kind, why) {
                (RuleKind::Type(_), NoCounterexample::NotFound { .. }) => NoCounterexample::Mistyped,
                (_, why) => why,
            })
        }
        found => found,
    }
}

fn shown_by_rows(kernel: &Kernel, rule: RuleId, facet: Facet) -> Result<(), NoCounterexample> {
    match facet {
        Facet::Action | Facet::Living | Facet::Update | Facet::Delete => {
            return Err(NoCounterexample::Change);
        }
        Facet::Holds
        | Facet::Exists
        | Facet::Shared
        | Facet::AtLeast
        | Facet::AtMost
        | Facet::Answered
        | Facet::Called
        | Facet::InsertRow
        | Facet::UpdateRow
        | Facet::DeleteRow
        | Facet::Used => {}
    }
    match &kernel.rules[rule].kind {
        // How long they are, is for a rule of its own to say.
        RuleKind::Type(leaf)
            if matches!(
                kernel.leaves[*leaf].ty,
                LeafType::Scalar(Scalar::String { .. } | Scalar::Bytes { .. }) | LeafType::List(_)
            ) =>
        {
            Err(NoCounterexample::Mistyped)
        }
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Required(_)
        | RuleKind::Predicate { on_write: false, .. }
        | RuleKind::Key(_)
        | RuleKind::Unique { .. }
        | RuleKind::Reference { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Secret(_)
        | RuleKind::Assert { .. } => Ok(()),
        RuleKind::Predicate { on_write: true, .. }
        | RuleKind::Transition(Moving::Leaf(..) | Moving::Frozen(_) | Moving::AppendOnly)
        | RuleKind::KeepAtLeast { .. } => Err(NoCounterexample::Change),
        RuleKind::Policy { .. } => Err(NoCounterexample::Asking),
        RuleKind::Default { .. } | RuleKind::KeepAtMost { .. } => Err(NoCounterexample::Doing),
    }
}

#[cfg(test)]
mod tests;
