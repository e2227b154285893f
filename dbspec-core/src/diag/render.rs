//! Diagnostics for people, with the source quoted.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity, SourceMap};
use crate::span::{FileId, Span};

/// How diagnostics look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Without colours, for files and tests.
    #[default]
    Plain,
    /// With ANSI colours, for terminals.
    Colored,
}

/// One diagnostic as text, without a final newline.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colored => Renderer::styled(),
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(Cow::Borrowed(diagnostic.message.as_str()))
        .id(diagnostic.code.id);
    let mut group = Group::with_title(title);
    for file in files(diagnostic) {
        if let Some(snippet) = snippet(diagnostic, sources, file) {
            group = group.element(snippet);
        }
    }
    if let Some(why) = &diagnostic.why {
        group = group.element(note(&Level::NOTE, why));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(note(&Level::HELP, help));
    }
    renderer.render(&[group])
}

/// All diagnostics as text, a blank line between them.
pub fn render_all(diagnostics: &[Diagnostic], sources: &SourceMap, style: Style) -> String {
    let texts: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| render(diagnostic, sources, style))
        .collect();
    texts.join("\n\n")
}

fn note<'a>(level: &Level<'a>, text: &'a str) -> Element<'a> {
    level.clone().message(Cow::Borrowed(text)).into()
}

/// The files that the labels point into, the primary one first.
fn files(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files = Vec::new();
    for label in &diagnostic.labels {
        if !label.span.is_none() && !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    sources: &'a SourceMap,
    file: FileId,
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let source = sources.get(file)?;
    let mut snippet = Snippet::source(source.text.as_str()).path(source.name.as_str());
    for (i, label) in diagnostic.labels.iter().enumerate() {
        if label.span.is_none() || label.span.file != file {
            continue;
        }
        let kind = if i == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let annotation = kind.span(range(label.span, &source.text));
        snippet = snippet.annotation(if label.text.is_empty() {
            annotation
        } else {
            annotation.label(Cow::Borrowed(label.text.as_str()))
        });
    }
    Some(snippet)
}

/// The span as a range of whole characters inside the text, whatever it claims.
fn range(span: Span, text: &str) -> std::ops::Range<usize> {
    let floor = |offset: u32| {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = floor(span.start);
    start..floor(span.end).max(start)
}
