//! `dbspec verify`: every query on two databases, and where they differ.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dbspec::kernel::{Kernel, QueryId};
use dbspec::rows;
use dbspec::semantics::{Asked, Context};
use dbspec::value::Value;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::args::{Format, Verify};
use crate::database::{Database, folder_rows};
use crate::failure::Failure;
use crate::output::{BAD, GOOD, POOR};
use crate::table::{Cell, Table};
use crate::{draw, given, input, output};

/// How many pages of one answer are compared.
const PAGES: usize = 10;

/// How much of a row that differs is shown to people; machines get all of it.
const WIDTH: usize = 300;

/// What was found.
#[derive(Serialize)]
struct Report {
    format: u32,
    queries: Vec<QueryReport>,
}

#[derive(Serialize)]
struct QueryReport {
    access: String,
    /// How often it was asked.
    asked: u64,
    /// How many rows the first database gave.
    rows: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
    /// Why it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<String>,
}

#[derive(Serialize)]
struct Difference {
    params: Json,
    /// Which row of the answer is the first that differs, from 0.
    row: u64,
    /// That row on each side; null where the answer has ended.
    first: Json,
    second: Json,
}

pub(crate) fn run(args: &Verify) -> Result<(), Failure> {
    let [first, second] = args.urls.as_slice() else {
        return Err(Failure::Usage(format!(
            "verify compares two databases, and --url is given {} times",
            args.urls.len()
        )));
    };
    let checked = super::checked(input::model(&args.model.file)?)?;
    let kernel = &*checked.kernel;
    let session = given::session(kernel, &args.session)?;
    let asked = asked(kernel, args)?;
    let first = Database::connect(first, &checked.kernel)?;
    let second = Database::connect(second, &checked.kernel)?;
    // One instant for all, so that `now()` is the same on both.
    let context = first.context(session);
    let mut report = Report {
        format: 1,
        queries: Vec::new(),
    };
    for (id, query) in kernel.queries.iter() {
        let mut it = QueryReport {
            access: query.name.to_string(),
            asked: 0,
            rows: 0,
            differences: Vec::new(),
            left_out: None,
        };
        let sets: Vec<&Vec<Value>> = asked
            .iter()
            .filter(|(query, _)| *query == id)
            .map(|(_, args)| args)
            .collect();
        if sets.is_empty() {
            it.left_out = Some("no parameters for it are given, or found among the rows".to_owned());
        }
        for args in sets {
            match compare(&first, &second, (id, args), &context)? {
                Compared::NotServed(why) => {
                    it.left_out = Some(why);
                    break;
                }
                Compared::Same(rows) => {
                    it.asked += 1;
                    it.rows += rows;
                }
                Compared::Different { row, sides } => {
                    it.asked += 1;
                    let params = query.params.iter().zip(args);
                    let params =
                        params.map(|(it, arg)| (it.name.to_string(), given::json(kernel, &it.ty, arg)));
                    let [first, second] = *sides;
                    it.differences.push(Difference {
                        params: params.collect(),
                        row,
                        first,
                        second,
                    });
                }
            }
        }
        report.queries.push(it);
    }
    say(&report, args.model.style.format)?;
    let different = report
        .queries
        .iter()
        .filter(|it| !it.differences.is_empty())
        .count();
    if different > 0 {
        let of = report.queries.len();
        return Err(Failure::Differs(format!("{different} of {of} queries differ")));
    }
    if report.queries.iter().all(|it| it.asked == 0) && !report.queries.is_empty() {
        return Err(Failure::Check("no query was asked".to_owned()));
    }
    Ok(())
}

/// Every query with every choice of arguments.
fn asked(kernel: &Kernel, args: &Verify) -> Result<Vec<(QueryId, Vec<Value>)>, Failure> {
    if let Some(file) = &args.params {
        return given_by(kernel, file);
    }
    let folder = match &args.rows {
        Some(folder) => Some(folder.clone()),
        None => args
            .urls
            .iter()
            .find_map(|url| url.strip_prefix("memory:").filter(|it| !it.is_empty()))
            .map(PathBuf::from),
    };
    let rows = folder
        .map(|folder| drawn_from(kernel, &folder))
        .transpose()?
        .unwrap_or_default();
    let mut asked = Vec::new();
    for (id, query) in kernel.queries.iter() {
        let found = draw::arguments(kernel, query, &rows);
        asked.extend(found.into_iter().map(|args| (id, args)));
    }
    Ok(asked)
}

/// The rows of a folder by entity.
fn drawn_from(kernel: &Kernel, folder: &Path) -> Result<draw::Rows, Failure> {
    let mut found = draw::Rows::new();
    for (entity, row) in folder_rows(kernel, folder)? {
        found.entry(entity).or_default().push(row);
    }
    Ok(found)
}

/// A line of a file of parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    access: String,
    #[serde(default)]
    params: Map<String, Json>,
}

fn given_by(kernel: &Kernel, file: &Path) -> Result<Vec<(QueryId, Vec<Value>)>, Failure> {
    let mut asked = Vec::new();
    for (at, line) in text(file)?.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |why: String| Failure::Input {
            file: file.to_owned(),
            why: format!("line {}: {why}", at + 1),
        };
        let given: Given = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        let query = given::query(kernel, &given.access).map_err(|failure| wrong(failure.to_string()))?;
        let args = rows::args_of(kernel, &kernel.queries[query].params, &given.params)
            .map_err(|misfit| wrong(misfit.to_string()))?;
        asked.push((query, args));
    }
    Ok(asked)
}

fn text(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|source| Failure::Read {
        file: file.to_owned(),
        source,
    })
}

enum Compared {
    Same(u64),
    Different { row: u64, sides: Box<[Json; 2]> },
    NotServed(String),
}

/// One query on both sides, page by page.
fn compare(
    first: &Database,
    second: &Database,
    (query, args): (QueryId, &[Value]),
    context: &Context,
) -> Result<Compared, Failure> {
    let mut after: [Option<Vec<Value>>; 2] = [None, None];
    let mut rows = 0;
    for _ in 0..PAGES {
        let mut answers = Vec::with_capacity(2);
        for (database, after) in [first, second].into_iter().zip(&mut after) {
            let asked = Asked {
                query,
                args: args.to_vec(),
                after: after.take(),
            };
            match database.query(asked, context) {
                Ok(answer) => answers.push(answer),
                Err(Failure::NotServed(why)) => return Ok(Compared::NotServed(why)),
                Err(failure) => return Err(failure),
            }
        }
        let [left, right] = answers.as_slice() else {
            break;
        };
        let longest = left.rows.len().max(right.rows.len());
        for at in 0..longest {
            let (left, right) = (left.rows.get(at), right.rows.get(at));
            if left != right {
                let json = |it: Option<&Value>| it.map_or(Json::Null, rows::value_json);
                return Ok(Compared::Different {
                    row: rows,
                    sides: Box::new([json(left), json(right)]),
                });
            }
            rows += 1;
        }
        if left.next.is_some() != right.next.is_some() {
            let json = |more: bool| {
                Json::from(if more {
                    "more rows follow"
                } else {
                    "the answer ends"
                })
            };
            return Ok(Compared::Different {
                row: rows,
                sides: Box::new([json(left.next.is_some()), json(right.next.is_some())]),
            });
        }
        if left.next.is_none() {
            break;
        }
        after = [left.next.clone(), right.next.clone()];
    }
    Ok(Compared::Same(rows))
}

fn say(report: &Report, format: Format) -> Result<(), Failure> {
    if format == Format::Json {
        output::out_json(report)?;
        return Ok(());
    }
    let mut table = Table::new(["query", "asked", "rows", ""]);
    for it in &report.queries {
        let outcome = match &it.left_out {
            Some(why) => Cell::styled(why, POOR),
            None if it.differences.is_empty() => Cell::styled("same", GOOD),
            None => Cell::styled(&format!("{} differ", it.differences.len()), BAD),
        };
        table.row([
            Cell::from(&it.access),
            Cell::from(&it.asked.to_string()),
            Cell::from(&it.rows.to_string()),
            outcome,
        ]);
    }
    let mut text = table.to_string();
    for it in &report.queries {
        for difference in it.differences.iter().take(3) {
            let _ = writeln!(text, "\n{} {}", it.access, difference.params);
            for (side, row) in [("first: ", &difference.first), ("second:", &difference.second)] {
                let row: String = row.to_string().chars().take(WIDTH).collect();
                let _ = writeln!(text, "  row {} of the {side} {row}", difference.row);
            }
        }
    }
    output::out(&text)?;
    Ok(())
}
