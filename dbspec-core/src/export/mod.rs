//! The model for other tools: entity diagrams as Mermaid, tables and references as DBML.
//!
//! Both show the logical model, one box or table an entity, whatever engines make of it; they carry names, types, keys,
//! unique rules, references and documentation, and leave out what their language has no word for (rules between
//! fields, queries, writes, policies). The whole model is exported as JSON, by serde of [`Model`](crate::model::Model).

mod dbml;
mod mermaid;

pub use dbml::dbml;
pub use mermaid::mermaid;

use crate::kernel::{EntityId, FieldId, Item, Kernel, LeafId, LeafType, ListKind, RuleKind, Scalar, Type};

/// The word for a leaf's type, as the language has it; `(…)` where it has sizes.
fn leaf_type(kernel: &Kernel, leaf: LeafId) -> String {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(it) => scalar(kernel, it),
        LeafType::List(list) => {
            let item = match &list.item {
                Item::Scalar(it) => scalar(kernel, it),
                Item::Group(_) => "group".to_owned(),
            };
            match list.kind {
                ListKind::List => format!("list({item})"),
                ListKind::Set => format!("set({item})"),
                ListKind::Map { .. } => format!("map({item})"),
            }
        }
    }
}

fn scalar(kernel: &Kernel, scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool => "bool".to_owned(),
        Scalar::Int16 => "int16".to_owned(),
        Scalar::Int32 => "int32".to_owned(),
        Scalar::Int64 => "int64".to_owned(),
        Scalar::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        Scalar::Float64 => "float64".to_owned(),
        Scalar::String { max } => format!("string({max})"),
        Scalar::Text => "text".to_owned(),
        Scalar::Bytes { max } => format!("bytes({max})"),
        Scalar::Uuid => "uuid".to_owned(),
        Scalar::Date => "date".to_owned(),
        Scalar::Time => "time".to_owned(),
        Scalar::Timestamp => "timestamp".to_owned(),
        Scalar::Duration => "duration".to_owned(),
        Scalar::Enum(id) => kernel.enums[*id].name.to_string(),
        Scalar::Json => "json".to_owned(),
        Scalar::Point => "point".to_owned(),
        Scalar::Vector { dimensions } => format!("vector({dimensions})"),
        Scalar::Hashed => "hashed".to_owned(),
        Scalar::Encrypted { max, .. } => format!("encrypted({max})"),
    }
}

/// A leaf's name in its entity: `customer`, `address.street`, `during.start`. The key of a reference that has one leaf
/// goes by the reference's name.
fn leaf_name(kernel: &Kernel, leaf: LeafId) -> String {
    let it = &kernel.leaves[leaf];
    let field = &kernel.fields[it.field];
    let alone = matches!(field.ty, Type::Ref(_)) && field.leaves.len() == 1;
    let mut name = field.name.to_string();
    if !alone {
        for part in &it.path {
            name.push('.');
            name.push_str(part);
        }
    }
    name
}

/// A reference of an entity.
struct Edge {
    field: FieldId,
    to: EntityId,
    /// Whether at most one row refers to each.
    one: bool,
    /// How many refer at least, where that is said to be one or more.
    some: bool,
}

/// The references of all entities, in their order.
fn edges(kernel: &Kernel) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (entity, it) in kernel.entities.iter() {
        for field in it.fields.iter() {
            let Type::Ref(to) = kernel.fields[field].ty else {
                continue;
            };
            let leaves: Vec<LeafId> = kernel.fields[field].leaves.iter().collect();
            let one = kernel.rules_of(entity).any(|(_, rule)| match &rule.kind {
                RuleKind::Key(unique) => *unique == leaves,
                RuleKind::Unique {
                    leaves: unique,
                    filter,
                    ..
                } => filter.is_none() && *unique == leaves,
                RuleKind::Bounds { via, max, .. } => *via == field && *max == Some(1),
                _ => false,
            });
            let some = kernel
                .rules
                .iter()
                .any(|(_, rule)| matches!(&rule.kind, RuleKind::Bounds { via, min, .. } if *via == field && *min > 0));
            edges.push(Edge { field, to, one, some });
        }
    }
    edges
}
