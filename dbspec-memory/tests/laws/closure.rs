//! What deleting and restoring come to, worked out the plain way.

use std::collections::BTreeSet;

use dbspec_core::kernel::{EntityId, FieldId, Kernel, OnDelete, RuleKind};
use dbspec_core::semantics::{Operation, Row, RowKey, Store};
use dbspec_core::value::Value;

use super::naive::Naive;

type At = (EntityId, RowKey);

/// What is expected of an operation.
pub(crate) enum Expected {
    /// Nothing is known of it here.
    Open,
    /// A reference that restricts refuses it.
    Restricted,
    /// These rows are left: their key, their references, when they were deleted.
    Left(BTreeSet<(EntityId, Vec<Value>)>),
}

pub(crate) fn expected(kernel: &Kernel, before: &Naive, operation: &Operation, now: i64) -> Expected {
    let row = |entity: EntityId, key: &RowKey| before.row(entity, key).expect("all is known");
    match operation {
        Operation::Delete(entity, key) => match (row(*entity, key), kernel.entities[*entity].soft_delete) {
            (None, _) => Expected::Open,
            (Some(row), Some(_)) if !kernel.is_living(*entity, &row) => Expected::Open,
            (Some(_), Some(_)) => dated(
                kernel,
                before,
                (*entity, key.clone()),
                &Value::Timestamp(now),
                &Value::Null,
            ),
            (Some(_), None) => removed(kernel, before, (*entity, key.clone())),
        },
        Operation::Restore(entity, key) => match row(*entity, key) {
            Some(row) if !kernel.is_living(*entity, &row) => {
                let Some(leaf) = kernel.entities[*entity].soft_delete else {
                    return Expected::Open;
                };
                let went = row[kernel.position(leaf)].clone();
                dated(kernel, before, (*entity, key.clone()), &Value::Null, &went)
            }
            Some(_) | None => Expected::Open,
        },
        Operation::Purge(..)
        | Operation::Insert(_)
        | Operation::Update { .. }
        | Operation::Upsert(..)
        | Operation::Call(..) => Expected::Open,
    }
}

/// What is seen of a row: what deleting may change.
fn seen(kernel: &Kernel, entity: EntityId, row: &Row) -> Vec<Value> {
    let it = &kernel.entities[entity];
    let references = it.fields.iter().filter(|field| kernel.target(*field).is_some());
    let leaves = references
        .flat_map(|field| kernel.fields[field].leaves.iter())
        .chain(it.soft_delete);
    let mut seen = kernel.key_of(entity, row);
    seen.extend(leaves.map(|leaf| row[kernel.position(leaf)].clone()));
    seen
}

/// All rows as they are seen.
pub(crate) fn all_seen(kernel: &Kernel, store: &dyn Store) -> BTreeSet<(EntityId, Vec<Value>)> {
    let entities = kernel.entities.ids();
    let rows = entities.flat_map(|entity| {
        let rows = store.all(entity).expect("all is known");
        rows.into_iter().map(move |row| (entity, row))
    });
    rows.map(|(entity, row)| (entity, seen(kernel, entity, &row)))
        .collect()
}

/// A row, and the owned rows that `was` says went with it, get a date of deletion.
fn dated(kernel: &Kernel, before: &Naive, at: At, date: &Value, was: &Value) -> Expected {
    let mut dated: BTreeSet<At> = BTreeSet::new();
    let mut todo = vec![at];
    while let Some((entity, key)) = todo.pop() {
        for (owned, it) in kernel.entities.iter().filter(|(_, it)| it.owner == Some(entity)) {
            let (Some(owner), Some(leaf)) = (it.fields.first(), it.soft_delete) else {
                continue;
            };
            for row in before.children(owner, &key).expect("all is known") {
                if row[kernel.position(leaf)] == *was {
                    todo.push((owned, kernel.key_of(owned, &row)));
                }
            }
        }
        dated.insert((entity, key));
    }
    left(kernel, before, |entity, row| {
        if dated.contains(&(entity, kernel.key_of(entity, row)))
            && let Some(leaf) = kernel.entities[entity].soft_delete
        {
            row[kernel.position(leaf)] = date.clone();
        }
        true
    })
}

/// A row goes, with what follows.
fn removed(kernel: &Kernel, before: &Naive, at: At) -> Expected {
    let references: Vec<(FieldId, EntityId, OnDelete)> = kernel
        .rules
        .iter()
        .filter_map(|(_, rule)| match &rule.kind {
            RuleKind::Reference {
                field, to, on_delete, ..
            } => Some((*field, *to, *on_delete)),
            _ => None,
        })
        .collect();
    let naming = |(entity, key): &At| {
        let to = references.iter().filter(|(_, to, _)| to == entity);
        let rows = to.flat_map(|(field, _, action)| {
            let from = kernel.fields[*field].entity;
            let rows = before.children(*field, key).expect("all is known");
            rows.into_iter().map(move |row| (from, row, *field, *action))
        });
        rows.collect::<Vec<_>>()
    };
    let mut gone: BTreeSet<At> = BTreeSet::new();
    let mut todo = vec![at];
    while let Some(at) = todo.pop() {
        for (from, row, _, action) in naming(&at) {
            let child = (from, kernel.key_of(from, &row));
            if action == OnDelete::Cascade && !gone.contains(&child) {
                todo.push(child);
            }
        }
        gone.insert(at);
    }
    for at in &gone {
        for (from, row, _, action) in naming(at) {
            if action == OnDelete::Restrict && !gone.contains(&(from, kernel.key_of(from, &row))) {
                return Expected::Restricted;
            }
        }
    }
    left(kernel, before, |entity, row| {
        let stays = !gone.contains(&(entity, kernel.key_of(entity, row)));
        for (field, to, _) in &references {
            let named = (kernel.fields[*field].entity == entity).then(|| kernel.referred(*field, row));
            if stays && named.flatten().is_some_and(|key| gone.contains(&(*to, key))) {
                for leaf in kernel.fields[*field].leaves.iter() {
                    row[kernel.position(leaf)] = Value::Null;
                }
            }
        }
        stays
    })
}

fn left(kernel: &Kernel, before: &Naive, mut keep: impl FnMut(EntityId, &mut Row) -> bool) -> Expected {
    let mut left = BTreeSet::new();
    for entity in kernel.entities.ids() {
        for mut row in before.all(entity).expect("all is known") {
            if keep(entity, &mut row) {
                left.insert((entity, seen(kernel, entity, &row)));
            }
        }
    }
    Expected::Left(left)
}
