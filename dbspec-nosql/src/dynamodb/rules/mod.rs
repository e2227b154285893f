//! What DynamoDB's compiler has to say of a model beyond core's check: one file a rule, each with its documentation, a bad
//! sample that raises its code and a good one that doesn't. A law executes every sample.
//!
//! Deliberately absent: reserved words, since no expression holds a name.

mod large_row;
mod long_key;
mod many_indexes;

use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

/// Every rule of this room, in order of codes.
pub(super) static RULES: &[&Rule] = &[&long_key::RULE, &large_row::RULE, &many_indexes::RULE];

/// All findings.
pub(super) fn lint(kernel: &Kernel) -> Vec<Diagnostic> {
    let mut found = long_key::find(kernel);
    found.extend(large_row::find(kernel));
    found.extend(many_indexes::find(kernel));
    found
}
