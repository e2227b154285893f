//! The commands, one file each.

mod apply;
mod assumptions;
mod check;
mod compile;
pub(crate) mod coverage;
mod export;
mod fmt;
mod import;
mod run;
mod verify;
mod why;

use std::sync::Arc;

use dbspec::diag::{Diagnostic, Severity, SourceMap};
use dbspec::kernel::Kernel;
use dbspec::targets::{self, Reviewed, Target};

use crate::args::{Command, Format};
use crate::failure::{Failure, Findings};
use crate::input::Input;

/// Runs a command.
pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check::run(args),
        Command::Assumptions(args) => assumptions::run(args),
        Command::Fmt(args) => fmt::run(args),
        Command::Compile(args) => compile::run(args),
        Command::Coverage(args) => coverage::run(args),
        Command::Why(args) => why::run(args),
        Command::Run(args) => run::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Apply(args) => apply::run(args),
        Command::Export(args) => export::run(args),
        Command::Import(args) => import::run(args),
    }
}

/// How the command's results are written.
pub(crate) fn format(command: &Command) -> Format {
    match command {
        Command::Check(args) => args.style.format,
        Command::Assumptions(args) => args.model.style.format,
        Command::Fmt(args) => args.style.format,
        Command::Compile(args) => args.of.model.style.format,
        Command::Coverage(args) => args.of.model.style.format,
        Command::Why(args) => args.of.model.style.format,
        Command::Run(args) => args.model.style.format,
        Command::Verify(args) => args.model.style.format,
        Command::Apply(args) => args.model.style.format,
        Command::Export(_) => Format::Text,
        Command::Import(args) => args.style.format,
    }
}

/// A model without errors.
pub(crate) struct Checked {
    /// What it means.
    pub kernel: Arc<Kernel>,
    /// The targets that it states.
    pub targets: Vec<Target>,
    /// What is worth knowing nevertheless.
    pub warnings: Vec<Diagnostic>,
    /// The texts.
    pub sources: SourceMap,
}

/// Checks a model: syntax, meaning, targets, and what each target's engine has to say.
pub(crate) fn checked(input: Input) -> Result<Checked, Failure> {
    let Input { parsed, sources } = input;
    let Reviewed {
        kernel,
        targets,
        found,
    } = targets::review(parsed);
    match kernel {
        Some(kernel) => Ok(Checked {
            kernel,
            targets,
            warnings: found,
            sources,
        }),
        None => Err(Failure::Findings(Box::new(Findings {
            diagnostics: found,
            sources,
        }))),
    }
}

/// Whether one of the findings is an error.
pub(crate) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|it| it.severity == Severity::Error)
}
