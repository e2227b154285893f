//! What MySQL's compiler has to say of a model beyond core's check: one file a rule, each with its documentation, a bad
//! sample that raises its code and a good one that doesn't. A law executes every sample. Reserved words need no rule, since
//! all names are quoted.

mod long_fraction;
mod long_name;

use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

/// Every rule of this room, in order of codes.
pub(super) static RULES: &[&Rule] = &[&long_name::RULE, &long_fraction::RULE];

/// All findings.
pub(super) fn lint(kernel: &Kernel) -> Vec<Diagnostic> {
    let mut found = long_name::find(kernel);
    found.append(&mut long_fraction::find(kernel));
    found
}
