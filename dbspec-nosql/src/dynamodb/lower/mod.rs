//! Kernel → design, outcomes and decisions.

mod audit;
mod count;
mod index;
mod query;
mod rule;
mod size;
mod table;

use dbspec_core::backend::Lowering;
use dbspec_core::backend::coverage::{FactOutcome, Outcome, WriteOutcome};
use dbspec_core::kernel::{EntityId, Facet, Kernel, Subject};

use super::capability;
use super::design::Design;
use super::layout::Layout;
use super::options::Options;
use crate::document::fact::{Use, used};

/// So many items one transaction takes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub(super) const ITEMS: u32 = 100;

/// Builds the design.
pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Design {
    let kernel = cx.kernel;
    let mut tables = table::build(options, cx);
    let indexes = index::lower(cx, &mut tables);
    let layout = Layout {
        kernel,
        design: &tables.design,
    };
    let reads = count::Reads::of(kernel);
    let counting = count::Counting {
        layout,
        reads: &reads,
    };
    for rule in kernel.rules.ids() {
        rule::lower(cx, &tables, rule);
    }
    for query in kernel.queries.ids() {
        query::lower(cx, &tables, &indexes, query);
    }
    for (facet, of) in kernel.facets.iter() {
        match of.subject {
            Subject::Write(write) => {
                let at_most = counting.call(&kernel.writes[write]);
                cx.decisions
                    .extend(at_most.and_then(|it| size::decide(counting, write, it)));
                cx.coverage
                    .answer(facet, atomic(at_most), None, capability::ATOMIC);
            }
            Subject::Entity(entity) => {
                let at_most = plain(counting, entity, of.facet);
                cx.coverage
                    .answer(facet, atomic(at_most), None, capability::ATOMIC);
            }
            Subject::Fact(fact) => {
                let (outcome, line) = match used(kernel.facts[fact].kind) {
                    Use::Carried => (FactOutcome::Used, capability::NAMES),
                    Use::Estimate => (FactOutcome::Used, capability::ESTIMATE),
                    Use::None => (FactOutcome::Unused, capability::UNUSED),
                };
                cx.coverage.answer(facet, Outcome::Fact(outcome), None, line);
            }
            Subject::Rule(_) | Subject::Query(_) => {}
        }
    }
    tables.design
}

fn atomic(at_most: Option<u32>) -> Outcome {
    Outcome::Write(WriteOutcome::Atomic {
        bound: Some(ITEMS),
        at_most,
    })
}

fn plain(counting: count::Counting<'_>, entity: EntityId, facet: Facet) -> Option<u32> {
    let kernel: &Kernel = counting.layout.kernel;
    match facet {
        Facet::InsertRow => counting.insert(entity),
        Facet::DeleteRow if kernel.entities[entity].soft_delete.is_none() => counting.delete(entity),
        Facet::UpdateRow | Facet::DeleteRow => counting.update(entity),
        Facet::Holds
        | Facet::Exists
        | Facet::Action
        | Facet::Living
        | Facet::Shared
        | Facet::AtLeast
        | Facet::AtMost
        | Facet::Update
        | Facet::Delete
        | Facet::Answered
        | Facet::Called
        | Facet::Used => None,
    }
}
