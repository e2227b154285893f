//! What queries get from keys and indexes.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{Dir, EntityId, Kernel, LeafId, Nulls, Query, RuleKind, Shape};
use dbspec_core::query::{self, CondSet};

use super::layout::Layout;
use super::types;
use crate::document::operand::is_comparable;

/// What rows are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// The index of `_id`.
    Id,
    /// An index, by its place among the collection's.
    Index(usize),
    /// The field of a group that a unique index holds, by its place among the collection's.
    Group(usize),
}

/// A way to rows.
pub(super) type Path = query::Path<Via>;

/// How a query is served, for one combination of optional parameters.
pub(super) type Plan = query::Plan<Via>;

/// A way over columns; nulls stand first.
fn over(via: Via, columns: Vec<(LeafId, Dir)>) -> Path {
    Path {
        nulls_last: false,
        ..Path::over(via, columns)
    }
}

/// All ways to an entity's rows.
pub(super) fn paths(layout: Layout<'_>, entity: EntityId) -> Vec<Path> {
    let kernel = layout.kernel;
    let collection = layout.collection(entity);
    let key = kernel.key_leaves(entity);
    let mut paths = Vec::new();
    if let [one] = key.as_slice()
        && layout.field(*one).folded.is_none()
    {
        paths.push(Path {
            unique: Some(1),
            ..over(Via::Id, vec![(*one, Dir::Asc)])
        });
    }
    for (at, index) in collection.indexes.iter().enumerate() {
        let columns: Vec<(LeafId, Dir)> = index
            .columns
            .iter()
            .filter_map(|column| {
                let dir = if column.order < 0 { Dir::Desc } else { Dir::Asc };
                Some((layout.leaf(entity, column.leaf?)?, dir))
            })
            .collect();
        if columns.is_empty() {
            continue;
        }
        let unique = if index.unique.is_some() {
            Some(columns.len())
        } else {
            let all = columns.iter().map(|(leaf, _)| *leaf).take(key.len());
            all.eq(key.iter().copied()).then_some(key.len())
        };
        paths.push(Path {
            unique,
            sparse: !index.present.is_empty(),
            ..over(Via::Index(at), columns)
        });
    }
    for (at, group) in collection.groups.iter().enumerate() {
        let rule = kernel.entities[entity].rules.iter().nth(group.rule);
        let Some(rule) = rule.filter(|_| group.tag.is_none()) else {
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
                ..over(
                    Via::Group(at),
                    leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect(),
                )
            });
        }
    }
    paths
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

/// Whether an index can answer a condition.
fn usable(kernel: &Kernel, query: &Query, path: &Path, at: usize) -> bool {
    let cond = &query.conds[at];
    let Some(leaf) = cond.leaf else { return true };
    let fits = match cond.shape {
        Shape::Prefix => types::longest_prefixed(kernel, leaf).is_some(),
        // A digest stands for one value of each column.
        Shape::In(_) => path.hash == 0,
        Shape::Eq | Shape::Range(_) | Shape::Null | Shape::Other => true,
    };
    fits && types::in_keys(kernel, leaf) && is_comparable(kernel, query, cond, leaf)
}
