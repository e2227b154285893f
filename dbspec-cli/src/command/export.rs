//! `dbspec export`: a model for other tools.

use dbspec::export::{dbml, mermaid};

use crate::args::{Export, ExportFormat};
use crate::failure::{Failure, Findings};
use crate::files::Files;
use crate::{input, output};

pub(crate) fn run(args: &Export) -> Result<(), Failure> {
    let input = input::model(&args.file)?;
    let text = match args.format {
        ExportFormat::Json => {
            if super::has_errors(&input.parsed.diagnostics) {
                return Err(Failure::Findings(Box::new(Findings {
                    diagnostics: input.parsed.diagnostics,
                    sources: input.sources,
                })));
            }
            let mut text =
                serde_json::to_string_pretty(&input.parsed.model).map_err(|error| Failure::Input {
                    file: args.file.clone(),
                    why: error.to_string(),
                })?;
            text.push('\n');
            text
        }
        ExportFormat::Mermaid => mermaid(&super::checked(input)?.kernel),
        ExportFormat::Dbml => dbml(&super::checked(input)?.kernel),
    };
    match &args.out {
        Some(out) => {
            let mut files = Files::default();
            files.add(out, &text)?;
            files.finish()?;
            output::say(format_args!("wrote {}", out.display()));
        }
        None => output::out(&text)?,
    }
    Ok(())
}
