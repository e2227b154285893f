//! What is said, and where: data to standard output, talk to standard error.

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use dbspec::diag::{Diagnostic, Severity, SourceMap, json, render};
use serde_json::{Value, json};

use crate::args::Format;
use crate::failure::Failure;

/// An error's mark.
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What is good.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is as good, under a condition.
pub(crate) const FAIR: Style = AnsiColor::Cyan.on_default();
/// What someone should look at.
pub(crate) const POOR: Style = AnsiColor::Yellow.on_default();
/// What isn't there.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Headings.
pub(crate) const STRONG: Style = Style::new().bold();

/// Writes to standard output, without colours where it isn't a terminal.
pub(crate) fn out(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes one line each to standard output.
pub(crate) fn out_lines(lines: impl IntoIterator<Item = impl Display>) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// Writes a JSON document to standard output.
pub(crate) fn out_json(document: &impl serde::Serialize) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says a line to standard error. Whoever closed it doesn't want to know.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Shows findings: as text to standard error.
pub(crate) fn say_findings(diagnostics: &[Diagnostic], sources: &SourceMap) {
    for diagnostic in diagnostics {
        say(render::render(diagnostic, sources, render::Style::Colored));
        say("");
    }
}

/// Shows warnings in passing, a line each, for commands that are about something else.
pub(crate) fn say_warnings(warnings: &[Diagnostic]) {
    for it in warnings {
        let (word, code) = (it.severity.word(), it.code);
        say(format_args!("{POOR}{word}[{code}]{POOR:#}: {}", it.message));
    }
}

/// Findings as data.
pub(crate) fn findings_json(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    let list: Vec<Value> = diagnostics.iter().map(|it| json::to_json(it, sources)).collect();
    json!({
        "format": 1,
        "errors": number(diagnostics, Severity::Error),
        "warnings": number(diagnostics, Severity::Warning),
        "diagnostics": list,
    })
}

/// How many findings there are, in words.
pub(crate) fn count(diagnostics: &[Diagnostic]) -> String {
    let say = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    let errors = say(number(diagnostics, Severity::Error), "error");
    match number(diagnostics, Severity::Warning) {
        0 => errors,
        warnings => format!("{errors}, {}", say(warnings, "warning")),
    }
}

fn number(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|it| it.severity == severity).count()
}

/// Says why a command failed: for machines as a document on standard output.
pub(crate) fn failed(failure: &Failure, format: Format) {
    match (failure, format) {
        (Failure::Findings(findings), Format::Text) => {
            say_findings(&findings.diagnostics, &findings.sources);
            say(format_args!("{ERROR}error{ERROR:#}: {failure}"));
        }
        (Failure::Findings(findings), Format::Json) => {
            let _ = out_json(&findings_json(&findings.diagnostics, &findings.sources));
        }
        // What a check found was its data.
        (Failure::Check(_) | Failure::Differs(_), Format::Json) => {}
        (_, Format::Text) => say(format_args!("{ERROR}error{ERROR:#}: {failure}")),
        (_, Format::Json) => {
            let _ = out_json(&json!({
                "format": 1,
                "error": { "kind": failure.kind(), "message": failure.to_string() },
            }));
        }
    }
}
