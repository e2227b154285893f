//! `dbspec apply`: the design, created on an empty database.

use serde_json::json;

use crate::args::{Apply, Format};
use crate::database::Database;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &Apply) -> Result<(), Failure> {
    let checked = super::checked(input::model(&args.model.file)?)?;
    output::say_warnings(&checked.warnings);
    let database = Database::connect(&args.url, &checked.kernel)?;
    database.apply()?;
    let (model, address) = (&checked.kernel.name, database.address());
    match args.model.style.format {
        Format::Json => output::out_json(&json!({ "format": 1, "applied": model, "to": address }))?,
        Format::Text => output::say(format_args!("applied {model} to {address}")),
    }
    Ok(())
}
