//! Commands that find what broke a rule: those whose filter says so where the engine can, else one of all the documents
//! that the rule binds.

use dbspec_core::backend::coverage::Audit;
use dbspec_core::kernel::{RuleId, RuleKind};
use serde_json::{Value as Json, json};

use super::validator::{predicate, required_leaves};
use crate::mongodb::layout::Layout;

/// What finds the violations of a rule, in Extended JSON.
pub(super) fn audit(layout: Layout<'_>, id: RuleId) -> Audit {
    let rule = &layout.kernel.rules[id];
    let collection = layout.collection(rule.entity);
    let find = |filter: Json| json!({ "find": collection.name, "filter": filter });
    let command = match &rule.kind {
        RuleKind::Predicate { holds, .. } => predicate(layout, rule.entity, holds, false).map_or_else(
            || find(json!({})),
            |holds| find(json!({ "$expr": { "$not": [holds] } })),
        ),
        RuleKind::Required(field) => {
            let missing: Vec<Json> = required_leaves(layout.kernel, *field)
                .into_iter()
                .map(|leaf| json!({ layout.field(leaf).path.as_str(): null }))
                .collect();
            find(if missing.is_empty() {
                json!({})
            } else {
                json!({ "$or": missing })
            })
        }
        RuleKind::Unique { .. } | RuleKind::AtMost { .. } | RuleKind::Key(_) => repeated(layout, id),
        RuleKind::Reference { field, to, .. } => {
            let target = layout.collection(*to);
            let leaves: Vec<_> = layout.kernel.fields[*field].leaves.iter().collect();
            match leaves.as_slice() {
                [one] => {
                    let path = &layout.field(*one).path;
                    json!({
                        "aggregate": collection.name,
                        "pipeline": [
                            { "$match": { path.as_str(): { "$exists": true } } },
                            { "$lookup": {
                                "from": target.name, "localField": path, "foreignField": "_id", "as": "named",
                            } },
                            { "$match": { "named": { "$size": 0 } } },
                        ],
                        "cursor": {},
                    })
                }
                _ => find(json!({})),
            }
        }
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Secret(_)
        | RuleKind::Assert { .. } => find(json!({})),
    };
    Audit {
        text: command.to_string().into(),
    }
}

/// The values that more documents have than may.
fn repeated(layout: Layout<'_>, id: RuleId) -> Json {
    let rule = &layout.kernel.rules[id];
    let collection = layout.collection(rule.entity);
    let most = match &rule.kind {
        RuleKind::AtMost { max, .. } => *max,
        _ => 1,
    };
    let group = layout.groups(rule.entity).find(|(it, _)| *it == id);
    match group {
        Some((_, group)) => json!({
            "aggregate": collection.name,
            "pipeline": [
                { "$match": { group.field.as_str(): { "$exists": true } } },
                { "$group": { "_id": format!("${}", group.field), "rows": { "$sum": 1 } } },
                { "$match": { "rows": { "$gt": most } } },
            ],
            "cursor": {},
        }),
        None => json!({ "find": collection.name, "filter": {} }),
    }
}
