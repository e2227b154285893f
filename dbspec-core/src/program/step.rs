//! Steps: what a program does.

use std::collections::BTreeMap;

use super::{Request, Slot, Term};
use crate::kernel::Refusal;

/// Steps in sequence.
pub type Block = Vec<Step>;

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A slot gets a value.
    Set(Slot, Term),
    /// Ends the program with a refusal, unless the term is true.
    Refuse {
        /// The refusal.
        with: Refusal,
        /// The condition.
        unless: Term,
    },
    /// Ends the program, since it would go beyond what the engine takes, unless the term is true.
    Limit {
        /// What the limit is, for the user: `100 items in one transaction`.
        says: Box<str>,
        /// The condition.
        unless: Term,
    },
    /// Requests that may go out at once; replies come in order. Those outside a transaction that don't only read go
    /// alone.
    Send(Vec<Request>),
    /// One block or the other: true, or anything else.
    When(Term, Block, Block),
    /// By a text: the block of that name; none is a fault of the program.
    Switch(Term, BTreeMap<Box<str>, Block>),
    /// For each item of a list.
    Each {
        /// The list.
        over: Term,
        /// Where the item goes.
        item: Slot,
        /// What is done.
        body: Block,
    },
    /// Again and again, until the term is not true; each round but the last sends at least one request or learns something.
    Loop {
        /// What is done.
        body: Block,
        /// Whether to go on.
        again: Term,
    },
    /// What is inside is tried again from its start where a request's fault says so: what was learnt is forgotten, slots
    /// are as they were. Not where a request of this try has already changed something.
    Retry {
        /// At most so many times.
        at_most: u16,
        /// The waiting time before the second try, doubled each time.
        backoff_ms: u32,
        /// What is done.
        body: Block,
    },
    /// One transaction of the engine: begun, and committed or rolled back, on one session. A [`Step::Return`] inside
    /// commits it first.
    Atomic {
        /// How it begins, in the engine's words: `BEGIN ISOLATION LEVEL SERIALIZABLE`.
        begin: Box<str>,
        /// What is done.
        body: Block,
    },
    /// Runs the evaluator's [`apply`](fn@crate::semantics::apply) on what is known. A refusal ends the program.
    Judge {
        /// Gets the needs: an empty list when the evaluation is done.
        needs: Slot,
        /// Gets the changes: a list.
        changes: Slot,
        /// Gets the reliances: a list.
        relied: Slot,
        /// Gets what the operation returns.
        returned: Slot,
    },
    /// The evaluator now knows the answer to a need.
    Learn {
        /// The need, as [`Step::Judge`] gave it.
        need: Term,
        /// For a row: a list of none or one row; for rows: the list; for a count: the number; for a sequence: the
        /// numbers, as a list, or one of them.
        found: Term,
    },
    /// Runs the evaluator's [`answer`](fn@crate::semantics::answer) on candidates and what is known.
    Answer {
        /// The candidates: a list of rows of the query's entity; null: those that the evaluator finds.
        candidates: Term,
        /// Gets the needs: an empty list when the answer is complete.
        needs: Slot,
        /// Gets the answer: `{rows, next}`.
        into: Slot,
    },
    /// Ends the program with a value.
    Return(Term),
}
