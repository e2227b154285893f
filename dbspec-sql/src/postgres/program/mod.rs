//! The programs of queries and writes.
//!
//! Every bind is a text, cast in the statement; every reply has one column of JSON. So a driver needs to know no types,
//! and nothing is rounded on the way.

mod write;

use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::{Lowered, NotServed, WriteKind};
use dbspec_core::kernel::{Kernel, QueryId};
use dbspec_core::program::Program;

use super::design::Design;
use crate::relational::program::query;

/// The program of a query.
pub(super) fn query(lowered: &Lowered<Design>, id: QueryId) -> Result<Program, NotServed> {
    let kernel = lowered.kernel();
    let it = &kernel.queries[id];
    let not_served = |reason: String| NotServed {
        what: kernel.path(it.element).to_string(),
        reason,
    };
    for facet in it.facets.iter() {
        let entry = lowered.report().coverage.entry(facet);
        if let Outcome::Query(QueryOutcome::NotServed { instead }) = &entry.outcome {
            let line = &lowered.lines()[usize::from(entry.line.0)];
            return Err(not_served(format!("{}; {instead}", line.says)));
        }
    }
    let steps = query::steps(lowered.design.ground(kernel), id)
        .map_err(|_| not_served("something of it can't be said in SQL".to_owned()))?;
    query::program(kernel, id, steps).map_err(|flaw| not_served(flaw.to_string()))
}

/// The program of a write: one serves all operations.
pub(super) fn write(lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
    write::program(lowered).map_err(|flaw| NotServed {
        what: path(lowered.kernel(), write),
        reason: flaw.to_string(),
    })
}

fn path(kernel: &Kernel, write: WriteKind) -> String {
    let element = match write {
        WriteKind::Insert(id) | WriteKind::Update(id) | WriteKind::Delete(id) => kernel.entities[id].element,
        WriteKind::Call(id) => kernel.writes[id].element,
    };
    kernel.path(element).to_string()
}
