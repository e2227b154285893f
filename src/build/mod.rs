//! For `build.rs`: a model compiled into scripts and one Rust file of constants and types.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), dbspec::build::BuildError> {
//!     dbspec::build::compile("schema.dbspec").map(drop)
//! }
//! ```
//!
//! ```ignore
//! // src/main.rs
//! mod schema {
//!     include!(concat!(env!("OUT_DIR"), "/schema.rs"));
//! }
//! ```
//!
//! The Rust file is named like the model's file and has the modules that [`rust`] lists. What each engine's client runs lies
//! beside it, and is there as constants. cargo is told to build again when a file that was read changes; a file that stays
//! the same is not written. Findings are cargo's warnings and errors, with file, line and column.

mod disk;
mod report;
pub mod rust;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::backend::Script;
use dbspec_core::kernel::Kernel;
use dbspec_core::model::Model;
use dbspec_core::syntax::{Loaded, format_model};

use crate::targets::{self, NotChosen, Target};
use rust::TargetFiles;

/// Compiles a model for the targets that it states, or for every engine of this build where it states none, into cargo's
/// folder of generated files.
///
/// # Errors
/// [`BuildError`]
pub fn compile(file: impl AsRef<Path>) -> Result<Built, BuildError> {
    Build::new(file).compile()
}

/// What is compiled, and where to.
#[derive(Clone, Debug)]
pub struct Build {
    file: PathBuf,
    targets: Vec<String>,
    out: Option<PathBuf>,
}

impl Build {
    /// A model's file, as seen from where the package is.
    pub fn new(file: impl AsRef<Path>) -> Self {
        Self {
            file: file.as_ref().to_owned(),
            targets: Vec::new(),
            out: None,
        }
    }

    /// Only for this target: one of the model by name, or any as `postgres@17`. Call it again for more.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.targets.push(target.into());
        self
    }

    /// The folder to write to, instead of cargo's own.
    #[must_use]
    pub fn out(mut self, folder: impl AsRef<Path>) -> Self {
        self.out = Some(folder.as_ref().to_owned());
        self
    }

    /// Compiles it.
    ///
    /// # Errors
    /// [`BuildError`]
    pub fn compile(self) -> Result<Built, BuildError> {
        let out = match self.out {
            Some(folder) => folder,
            None => disk::out_dir().ok_or(BuildError::NoFolder)?,
        };
        let stem = stem(&self.file)?;
        let (Loaded { parsed, sources }, read) = disk::load(&self.file)?;
        let model = parsed.model.clone();
        let reviewed = targets::review(parsed);
        disk::say(&report::watched(&read))?;
        disk::say(&report::findings(&reviewed.found, &sources))?;
        let Some(kernel) = reviewed.kernel else {
            return Err(BuildError::Findings(report::text(&reviewed.found, &sources)));
        };
        let chosen = targets::chosen(reviewed.targets, &self.targets)?;
        let files = files(&stem, &model, &kernel, &chosen)?;
        let mut written = Vec::with_capacity(files.len());
        for (name, text) in &files {
            let file = out.join(name);
            disk::write(&file, text)?;
            written.push(file);
        }
        Ok(Built {
            rust: out.join(format!("{stem}.rs")),
            files: written,
            read,
        })
    }
}

/// What was compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The Rust file.
    pub rust: PathBuf,
    /// All files, the Rust file among them.
    pub files: Vec<PathBuf>,
    /// The files of the model that were read.
    pub read: Vec<PathBuf>,
}

/// Why a model wasn't compiled.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The model has errors, as text with the source quoted.
    #[error("{0}")]
    Findings(String),
    /// A target that can't be had.
    #[error("target {0}")]
    Target(#[from] NotChosen),
    /// A file can't be read.
    #[error("cannot read {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file can't be written.
    #[error("cannot write {}: {source}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Cargo can't be told.
    #[error("cannot write to standard output: {0}")]
    Output(std::io::Error),
    /// Nobody says where to: `OUT_DIR` is not set, so this is no build script.
    #[error("no folder to write to: OUT_DIR is not set; say where with `out`")]
    NoFolder,
    /// The file has no name that others could be called after.
    #[error("{} is no file of a model", file.display())]
    NoName {
        /// The file.
        file: PathBuf,
    },
    /// A compiler broke its own promise.
    #[error("{target}: {why} (a fault of dbspec, please report it)")]
    Compiler {
        /// The target.
        target: String,
        /// What is missing.
        why: String,
    },
}

/// As a build script prints it that returns it from `main`.
impl std::fmt::Debug for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

fn stem(file: &Path) -> Result<String, BuildError> {
    let stem = file.file_stem().and_then(|it| it.to_str());
    stem.map(str::to_owned).ok_or_else(|| BuildError::NoName {
        file: file.to_owned(),
    })
}

/// All files by their way from the folder: the Rust file last, so that what it includes is there before.
fn files(
    stem: &str,
    model: &Model,
    kernel: &Arc<Kernel>,
    chosen: &[Target],
) -> Result<Vec<(String, String)>, BuildError> {
    let text = format!("{stem}/model.dbspec");
    let mut files = vec![(text.clone(), format_model(model))];
    let mut scripts = Vec::with_capacity(chosen.len());
    for target in chosen {
        let folder = format!("{stem}/{}", targets::folder(&target.name.name));
        let mut of_target = Vec::new();
        for artefact in script(target, kernel)?.artefacts {
            let path = format!("{folder}/{}", artefact.file);
            of_target.push((artefact.file, path.clone()));
            files.push((path, artefact.text));
        }
        scripts.push(TargetFiles {
            target: target.name.clone(),
            files: of_target,
        });
    }
    files.push((format!("{stem}.rs"), rust::text(kernel, &text, &scripts)));
    Ok(files)
}

fn script(target: &Target, kernel: &Arc<Kernel>) -> Result<Script, BuildError> {
    let fault = |why: String| BuildError::Compiler {
        target: target.name.to_string(),
        why,
    };
    let lowered = target
        .backend
        .compile(kernel, None)
        .map_err(|incomplete| fault(incomplete.to_string()))?;
    let script = target.backend.script(&*lowered.design);
    script.map_err(|wrong| fault(wrong.to_string()))
}
