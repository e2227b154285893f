//! What Neo4j's compiler has to say of a model beyond core's check: one file a rule, each with its documentation, a bad
//! sample that raises its code and a good one that doesn't. A law executes every sample.
//!
//! Deliberately absent: reserved words, since every name is quoted.

mod long_key;

use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

/// Every rule of this room, in order of codes.
pub(super) static RULES: &[&Rule] = &[&long_key::RULE];

/// All findings.
pub(super) fn lint(kernel: &Kernel) -> Vec<Diagnostic> {
    long_key::find(kernel)
}
