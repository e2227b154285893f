//! Rules → what holds them.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{EntityId, Facet, Filling, LeafId, LeafType, RuleId, RuleKind, Scalar};

use super::table::Tables;
use super::{ITEMS, audit};
use crate::dynamodb::capability as cap;
use crate::dynamodb::layout::Layout;

/// Answers for a rule.
pub(super) fn lower(cx: &mut Lowering<'_>, tables: &Tables, id: RuleId) {
    let kernel = cx.kernel;
    let rule = &kernel.rules[id];
    let layout = Layout {
        kernel,
        design: &tables.design,
    };
    let table = tables.names[layout.item(rule.entity).table];
    let guarded = || RuleOutcome::Guarded {
        bound: Some(ITEMS),
        audit: audit::audit(layout, id),
    };
    let leaf = |leaf: LeafId| {
        let names = &tables.attributes[rule.entity.index() as usize];
        names.get(kernel.position(leaf)).copied().unwrap_or(table)
    };
    let (outcome, by, line): (RuleOutcome, NameId, LineId) = match &rule.kind {
        RuleKind::Type(it) | RuleKind::Size { leaf: it, .. } | RuleKind::Version(it) => {
            (guarded(), leaf(*it), cap::ASSERT)
        }
        RuleKind::Key(_) => match guard(tables, layout, rule.entity, id) {
            Some(name) => (guarded(), name, cap::UNIQUE),
            None => (guarded(), table, cap::KEY),
        },
        RuleKind::Unique { .. } => {
            let name = guard(tables, layout, rule.entity, id).unwrap_or(table);
            (guarded(), name, cap::UNIQUE)
        }
        RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => {
            let name = guard(tables, layout, rule.entity, id).unwrap_or(table);
            (guarded(), name, cap::GROUP)
        }
        RuleKind::Reference { field, to, .. } => {
            let target = tables.names[layout.item(*to).table];
            for facet in [Facet::Exists, Facet::Action] {
                cx.coverage
                    .rule_facet(kernel, (id, facet), guarded(), Some(target), cap::COUNTER);
            }
            let first = kernel.fields[*field].leaves.first();
            let by = first.map_or(table, leaf);
            for facet in [Facet::Living, Facet::Shared] {
                cx.coverage
                    .rule_facet(kernel, (id, facet), guarded(), Some(by), cap::ASSERT);
            }
            return;
        }
        RuleKind::Bounds { owner, .. } => {
            let target = tables.names[layout.item(*owner).table];
            (guarded(), target, cap::COUNTER)
        }
        RuleKind::Default {
            filling: Filling::Sequence,
            ..
        } => (
            guarded(),
            sequence(tables, layout, rule.entity, id).unwrap_or(table),
            cap::SEQUENCE,
        ),
        RuleKind::Required(_)
        | RuleKind::Predicate { .. }
        | RuleKind::Transition(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::Assert { .. } => (guarded(), table, cap::ASSERT),
        RuleKind::Policy { .. } => (RuleOutcome::Unsupported, table, cap::POLICY),
        RuleKind::KeepAtMost { .. } => {
            let audit = audit::audit(layout, id);
            (RuleOutcome::Audited { audit }, table, cap::RETENTION)
        }
        RuleKind::Secret(it) => match &kernel.leaves[*it].ty {
            LeafType::Scalar(Scalar::Hashed) => (guarded(), leaf(*it), cap::ASSERT),
            LeafType::Scalar(_) | LeafType::List(_) => (RuleOutcome::Unsupported, leaf(*it), cap::ENCRYPTION),
        },
    };
    cx.coverage.rule(kernel, id, &outcome, Some(by), line);
}

/// The name of the guard of a rule.
fn guard(tables: &Tables, layout: Layout<'_>, entity: EntityId, rule: RuleId) -> Option<NameId> {
    let at = layout.kernel.entities[entity].rules.position(rule)?;
    let place = layout.item(entity).guards.iter().position(|it| it.rule == at)?;
    tables.guards[entity.index() as usize].get(place).copied()
}

/// The name of the sequence that a default takes numbers of.
fn sequence(tables: &Tables, layout: Layout<'_>, entity: EntityId, rule: RuleId) -> Option<NameId> {
    let RuleKind::Default { field, .. } = &layout.kernel.rules[rule].kind else {
        return None;
    };
    let leaf = layout.kernel.fields[*field].leaves.first()?;
    let place = layout.kernel.position(leaf);
    let at = layout
        .item(entity)
        .sequences
        .iter()
        .position(|it| it.leaf == place)?;
    tables.sequences[entity.index() as usize].get(at).copied()
}
