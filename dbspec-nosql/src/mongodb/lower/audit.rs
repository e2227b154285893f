//! Commands that find what broke a rule: those whose filter says so where the engine can, else one of all the documents
//! that the rule binds.
//!
//! They look at the values alone: what programs keep beside them (digests, folded texts) other writers may leave out.

use dbspec_core::backend::coverage::Audit;
use dbspec_core::kernel::{EntityId, FieldId, Kernel, LeafId, Nulls, Pred, RuleId, RuleKind};
use serde_json::{Map, Value as Json, json};

use super::validator::{bound, predicate, required_leaves};
use crate::mongodb::design::ID;
use crate::mongodb::layout::Layout;

/// Where rows that another names, or that name it, stand in a pipeline.
const ROWS: &str = "rows";
/// Where the key of the row that is named stands there.
const NAMED: &str = "named";

/// What finds the violations of a rule, in Extended JSON.
pub(super) fn audit(layout: Layout<'_>, id: RuleId) -> Audit {
    let rule = &layout.kernel.rules[id];
    let command = match &rule.kind {
        RuleKind::Predicate { holds, .. } => predicate(layout, rule.entity, holds, false).map_or_else(
            || all(layout, rule.entity),
            |holds| find(layout, rule.entity, &json!({ "$expr": { "$not": [holds] } })),
        ),
        RuleKind::Required(field) => {
            let missing: Vec<Json> = required_leaves(layout.kernel, *field)
                .into_iter()
                .map(|leaf| json!({ layout.field(leaf).path.as_str(): null }))
                .collect();
            if missing.is_empty() {
                all(layout, rule.entity)
            } else {
                find(layout, rule.entity, &json!({ "$or": missing }))
            }
        }
        RuleKind::Unique {
            leaves,
            filter,
            nulls,
        } => repeated(layout, rule.entity, leaves, filter.as_ref(), *nulls, 1),
        RuleKind::AtMost { leaves, filter, max } => repeated(
            layout,
            rule.entity,
            leaves,
            filter.as_ref(),
            Nulls::Distinct,
            *max,
        ),
        RuleKind::Key(_) => {
            let leaves = layout.kernel.key_leaves(rule.entity);
            repeated(layout, rule.entity, &leaves, None, Nulls::Distinct, 1)
        }
        RuleKind::Reference { field, to, .. } => {
            let mut pipeline = named(layout, *field, *to);
            pipeline.push(json!({ "$match": { ROWS: { "$size": 0 } } }));
            aggregate(layout, rule.entity, &pipeline)
        }
        RuleKind::Bounds {
            owner,
            via,
            filter,
            min,
            max,
        } => counted(layout, *owner, *via, filter.is_some(), *min, *max),
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Secret(_)
        | RuleKind::Assert { .. } => all(layout, rule.entity),
    };
    text(&command)
}

/// What finds the rows whose values differ from those of the row that they name.
pub(super) fn shared(layout: Layout<'_>, id: RuleId) -> Audit {
    let rule = &layout.kernel.rules[id];
    let RuleKind::Reference {
        field, to, shared, ..
    } = &rule.kind
    else {
        return audit(layout, id);
    };
    let mut pipeline = named(layout, *field, *to);
    let differ: Vec<Json> = shared
        .iter()
        .map(|(own, other)| {
            let other = format!("${ROWS}.{}", layout.field(*other).path);
            json!({ "$ne": [value(layout, *own), { "$arrayElemAt": [other, 0] }] })
        })
        .collect();
    pipeline.push(json!({ "$match": { "$expr": { "$or": differ } } }));
    text(&aggregate(layout, rule.entity, &pipeline))
}

fn text(command: &Json) -> Audit {
    Audit {
        text: command.to_string().into(),
    }
}

fn find(layout: Layout<'_>, entity: EntityId, filter: &Json) -> Json {
    json!({ "find": layout.collection(entity).name, "filter": filter })
}

/// All documents that the rule binds.
fn all(layout: Layout<'_>, entity: EntityId) -> Json {
    find(layout, entity, &json!({}))
}

fn aggregate(layout: Layout<'_>, entity: EntityId, pipeline: &[Json]) -> Json {
    json!({ "aggregate": layout.collection(entity).name, "pipeline": pipeline, "cursor": {} })
}

fn value(layout: Layout<'_>, leaf: LeafId) -> Json {
    format!("${}", layout.field(leaf).path).into()
}

/// Only documents that have all of these.
fn present(layout: Layout<'_>, leaves: impl IntoIterator<Item = LeafId>) -> Json {
    let mut members = Map::new();
    for leaf in leaves {
        members.insert(layout.field(leaf).path.clone(), json!({ "$exists": true }));
    }
    json!({ "$match": members })
}

/// Rows that name another, each with what it names.
fn named(layout: Layout<'_>, field: FieldId, to: EntityId) -> Vec<Json> {
    let leaves = || layout.kernel.fields[field].leaves.iter();
    let target = layout.collection(to);
    // The key as it stands there, made of the leaves in their order.
    let key = layout.kernel.key_leaves(to);
    let mut members = Map::new();
    for (own, of) in leaves().zip(&key) {
        let path = &layout.field(*of).path;
        let name = path.rsplit('.').next().unwrap_or(path);
        members.insert(name.to_owned(), value(layout, own));
    }
    let sought = match leaves().next() {
        Some(leaf) if key.len() == 1 => value(layout, leaf),
        Some(_) | None => members.into(),
    };
    vec![
        present(layout, leaves()),
        json!({ "$addFields": { NAMED: sought } }),
        json!({ "$lookup": { "from": target.name, "localField": NAMED, "foreignField": ID, "as": ROWS } }),
    ]
}

/// Rows that are named by fewer or more than may be, where one leaf names them and all rows count.
fn counted(
    layout: Layout<'_>,
    owner: EntityId,
    via: FieldId,
    is_partial: bool,
    min: u32,
    max: Option<u32>,
) -> Json {
    let kernel = layout.kernel;
    let child = kernel.fields[via].entity;
    let leaves: Vec<LeafId> = kernel.fields[via].leaves.iter().collect();
    let ([leaf], false, None) = (leaves.as_slice(), is_partial, kernel.entities[child].soft_delete) else {
        return all(layout, owner);
    };
    let lookup = json!({ "$lookup": {
        "from": layout.collection(child).name,
        "localField": ID,
        "foreignField": layout.field(*leaf).path,
        "as": ROWS,
    } });
    let size = json!({ "$size": format!("${ROWS}") });
    let mut beyond = vec![json!({ "$lt": [size, min] })];
    beyond.extend(max.map(|max| json!({ "$gt": [size, max] })));
    aggregate(
        layout,
        owner,
        &[lookup, json!({ "$match": { "$expr": { "$or": beyond } } })],
    )
}

/// The values that more documents have than may.
fn repeated(
    layout: Layout<'_>,
    entity: EntityId,
    leaves: &[LeafId],
    filter: Option<&Pred>,
    nulls: Nulls,
    most: u32,
) -> Json {
    let mut pipeline = Vec::new();
    if let Some(filter) = filter {
        let Some(bound) = bound(layout, entity, filter) else {
            return all(layout, entity);
        };
        pipeline.push(json!({ "$match": { "$expr": bound } }));
    }
    if nulls == Nulls::Distinct {
        pipeline.push(present(layout, leaves.iter().copied()));
    }
    let mut values = Map::new();
    for (at, leaf) in leaves.iter().enumerate() {
        values.insert(format!("v{at}"), folded(layout, *leaf));
    }
    pipeline.push(json!({ "$group": { ID: values, ROWS: { "$sum": 1 } } }));
    pipeline.push(json!({ "$match": { ROWS: { "$gt": most } } }));
    aggregate(layout, entity, &pipeline)
}

/// A leaf's value as a rule compares it.
fn folded(layout: Layout<'_>, leaf: LeafId) -> Json {
    let value = value(layout, leaf);
    if folds(layout.kernel, leaf) {
        json!({ "$cond": [{ "$gt": [value, null] }, { "$toLower": value }, null] })
    } else {
        value
    }
}

fn folds(kernel: &Kernel, leaf: LeafId) -> bool {
    let it = &kernel.leaves[leaf];
    it.ignore_case || it.refers.is_some_and(|to| kernel.leaves[to].ignore_case)
}
