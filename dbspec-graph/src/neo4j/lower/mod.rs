//! Kernel → design, outcomes and decisions.

mod audit;
mod index;
mod node;
mod query;
mod rule;

use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{FactOutcome, Outcome, WriteOutcome};
use dbspec_core::kernel::{FactKind, Subject};

pub(super) use node::is_unique;

use super::capability;
use super::design::Design;
use super::options::Options;

/// Builds the design.
pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Design {
    let kernel = cx.kernel;
    let mut graph = node::build(options, cx);
    let indexes = index::lower(cx, &mut graph);
    for rule in kernel.rules.ids() {
        rule::lower(options, cx, &graph, rule);
    }
    for query in kernel.queries.ids() {
        query::lower(cx, &graph, &indexes, query);
    }
    for (facet, of) in kernel.facets.iter() {
        match of.subject {
            Subject::Write(_) | Subject::Entity(_) => {
                let atomic = WriteOutcome::Atomic {
                    bound: None,
                    at_most: None,
                };
                cx.coverage
                    .answer(facet, Outcome::Write(atomic), None, capability::ATOMIC);
            }
            Subject::Fact(fact) => {
                let (outcome, line) = used(kernel.facts[fact].kind);
                cx.coverage.answer(facet, Outcome::Fact(outcome), None, line);
            }
            Subject::Rule(_) | Subject::Query(_) => {}
        }
    }
    graph.design
}

fn used(kind: FactKind) -> (FactOutcome, LineId) {
    match kind {
        FactKind::Name => (FactOutcome::Used, capability::NAMES),
        FactKind::Volume | FactKind::Statistic | FactKind::Scale => (FactOutcome::Used, capability::ESTIMATE),
        FactKind::Documentation
        | FactKind::Determines
        | FactKind::Session
        | FactKind::Role
        | FactKind::Prefer
        | FactKind::Operate
        | FactKind::Load
        | FactKind::Personal
        | FactKind::Adoption
        | FactKind::Placement => (FactOutcome::Unused, capability::UNUSED),
    }
}
