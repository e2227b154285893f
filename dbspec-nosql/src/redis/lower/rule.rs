//! Rules → what holds them.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{EntityId, Facet, Filling, LeafId, LeafType, RuleId, RuleKind, Scalar};

use super::audit;
use super::hash::Hashes;
use crate::redis::capability as cap;
use crate::redis::layout::Layout;

/// Answers for a rule.
pub(super) fn lower(cx: &mut Lowering<'_>, all: &Hashes, id: RuleId) {
    let kernel = cx.kernel;
    let rule = &kernel.rules[id];
    let layout = Layout {
        kernel,
        design: &all.design,
    };
    let hash = all.names[rule.entity.index() as usize];
    let guarded = || RuleOutcome::Guarded {
        bound: None,
        audit: audit::audit(layout, id),
    };
    let leaf = |leaf: LeafId| {
        let names = &all.fields[kernel.entity_of(leaf).index() as usize];
        names.get(kernel.position(leaf)).copied().unwrap_or(hash)
    };
    let (outcome, by, line): (RuleOutcome, NameId, LineId) = match &rule.kind {
        RuleKind::Type(it) | RuleKind::Size { leaf: it, .. } | RuleKind::Version(it) => {
            (guarded(), leaf(*it), cap::ASSERT)
        }
        RuleKind::Key(_) => match group(all, layout, rule.entity, id) {
            Some(name) => (guarded(), name, cap::GROUP),
            None => (guarded(), hash, cap::KEY),
        },
        RuleKind::Unique { .. } | RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => {
            let name = group(all, layout, rule.entity, id).unwrap_or(hash);
            (guarded(), name, cap::GROUP)
        }
        RuleKind::Reference { field, to, .. } => {
            let target = all.names[to.index() as usize];
            for facet in [Facet::Exists, Facet::Action] {
                cx.coverage
                    .rule_facet(kernel, (id, facet), guarded(), Some(target), cap::REFERENCE);
            }
            let first = kernel.fields[*field].leaves.first();
            let by = first.map_or(hash, leaf);
            for facet in [Facet::Living, Facet::Shared] {
                cx.coverage
                    .rule_facet(kernel, (id, facet), guarded(), Some(by), cap::ASSERT);
            }
            return;
        }
        RuleKind::Bounds { owner, .. } => (guarded(), all.names[owner.index() as usize], cap::REFERENCE),
        RuleKind::Default {
            filling: Filling::Sequence,
            ..
        } => (
            guarded(),
            sequence(all, layout, rule.entity, id).unwrap_or(hash),
            cap::SEQUENCE,
        ),
        RuleKind::Required(_)
        | RuleKind::Predicate { .. }
        | RuleKind::Transition(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::Assert { .. } => (guarded(), hash, cap::ASSERT),
        RuleKind::Policy { .. } => (RuleOutcome::Unsupported, hash, cap::POLICY),
        RuleKind::KeepAtMost { .. } => {
            let audit = audit::audit(layout, id);
            (RuleOutcome::Audited { audit }, hash, cap::RETENTION)
        }
        RuleKind::Secret(it) => match &kernel.leaves[*it].ty {
            LeafType::Scalar(Scalar::Hashed) => (guarded(), leaf(*it), cap::ASSERT),
            LeafType::Scalar(_) | LeafType::List(_) => (RuleOutcome::Unsupported, leaf(*it), cap::ENCRYPTION),
        },
    };
    cx.coverage.rule(kernel, id, &outcome, Some(by), line);
}

/// The name of the group of a rule.
fn group(all: &Hashes, layout: Layout<'_>, entity: EntityId, rule: RuleId) -> Option<NameId> {
    let at = layout.kernel.entities[entity].rules.position(rule)?;
    let place = layout.hash(entity).groups.iter().position(|it| it.rule == at)?;
    all.groups[entity.index() as usize].get(place).copied()
}

/// The name of the sequence that a default takes numbers of.
fn sequence(all: &Hashes, layout: Layout<'_>, entity: EntityId, rule: RuleId) -> Option<NameId> {
    let RuleKind::Default { field, .. } = &layout.kernel.rules[rule].kind else {
        return None;
    };
    let leaf = layout.kernel.fields[*field].leaves.first()?;
    let place = layout.kernel.position(leaf);
    let sequences = &layout.hash(entity).sequences;
    let at = sequences.iter().position(|it| it.leaf == place)?;
    all.sequences[entity.index() as usize].get(at).copied()
}
