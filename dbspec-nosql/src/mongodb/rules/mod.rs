//! What `MongoDB`'s compiler has to say of a model beyond core's check: one file a rule, each with its documentation, a bad
//! sample that raises its code and a good one that doesn't. A law executes every sample.
//!
//! Deliberately absent: reserved words, since names stand as texts.

mod large_row;

use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

pub(super) use large_row::DOCUMENT;

/// Every rule of this room, in order of codes.
pub(super) static RULES: &[&Rule] = &[&large_row::RULE];

/// All findings.
pub(super) fn lint(kernel: &Kernel) -> Vec<Diagnostic> {
    large_row::find(kernel)
}
