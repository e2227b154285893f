//! What becomes of facts.

use dbspec_core::kernel::FactKind;

/// What a fact is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// What is made carries it.
    Carried,
    /// Choices turn on it.
    Estimate,
    /// Nothing.
    None,
}

/// What a kind of fact is used for.
pub(crate) fn used(kind: FactKind) -> Use {
    match kind {
        FactKind::Name => Use::Carried,
        FactKind::Volume | FactKind::Statistic | FactKind::Scale => Use::Estimate,
        FactKind::Documentation
        | FactKind::Determines
        | FactKind::Session
        | FactKind::Role
        | FactKind::Prefer
        | FactKind::Operate
        | FactKind::Load
        | FactKind::Personal
        | FactKind::Adoption
        | FactKind::Placement => Use::None,
    }
}
