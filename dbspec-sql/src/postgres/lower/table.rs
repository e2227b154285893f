//! Tables and columns: names, types, documentation, and the decisions behind types.

use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted};
use dbspec_core::kernel::{Kernel, LeafId, LeafType, Scalar};

use crate::postgres::capability;
use crate::postgres::design::{Column, Table};
use crate::postgres::keywords::snake;
use crate::postgres::types;

/// The namespace of tables, indexes, sequences; constraints are named in it too, so that a fault's name tells the rule.
pub(super) const SCHEMA: &str = "schema";

/// Names and types all tables and columns.
pub(super) fn name(cx: &mut Lowering<'_>) -> (Vec<Table>, Vec<NameId>, Vec<Vec<NameId>>) {
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
    let tables = cx.namer.scope(SCHEMA, &wanted);
    let mut columns = Vec::with_capacity(tables.len());
    let mut built = Vec::with_capacity(tables.len());
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
        let table_name = cx.namer.name(*table);
        let names = cx.namer.scope(format!("columns of {table_name}"), &wanted);
        built.push(Table {
            name: table_name.to_string(),
            comment: entity.doc.as_deref().map(str::to_owned),
            columns: entity
                .leaves
                .iter()
                .zip(&names)
                .map(|(leaf, name)| column(kernel, leaf, cx.namer.name(*name).to_string()))
                .collect(),
            key: None,
            checks: Vec::new(),
            uniques: Vec::new(),
            exclusions: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
        });
        columns.push(names);
    }
    (built, tables, columns)
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

fn column(kernel: &Kernel, leaf: LeafId, name: String) -> Column {
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
    let comment = match (doc, ranks) {
        (Some(doc), Some(ranks)) => Some(format!("{doc}\n{ranks}")),
        (doc, ranks) => doc.or(ranks),
    };
    Column {
        name,
        ty: types::column(kernel, &it.ty),
        required: !it.nullable,
        default: None,
        sequence: None,
        comment,
    }
}

/// Records why types are stored as they are.
pub(super) fn decide(cx: &mut Lowering<'_>) {
    let kernel = cx.kernel;
    for (_, field) in kernel.fields.iter() {
        // Owners' and references' leaves were decided where they are referred to.
        let Some(first) = field.leaves.first() else {
            continue;
        };
        if kernel.leaves[first].refers.is_some() {
            continue;
        }
        for leaf in field.leaves.iter() {
            if let Some((chosen, other, why_not, flips)) = storage(kernel, leaf) {
                cx.decisions.push(Decision {
                    element: field.element,
                    code: "type-storage",
                    chosen: chosen.into(),
                    cost: None,
                    alternatives: vec![Alternative {
                        what: other.into(),
                        cost: None,
                        why_not: why_not.into(),
                    }],
                    turned_on: Vec::new(),
                    flips: flips.into(),
                    line: Some(capability::TYPE),
                });
            }
        }
    }
}

type Storage = (&'static str, &'static str, &'static str, &'static str);

fn storage(kernel: &Kernel, leaf: LeafId) -> Option<Storage> {
    match &kernel.leaves[leaf].ty {
        LeafType::List(_) => Some((
            "a jsonb array, with a CHECK on its items",
            "a native array, or a table of its own",
            "a CHECK can't look into an array's items; a table costs a join for each read",
            "items that queries search for at a high rate, or that grow without a bound",
        )),
        LeafType::Scalar(Scalar::Enum(id)) if kernel.enums[*id].ordered => Some((
            "smallint: the label's place in the declaration, with a CHECK",
            "text with the label, or a native enum",
            "text doesn't sort by declaration; a native enum's labels can't be taken back",
            "no query that compares or sorts by it",
        )),
        LeafType::Scalar(Scalar::Enum(_)) => Some((
            "text with a CHECK on its labels",
            "a native enum",
            "a native enum's labels can't be removed or reordered without a rewrite",
            "a table so large that the bytes of labels count",
        )),
        LeafType::Scalar(Scalar::String { .. }) => Some((
            "text by code point, with a CHECK on its length",
            "varchar(n)",
            "varchar(n) cuts spaces off a text that is too long, where the rule refuses it",
            "nothing",
        )),
        LeafType::Scalar(Scalar::Duration) => Some((
            "bigint: microseconds",
            "interval",
            "an interval has months and days of no fixed length, and 13 to 18 differ in their limits",
            "nothing",
        )),
        LeafType::Scalar(Scalar::Point | Scalar::Vector { .. }) => Some((
            "a jsonb array of numbers, with a CHECK",
            "the types of an extension (PostGIS, pgvector)",
            "they have to be installed, and no query here measures a distance",
            "queries by distance",
        )),
        LeafType::Scalar(
            Scalar::Bool
            | Scalar::Int16
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::Decimal { .. }
            | Scalar::Float64
            | Scalar::Text
            | Scalar::Bytes { .. }
            | Scalar::Uuid
            | Scalar::Date
            | Scalar::Time
            | Scalar::Timestamp
            | Scalar::Json
            | Scalar::Hashed
            | Scalar::Encrypted { .. },
        ) => None,
    }
}
