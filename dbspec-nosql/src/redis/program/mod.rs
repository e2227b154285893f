//! The programs of queries and writes.

mod commit;
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

/// What lists are looked through with. Not the first slot: that is for [texts that depend](crate::document::term::text_if).
const X: Slot = Slot(18);
/// The same for single values on their way into a text.
pub(super) const Y: Slot = Slot(1);
/// What the evaluator lacks.
const NEEDS: Slot = Slot(2);
/// The changes.
const CHANGES: Slot = Slot(3);
/// What they rely on.
const RELIED: Slot = Slot(4);
/// What the operation returns.
const RETURNED: Slot = Slot(5);
/// A kind of need or change, and those of it.
const KIND: Slot = Slot(6);
const SOME: Slot = Slot(7);
/// One of them.
const NEED: Slot = Slot(8);
/// A reply, and the rows in it.
const REPLY: Slot = Slot(9);
const ROWS: Slot = Slot(10);
/// The names that a range gave.
const NAMES: Slot = Slot(11);
/// What a write read, as acts that ask whether it is still so.
const SEEN: Slot = Slot(12);
/// Acts that take away, and acts that put.
const GONE: Slot = Slot(13);
const COME: Slot = Slot(14);
/// A query's rows and what became of them.
const CANDIDATES: Slot = Slot(15);
const ANSWER: Slot = Slot(16);
/// The member after which a query's next page starts.
const NEXT: Slot = Slot(17);
/// The first slot that is given out.
const FREE: u16 = 19;

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
