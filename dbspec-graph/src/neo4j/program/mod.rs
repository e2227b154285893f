//! The programs of queries and writes.

mod change;
mod lock;
mod need;
mod query;
mod request;
mod write;

use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::{Lowered, NotServed, WriteKind};
use dbspec_core::kernel::QueryId;
use dbspec_core::program::{Flaw, Program, Slot};

use super::design::Design;
use super::layout::Layout;

/// What the evaluator lacks.
const NEEDS: Slot = Slot(1);
/// The changes.
const CHANGES: Slot = Slot(2);
/// What they rely on.
const RELIED: Slot = Slot(3);
/// What the operation returns.
const RETURNED: Slot = Slot(4);
/// A kind of need, and the needs of it.
const KIND: Slot = Slot(5);
const SOME: Slot = Slot(6);
/// One of them.
const NEED: Slot = Slot(7);
/// A reply, and the rows that came.
const REPLY: Slot = Slot(8);
const ROWS: Slot = Slot(9);
/// What lists are looked through with.
const X: Slot = Slot(10);
const Y: Slot = Slot(11);
/// The item that a request's document is about.
const ITEM: Slot = Slot(12);
/// A query's rows and what became of them.
const CANDIDATES: Slot = Slot(13);
const ANSWER: Slot = Slot(14);
/// The first slot that is given out.
const FREE: u16 = 15;

/// The program of a query.
pub(super) fn query(lowered: &Lowered<Design>, id: QueryId) -> Result<Program, NotServed> {
    let kernel = lowered.kernel();
    let query = &kernel.queries[id];
    let what = || kernel.path(query.element).to_string();
    for facet in query.facets.iter() {
        let outcome = &lowered.report().coverage.entry(facet).outcome;
        if let Outcome::Query(QueryOutcome::NotServed { instead }) = outcome {
            return Err(NotServed {
                what: what(),
                reason: instead.to_string(),
            });
        }
    }
    query::program(lowered, id).map_err(|flaw| faulty(what(), &flaw))
}

/// The program of a write: one for all of them.
pub(super) fn write(lowered: &Lowered<Design>, _: WriteKind) -> Result<Program, NotServed> {
    write::program(lowered).map_err(|flaw| faulty(lowered.kernel().name.clone(), &flaw))
}

fn faulty(what: String, flaw: &Flaw) -> NotServed {
    NotServed {
        what,
        reason: flaw.to_string(),
    }
}

fn layout(lowered: &Lowered<Design>) -> Layout<'_> {
    Layout {
        kernel: lowered.kernel(),
        design: &lowered.design,
    }
}
