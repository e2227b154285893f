//! Tables, enums and references in DBML, the language of dbdiagram.io.

use std::fmt::Write as _;

use super::{edges, leaf_name, leaf_type};
use crate::kernel::{EntityId, Kernel, LeafId, LeafType, OnDelete, RuleKind, Scalar};

/// The model as DBML: a table an entity, a column a leaf.
pub fn dbml(kernel: &Kernel) -> String {
    let mut text = format!(
        "Project {} {{\n  database_type: 'dbspec'\n}}\n",
        name(&kernel.name)
    );
    for (_, it) in kernel.enums.iter() {
        let _ = writeln!(text, "\nEnum {} {{", name(&it.name));
        for label in &it.labels {
            let _ = writeln!(text, "  {}", name(label));
        }
        text.push_str("}\n");
    }
    for entity in kernel.entities.ids() {
        table(kernel, entity, &mut text);
    }
    let edges = edges(kernel);
    if !edges.is_empty() {
        text.push('\n');
    }
    for edge in edges {
        let field = &kernel.fields[edge.field];
        let from: Vec<LeafId> = field.leaves.iter().collect();
        let to: Vec<LeafId> = from
            .iter()
            .filter_map(|leaf| kernel.leaves[*leaf].refers)
            .collect();
        let action = kernel
            .rules_of(field.entity)
            .find_map(|(_, rule)| match &rule.kind {
                RuleKind::Reference { field, on_delete, .. } if *field == edge.field => Some(*on_delete),
                _ => None,
            });
        let action = match action {
            Some(OnDelete::Restrict) | None => "restrict",
            Some(OnDelete::Cascade) => "cascade",
            Some(OnDelete::SetNull) => "set null",
        };
        let way = if edge.one { '-' } else { '>' };
        let _ = writeln!(
            text,
            "Ref: {} {way} {} [delete: {action}]",
            columns(kernel, field.entity, &from),
            columns(kernel, edge.to, &to)
        );
    }
    text
}

fn table(kernel: &Kernel, entity: EntityId, text: &mut String) {
    let it = &kernel.entities[entity];
    let key = kernel.key_leaves(entity);
    let _ = writeln!(text, "\nTable {} {{", name(&it.name));
    for leaf in it.leaves.iter() {
        let column = &kernel.leaves[leaf];
        let mut settings = Vec::new();
        if key == [leaf] {
            settings.push("pk".to_owned());
        }
        settings.push(if column.nullable { "null" } else { "not null" }.to_owned());
        if let (Some(doc), true) = (&kernel.fields[column.field].doc, is_first(kernel, leaf)) {
            settings.push(format!("note: {}", string(doc)));
        }
        let ty = match &column.ty {
            LeafType::Scalar(Scalar::Enum(id)) => name(&kernel.enums[*id].name),
            LeafType::Scalar(_) | LeafType::List(_) => plain_type(&leaf_type(kernel, leaf)),
        };
        let _ = writeln!(
            text,
            "  {} {ty} [{}]",
            name(&leaf_name(kernel, leaf)),
            settings.join(", ")
        );
    }
    let mut indexes = Vec::new();
    if key.len() > 1 {
        indexes.push(format!("{} [pk]", list(kernel, &key)));
    }
    for (_, rule) in kernel.rules_of(entity) {
        if let RuleKind::Unique {
            leaves, filter: None, ..
        } = &rule.kind
        {
            indexes.push(format!("{} [unique]", list(kernel, leaves)));
        }
    }
    if !indexes.is_empty() {
        text.push_str("\n  indexes {\n");
        for index in indexes {
            let _ = writeln!(text, "    {index}");
        }
        text.push_str("  }\n");
    }
    if let Some(doc) = &it.doc {
        let _ = writeln!(text, "\n  Note: {}", string(doc));
    }
    text.push_str("}\n");
}

/// Whether a leaf is the first of its field, which carries the field's documentation.
fn is_first(kernel: &Kernel, leaf: LeafId) -> bool {
    kernel.fields[kernel.leaves[leaf].field].leaves.first() == Some(leaf)
}

fn list(kernel: &Kernel, leaves: &[LeafId]) -> String {
    let names: Vec<String> = leaves
        .iter()
        .map(|leaf| name(&leaf_name(kernel, *leaf)))
        .collect();
    format!("({})", names.join(", "))
}

fn columns(kernel: &Kernel, entity: EntityId, leaves: &[LeafId]) -> String {
    let table = name(&kernel.entities[entity].name);
    match leaves {
        [leaf] => format!("{table}.{}", name(&leaf_name(kernel, *leaf))),
        _ => format!("{table}.{}", list(kernel, leaves)),
    }
}

/// A type that isn't an enum: a word, or a quoted text where it holds more than words and numbers.
fn plain_type(ty: &str) -> String {
    let simple = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '(' | ')' | ',');
    if ty.chars().all(simple) && !ty.contains("((") && ty.matches('(').count() <= 1 {
        ty.to_owned()
    } else {
        name(ty)
    }
}

/// A name between double quotes.
fn name(name: &str) -> String {
    let mut quoted = String::from("\"");
    for c in name.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text between single quotes.
fn string(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => quoted.push_str("\\'"),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}
