//! Where findings go while the check goes on.

use crate::diag::{Diagnostic, Severity};

/// The findings so far.
#[derive(Debug, Default)]
pub(super) struct Sink {
    found: Vec<Diagnostic>,
}

impl Sink {
    /// Takes a finding.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Takes all findings of another one.
    pub(super) fn append(&mut self, other: Self) {
        self.found.extend(other.found);
    }

    /// How many findings there are so far.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// All findings, by position.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.span().position());
        self.found
    }
}

/// Whether one of them is an error.
pub(super) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}
