//! The engine's own findings on a model, one file a rule: limits, sizes, reserved words. There are none.

use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

pub(super) fn all(_: &Kernel) -> Vec<Diagnostic> {
    Vec::new()
}
