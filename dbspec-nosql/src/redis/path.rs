//! What queries get from names, indexes and groups.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{Dir, EntityId, FieldId, Kernel, LeafId, Nulls, Pred, Query, RuleKind, Take};
use dbspec_core::query::{AccessPath, CondSet, Fit, fit};

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
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) via: Via,
    pub(super) columns: Vec<(LeafId, Dir)>,
    /// How many columns must be given to start at all.
    pub(super) hash: usize,
    unique: Option<usize>,
    sparse: bool,
    filter: Option<Pred>,
}

impl Path {
    /// The same as core matches it against queries.
    pub(super) fn access(&self) -> AccessPath<'_> {
        AccessPath {
            columns: &self.columns,
            hash: self.hash,
            sparse: self.sparse,
            nulls_last: true,
            filter: self.filter.as_ref(),
            unique: self.unique,
        }
    }
}

/// How a query is served, for one combination of optional parameters.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) path: Path,
    pub(super) fit: Fit,
}

fn ascending(leaves: impl IntoIterator<Item = LeafId>) -> Vec<(LeafId, Dir)> {
    leaves.into_iter().map(|leaf| (leaf, Dir::Asc)).collect()
}

/// All ways to an entity's rows.
pub(super) fn paths(layout: Layout<'_>, entity: EntityId) -> Vec<Path> {
    let kernel = layout.kernel;
    let hash = layout.hash(entity);
    let key = ascending(kernel.key_leaves(entity));
    let mut paths = vec![Path {
        via: Via::Names,
        hash: 0,
        unique: Some(key.len()),
        columns: key,
        sparse: false,
        filter: None,
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
                via: Via::Group(at),
                columns: ascending(leaves.iter().copied()),
                hash: leaves.len(),
                unique: Some(leaves.len()),
                sparse: *nulls == Nulls::Distinct,
                filter: filter.clone(),
            });
        }
    }
    for (at, index) in hash.indexes.iter().enumerate() {
        let places: Vec<usize> = index.hash.iter().chain(&index.range).copied().collect();
        paths.push(Path {
            via: Via::Index(at),
            columns: ascending(layout.leaves(entity, &places)),
            hash: index.hash.len(),
            unique: None,
            sparse: false,
            filter: None,
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
    let plans = paths(layout, query.from).into_iter().filter_map(|path| {
        let fit = fits(layout.kernel, figures, query, present, &path)?;
        Some(Plan { path, fit })
    });
    plans.min_by_key(|it| (it.fit.rows_read, it.fit.probes, it.fit.residual.len()))
}

fn fits(kernel: &Kernel, figures: &Figures<'_>, query: &Query, present: CondSet, path: &Path) -> Option<Fit> {
    let usable: CondSet = present
        .iter()
        .filter(|at| usable(kernel, query, path, *at))
        .collect();
    let dropped = present.without(usable);
    let mut whole;
    let asked = if dropped.is_empty() {
        query
    } else {
        whole = query.clone();
        // What is judged on rows decides how many are enough.
        whole.take = Take::All;
        &whole
    };
    let mut fit = fit(kernel, figures, asked, usable, &path.access())?;
    fit.residual = present.without(fit.used);
    // A set of all rows is read from its beginning, unless something narrows it or says when to stop.
    let bounded = !fit.used.is_empty() || (fit.residual.is_empty() && query.take != Take::All);
    (path.hash > 0 || bounded).then_some(fit)
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
