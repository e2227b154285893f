//! What queries get from keys, indexes and guards.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{Dir, EntityId, FieldId, Kernel, LeafId, Nulls, Query, RuleKind};
use dbspec_core::query::{self, CondSet};

use super::design::GuardKind;
use super::layout::Layout;
use super::types;
use crate::document::operand::is_comparable;

/// What rows are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// The table's key.
    Table,
    /// The key of the owner in whose item they stand.
    Owner,
    /// An index, by its place among the item's.
    Index(usize),
    /// The guard of a unique rule, by its place among the item's.
    Guard(usize),
}

/// A way to rows.
pub(super) type Path = query::Path<Via>;

/// How a query is served, for one combination of optional parameters.
pub(super) type Plan = query::Plan<Via>;

/// All ways to an entity's rows.
pub(super) fn paths(layout: Layout<'_>, entity: EntityId) -> Vec<Path> {
    let kernel = layout.kernel;
    let item = layout.item(entity);
    let columns = |hash: &[usize], range: &[usize]| -> Vec<(LeafId, Dir)> {
        let hash = layout.leaves(entity, hash);
        let range = layout.leaves(entity, range);
        hash.into_iter()
            .chain(range)
            .map(|leaf| (leaf, Dir::Asc))
            .collect()
    };
    let key = columns(&item.hash, &item.range);
    if item.within.is_some() {
        return vec![Path {
            hash: key.len(),
            ..Path::over(Via::Owner, key)
        }];
    }
    let mut paths = vec![Path {
        hash: item.hash.len(),
        unique: Some(key.len()),
        ..Path::over(Via::Table, key)
    }];
    for (at, guard) in item.guards.iter().enumerate() {
        let rule = kernel.entities[entity].rules.iter().nth(guard.rule);
        let Some(rule) = rule.filter(|_| guard.kind == GuardKind::One) else {
            continue;
        };
        if let RuleKind::Unique {
            leaves,
            filter,
            nulls,
        } = &kernel.rules[rule].kind
        {
            paths.push(Path {
                hash: leaves.len(),
                unique: Some(leaves.len()),
                sparse: *nulls == Nulls::Distinct,
                filter: filter.clone(),
                ..Path::over(
                    Via::Guard(at),
                    leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect(),
                )
            });
        }
    }
    for (at, index) in item.indexes.iter().enumerate() {
        paths.push(Path {
            hash: index.hash.len(),
            ..Path::over(Via::Index(at), columns(&index.hash, &index.range))
        });
    }
    paths
}

/// The way to the rows that name a row, where there is one: how many columns name it.
pub(super) fn children(layout: Layout<'_>, field: FieldId) -> Option<Path> {
    let entity = layout.kernel.fields[field].entity;
    let leaves: Vec<LeafId> = layout.kernel.fields[field].leaves.iter().collect();
    paths(layout, entity).into_iter().find(|path| {
        let named = path.columns.iter().map(|(leaf, _)| *leaf).take(leaves.len());
        let guard = matches!(path.via, Via::Guard(_));
        !guard && path.hash <= leaves.len() && path.hash > 0 && named.eq(leaves.iter().copied())
    })
}

/// The best way to a query's rows when the conditions in `present` count.
pub(super) fn plan(
    layout: Layout<'_>,
    figures: &Figures<'_>,
    query: &Query,
    present: CondSet,
) -> Option<Plan> {
    let kernel = layout.kernel;
    // Indexes are never read consistently.
    let consistent = paths(layout, query.from)
        .into_iter()
        .filter(|path| !query.strong || !matches!(path.via, Via::Index(_)));
    query::plan(kernel, figures, (query, present), consistent, &|path, at| {
        usable(kernel, query, path, at)
    })
}

/// Whether a path can answer a condition: its values can stand in the path's key.
fn usable(kernel: &Kernel, query: &Query, path: &Path, at: usize) -> bool {
    let cond = &query.conds[at];
    let Some(leaf) = cond.leaf else { return true };
    if !types::in_keys(kernel, leaf) && !matches!(path.via, Via::Guard(_)) {
        return false;
    }
    let folds = kernel.leaves[leaf].ignore_case;
    let hashed = path.columns[..path.hash].iter().any(|(it, _)| *it == leaf);
    let folded = match path.via {
        Via::Table | Via::Owner => false,
        Via::Index(_) | Via::Guard(_) => hashed,
    };
    if folds && !folded {
        return false;
    }
    is_comparable(kernel, query, cond, leaf)
}
