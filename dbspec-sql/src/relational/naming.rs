//! Names and comments of tables and columns.

use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted};
use dbspec_core::kernel::{Kernel, LeafId, LeafType, Scalar};

/// The names of all tables and columns, by the places of entities and leaves.
pub(crate) struct Names {
    pub(crate) tables: Vec<NameId>,
    pub(crate) columns: Vec<Vec<NameId>>,
}

/// Names all tables, in a namespace of the engine, and their columns.
pub(crate) fn tables(cx: &mut Lowering<'_>, schema: &'static str) -> Names {
    let kernel = cx.kernel;
    let wanted: Vec<Wanted<'_>> = kernel
        .entities
        .iter()
        .map(|(_, entity)| Wanted {
            element: entity.element,
            noun: "table",
            within: None,
            name: snake(&entity.name).into(),
        })
        .collect();
    let tables = cx.namer.scope(schema, &wanted);
    let mut columns = Vec::with_capacity(tables.len());
    for ((_, entity), table) in kernel.entities.iter().zip(&tables) {
        let wanted: Vec<Wanted<'_>> = entity
            .leaves
            .iter()
            .map(|leaf| Wanted {
                element: kernel.fields[kernel.leaves[leaf].field].element,
                noun: "column",
                within: Some(*table),
                name: column_wish(kernel, leaf).into(),
            })
            .collect();
        let name = cx.namer.name(*table);
        columns.push(cx.namer.scope(format!("columns of {name}"), &wanted));
    }
    Names { tables, columns }
}

/// The documentation of a leaf's field, and the places of an ordered enum's labels.
pub(crate) fn comment(kernel: &Kernel, leaf: LeafId) -> Option<String> {
    let it = &kernel.leaves[leaf];
    let field = &kernel.fields[it.field];
    let ranks = match &it.ty {
        LeafType::Scalar(Scalar::Enum(id)) if kernel.enums[*id].ordered => {
            let labels: Vec<String> = kernel.enums[*id]
                .labels
                .iter()
                .enumerate()
                .map(|(rank, label)| format!("{rank} {label}"))
                .collect();
            Some(labels.join(", "))
        }
        LeafType::Scalar(_) | LeafType::List(_) => None,
    };
    let doc = field.doc.as_deref().map(str::to_owned);
    match (doc, ranks) {
        (Some(doc), Some(ranks)) => Some(format!("{doc}\n{ranks}")),
        (doc, ranks) => doc.or(ranks),
    }
}

/// The field's name and what leads from it to the leaf; an owner is called by its name.
fn column_wish(kernel: &Kernel, leaf: LeafId) -> String {
    let it = &kernel.leaves[leaf];
    let field = &kernel.fields[it.field];
    let entity = &kernel.entities[field.entity];
    let owner = entity
        .owner
        .filter(|_| entity.fields.first() == Some(it.field) && &*field.name == "owner");
    let mut wish = match owner {
        Some(owner) => snake(&kernel.entities[owner].name),
        None => snake(&field.name),
    };
    for part in &it.path {
        wish.push('_');
        wish.push_str(&snake(part));
    }
    wish
}

/// A name of the model as one that reads well in SQL: small letters, words joined by `_`. Whatever isn't an ASCII
/// letter or digit stays as it is.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(it) = chars.next() {
        if it.is_ascii_uppercase() {
            let starts = match before {
                Some(last) if last.is_ascii_lowercase() || last.is_ascii_digit() => true,
                Some(last) => last.is_ascii_uppercase() && chars.peek().is_some_and(char::is_ascii_lowercase),
                None => false,
            };
            if starts {
                out.push('_');
            }
            out.push(it.to_ascii_lowercase());
        } else {
            out.push(it);
        }
        before = Some(it);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_by_their_capitals() {
        assert_eq!(snake("OrderLine"), "order_line");
        assert_eq!(snake("HTTPServer2Go"), "http_server2_go");
        assert_eq!(snake("already_there"), "already_there");
        assert_eq!(snake("odd Näme"), "odd näme");
    }
}
