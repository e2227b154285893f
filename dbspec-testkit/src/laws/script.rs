//! Files and the statements in them.

use std::collections::BTreeSet;

use dbspec_core::backend::{Artefact, Script};

use super::{Found, tokens};

pub(super) fn files(script: &Script) -> Found {
    let mut names = BTreeSet::new();
    for artefact in &script.artefacts {
        let at = || artefact.file.clone();
        let safe = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part
                    .chars()
                    .all(|it| it.is_ascii_alphanumeric() || "._-".contains(it))
        };
        if !artefact.file.split('/').all(safe) {
            return Err(("files have safe names", at()));
        }
        // Some file systems fold case.
        if !names.insert(artefact.file.to_lowercase()) {
            return Err(("files have names of their own", at()));
        }
        if artefact.statements.is_empty() && artefact.file.rsplit('.').next() == Some("json") {
            // What another tool takes as a whole.
            whole(artefact)?;
        } else {
            covered(artefact)?;
        }
    }
    Ok(())
}

fn whole(artefact: &Artefact) -> Found {
    match serde_json::from_str::<serde_json::Value>(&artefact.text) {
        Ok(_) => Ok(()),
        Err(error) => Err((
            "a file without statements is one document",
            format!("{}: {error}", artefact.file),
        )),
    }
}

/// Lines by which `mysql` is told what ends a statement.
const DELIMITERS: [&str; 2] = ["delimiter //", "delimiter ;"];

/// How a trigger of MySQL ends, in which the one statement that it runs has a semicolon.
const INSIDE: &str = ";\n    end if";

/// Statements lie in order, and between them is nothing but space, comments and separators.
fn covered(artefact: &Artefact) -> Found {
    const ORDER: &str = "statements lie in order within the text";
    const COVER: &str = "statements cover the text but for comments and separators";
    let mut end = 0;
    let mut ranges = artefact.statements.clone();
    let length = u32::try_from(artefact.text.len()).unwrap_or(u32::MAX);
    ranges.push(length..length);
    for (at, range) in ranges.iter().enumerate() {
        let whole = at < artefact.statements.len();
        let gap = artefact.text.get(end as usize..range.start as usize);
        let inside = artefact.text.get(range.start as usize..range.end as usize);
        let (Some(gap), Some(inside)) = (gap, inside) else {
            return Err((ORDER, format!("{} {range:?}", artefact.file)));
        };
        if whole && inside.trim().is_empty() {
            return Err((ORDER, format!("{} {range:?} is blank", artefact.file)));
        }
        let is_nothing = |line: &str| {
            let line = line.trim().trim_start_matches(';').trim_start();
            line.is_empty()
                || line == ","
                || line == "["
                || line == "]"
                || DELIMITERS.contains(&line)
                || ["--", "#", "//", "\\"].iter().any(|mark| line.starts_with(mark))
        };
        if let Some(line) = gap.lines().find(|line| !is_nothing(line)) {
            return Err((COVER, format!("{}: {line}", artefact.file)));
        }
        end = range.end;
    }
    Ok(())
}

/// Texts are what they shall be: names and texts of the model stay in their quotes.
pub(super) fn texts(script: &Script) -> Found {
    for artefact in &script.artefacts {
        let broken = |found: String| {
            (
                "names and texts of a model stay within their quotes",
                format!("{}: {found}", artefact.file),
            )
        };
        let kind = artefact.file.rsplit('.').next().unwrap_or_default();
        for statement in artefact.iter() {
            match kind {
                "sql" => {
                    let statement = statement.strip_suffix(INSIDE).unwrap_or(statement);
                    tokens::sql(statement).map_err(broken)?;
                }
                "json" => {
                    serde_json::from_str::<serde_json::Value>(statement)
                        .map_err(|error| broken(error.to_string()))?;
                }
                // Another language's check is its own.
                _ => {}
            }
        }
    }
    Ok(())
}
