//! The engine's own findings on a model, one file a rule: limits, sizes, reserved words. There are none.

use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

/// Every rule of this room, in order of codes.
pub(super) static RULES: &[&Rule] = &[];

pub(super) fn lint(_: &Kernel) -> Vec<Diagnostic> {
    Vec::new()
}
