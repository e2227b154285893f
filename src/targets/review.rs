//! The whole check of a model: of syntax and meaning, of its targets, and by each target's engine.

use std::sync::Arc;

use dbspec_core::check::{self, Unchecked};
use dbspec_core::diag::{Diagnostic, Severity};
use dbspec_core::kernel::Kernel;

use super::{Target, stated};

/// What the whole check of a model comes to.
#[derive(Debug)]
pub struct Reviewed {
    /// The kernel, where nothing found is an error.
    pub kernel: Option<Arc<Kernel>>,
    /// The targets that the model states, in order.
    pub targets: Vec<Target>,
    /// Everything that was found, by position.
    pub found: Vec<Diagnostic>,
}

/// Checks a model: syntax, meaning, targets, and what each target's engine has to say.
pub fn review(model: impl Into<Unchecked>) -> Reviewed {
    let check::Review { kernel, mut found } = check::review(model);
    let mut targets = Vec::new();
    if let Some(kernel) = &kernel {
        let (stated, mut wrong) = stated(kernel);
        found.append(&mut wrong);
        for target in &stated {
            found.append(&mut target.backend.findings(kernel));
        }
        targets = stated;
    }
    found.sort_by_key(|it| it.span().position());
    // Two versions of one engine find the same.
    found.dedup_by(|a, b| a == b && a.span().same(b.span()));
    let wrong = found.iter().any(|it| it.severity == Severity::Error);
    Reviewed {
        kernel: kernel.filter(|_| !wrong),
        targets,
        found,
    }
}
