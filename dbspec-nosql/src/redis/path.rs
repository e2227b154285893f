//! What queries get from names, indexes and groups.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{Dir, EntityId, FieldId, Kernel, LeafId, Nulls, Query, RuleKind};
use dbspec_core::query::{self, CondSet};

use super::layout::Layout;
use super::types;
use crate::document::operand::is_comparable;

/// What rows are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// Their keys: the names of all rows are in order.
    Names,
    /// An index, by its place among the hash's.
    Index(usize),
    /// The group of a unique rule, by its place.
    Group(usize),
}

/// A way to rows.
pub(super) type Path = query::Path<Via>;

/// How a query is served, for one combination of optional parameters.
pub(super) type Plan = query::Plan<Via>;

fn ascending(leaves: impl IntoIterator<Item = LeafId>) -> Vec<(LeafId, Dir)> {
    leaves.into_iter().map(|leaf| (leaf, Dir::Asc)).collect()
}

/// All ways to an entity's rows.
pub(super) fn paths(layout: Layout<'_>, entity: EntityId) -> Vec<Path> {
    let kernel = layout.kernel;
    let hash = layout.hash(entity);
    let key = ascending(kernel.key_leaves(entity));
    let mut paths = vec![Path {
        unique: Some(key.len()),
        ..Path::over(Via::Names, key)
    }];
    for (at, group) in hash.groups.iter().enumerate() {
        let Some(rule) = kernel.entities[entity].rules.iter().nth(group.rule) else {
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
                ..Path::over(Via::Group(at), ascending(leaves.iter().copied()))
            });
        }
    }
    for (at, index) in hash.indexes.iter().enumerate() {
        let places: Vec<usize> = index.hash.iter().chain(&index.range).copied().collect();
        paths.push(Path {
            hash: index.hash.len(),
            ..Path::over(Via::Index(at), ascending(layout.leaves(entity, &places)))
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
        let whole = match path.via {
            Via::Names => true,
            Via::Index(_) => path.hash > 0,
            Via::Group(_) => false,
        };
        whole && path.hash <= leaves.len() && named.eq(leaves.iter().copied())
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
    query::plan(
        kernel,
        figures,
        (query, present),
        paths(layout, query.from),
        &|path, at| usable(kernel, query, path, at),
    )
}

/// Whether a path can answer a condition: its values can stand in the path's keys and members.
fn usable(kernel: &Kernel, query: &Query, path: &Path, at: usize) -> bool {
    let cond = &query.conds[at];
    let Some(leaf) = cond.leaf else { return true };
    if !types::in_keys(kernel, leaf) && !matches!(path.via, Via::Group(_)) {
        return false;
    }
    let hashed = path.columns[..path.hash].iter().any(|(it, _)| *it == leaf);
    let folded = match path.via {
        Via::Names => false,
        Via::Index(_) | Via::Group(_) => hashed,
    };
    if kernel.leaves[leaf].ignore_case && !folded {
        return false;
    }
    is_comparable(kernel, query, cond, leaf)
}
