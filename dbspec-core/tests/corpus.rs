//! Models with mistakes. Below each line stand the findings that begin in it: what it is, on which words, and what is
//! said: `//~ E0202 on "strin": there is no type …`. `UPDATE_EXPECT=1` writes them anew.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dbspec_core::check::review;
use dbspec_core::diag::{Diagnostic, Severity};
use dbspec_core::syntax::parse;

const MARK: &str = "//~";

/// The text without its findings, and the findings with the line (from 0) that they belong to.
fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut lines, mut found) = (Vec::new(), Vec::new());
    for line in text.lines() {
        match line.trim_start().strip_prefix(MARK) {
            Some(finding) => found.push((lines.len() - 1, finding.trim().to_owned())),
            None => lines.push(line),
        }
    }
    (lines.join("\n") + "\n", found)
}

/// A finding as the corpus has it.
fn said(text: &str, found: &Diagnostic) -> (usize, String) {
    let span = found.span();
    let words = &text[span.start as usize..span.end as usize];
    let first = words.lines().next().unwrap_or_default();
    let more = if first == words { "" } else { " …" };
    let line = text[..span.start as usize].matches('\n').count();
    (
        line,
        format!("{} on {first:?}{more}: {}", found.code, found.message),
    )
}

fn joined(text: &str, found: &[(usize, String)]) -> String {
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        out.push_str(line);
        out.push('\n');
        let indent = &line[..line.len() - line.trim_start().len()];
        for (_, finding) in found.iter().filter(|(line, _)| *line == at) {
            let _ = writeln!(out, "{indent}{MARK} {finding}");
        }
    }
    out
}

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, all);
        } else if path.extension().is_some_and(|it| it == "dbspec") {
            all.push(path);
        }
    }
    all.sort();
}

fn corpus() -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"),
        &mut all,
    );
    assert!(all.len() > 8, "the corpus is there");
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path, text)
    };
    all.into_iter().map(read).collect()
}

#[test]
fn every_mistake_is_found_where_it_is() {
    let mut wrong = Vec::new();
    for (path, whole) in corpus() {
        let (text, expected) = split(&whole);
        let found: Vec<_> = review(parse(&text))
            .found
            .iter()
            .map(|it| said(&text, it))
            .collect();
        if found == expected {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, joined(&text, &found)).unwrap();
        } else {
            wrong.push(format!("{}:\n{}", path.display(), joined(&text, &found)));
        }
    }
    assert!(wrong.is_empty(), "found instead:\n{}", wrong.join("\n"));
}

#[test]
fn every_finding_says_where_why_and_what_to_do() {
    for (path, whole) in corpus() {
        for found in review(parse(&split(&whole).0)).found {
            let reason = found.why.is_some() || found.labels.iter().any(|label| !label.text.is_empty());
            assert!(!found.span().is_none(), "{}: {found:?}", path.display());
            assert!(reason && found.help.is_some(), "{}: {found:?}", path.display());
        }
    }
}

/// Nothing of a model with errors is compiled, and a model without any is, whatever it is warned of.
#[test]
fn a_kernel_is_made_where_there_is_no_error() {
    for (path, whole) in corpus() {
        let review = review(parse(&split(&whole).0));
        let errors = review.found.iter().any(|it| it.severity == Severity::Error);
        assert_eq!(review.kernel.is_none(), errors, "{}", path.display());
    }
}

/// A declaration that can't even be read, before and behind, hides nothing.
#[test]
fn broken_items_dont_hide_others() {
    const BROKEN: &str = "entity Broken$ { id int32 @@key ) = \n";
    for (path, whole) in corpus() {
        let (text, expected) = split(&whole);
        let text = format!("{BROKEN}{text}{BROKEN}");
        let found: Vec<_> = review(parse(&text))
            .found
            .iter()
            .map(|it| said(&text, it).1)
            .collect();
        for (_, finding) in expected
            .iter()
            .filter(|(_, it)| !it.contains("model is named twice"))
        {
            assert!(
                found.contains(finding),
                "{}: {finding}\n{}",
                path.display(),
                found.join("\n")
            );
        }
    }
}
