//! How many items of one transaction a write takes at most.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Action, EntityId, FieldId, Kernel, LeafId, OnDelete, RuleKind, Type, VarType, Write,
};

use crate::dynamodb::design::GuardKind;
use crate::dynamodb::layout::Layout;

/// A cascade this deep goes round.
const DEEPEST: u32 = 6;

/// What one row's insert takes: itself, each row that it names, what guards its values.
pub(super) fn insert(layout: Layout<'_>, entity: EntityId) -> u32 {
    let kernel = layout.kernel;
    1 + references(kernel, entity).count() as u32 + guards(layout, entity, 1)
}

/// What an update of one row takes where any of its values change.
pub(super) fn update(layout: Layout<'_>, entity: EntityId) -> u32 {
    let kernel = layout.kernel;
    let key = &kernel.entities[entity].key;
    let named = references(kernel, entity)
        .filter(|field| !key.contains(field))
        .count() as u32;
    1 + 2 * named + guards(layout, entity, 2)
}

/// What a delete of one row takes, with what goes or changes along; `None` where that has no declared bound.
pub(super) fn delete(layout: Layout<'_>, entity: EntityId) -> Option<u32> {
    removed(layout, entity, 0)
}

fn removed(layout: Layout<'_>, entity: EntityId, depth: u32) -> Option<u32> {
    let kernel = layout.kernel;
    let mut all = insert(layout, entity);
    for field in kernel.references_to(entity) {
        let from = kernel.fields[field].entity;
        let one = match action(kernel, field) {
            OnDelete::Restrict => continue,
            OnDelete::Cascade if depth < DEEPEST => removed(layout, from, depth + 1)?,
            OnDelete::Cascade => return None,
            OnDelete::SetNull => update(layout, from),
        };
        all = all.saturating_add(one.saturating_mul(most(kernel, field)?));
    }
    Some(all)
}

/// What a declared write takes; `None` where its lists have no declared bound.
pub(super) fn call(layout: Layout<'_>, write: &Write) -> Option<u32> {
    write.body.iter().try_fold(0u32, |sum, it| {
        Some(sum.saturating_add(action_of(layout, write, it)?))
    })
}

fn action_of(layout: Layout<'_>, write: &Write, action: &Action) -> Option<u32> {
    let sum = |body: &[Action]| {
        body.iter().try_fold(0u32, |sum, it| {
            Some(sum.saturating_add(action_of(layout, write, it)?))
        })
    };
    match action {
        Action::Insert { entity, .. } => Some(insert(layout, *entity)),
        Action::Upsert { entity, .. } => Some(insert(layout, *entity).max(update(layout, *entity))),
        Action::Update {
            entity, each, set, ..
        } => {
            let leaves: Vec<LeafId> = set.iter().map(|it| it.leaf).collect();
            (!each).then(|| updated(layout, *entity, &leaves))
        }
        Action::Delete { entity, each, .. } => {
            if *each {
                None
            } else if layout.kernel.entities[*entity].soft_delete.is_some() {
                Some(update(layout, *entity))
            } else {
                delete(layout, *entity)
            }
        }
        Action::Restore { entity, .. } => Some(update(layout, *entity)),
        // The row that is read must be the same still.
        Action::Read { .. } => Some(1),
        Action::For { over, body, .. } => {
            let most = match &write.vars[over.index() as usize].ty {
                VarType::List { max, .. } => (*max)?,
                VarType::Scalar(_) | VarType::Ref(_) | VarType::Row(_) => 1,
            };
            Some(sum(body)?.saturating_mul(most))
        }
        Action::If { then, otherwise, .. } => Some(sum(then)?.max(sum(otherwise)?)),
        Action::Require { .. } | Action::Return(_) => Some(0),
    }
}

fn updated(layout: Layout<'_>, entity: EntityId, set: &[LeafId]) -> u32 {
    let kernel = layout.kernel;
    let touched = |field: FieldId| kernel.fields[field].leaves.iter().any(|leaf| set.contains(&leaf));
    let named = references(kernel, entity).filter(|field| touched(*field)).count() as u32;
    let item = layout.item(entity);
    let guards: u32 = item
        .guards
        .iter()
        .map(|guard| {
            let rule = kernel.entities[entity].rules.iter().nth(guard.rule);
            let filtered = |kind: &RuleKind| match kind {
                RuleKind::Unique { filter, .. } => filter.is_some(),
                _ => false,
            };
            let changes = rule.is_some_and(|rule| {
                kernel.grouping(rule).iter().any(|leaf| set.contains(leaf))
                    || filtered(&kernel.rules[rule].kind)
            });
            match guard.kind {
                GuardKind::One if changes => 2,
                GuardKind::One => 0,
                GuardKind::Many if changes => 4,
                GuardKind::Many => 1,
            }
        })
        .sum();
    1 + 2 * named + guards
}

fn references(kernel: &Kernel, entity: EntityId) -> impl Iterator<Item = FieldId> + '_ {
    kernel.entities[entity]
        .fields
        .iter()
        .filter(|field| matches!(kernel.fields[*field].ty, Type::Ref(_)))
}

fn guards(layout: Layout<'_>, entity: EntityId, each: u32) -> u32 {
    let kinds = layout.item(entity).guards.iter().map(|it| match it.kind {
        GuardKind::One => each,
        GuardKind::Many => 2 * each,
    });
    kinds.sum()
}

fn action(kernel: &Kernel, field: FieldId) -> OnDelete {
    kernel
        .rules_of(kernel.fields[field].entity)
        .find_map(|(_, rule)| match &rule.kind {
            RuleKind::Reference {
                field: it, on_delete, ..
            } if *it == field => Some(*on_delete),
            _ => None,
        })
        .unwrap_or(OnDelete::Restrict)
}

/// How many rows name one row at most, where that is declared.
fn most(kernel: &Kernel, field: FieldId) -> Option<u32> {
    let from = kernel.fields[field].entity;
    kernel.rules_of(from).find_map(|(_, rule)| match &rule.kind {
        RuleKind::Bounds {
            via,
            filter: None,
            max,
            ..
        } if *via == field => *max,
        _ => None,
    })
}
