//! Tables and columns: names, types, documentation, and the decisions behind types.

use std::collections::BTreeSet;

use dbspec_core::backend::Lowering;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::kernel::{EntityId, Kernel, LeafId, LeafType, RuleKind, Scalar};

use crate::mysql::capability;
use crate::mysql::design::{Column, ColumnType, Table};
use crate::mysql::types;
use crate::relational::naming::{self, Names};

/// The namespace of tables, and of CHECK and FOREIGN KEY constraints; indexes are named in it too, so that a fault's name
/// tells the rule.
pub(super) const SCHEMA: &str = "schema";

/// Names and types all tables and columns.
pub(super) fn name(cx: &mut Lowering<'_>) -> (Vec<Table>, Names) {
    let kernel = cx.kernel;
    let names = naming::tables(cx, SCHEMA);
    let mut tables = Vec::with_capacity(names.tables.len());
    for ((id, entity), (table, columns)) in kernel
        .entities
        .iter()
        .zip(names.tables.iter().zip(&names.columns))
    {
        let mut columns: Vec<Column> = entity
            .leaves
            .iter()
            .zip(columns)
            .map(|(leaf, name)| column(kernel, leaf, cx.namer.name(*name).to_string()))
            .collect();
        shorten(kernel, id, &mut columns);
        tables.push(Table {
            name: cx.namer.name(*table).to_string(),
            comment: entity.doc.as_deref().map(str::to_owned),
            columns,
            key: Vec::new(),
            checks: Vec::new(),
            foreign_keys: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
        });
    }
    (tables, names)
}

fn column(kernel: &Kernel, leaf: LeafId, name: String) -> Column {
    let it = &kernel.leaves[leaf];
    Column {
        name,
        ty: types::column(kernel, &it.ty),
        required: !it.nullable,
        default: None,
        sequence: None,
        comment: naming::comment(kernel, leaf),
    }
}

/// A row holds 65,535 bytes beside what is kept elsewhere: the longest texts of one that could hold more are kept there,
/// but for those of keys and references, which have to be alike at both ends.
fn shorten(kernel: &Kernel, entity: EntityId, columns: &mut [Column]) {
    let mut total: u32 = columns.iter().map(|it| types::row_bytes(it.ty)).sum();
    if total <= types::LONGEST_ROW {
        return;
    }
    let mut bound: BTreeSet<LeafId> = BTreeSet::new();
    for (_, rule) in kernel.rules_of(entity) {
        match &rule.kind {
            RuleKind::Key(leaves) | RuleKind::Unique { leaves, .. } => bound.extend(leaves),
            RuleKind::Reference { field, shared, .. } => {
                bound.extend(kernel.fields[*field].leaves.iter());
                bound.extend(shared.iter().map(|(mine, _)| *mine));
            }
            _ => {}
        }
    }
    let mut free: Vec<usize> = kernel.entities[entity]
        .leaves
        .iter()
        .enumerate()
        .filter(|(_, leaf)| !bound.contains(leaf))
        .map(|(at, _)| at)
        .collect();
    free.sort_by_key(|at| types::row_bytes(columns[*at].ty));
    while total > types::LONGEST_ROW {
        let Some(longest) = free.pop() else { return };
        let elsewhere = match columns[longest].ty {
            ColumnType::Varchar(_) => ColumnType::Longtext,
            ColumnType::Varbinary(_) => ColumnType::Longblob,
            _ => return,
        };
        total = total - types::row_bytes(columns[longest].ty) + types::row_bytes(elsewhere);
        columns[longest].ty = elsewhere;
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
            "a json array, with a CHECK by a JSON schema on its items",
            "a table of its own",
            "a table costs a join for each read",
            "items that queries search for at a high rate, or that grow without a bound",
        )),
        LeafType::Scalar(Scalar::Enum(id)) if kernel.enums[*id].ordered => Some((
            "smallint: the label's place in the declaration, with a CHECK",
            "a native enum",
            "a label in the middle of a native enum rewrites the table",
            "no query that compares or sorts by it",
        )),
        LeafType::Scalar(Scalar::Enum(_)) => Some((
            "varchar with a CHECK on its labels",
            "a native enum",
            "a native enum sorts by declaration, and a label that is taken back rewrites the table",
            "a table so large that the bytes of labels count",
        )),
        LeafType::Scalar(Scalar::String { .. } | Scalar::Bytes { .. }) => Some((
            "a column one longer than allowed, with a CHECK on its length; longtext or longblob beyond an index's keys",
            "a column of that length alone",
            "spaces beyond its end are cut off, and without strict mode everything, where the rule refuses it",
            "nothing",
        )),
        LeafType::Scalar(Scalar::Timestamp) => Some((
            "datetime(6), in UTC",
            "timestamp(6)",
            "it ends in 2038, and is shown in the session's zone",
            "nothing",
        )),
        LeafType::Scalar(Scalar::Duration) => Some((
            "bigint: microseconds",
            "time(6)",
            "it ends at 838 hours",
            "nothing",
        )),
        LeafType::Scalar(Scalar::Uuid) => Some((
            "binary(16)",
            "char(36)",
            "it takes more than twice the bytes, in every index again",
            "nothing",
        )),
        LeafType::Scalar(Scalar::Point | Scalar::Vector { .. }) => Some((
            "a json array of numbers, with a CHECK by a JSON schema",
            "the types point and vector",
            "vector is there from 9.0 on alone, and no query here measures a distance",
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
            | Scalar::Date
            | Scalar::Time
            | Scalar::Json
            | Scalar::Hashed
            | Scalar::Encrypted { .. },
        ) => None,
    }
}
