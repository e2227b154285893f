//! Why a command didn't do what it was asked.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use dbspec::diag::{Diagnostic, SourceMap};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The input has errors, which the findings say.
    #[error("{}", count(.0))]
    Findings(Box<Findings>),
    /// The input can't be read as what it should be.
    #[error("{file}: {why}", file = file.display())]
    Input {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A check that was asked for failed; what it found is said already.
    #[error("{0}")]
    Check(String),
    /// The command line asks for what there isn't.
    #[error("{0}")]
    Usage(String),
    /// A file can't be read.
    #[error("cannot read {file}: {source}", file = file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file or folder can't be written.
    #[error("cannot write {file}: {source}; nothing was changed", file = file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Standard output can't be written.
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    /// A compiler broke its own promise.
    #[error("{target}: {why} (a fault of dbspec, please report it)")]
    Compiler {
        /// The target.
        target: String,
        /// What is missing.
        why: String,
    },
    /// A write was refused by rules of the model, or by a limit.
    #[error("{0}")]
    Refused(String),
    /// The target doesn't serve the query or write.
    #[error("{0}")]
    NotServed(String),
    /// A live engine failed.
    #[error("{0}")]
    Live(String),
    /// Two databases answer differently; how, is said already.
    #[error("{0}")]
    Differs(String),
}

/// Findings, and the texts that they point into.
#[derive(Debug)]
pub(crate) struct Findings {
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts.
    pub sources: SourceMap,
}

fn count(findings: &Findings) -> String {
    crate::output::count(&findings.diagnostics)
}

impl Failure {
    /// Whether somebody closed standard output, who then wants nothing more.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(source) if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The process's exit code.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Findings(_)
            | Self::Input { .. }
            | Self::Check(_)
            | Self::Refused(_)
            | Self::NotServed(_)
            | Self::Compiler { .. } => 1,
            Self::Usage(_) | Self::Read { .. } | Self::Write { .. } | Self::Output(_) => 2,
            Self::Differs(_) | Self::Live(_) => 3,
        })
    }

    /// The kind, for machines.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Findings(_) => "findings",
            Self::Input { .. } => "input",
            Self::Check(_) => "check",
            Self::Usage(_) => "usage",
            Self::Read { .. } => "read",
            Self::Write { .. } => "write",
            Self::Output(_) => "output",
            Self::Compiler { .. } => "compiler",
            Self::Refused(_) => "refused",
            Self::NotServed(_) => "not served",
            Self::Live(_) => "live",
            Self::Differs(_) => "differs",
        }
    }
}
