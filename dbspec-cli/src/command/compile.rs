//! `dbspec compile`: the files that each engine's own client runs.

use std::path::PathBuf;

use dbspec::backend::view::{DecisionsFile, TargetDecisions, markdown};
use dbspec::targets::folder;
use serde_json::json;

use crate::args::{Compile, Format};
use crate::failure::Failure;
use crate::files::Files;
use crate::{output, target};

pub(crate) fn run(args: &Compile) -> Result<(), Failure> {
    let compilation = target::compile(&args.of)?;
    let coverage = super::coverage::file(&compilation);
    let decisions = compilation
        .pairs()
        .map(|(target, lowered)| TargetDecisions::of(target.clone(), lowered));
    let decisions = DecisionsFile::new(&*compilation.kernel.name, decisions.collect());

    let mut written: Vec<(PathBuf, String)> = Vec::new();
    for compiled in &compilation.targets {
        let folder = args.out.join(folder(&compiled.target.name.name));
        let script = compiled
            .target
            .backend
            .script(&*compiled.lowered.design)
            .map_err(|wrong| Failure::Compiler {
                target: compiled.target.name.to_string(),
                why: wrong.to_string(),
            })?;
        for artefact in script.artefacts {
            written.push((folder.join(&artefact.file), artefact.text));
        }
    }
    written.push((args.out.join("coverage.json"), pretty(&coverage)?));
    written.push((args.out.join("coverage.md"), markdown(&coverage)));
    written.push((args.out.join("decisions.json"), pretty(&decisions)?));

    let mut files = Files::default();
    for (file, text) in &written {
        files.add(file, text)?;
    }
    files.finish()?;
    let names: Vec<&PathBuf> = written.iter().map(|(file, _)| file).collect();
    match args.of.model.style.format {
        Format::Json => output::out_json(&json!({ "format": 1, "written": names }))?,
        Format::Text => output::out_lines(names.iter().map(|file| file.display()))?,
    }
    Ok(())
}

fn pretty(document: &impl serde::Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(document).map_err(std::io::Error::from)?;
    text.push('\n');
    Ok(text)
}
