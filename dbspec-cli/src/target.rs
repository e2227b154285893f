//! The targets that a command is about.

use std::sync::Arc;

use dbspec::backend::view::TargetName;
use dbspec::backend::{AnyDesign, Lowered};
use dbspec::kernel::Kernel;
use dbspec::targets::{self, Target};

use crate::args::OfTargets;
use crate::command::Checked;
use crate::failure::Failure;
use crate::{input, output};

/// A target and what it made of the model.
pub(crate) struct Compiled {
    /// The target.
    pub target: Target,
    /// What it made.
    pub lowered: Lowered<Box<dyn AnyDesign>>,
}

/// A model and what its targets made of it.
pub(crate) struct Compilation {
    /// The model.
    pub kernel: Arc<Kernel>,
    /// The targets, in order.
    pub targets: Vec<Compiled>,
}

impl Compilation {
    /// Names and results, as reports want them.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&TargetName, &Lowered<Box<dyn AnyDesign>>)> {
        self.targets.iter().map(|it| (&it.target.name, &it.lowered))
    }
}

/// Reads, checks and compiles a model for the targets that are asked for.
pub(crate) fn compile(args: &OfTargets) -> Result<Compilation, Failure> {
    let checked = crate::command::checked(input::model(&args.model.file)?)?;
    output::say_warnings(&checked.warnings);
    let Checked { kernel, targets, .. } = checked;
    let targets =
        targets::chosen(targets, &args.targets).map_err(|not| Failure::Usage(format!("--target {not}")))?;
    let mut compiled = Vec::with_capacity(targets.len());
    for target in targets {
        let lowered = target
            .backend
            .compile(&kernel, None)
            .map_err(|incomplete| Failure::Compiler {
                target: target.name.to_string(),
                why: incomplete.to_string(),
            })?;
        compiled.push(Compiled { target, lowered });
    }
    Ok(Compilation {
        kernel,
        targets: compiled,
    })
}
