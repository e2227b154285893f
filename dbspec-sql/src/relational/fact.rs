//! What becomes of facts.

use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{FactOutcome, Outcome};
use dbspec_core::kernel::{FactKind, Kernel, Subject};

/// The capability lines that answers for facts name.
pub(crate) struct Lines {
    pub(crate) names: LineId,
    pub(crate) comment: LineId,
    pub(crate) estimate: LineId,
    pub(crate) unused: LineId,
}

/// Answers for all facts.
pub(crate) fn lower(kernel: &Kernel, cx: &mut Lowering<'_>, lines: &Lines) {
    for (facet, of) in kernel.facets.iter() {
        let Subject::Fact(fact) = of.subject else { continue };
        let (outcome, line) = match kernel.facts[fact].kind {
            FactKind::Name => (FactOutcome::Used, lines.names),
            FactKind::Documentation => (FactOutcome::Used, lines.comment),
            FactKind::Volume | FactKind::Statistic | FactKind::Scale => (FactOutcome::Used, lines.estimate),
            FactKind::Determines
            | FactKind::Session
            | FactKind::Role
            | FactKind::Prefer
            | FactKind::Operate
            | FactKind::Load
            | FactKind::Personal
            | FactKind::Adoption
            | FactKind::Placement => (FactOutcome::Unused, lines.unused),
        };
        cx.coverage.answer(facet, Outcome::Fact(outcome), None, line);
    }
}
