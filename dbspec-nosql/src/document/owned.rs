//! Which owned rows can stand in their owner's document: those that are reached through their owner alone.

use std::collections::BTreeSet;

use dbspec_core::kernel::{EntityId, FieldId, Kernel, Query, RuleKind, Shape};

use super::walk::Ways;

/// Owned rows that can stand in their owner's document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owned {
    /// The entity.
    pub(crate) entity: EntityId,
    /// Whose rows own its rows.
    pub(crate) owner: EntityId,
    /// The reference to the owner.
    pub(crate) via: FieldId,
    /// So many rows has an owner at most.
    pub(crate) most: u32,
}

/// The owned rows that nothing reaches but through their owner, and of which an owner has a bounded number: no rule
/// compares them with those of other owners, no reference names one of them, and no query or write looks for them by
/// something else.
pub(crate) fn all(kernel: &Kernel) -> Vec<Owned> {
    let mut followed = Ways::of_writes(kernel);
    for (_, query) in kernel.queries.iter() {
        followed.append(&mut Ways::of_query(query).many);
    }
    let owned = kernel
        .entities
        .ids()
        .filter_map(|entity| one(kernel, entity, &followed));
    owned.collect()
}

fn one(kernel: &Kernel, entity: EntityId, followed: &BTreeSet<FieldId>) -> Option<Owned> {
    let it = &kernel.entities[entity];
    let owner = it.owner?;
    let via = it.fields.first()?;
    let keeps_key = |of: EntityId| {
        kernel.entities[of]
            .key
            .iter()
            .all(|field| !kernel.fields[*field].mutable)
    };
    let of_another = |field: FieldId| field != via && followed.contains(&field);
    let apart = kernel.references_to(entity).next().is_some()
        || it.fields.iter().any(of_another)
        || it.rules.iter().any(|rule| kernel.groups(rule))
        || kernel
            .queries_of(entity)
            .any(|(_, query)| !is_by_owner(kernel, query, via));
    // Rows that were deleted softly stay, and no bound counts them.
    let stays = it.soft_delete.is_some();
    let plain = kernel.target(via) == Some(owner) && kernel.entities[owner].owner.is_none();
    if apart || stays || !plain || !keeps_key(entity) || !keeps_key(owner) {
        return None;
    }
    let most = most(kernel, entity, via)?;
    Some(Owned {
        entity,
        owner,
        via,
        most,
    })
}

/// Whether a query is given the owner, or reads everything.
fn is_by_owner(kernel: &Kernel, query: &Query, via: FieldId) -> bool {
    query.full_read
        || kernel.fields[via].leaves.iter().all(|leaf| {
            let mut conds = query.conds.iter();
            conds.any(|it| {
                it.when.is_none() && it.leaf == Some(leaf) && matches!(it.shape, Shape::Eq | Shape::In(_))
            })
        })
}

/// How many rows an owner has at most, where that is declared.
fn most(kernel: &Kernel, entity: EntityId, field: FieldId) -> Option<u32> {
    kernel.rules_of(entity).find_map(|(_, rule)| match &rule.kind {
        RuleKind::Bounds {
            via,
            filter: None,
            max,
            ..
        } if *via == field => *max,
        _ => None,
    })
}
