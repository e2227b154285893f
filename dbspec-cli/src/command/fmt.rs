//! `dbspec fmt`: one way to write a model.

use std::path::Path;

use dbspec::diag::SourceMap;
use dbspec::syntax::{format, load};
use serde_json::json;

use crate::args::{Fmt, Format};
use crate::failure::{Failure, Findings};
use crate::files::Files;
use crate::{input, output};

pub(crate) fn run(args: &Fmt) -> Result<(), Failure> {
    let mut files = Files::default();
    let mut changed = Vec::new();
    let mut listed = Vec::new();
    let mut found = Vec::new();
    let mut sources = SourceMap::new();
    for file in &args.files {
        let bytes = input::bytes(file)?;
        // What it uses is not its text, and is found when it is checked.
        let mut nothing = |_: &str| Ok(Vec::new());
        let loaded = load(&file.to_string_lossy(), bytes, &mut nothing);
        if super::has_errors(&loaded.parsed.diagnostics) {
            found = loaded.parsed.diagnostics;
            sources = loaded.sources;
            break;
        }
        let alone = dbspec::parse(&loaded.parsed.text);
        let text = format(&alone);
        let same = text == loaded.parsed.text;
        let standard = file == Path::new("-");
        if standard && !args.check && args.style.format == Format::Text {
            output::out(&text)?;
            continue;
        }
        listed.push(json!({ "file": file, "changed": !same }));
        if !same {
            changed.push(file.display().to_string());
            if !args.check && !standard {
                files.add(file, &text)?;
            }
        }
    }
    if !found.is_empty() {
        return Err(Failure::Findings(Box::new(Findings {
            diagnostics: found,
            sources,
        })));
    }
    if !args.check {
        files.finish()?;
    }
    match args.style.format {
        Format::Json => output::out_json(&json!({ "format": 1, "files": listed }))?,
        Format::Text if args.check => {
            output::out_lines(&changed)?;
        }
        Format::Text => {
            for file in &changed {
                output::say(format_args!("formatted {file}"));
            }
        }
    }
    if args.check && !changed.is_empty() {
        return Err(Failure::Check(format!(
            "{} of {} files not as `dbspec fmt` writes them",
            changed.len(),
            args.files.len()
        )));
    }
    Ok(())
}
