//! Tables and columns: names, types, documentation, and the decisions behind types.

use dbspec_core::backend::Lowering;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{Kernel, LeafId, LeafType, Scalar};

use crate::postgres::capability;
use crate::postgres::design::{Column, Table};
use crate::postgres::types;
use crate::relational::naming;

/// The namespace of tables, indexes, sequences; constraints are named in it too, so that a fault's name tells the rule.
pub(super) const SCHEMA: &str = "schema";

/// Names and types all tables and columns.
pub(super) fn name(cx: &mut Lowering<'_>) -> (Vec<Table>, Vec<NameId>, Vec<Vec<NameId>>) {
    let kernel = cx.kernel;
    let names = naming::tables(cx, SCHEMA);
    let mut built = Vec::with_capacity(names.tables.len());
    for ((_, entity), (table, columns)) in kernel
        .entities
        .iter()
        .zip(names.tables.iter().zip(&names.columns))
    {
        built.push(Table {
            name: cx.namer.name(*table).to_string(),
            comment: entity.doc.as_deref().map(str::to_owned),
            columns: entity
                .leaves
                .iter()
                .zip(columns)
                .map(|(leaf, name)| column(kernel, leaf, cx.namer.name(*name).to_string()))
                .collect(),
            key: None,
            checks: Vec::new(),
            uniques: Vec::new(),
            exclusions: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
        });
    }
    (built, names.tables, names.columns)
}

fn column(kernel: &Kernel, leaf: LeafId, name: String) -> Column {
    let it = &kernel.leaves[leaf];
    let comment = naming::comment(kernel, leaf);
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
