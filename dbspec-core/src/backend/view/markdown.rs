//! `coverage.md`: the matrix for people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::matrix::{Cell, Matrix, MatrixRow, Section};
use super::outcome::{About, CoverageFile, OutcomeKind, grouped};
use super::{LineView, ProofView};

/// A coverage file as Markdown: totals, the matrix, and why each target does what it does.
pub fn markdown(file: &CoverageFile) -> String {
    let mut text = format!("# Coverage of {}\n\n", escape(&file.model));
    if file.targets.is_empty() {
        text.push_str("The model has no target.\n");
        return text;
    }
    text.push_str(
        "What each target does for every query, write, rule and fact of the model. *Enforced*: the engine refuses a \
         violation, whoever writes. *Guarded*: every write through dbspec is refused, atomically, up to the bound \
         named. *Audited*: found by the query that `coverage.json` holds.\n\n",
    );
    totals(file, &mut text);
    let matrix = Matrix::of(file);
    let mut about = None;
    for section in &matrix.sections {
        if about != Some(section.about) {
            about = Some(section.about);
            let _ = writeln!(text, "## {}\n", heading(section.about));
        }
        self::section(&matrix, section, &mut text);
    }
    text.push_str("## Why\n\n");
    for target in &file.targets {
        let _ = writeln!(text, "### {}\n", escape(&target.target.to_string()));
        for line in &target.lines {
            reason(line, &mut text);
        }
        text.push('\n');
        let mut said = BTreeSet::new();
        for view in &target.outcomes {
            if let OutcomeKind::NotServed {
                instead: Some(instead),
            } = &view.outcome
                && said.insert((&view.path, instead))
            {
                let _ = writeln!(
                    text,
                    "- {} would be served by: {}",
                    escape(&view.path),
                    escape(instead)
                );
            }
        }
        if !said.is_empty() {
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn heading(about: About) -> &'static str {
    match about {
        About::Query => "Queries",
        About::Write => "Writes",
        About::Rule => "Rules",
        About::Fact => "Facts",
    }
}

fn totals(file: &CoverageFile, text: &mut String) {
    text.push_str("| outcome |");
    for target in &file.targets {
        let _ = write!(text, " {} |", escape(&target.target.to_string()));
    }
    text.push_str("\n|---|");
    text.push_str(&"---:|".repeat(file.targets.len()));
    text.push('\n');
    for word in OutcomeKind::WORDS {
        let counts: Vec<u64> = file
            .targets
            .iter()
            .map(|target| target.summary.get(word).copied().unwrap_or(0))
            .collect();
        if counts.iter().any(|count| *count > 0) {
            let _ = write!(text, "| {word} |");
            for count in counts {
                let _ = write!(text, " {} |", grouped(count));
            }
            text.push('\n');
        }
    }
    text.push('\n');
}

fn section(matrix: &Matrix<'_>, section: &Section<'_>, text: &mut String) {
    if let Some(entity) = section.entity {
        let _ = writeln!(text, "### {}\n", escape(entity));
    }
    let kinds = section.about != About::Query;
    text.push_str(if kinds { "| element | what |" } else { "| query |" });
    for target in &matrix.targets {
        let _ = write!(text, " {} |", escape(&target.to_string()));
    }
    text.push_str(if kinds { "\n|---|---|" } else { "\n|---|" });
    text.push_str(&"---|".repeat(matrix.targets.len()));
    text.push('\n');
    for row in &section.rows {
        self::row(row, kinds, text);
    }
    text.push('\n');
}

fn row(row: &MatrixRow<'_>, kinds: bool, text: &mut String) {
    let _ = write!(text, "| {} |", escape(row.path));
    if kinds {
        let _ = write!(text, " {} |", escape(&row.what.join(", ")));
    }
    for cell in &row.cells {
        let _ = write!(text, " {} |", self::cell(cell));
    }
    text.push('\n');
}

/// The outcome; where a single thing realises it, that; and the reason where it isn't the best there is.
fn cell(cell: &Cell<'_>) -> String {
    let mut text = escape(&cell.text());
    if let (OutcomeKind::Served { .. }, Some(by)) = (cell.outcome, cell.by) {
        let _ = write!(text, " by {} {}", escape(&by.noun), escape(&by.name));
    }
    if !cell.is_best() {
        let _ = write!(text, " ({})", escape(cell.line));
    }
    text
}

fn reason(line: &LineView, text: &mut String) {
    let _ = write!(text, "- **{}**: {}", escape(&line.code), escape(&line.says));
    if line.when != "always" && !line.when.starts_with("never") {
        let _ = write!(text, " ({})", escape(&line.when));
    }
    match &line.proof {
        ProofView::Live(proof) => {
            let _ = write!(text, "; proven live by `{proof}`");
        }
        ProofView::Parser(proof) => {
            let _ = write!(text, "; taken by the engine's parser in `{proof}`");
        }
        ProofView::Document => text.push_str("; as documented"),
    }
    if line.source.starts_with("https://") {
        let _ = write!(text, " ([source](<{}>))", line.source);
    }
    text.push('\n');
}

/// A text as Markdown that shows it.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = None;
    for c in text.chars() {
        match c {
            '\\' | '|' | '*' | '`' | '[' | ']' | '<' | '>' | '#' | '~' | '&' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // Within a word it stands for itself.
            '_' if !before.is_some_and(char::is_alphanumeric) => escaped.push_str("\\_"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
        before = Some(c);
    }
    escaped
}
