//! Programs: what is sent to an engine to answer a query or do a write, as data.
//!
//! A program is steps over slots. The [machine](machine::Machine) runs it without I/O: it yields requests and is given replies, so that
//! everything can be tested, stopped and interleaved without an engine. `now`, seeds and retries' waiting times are
//! given or told, never taken.
//!
//! # How writes work
//!
//! A write's program is a loop around core's evaluator ([`semantics`](crate::semantics)): [`Step::Judge`] runs it on
//! what is known so far. As long as it has needs, the program fetches them ([`Step::Switch`] over the need's `want`)
//! and [`Step::Learn`]s the rows; then the changes and what they relied on are in slots, as values that the engine's
//! requests repeat over. What the evaluator read or took for granted is locked, or a condition of the request.
//!
//! # How queries work
//!
//! Where the engine has a query language, one request asks it all and [`Step::Return`] decodes the reply. Where it
//! hasn't, the program fetches candidates by the access path, learns them and lets [`Step::Answer`] judge, order and
//! join them with the evaluator, with needs fetched as above.
//!
//! # Values in slots
//!
//! [`Want`], [`Act`] and [`Rely`] say what needs, changes and reliances are about, as texts that programs switch over
//! ([`Want::text`] and the like); `key`, `values` and rows are lists.
//!
//! | a need | members |
//! |---|---|
//! | `row Order` | `want`, `key` |
//! | `children Order.customer`, `count Order.customer` | `want`, `key`: of the row that is named |
//! | `same Order.no_overlap` | `want`, `values`: in the rule's leaves |
//! | `all Order` | `want` |
//! | `next Order.number` | `want`, `count`: how many numbers, at least 1 |
//!
//! | a change | members |
//! |---|---|
//! | `insert Order`, `update Order`, `delete Order` | `do`, `key`: as before; `before`, `after`: rows, null where there is none |
//!
//! | a reliance | members |
//! |---|---|
//! | `exists Customer` | `rely`, `key`, `rule`: broken where there is no such row |
//! | `free Order` | `rely`, `key`, `rule`: broken where there is such a row |
//! | `unique Customer.email.unique` | `rely`, `values`, `key`: of the changed row; `rule` |
//! | `unchanged Customer` | `rely`, `key`, `row`: null where it is absent |
//! | `children Order.customer` | `rely`, `key` |
//! | `same Order.no_overlap` | `rely`, `values` |
//!
//! A `rule` is a number that [`Denial::Rule`] understands. Rows in slots are lists by leaf, decoded by [`Shape`]s.
//!
//! # Faults
//!
//! A driver translates what its engine says into a [`Fault`](machine::Fault); what that means is written in the program ([`Expect`],
//! [`Denial`]). The machine sends again what may be sent again ([`Replay`]), rolls an [`Atomic`](Step::Atomic) back
//! before it tries again or ends, and says of a failure whether something may have been applied.

pub mod machine;
pub mod terms;

mod codec;
mod flaw;
mod known;
mod request;
mod step;
mod term;
mod words;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use codec::{Codec, Fixed, Number, Unfit, from_json, to_json};
pub use flaw::Flaw;
pub use request::{Denial, Doc, Expect, Replay, Request, Then};
pub use step::{Block, Step};
pub use term::{LeafCodec, Shape, Term};
pub use words::{Act, Rely, Want};

use crate::kernel::{EntityId, FieldId, Kernel, QueryId, RuleId};

/// A slot of a program, which holds a value; null at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

/// Which evaluation a program is for; what it asks the evaluator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A query.
    Query(QueryId),
    /// Any write: the operation is given when the machine is made.
    Write,
}

/// A program without [`Flaw`]s.
#[derive(Clone, Debug)]
pub struct Program {
    kernel: Arc<Kernel>,
    purpose: Purpose,
    steps: Block,
    slots: u16,
    judged: JudgedByEngine,
}

/// What an engine judges at commit, so that the evaluator needn't read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JudgedByEngine {
    /// References whose `Exists` facet it judges. It counts where all references to an entity are judged.
    pub exists: BTreeSet<FieldId>,
    /// Entities whose keys it judges.
    pub keys: BTreeSet<EntityId>,
    /// Unique rules that it judges.
    pub unique: BTreeSet<RuleId>,
    /// References whose delete action it carries out by itself.
    pub actions: BTreeSet<FieldId>,
    /// Rules (overlap, at-most, bounds) that it judges wholly, so that the evaluator skips them.
    pub rules: BTreeSet<RuleId>,
}

impl Program {
    /// A program, if its steps can be run.
    ///
    /// # Errors
    /// The first [`Flaw`] found: a fault of the backend.
    pub fn new(
        kernel: Arc<Kernel>,
        purpose: Purpose,
        steps: Block,
        judged: JudgedByEngine,
    ) -> Result<Self, Flaw> {
        let slots = flaw::inspect(&kernel, purpose, &steps)?;
        Ok(Self {
            kernel,
            purpose,
            steps,
            slots,
            judged,
        })
    }

    /// The kernel that its evaluations speak of.
    pub fn kernel(&self) -> &Arc<Kernel> {
        &self.kernel
    }

    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How many slots it has.
    pub fn slots(&self) -> u16 {
        self.slots
    }

    /// What the engine judges at commit.
    pub fn judged(&self) -> &JudgedByEngine {
        &self.judged
    }
}
