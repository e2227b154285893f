//! `dbspec check`: what is wrong with a model.

use crate::args::{Format, Model};
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &Model) -> Result<(), Failure> {
    let checked = super::checked(input::model(&args.file)?)?;
    match args.style.format {
        Format::Json => output::out_json(&output::findings_json(&checked.warnings, &checked.sources))?,
        Format::Text => {
            output::say_findings(&checked.warnings, &checked.sources);
            let count = output::count(&checked.warnings);
            output::say(format_args!("{}: {count}", args.file.display()));
        }
    }
    Ok(())
}
