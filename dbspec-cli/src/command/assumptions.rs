//! `dbspec assumptions`: numbers that designs read and nobody gave.

use dbspec::backend::view::AssumptionsFile;

use crate::args::{Format, OfTargets};
use crate::failure::Failure;
use crate::table::Table;
use crate::{output, target};

pub(crate) fn run(args: &OfTargets) -> Result<(), Failure> {
    let compilation = target::compile(args)?;
    let file = AssumptionsFile::of(&compilation.kernel, compilation.pairs());
    match args.model.style.format {
        Format::Json => output::out_json(&file)?,
        Format::Text if file.assumptions.is_empty() => output::say("nothing is assumed"),
        Format::Text => {
            let mut table = Table::new(["element", "say it in the model", "what it is", "read by"]);
            for it in &file.assumptions {
                let say = it.say.as_str();
                table.row([&it.path, say, &it.quantity, &it.targets.join(", ")]);
            }
            output::out(&table.to_string())?;
        }
    }
    Ok(())
}
