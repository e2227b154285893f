//! `dbspec apply`: the design, created on an empty database.

use serde_json::json;

use crate::args::{Apply, Format};
use crate::database::Database;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &Apply) -> Result<(), Failure> {
    let checked = super::checked(input::model(&args.model.file)?)?;
    output::say_findings(&checked.warnings, &checked.sources);
    let mut database = Database::connect(&args.url, &checked.kernel)?;
    database.apply()?;
    match args.model.style.format {
        Format::Json => output::out_json(&json!({ "format": 1, "applied": checked.kernel.name }))?,
        Format::Text => output::say(format_args!("applied {}", checked.kernel.name)),
    }
    Ok(())
}
