//! Commands that show what a rule binds: one row after the other, its name and the fields that the rule speaks of.

use dbspec_core::backend::coverage::Audit;
use dbspec_core::kernel::{EntityId, FieldId, Kernel, LeafId, RuleId, RuleKind};

use crate::redis::keywords::quoted;
use crate::redis::layout::Layout;

/// What shows the rows that a rule binds. `SORT_RO` reads fields of the hashes that a set names.
/// Source: <https://redis.io/docs/latest/commands/sort/>
pub(super) fn audit(layout: Layout<'_>, id: RuleId) -> Audit {
    let rule = &layout.kernel.rules[id];
    let names = layout.names(rule.entity);
    let mut words = vec!["SORT_RO".to_owned(), quoted(&names), "BY nosort GET #".to_owned()];
    for place in spoken_of(layout.kernel, rule.entity, &rule.kind) {
        let field = &layout.hash(rule.entity).fields[place].name;
        words.push(format!("GET {}", quoted(&format!("{names}:*->{field}"))));
    }
    Audit {
        text: words.join(" ").into(),
    }
}

/// The leaves that a rule is about, by their places in the row.
fn spoken_of(kernel: &Kernel, entity: EntityId, kind: &RuleKind) -> Vec<usize> {
    let field = |field: &FieldId| -> Vec<LeafId> { kernel.fields[*field].leaves.iter().collect() };
    let leaves: Vec<LeafId> = match kind {
        RuleKind::Type(leaf)
        | RuleKind::Size { leaf, .. }
        | RuleKind::Version(leaf)
        | RuleKind::Secret(leaf) => vec![*leaf],
        RuleKind::Required(it)
        | RuleKind::Reference { field: it, .. }
        | RuleKind::Default { field: it, .. } => field(it),
        RuleKind::Unique { leaves, .. } => leaves.clone(),
        RuleKind::Key(_) => kernel.key_leaves(entity),
        RuleKind::Predicate { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Derived { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Assert { .. } => kernel.entities[entity].leaves.iter().collect(),
    };
    leaves
        .into_iter()
        .filter(|leaf| kernel.entity_of(*leaf) == entity)
        .map(|leaf| kernel.position(leaf))
        .collect()
}
