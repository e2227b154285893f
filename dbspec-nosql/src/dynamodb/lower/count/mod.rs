//! How many items of one transaction a write takes at most: the rows that change, those that they name, what guards their
//! values, and the rows that were read to judge it.

mod call;
mod reads;

use std::collections::BTreeSet;

use dbspec_core::kernel::{
    EntityId, Facet, FieldId, Kernel, LeafId, OnDelete, RuleKind, Type, VarType, Write,
};
use dbspec_core::semantics::own_leaves;

use super::table::guard_kind;
use crate::dynamodb::design::GuardKind;

pub(super) use reads::Reads;

/// A cascade this deep goes round.
const DEEPEST: u32 = 6;

/// Counts the items of writes.
#[derive(Clone, Copy)]
pub(super) struct Counting<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) reads: &'a Reads,
    /// The entities whose rows stand in their owners' items.
    pub(super) listed: &'a BTreeSet<EntityId>,
}

impl Counting<'_> {
    /// What a plain write of one row takes.
    pub(super) fn plain(self, entity: EntityId, facet: Facet) -> Option<u32> {
        match facet {
            Facet::InsertRow => self.insert(entity),
            Facet::DeleteRow if self.kernel.entities[entity].soft_delete.is_none() => self.delete(entity),
            Facet::UpdateRow | Facet::DeleteRow => self.update(entity),
            Facet::Holds
            | Facet::Exists
            | Facet::Action
            | Facet::Living
            | Facet::Shared
            | Facet::AtLeast
            | Facet::AtMost
            | Facet::Update
            | Facet::Delete
            | Facet::Answered
            | Facet::Called
            | Facet::Used => None,
        }
    }

    /// What one row's insert takes; `None` where nothing bounds it.
    pub(super) fn insert(self, entity: EntityId) -> Option<u32> {
        let read = self.reads.moved(entity, &|_| true)?;
        Some(self.alone(entity).saturating_add(read))
    }

    /// A row, each row that it names, what guards its values.
    fn alone(self, entity: EntityId) -> u32 {
        let named = references(self.kernel, entity).count() as u32;
        self.own(entity) + named + guards(self.kernel, entity, 1)
    }

    /// The item of a row, where it isn't that of the owner that it names.
    fn own(self, entity: EntityId) -> u32 {
        u32::from(!self.listed.contains(&entity))
    }

    /// What an update of one row takes where any of its values change.
    pub(super) fn update(self, entity: EntityId) -> Option<u32> {
        let kernel = self.kernel;
        let key = &kernel.entities[entity].key;
        let named = references(kernel, entity)
            .filter(|field| !key.contains(field))
            .count() as u32;
        let read = self.reads.changed(entity)?;
        Some((1 + 2 * named + guards(self.kernel, entity, 2)).saturating_add(read))
    }

    /// What a delete of one row takes, with what goes or changes along.
    pub(super) fn delete(self, entity: EntityId) -> Option<u32> {
        self.removed(entity, None, 0)
    }

    /// A row that goes, with the one that it names by a reference or alone.
    fn removed(self, entity: EntityId, with: Option<FieldId>, depth: u32) -> Option<u32> {
        let kernel = self.kernel;
        let read = self.reads.moved(entity, &|field| Some(field) != with)?;
        let mut all = self.alone(entity).saturating_add(read);
        // The one that it names is counted where it goes itself.
        all -= u32::from(with.is_some());
        for field in kernel.references_to(entity) {
            let from = kernel.fields[field].entity;
            let one = match action(kernel, field) {
                OnDelete::Restrict => continue,
                OnDelete::Cascade if depth < DEEPEST => self.removed(from, Some(field), depth + 1)?,
                OnDelete::Cascade => return None,
                OnDelete::SetNull => self.update(from)?,
            };
            all = all.saturating_add(one.saturating_mul(most(kernel, field)?));
        }
        Some(all)
    }

    /// What a declared write takes.
    pub(super) fn call(self, write: &Write) -> Option<u32> {
        call::call(self, write, longest(write))
    }

    /// The longest list that a declared write takes in so many items.
    pub(super) fn holds(self, write: &Write, items: u32) -> Option<u32> {
        let fits = |length: u32| call::call(self, write, length).is_some_and(|it| it <= items);
        let (mut least, mut most) = (0, longest(write));
        while least < most {
            let middle = least + (most - least).div_ceil(2);
            if fits(middle) {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        Some(least).filter(|it| *it > 0)
    }

    /// What an update takes that sets some leaves.
    fn updated(self, entity: EntityId, set: &[LeafId]) -> Option<u32> {
        let kernel = self.kernel;
        let touched = |field: FieldId| kernel.fields[field].leaves.iter().any(|leaf| set.contains(&leaf));
        let named = references(kernel, entity).filter(|field| touched(*field)).count() as u32;
        let guards = guards_of_change(kernel, entity, set);
        let read = self.reads.changed(entity)?;
        Some((1 + 2 * named + guards).saturating_add(read))
    }
}

/// The longest list that a declared write may be given.
pub(super) fn longest(write: &Write) -> u32 {
    let params = write.vars.iter().take(write.params.into());
    let lists = params.filter_map(|var| match &var.ty {
        VarType::List { max, .. } => *max,
        VarType::Scalar(_) | VarType::Ref(_) | VarType::Row(_) => None,
    });
    lists.max().unwrap_or(1)
}

fn references(kernel: &Kernel, entity: EntityId) -> impl Iterator<Item = FieldId> + '_ {
    kernel.entities[entity]
        .fields
        .iter()
        .filter(|field| matches!(kernel.fields[*field].ty, Type::Ref(_)))
}

fn guards(kernel: &Kernel, entity: EntityId, each: u32) -> u32 {
    let kinds = kernel
        .rules_of(entity)
        .filter_map(|(rule, _)| guard_kind(kernel, rule));
    let items = kinds.map(|kind| match kind {
        GuardKind::One => each,
        GuardKind::Many => 2 * each,
    });
    items.sum()
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

/// The items that guard the values of a row of which these leaves change.
fn guards_of_change(kernel: &Kernel, entity: EntityId, set: &[LeafId]) -> u32 {
    let items = kernel.rules_of(entity).filter_map(|(rule, it)| {
        let kind = guard_kind(kernel, rule)?;
        let mut bound_by = kernel.grouping(rule).to_vec();
        if let RuleKind::Unique {
            filter: Some(filter), ..
        }
        | RuleKind::AtMost {
            filter: Some(filter), ..
        }
        | RuleKind::Overlap {
            filter: Some(filter), ..
        } = &it.kind
        {
            bound_by.extend(own_leaves(kernel, filter));
        }
        let changes = bound_by.iter().any(|leaf| set.contains(leaf));
        Some(match kind {
            GuardKind::One if changes => 2,
            GuardKind::One => 0,
            GuardKind::Many if changes => 4,
            GuardKind::Many => 1,
        })
    });
    items.sum()
}
