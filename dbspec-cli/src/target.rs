//! The targets that a command is about.

use std::sync::Arc;

use dbspec::backend::view::TargetName;
use dbspec::backend::{AnyDesign, Lowered};
use dbspec::kernel::Kernel;
use dbspec::syntax::nearest;
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
    let targets = chosen(targets, &args.targets)?;
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

/// The stated targets that are asked for, or others by engine and version; all where nothing is asked.
fn chosen(stated: Vec<Target>, asked: &[String]) -> Result<Vec<Target>, Failure> {
    if asked.is_empty() {
        // The reference engine has nothing to design; whoever wants to see it asks for it.
        let mut every = targets::all();
        every.retain(|it| it.name.engine != "memory");
        return Ok(if stated.is_empty() { every } else { stated });
    }
    let mut rest = stated;
    let mut chosen: Vec<Target> = Vec::with_capacity(asked.len());
    for name in asked {
        if chosen.iter().any(|it| it.name.name == *name) {
            continue;
        }
        if let Some(at) = rest.iter().position(|it| it.name.name == *name) {
            chosen.push(rest.remove(at));
            continue;
        }
        let (engine, version) = match name.split_once('@') {
            Some((engine, version)) => (engine, Some(version)),
            None => (name.as_str(), None),
        };
        let (found, backend) = targets::backend(engine, version).map_err(|not| {
            let names = rest.iter().chain(&chosen).map(|it| it.name.name.as_str());
            let near = nearest(name, names);
            let hint = near.map(|near| format!("; the model has a target `{near}`"));
            Failure::Usage(format!("--target {name}: {not}{}", hint.unwrap_or_default()))
        })?;
        chosen.push(Target {
            name: TargetName {
                name: name.clone(),
                ..found
            },
            element: None,
            backend,
        });
    }
    Ok(chosen)
}
