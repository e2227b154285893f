//! `dbspec apply`: the design, created on an empty database.

use crate::args::Apply;
use crate::database::Database;
use crate::failure::Failure;
use crate::input;

pub(crate) fn run(args: &Apply) -> Result<(), Failure> {
    let checked = super::checked(input::model(&args.model.file)?)?;
    Database::connect(&args.url, &checked.kernel)?;
    Err(Failure::Usage(
        "a database in memory needs no design, and is gone when the command ends".to_owned(),
    ))
}
