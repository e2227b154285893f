//! What becomes of facts.

use dbspec_core::backend::Lowering;
use dbspec_core::backend::coverage::{FactOutcome, Outcome};
use dbspec_core::kernel::{FactKind, Kernel, Subject};

use crate::postgres::capability;

/// Answers for all facts.
pub(super) fn lower(kernel: &Kernel, cx: &mut Lowering<'_>) {
    for (facet, of) in kernel.facets.iter() {
        let Subject::Fact(fact) = of.subject else { continue };
        let (outcome, line) = match kernel.facts[fact].kind {
            FactKind::Name => (FactOutcome::Used, capability::NAMES),
            FactKind::Documentation => (FactOutcome::Used, capability::COMMENT),
            FactKind::Volume | FactKind::Statistic | FactKind::Scale => {
                (FactOutcome::Used, capability::ESTIMATE)
            }
            FactKind::Determines
            | FactKind::Session
            | FactKind::Role
            | FactKind::Prefer
            | FactKind::Operate
            | FactKind::Load
            | FactKind::Personal
            | FactKind::Adoption
            | FactKind::Placement => (FactOutcome::Unused, capability::UNUSED),
        };
        cx.coverage.answer(facet, Outcome::Fact(outcome), None, line);
    }
}
