//! The engine's own findings on a model: none yet beyond what core's check says.

use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

/// All findings.
pub(super) fn lint(_kernel: &Kernel) -> Vec<Diagnostic> {
    Vec::new()
}
