//! What queries get from keys, indexes and guards.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{Dir, EntityId, FieldId, Kernel, LeafId, Nulls, Pred, Query, RuleKind, Take};
use dbspec_core::query::{AccessPath, CondSet, Fit, fit};

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
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) via: Via,
    pub(super) columns: Vec<(LeafId, Dir)>,
    pub(super) hash: usize,
    unique: Option<usize>,
    sparse: bool,
    filter: Option<Pred>,
}

/// How a query is served, for one combination of optional parameters.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) path: Path,
    pub(super) fit: Fit,
}

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
            via: Via::Owner,
            hash: key.len(),
            unique: None,
            columns: key,
            sparse: false,
            filter: None,
        }];
    }
    let mut paths = vec![Path {
        via: Via::Table,
        hash: item.hash.len(),
        unique: Some(key.len()),
        columns: key,
        sparse: false,
        filter: None,
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
                via: Via::Guard(at),
                columns: leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect(),
                hash: leaves.len(),
                unique: Some(leaves.len()),
                sparse: *nulls == Nulls::Distinct,
                filter: filter.clone(),
            });
        }
    }
    for (at, index) in item.indexes.iter().enumerate() {
        paths.push(Path {
            via: Via::Index(at),
            columns: columns(&index.hash, &index.range),
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
    let plans = paths(layout, query.from).into_iter().filter_map(|path| {
        if query.strong && matches!(path.via, Via::Index(_)) {
            return None;
        }
        let fit = fits(layout.kernel, figures, query, present, &path)?;
        Some(Plan { path, fit })
    });
    plans.min_by_key(|it| (it.fit.rows_read, it.fit.probes, it.fit.residual.len()))
}

fn fits(kernel: &Kernel, figures: &Figures<'_>, query: &Query, present: CondSet, path: &Path) -> Option<Fit> {
    let access = AccessPath {
        columns: &path.columns,
        hash: path.hash,
        sparse: path.sparse,
        nulls_last: true,
        filter: path.filter.as_ref(),
        unique: path.unique,
    };
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
    let mut fit = fit(kernel, figures, asked, usable, &access)?;
    fit.residual = present.without(fit.used);
    // A partition that holds all rows is read from its beginning, unless something narrows it or says when to stop.
    let bounded = !fit.used.is_empty() || (fit.residual.is_empty() && query.take != Take::All);
    (path.hash > 0 || bounded).then_some(fit)
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
