//! An entity diagram in Mermaid.

use std::fmt::Write as _;

use super::{edges, leaf_name, leaf_type};
use crate::kernel::{EntityId, Kernel, LeafId, RuleKind, Type};

/// The model as a Mermaid `erDiagram`. Names of boxes are quoted, so that any can be one; what an attribute can't be
/// called in Mermaid stands in its comment.
pub fn mermaid(kernel: &Kernel) -> String {
    let mut text = String::from("erDiagram\n");
    for (entity, it) in kernel.entities.iter() {
        let _ = writeln!(text, "    {} {{", title(kernel, entity));
        for leaf in it.leaves.iter() {
            attribute(kernel, entity, leaf, &mut text);
        }
        text.push_str("    }\n");
    }
    for edge in edges(kernel) {
        let field = &kernel.fields[edge.field];
        let left = if field.nullable { "|o" } else { "||" };
        let right = match (edge.one, edge.some) {
            (true, true) => "||",
            (true, false) => "o|",
            (false, true) => "|{",
            (false, false) => "o{",
        };
        // A row's identity rests on what is part of its key.
        let line = if kernel.entities[field.entity].key.contains(&edge.field) {
            "--"
        } else {
            ".."
        };
        let _ = writeln!(
            text,
            "    {} {left}{line}{right} {} : \"{}\"",
            title(kernel, edge.to),
            title(kernel, field.entity),
            quoted(&field.name)
        );
    }
    text
}

fn title(kernel: &Kernel, entity: EntityId) -> String {
    format!("\"{}\"", quoted(&kernel.entities[entity].name))
}

fn attribute(kernel: &Kernel, entity: EntityId, leaf: LeafId, text: &mut String) {
    let it = &kernel.leaves[leaf];
    let field = &kernel.fields[it.field];
    let name = leaf_name(kernel, leaf);
    let word = word(&name);
    let mut marks = Vec::new();
    if kernel.entities[entity].key.contains(&it.field) {
        marks.push("PK");
    }
    if matches!(field.ty, Type::Ref(_)) {
        marks.push("FK");
    }
    let unique = kernel.rules_of(entity).any(
        |(_, rule)| matches!(&rule.kind, RuleKind::Unique { leaves, filter: None, .. } if *leaves == [leaf]),
    );
    if unique {
        marks.push("UK");
    }
    let mut comment = Vec::new();
    if word != name {
        comment.push(name);
    }
    if it.nullable {
        comment.push("may be null".to_owned());
    }
    if let Some(doc) = &field.doc {
        comment.push(doc.lines().next().unwrap_or_default().trim().to_owned());
    }
    let _ = write!(text, "        {} {word}", self::word(&leaf_type(kernel, leaf)));
    if !marks.is_empty() {
        let _ = write!(text, " {}", marks.join(", "));
    }
    if !comment.is_empty() {
        let _ = write!(text, " \"{}\"", quoted(&comment.join("; ")));
    }
    text.push('\n');
}

/// A word as attributes and their types can be: a letter, then letters, digits, `_`, `-` and parentheses.
fn word(name: &str) -> String {
    let mut word: String = name
        .chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '(' | ')' => c,
            _ => '_',
        })
        .collect();
    if !word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        word.insert(0, 'x');
    }
    word
}

/// A text between double quotes, with what would end it as Mermaid's entity codes.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match c {
            '"' | '#' | ';' | '<' | '>' | '&' | '\\' | '`' | '%' => {
                let _ = write!(quoted, "#{};", u32::from(c));
            }
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted
}
