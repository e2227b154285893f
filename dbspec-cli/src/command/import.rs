//! `dbspec import`: a model from JSON, in the language.

use dbspec::syntax::format_model;
use serde_json::json;

use crate::args::{Format, Import};
use crate::failure::Failure;
use crate::files::Files;
use crate::{input, output};

pub(crate) fn run(args: &Import) -> Result<(), Failure> {
    let bytes = input::bytes(&args.file)?;
    let model = input::from_json(&args.file, &bytes)?;
    let text = format_model(&model);
    // A file can hold what the language can't say, such as a name without a letter.
    let again = dbspec::parse(&text);
    if let Some(first) = again.diagnostics.first() {
        return Err(Failure::Input {
            file: args.file.clone(),
            why: format!("the model says what the language can't: {}", first.message),
        });
    }
    if again.model != model {
        return Err(Failure::Input {
            file: args.file.clone(),
            why: "the model says what the language can't: read back, it is another one".to_owned(),
        });
    }
    match (&args.out, args.style.format) {
        (Some(out), format) => {
            let mut files = Files::default();
            files.add(out, &text)?;
            files.finish()?;
            if format == Format::Json {
                output::out_json(&json!({ "format": 1, "written": [out] }))?;
            } else {
                output::say(format_args!("wrote {}", out.display()));
            }
        }
        (None, Format::Text) => output::out(&text)?,
        (None, Format::Json) => output::out_json(&json!({ "format": 1, "text": text }))?,
    }
    Ok(())
}
