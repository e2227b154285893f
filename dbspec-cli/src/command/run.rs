//! `dbspec run`: answers a query, runs a write, inserts a row, loads rows.

use dbspec::rows;
use dbspec::semantics::{Asked, Operation};
use dbspec::value::Value;
use serde_json::{Value as Json, json};

use crate::args::{Format, Run};
use crate::database::Database;
use crate::failure::Failure;
use crate::{given, input, output};

pub(crate) fn run(args: &Run) -> Result<(), Failure> {
    let checked = super::checked(input::model(&args.model.file)?)?;
    let kernel = &checked.kernel;
    let session = given::session(kernel, &args.session)?;
    // Whatever is wrong with the command line is said before anything is sent.
    let what = what(kernel, args)?;
    if what.is_none() && !args.params.is_empty() {
        return Err(Failure::Usage(
            "--param belongs to --access, --write or --insert".to_owned(),
        ));
    }
    let database = Database::connect(&args.url, kernel)?;
    let mut document = serde_json::Map::new();
    document.insert("format".to_owned(), json!(1));
    if let Some(folder) = &args.rows {
        let loaded = database.load(folder)?;
        document.insert("loaded".to_owned(), json!(loaded));
        if args.model.style.format == Format::Text {
            output::say(format_args!("loaded {loaded} rows"));
        }
    }
    match what {
        Some(What::Ask(asked)) => {
            let answer = database.query(asked, &database.context(session))?;
            let found: Vec<Json> = answer.rows.iter().map(rows::value_json).collect();
            let next = answer.next.as_deref().map(rows::cursor_json);
            if args.model.style.format == Format::Text {
                output::out_lines(&found)?;
                if let Some(next) = &next {
                    output::say(format_args!("there is more: --after '{next}'"));
                }
            }
            document.insert("rows".to_owned(), Json::Array(found));
            document.insert("next".to_owned(), next.unwrap_or(Json::Null));
        }
        Some(What::Write(operation)) => {
            let inserted = match &operation {
                Operation::Insert(rows) => rows.first().map(|(entity, _)| *entity),
                _ => None,
            };
            let returned = database.write(operation, &database.context(session))?;
            let returned = match (inserted, &returned) {
                (Some(entity), Value::List(key)) => rows::key_json(kernel, entity, key),
                _ => rows::value_json(&returned),
            };
            if args.model.style.format == Format::Text {
                output::out(&format!("{returned}\n"))?;
            }
            document.insert("returned".to_owned(), returned);
        }
        None => {}
    }
    if args.model.style.format == Format::Json {
        output::out_json(&document)?;
    }
    Ok(())
}

enum What {
    Ask(Asked),
    Write(Operation),
}

fn what(kernel: &dbspec::kernel::Kernel, args: &Run) -> Result<Option<What>, Failure> {
    if let Some(name) = &args.access {
        let query = given::query(kernel, name)?;
        let after = args.after.as_deref().map(cursor).transpose()?;
        return Ok(Some(What::Ask(Asked {
            query,
            args: given::arguments(kernel, &kernel.queries[query].params, &args.params)?,
            after,
        })));
    }
    if let Some(name) = &args.write {
        let write = given::write(kernel, name)?;
        let it = &kernel.writes[write];
        let params = &it.vars[..usize::from(it.params)];
        let args = given::arguments(kernel, params, &args.params)?;
        return Ok(Some(What::Write(Operation::Call(write, args))));
    }
    if let Some(name) = &args.insert {
        let entity = given::entity(kernel, name)?;
        let row = given::row(kernel, entity, &args.params)?;
        return Ok(Some(What::Write(Operation::Insert(vec![(entity, row)]))));
    }
    Ok(None)
}

fn cursor(text: &str) -> Result<Vec<Value>, Failure> {
    let wrong = |why: String| Failure::Usage(format!("--after is no cursor of an earlier page: {why}"));
    let json = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
    rows::parse_cursor(&json).map_err(|misfit| wrong(misfit.to_string()))
}
