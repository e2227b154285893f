//! Kernel → design, outcomes and decisions.

mod audit;
mod count;
mod embed;
pub(super) mod index;
mod query;
mod rule;
mod size;
mod table;

use dbspec_core::backend::Lowering;
use dbspec_core::backend::coverage::{FactOutcome, Outcome, WriteOutcome};
use dbspec_core::kernel::Subject;

use super::capability;
use super::design::Design;
use super::options::Options;
use crate::document::fact::{Use, used};

/// So many items one transaction takes.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub(super) const ITEMS: u32 = 100;

/// Builds the design.
pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Design {
    let kernel = cx.kernel;
    let embedding = embed::Embedding::choose(kernel, options.embed);
    let mut tables = table::build(options, cx, &embedding);
    let indexes = index::lower(cx, &mut tables);
    let counting = embedding.chosen();
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
                cx.decisions.extend(size::decide(&embedding, write));
                cx.coverage
                    .answer(facet, atomic(at_most), None, capability::ATOMIC);
            }
            Subject::Entity(entity) => {
                let at_most = counting.plain(entity, of.facet);
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
