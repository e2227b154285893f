//! Changes in an order that respects references.

use std::collections::{BTreeMap, BTreeSet};

use super::super::view::Pending;
use super::super::{Change, Row, RowKey};
use crate::kernel::{EntityId, Kernel};

type At = (EntityId, RowKey);

/// Inserts first, what is named before what names it; then updates; then deletes, what names before what is named.
pub(super) fn sorted(kernel: &Kernel, pending: BTreeMap<At, Pending>) -> Vec<Change> {
    let mut inserted = BTreeMap::new();
    let mut deleted = BTreeMap::new();
    let mut updates = Vec::new();
    for ((entity, key), it) in pending {
        let change = Change {
            entity,
            key: key.clone(),
            before: it.before,
            after: it.after,
        };
        match (&change.before, &change.after) {
            (None, Some(_)) => {
                inserted.insert((entity, key), change);
            }
            (Some(_), None) => {
                deleted.insert((entity, key), change);
            }
            (Some(before), Some(after)) if before != after => updates.push(change),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    let mut changes = named_first(kernel, inserted, |it| it.after.as_ref());
    changes.extend(updates);
    let mut last = named_first(kernel, deleted, |it| it.before.as_ref());
    last.reverse();
    changes.extend(last);
    changes
}

fn named_first(
    kernel: &Kernel,
    mut changes: BTreeMap<At, Change>,
    row: fn(&Change) -> Option<&Row>,
) -> Vec<Change> {
    let mut order = Vec::with_capacity(changes.len());
    let mut seen = BTreeSet::new();
    // Depth first, with a stack of its own: chains may be long.
    for start in changes.keys() {
        let mut stack = vec![(start.clone(), false)];
        while let Some((at, left)) = stack.pop() {
            if left {
                order.push(at);
                continue;
            }
            if !seen.insert(at.clone()) {
                continue;
            }
            let named: Vec<At> = changes
                .get(&at)
                .and_then(row)
                .map(|row| named(kernel, at.0, row))
                .unwrap_or_default();
            stack.push((at, true));
            stack.extend(
                named
                    .into_iter()
                    .filter(|it| changes.contains_key(it) && !seen.contains(it))
                    .map(|it| (it, false)),
            );
        }
    }
    order.iter().filter_map(|at| changes.remove(at)).collect()
}

/// The rows that a row names.
fn named(kernel: &Kernel, entity: EntityId, row: &[crate::value::Value]) -> Vec<At> {
    let fields = kernel.entities[entity].fields.iter();
    fields
        .filter_map(|field| Some((kernel.target(field)?, kernel.referred(field, row)?)))
        .collect()
}
