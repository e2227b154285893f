//! What cargo and whoever reads its output are told.

use std::path::PathBuf;

use dbspec_core::diag::{Diagnostic, Severity, SourceMap, render};

/// Which files are watched.
pub(super) fn watched(read: &[PathBuf]) -> Vec<String> {
    let lines = read
        .iter()
        .map(|file| format!("cargo::rerun-if-changed={}", file.display()));
    lines.collect()
}

/// Findings as cargo's warnings and errors, a line each.
pub(super) fn findings(found: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let lines = found.iter().map(|it| {
        let how = match it.severity {
            Severity::Error => "error",
            Severity::Warning | Severity::Note => "warning",
        };
        let place = sources
            .locate(it.span())
            .map(|at| format!("{}:{}:{}: ", at.file, at.line, at.column));
        let help = it.help.as_ref().map(|help| format!(" ({help})"));
        let (place, help) = (place.unwrap_or_default(), help.unwrap_or_default());
        let line = format!("{place}{} {}{help}", it.code, it.message);
        format!("cargo::{how}={}", line.replace(['\n', '\r'], " "))
    });
    lines.collect()
}

/// Findings with the source quoted.
pub(super) fn text(found: &[Diagnostic], sources: &SourceMap) -> String {
    render::render_all(found, sources, render::Style::Plain)
}
