//! Rules → what holds them.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{EntityId, Facet, Filling, LeafId, LeafType, RuleId, RuleKind, Scalar};

use super::audit;
use super::collection::{Collections, Grouping, grouping};
use super::validator::{predicate, required_leaves, says_size};
use crate::mongodb::capability as cap;
use crate::mongodb::design::Index;
use crate::mongodb::layout::Layout;
use crate::mongodb::types;

/// Answers for a rule.
pub(super) fn lower(cx: &mut Lowering<'_>, all: &Collections, id: RuleId) {
    let kernel = cx.kernel;
    let rule = &kernel.rules[id];
    let layout = Layout {
        kernel,
        design: &all.design,
    };
    let collection = all.names[rule.entity.index() as usize];
    let guarded = || RuleOutcome::Guarded {
        bound: None,
        audit: audit::audit(layout, id),
    };
    let leaf = |leaf: LeafId| {
        let names = &all.fields[kernel.entity_of(leaf).index() as usize];
        names.get(kernel.position(leaf)).copied().unwrap_or(collection)
    };
    // By the validator where it says so, else by programs.
    let by_validator = |says: bool| {
        if says {
            (RuleOutcome::Enforced, cap::VALIDATOR)
        } else {
            (guarded(), cap::ASSERT)
        }
    };
    let (outcome, by, line): (RuleOutcome, NameId, LineId) = match &rule.kind {
        RuleKind::Type(it) => {
            let (outcome, line) = by_validator(types::is_told(kernel, *it));
            (outcome, leaf(*it), line)
        }
        RuleKind::Size { leaf: it, of, .. } => {
            let (outcome, line) = by_validator(says_size(kernel, *it, *of));
            (outcome, leaf(*it), line)
        }
        RuleKind::Required(field) => {
            let (outcome, line) = by_validator(!required_leaves(kernel, *field).is_empty());
            (outcome, collection, line)
        }
        RuleKind::Predicate { holds, on_write } => {
            let (outcome, line) = by_validator(predicate(layout, rule.entity, holds, *on_write).is_some());
            (outcome, collection, line)
        }
        RuleKind::Key(_) if grouping(kernel, id).is_none() => (RuleOutcome::Enforced, collection, cap::KEY),
        RuleKind::Unique { .. } | RuleKind::Key(_) => {
            let name = index(all, layout, rule.entity, id).unwrap_or(collection);
            match grouping(kernel, id) {
                Some(Grouping::Plain) => (RuleOutcome::Enforced, name, cap::UNIQUE),
                Some(Grouping::Digest) | None => (guarded(), name, cap::UNIQUE_DIGEST),
                Some(Grouping::Many) => (guarded(), name, cap::GROUP),
            }
        }
        RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => {
            let name = index(all, layout, rule.entity, id).unwrap_or(collection);
            (guarded(), name, cap::GROUP)
        }
        RuleKind::Reference { field, to, .. } => {
            let target = all.names[to.index() as usize];
            for facet in [Facet::Exists, Facet::Action] {
                cx.coverage
                    .rule_facet(kernel, (id, facet), guarded(), Some(target), cap::REFERENCE);
            }
            let first = kernel.fields[*field].leaves.first();
            let by = first.map_or(collection, leaf);
            let shared = RuleOutcome::Guarded {
                bound: None,
                audit: audit::shared(layout, id),
            };
            for (facet, outcome) in [(Facet::Living, guarded()), (Facet::Shared, shared)] {
                cx.coverage
                    .rule_facet(kernel, (id, facet), outcome, Some(by), cap::ASSERT);
            }
            return;
        }
        RuleKind::Bounds { owner, .. } => (guarded(), all.names[owner.index() as usize], cap::REFERENCE),
        RuleKind::Default {
            filling: Filling::Sequence,
            ..
        } => (
            guarded(),
            sequence(all, layout, rule.entity, id).unwrap_or(collection),
            cap::SEQUENCE,
        ),
        // That it is at least one, the validator says; that it rises, programs see to.
        RuleKind::Version(it) => (guarded(), leaf(*it), cap::ASSERT),
        RuleKind::Transition(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::Assert { .. } => (guarded(), collection, cap::ASSERT),
        RuleKind::Policy { .. } => (RuleOutcome::Unsupported, collection, cap::POLICY),
        RuleKind::KeepAtMost { .. } => {
            let audit = audit::audit(layout, id);
            (RuleOutcome::Audited { audit }, collection, cap::RETENTION)
        }
        RuleKind::Secret(it) => match &kernel.leaves[*it].ty {
            LeafType::Scalar(Scalar::Hashed) => (guarded(), leaf(*it), cap::ASSERT),
            LeafType::Scalar(_) | LeafType::List(_) => (RuleOutcome::Unsupported, leaf(*it), cap::ENCRYPTION),
        },
    };
    cx.coverage.rule(kernel, id, &outcome, Some(by), line);
}

/// The name of the index of a rule.
fn index(all: &Collections, layout: Layout<'_>, entity: EntityId, rule: RuleId) -> Option<NameId> {
    let at = layout.kernel.entities[entity].rules.position(rule)?;
    let collection = layout.collection(entity);
    let field = collection.groups.iter().find(|it| it.rule == at);
    let place = collection.indexes.iter().position(|it| {
        let holds = |field: &str| it.columns.iter().any(|column| column.path == field);
        let shared = it.unique.is_some() && is_over(layout, it, rule);
        it.unique.is_some_and(|it| it.rule == at) || field.is_some_and(|it| holds(&it.field)) || shared
    })?;
    all.indexes[entity.index() as usize].get(place).copied()
}

/// Whether an index is over a unique rule's fields: of rules that say the same, one names it.
fn is_over(layout: Layout<'_>, index: &Index, rule: RuleId) -> bool {
    let RuleKind::Unique { leaves, .. } = &layout.kernel.rules[rule].kind else {
        return false;
    };
    let places = leaves.iter().map(|leaf| Some(layout.kernel.position(*leaf)));
    index.columns.iter().map(|column| column.leaf).eq(places)
}

/// The name of the sequence that a default takes numbers of.
fn sequence(all: &Collections, layout: Layout<'_>, entity: EntityId, rule: RuleId) -> Option<NameId> {
    let RuleKind::Default { field, .. } = &layout.kernel.rules[rule].kind else {
        return None;
    };
    let leaf = layout.kernel.fields[*field].leaves.first()?;
    let place = layout.kernel.position(leaf);
    let sequences = &layout.collection(entity).sequences;
    let at = sequences.iter().position(|it| it.leaf == place)?;
    all.sequences[entity.index() as usize].get(at).copied()
}
