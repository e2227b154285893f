//! Kernel → design, outcomes and decisions.

mod audit;
mod hash;
mod index;
mod query;
mod rule;

use dbspec_core::backend::Lowering;
use dbspec_core::backend::coverage::{FactOutcome, Outcome, WriteOutcome};
use dbspec_core::kernel::Subject;

use super::capability;
use super::design::Design;
use super::options::Options;
use crate::document::fact::{Use, used};

/// Builds the design.
pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Design {
    let kernel = cx.kernel;
    let mut all = hash::build(options, cx);
    index::lower(cx, &mut all);
    for rule in kernel.rules.ids() {
        rule::lower(cx, &all, rule);
    }
    for query in kernel.queries.ids() {
        query::lower(cx, &all, query);
    }
    let atomic = Outcome::Write(WriteOutcome::Atomic {
        bound: None,
        at_most: None,
    });
    for (facet, of) in kernel.facets.iter() {
        match of.subject {
            Subject::Write(_) | Subject::Entity(_) => {
                cx.coverage
                    .answer(facet, atomic.clone(), None, capability::ATOMIC);
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
    all.design
}
