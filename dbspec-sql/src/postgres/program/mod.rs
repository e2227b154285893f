//! The programs of queries and writes.
//!
//! Every bind is a text, cast in the statement; every reply has one column of JSON. So a driver needs to know no types,
//! and nothing is rounded on the way.

mod edit;

use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::{Lowered, NotServed, WriteKind};
use dbspec_core::kernel::{Facet, Kernel, OnDelete, QueryId, RuleKind};
use dbspec_core::program::{JudgedByEngine, Program};

use super::design::Design;
use crate::relational::program::{query, write};

/// How a transaction begins that only reads, all of it as of one moment.
const SNAPSHOT: &str = "begin isolation level repeatable read read only";

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
    let on = lowered.design.ground(kernel);
    let edit = edit::Edit {
        tables: &lowered.design.tables,
    };
    let reading = || write::reading(on, &edit, SNAPSHOT);
    let steps = query::steps(on, id, &reading)
        .map_err(|_| not_served("something of it can't be said in SQL".to_owned()))?;
    query::program(kernel, id, steps).map_err(|flaw| not_served(flaw.to_string()))
}

/// The program of a write: one serves all operations.
pub(super) fn write(lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
    let kernel = lowered.kernel();
    let constraints = write::Constraints::of(lowered);
    let judged = judged(kernel, &constraints);
    let (on, edit) = (
        lowered.design.ground(kernel),
        edit::Edit {
            tables: &lowered.design.tables,
        },
    );
    write::program(on, kernel, &edit, &constraints, judged).map_err(|flaw| NotServed {
        what: path(lowered.kernel(), write),
        reason: flaw.to_string(),
    })
}

/// What the engine judges by itself.
fn judged(kernel: &Kernel, by: &write::Constraints) -> JudgedByEngine {
    let mut judged = JudgedByEngine::default();
    for (id, rule) in kernel.rules.iter() {
        match &rule.kind {
            RuleKind::Key(_) if by.enforce(id, Facet::Holds) => {
                judged.keys.insert(rule.entity);
            }
            RuleKind::Unique { .. } if by.enforce(id, Facet::Holds) => {
                judged.unique.insert(id);
            }
            RuleKind::Overlap { .. } if by.enforce(id, Facet::Holds) => {
                judged.rules.insert(id);
            }
            RuleKind::Bounds { .. } if by.enforce(id, Facet::AtLeast) || by.enforce(id, Facet::AtMost) => {
                judged.rules.insert(id);
            }
            RuleKind::Reference { field, on_delete, .. } if by.enforce(id, Facet::Exists) => {
                judged.exists.insert(*field);
                if *on_delete == OnDelete::Restrict {
                    judged.actions.insert(*field);
                }
            }
            _ => {}
        }
    }
    judged
}

fn path(kernel: &Kernel, write: WriteKind) -> String {
    let element = match write {
        WriteKind::Insert(id) | WriteKind::Update(id) | WriteKind::Delete(id) => kernel.entities[id].element,
        WriteKind::Call(id) => kernel.writes[id].element,
    };
    kernel.path(element).to_string()
}
