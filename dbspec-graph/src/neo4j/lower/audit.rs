//! Statements that find what broke a rule: those rows where the engine can tell, else all that the rule binds.

use dbspec_core::backend::coverage::Audit;
use dbspec_core::kernel::{FieldId, LeafId, RuleId, RuleKind, SizeOf};

use crate::cypher::{node, property, quoted};
use crate::neo4j::layout::Layout;
use crate::neo4j::types;

/// What finds the violations of a rule.
pub(super) fn audit(layout: Layout<'_>, id: RuleId) -> Audit {
    let kernel = layout.kernel;
    let rule = &kernel.rules[id];
    let of = layout.node(rule.entity);
    let all = node("n", &of.label);
    let own = |leaf: LeafId| property("n", layout.property(leaf));
    let text = match &rule.kind {
        RuleKind::Type(leaf) => {
            let (name, ty) = (own(*leaf), types::word(&kernel.leaves[*leaf].ty));
            format!("MATCH {all} WHERE {name} IS NOT NULL AND NOT {name} IS :: {ty} RETURN n")
        }
        RuleKind::Required(field) => match missing(layout, *field) {
            Some(missing) => format!("MATCH {all} WHERE {missing} RETURN n"),
            None => format!("MATCH {all} RETURN n"),
        },
        RuleKind::Size { leaf, of, min, max } => {
            let name = own(*leaf);
            match of {
                SizeOf::Characters | SizeOf::Items if types::word(&kernel.leaves[*leaf].ty) != "STRING" => {
                    let most = max
                        .map(|max| format!(" OR size({name}) > {max}"))
                        .unwrap_or_default();
                    format!("MATCH {all} WHERE size({name}) < {min}{most} RETURN n")
                }
                SizeOf::Characters | SizeOf::Bytes | SizeOf::Items | SizeOf::ItemCharacters => {
                    format!("MATCH {all} WHERE {name} IS NOT NULL RETURN n")
                }
            }
        }
        RuleKind::Key(_) => twice(layout, id, &layout.key(rule.entity)),
        RuleKind::Unique { .. } => match layout.group(id) {
            Some(group) => match &group.kept {
                Some(name) => twice(layout, id, &[name.as_str()]),
                None => twice(layout, id, &layout.names(rule.entity, &group.leaves)),
            },
            None => format!("MATCH {all} RETURN n"),
        },
        RuleKind::Reference { field, to, .. } => {
            let leaves: Vec<LeafId> = kernel.fields[*field].leaves.iter().collect();
            let set: Vec<String> = leaves
                .iter()
                .map(|leaf| format!("{} IS NOT NULL", own(*leaf)))
                .collect();
            let same: Vec<String> = leaves
                .iter()
                .zip(layout.key(*to))
                .map(|(leaf, key)| format!("{} = {}", property("m", key), own(*leaf)))
                .collect();
            let ty = layout.relationship(*field).map_or("", |it| &it.ty);
            format!(
                "MATCH {all} WHERE {} AND NOT EXISTS {{ MATCH (n)-[:{}]->{} WHERE {} }} RETURN n",
                set.join(" AND "),
                quoted(ty),
                node("m", &layout.node(*to).label),
                same.join(" AND ")
            )
        }
        RuleKind::Version(leaf) => {
            format!("MATCH {all} WHERE {} < 1 RETURN n", own(*leaf))
        }
        RuleKind::Predicate { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Secret(_)
        | RuleKind::Assert { .. } => format!("MATCH {all} RETURN n"),
    };
    Audit { text: text.into() }
}

fn missing(layout: Layout<'_>, field: FieldId) -> Option<String> {
    let kernel = layout.kernel;
    let absent = |leaf: LeafId| format!("{} IS NULL", property("n", layout.property(leaf)));
    let leaves = kernel.fields[field].leaves;
    let required = leaves.iter().filter(|leaf| !kernel.leaves[*leaf].nullable);
    let one: Vec<String> = required.map(absent).collect();
    if !one.is_empty() {
        return Some(one.join(" OR "));
    }
    let all: Vec<String> = leaves.iter().map(absent).collect();
    (!all.is_empty()).then(|| all.join(" AND "))
}

/// Rows that have the same values as others.
fn twice(layout: Layout<'_>, rule: RuleId, names: &[&str]) -> String {
    let of = layout.node(layout.kernel.rules[rule].entity);
    let list: Vec<String> = names.iter().map(|name| property("n", name)).collect();
    let set: Vec<String> = list.iter().map(|name| format!("{name} IS NOT NULL")).collect();
    format!(
        "MATCH {} WHERE {} WITH [{}] AS same, collect(n) AS nodes WHERE size(nodes) > 1 UNWIND nodes AS n RETURN n",
        node("n", &of.label),
        set.join(" AND "),
        list.join(", ")
    )
}
