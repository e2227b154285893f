//! Diagnostics for machines.

use serde_json::{Value, json};

use super::{Diagnostic, SourceMap};
use crate::span::Span;

/// One diagnostic as a JSON object. Lines and columns count from 1, offsets are bytes; a place in no text is null.
pub fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .enumerate()
        .map(|(i, label)| json!({ "primary": i == 0, "text": label.text, "at": place(label.span, sources) }))
        .collect();
    let fixes: Vec<Value> = diagnostic
        .fixes
        .iter()
        .map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .map(|edit| json!({ "at": place(edit.span, sources), "text": edit.text }))
                .collect();
            json!({ "title": fix.title, "applicability": fix.applicability, "edits": edits })
        })
        .collect();
    json!({
        "code": diagnostic.code.id,
        "name": diagnostic.code.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "labels": labels,
        "why": diagnostic.why,
        "help": diagnostic.help,
        "fixes": fixes,
    })
}

fn place(span: Span, sources: &SourceMap) -> Value {
    match sources.locate(span) {
        Some(at) => json!({
            "file": at.file, "line": at.line, "column": at.column, "start": span.start, "end": span.end,
        }),
        None => Value::Null,
    }
}
