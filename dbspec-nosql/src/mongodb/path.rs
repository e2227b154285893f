//! What queries get from keys and indexes.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{Dir, EntityId, Kernel, LeafId, Nulls, Pred, Query, RuleKind, Shape, Take};
use dbspec_core::query::{AccessPath, CondSet, Fit, fit};

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
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) via: Via,
    pub(super) columns: Vec<(LeafId, Dir)>,
    /// How many columns must be given to start at all.
    pub(super) hash: usize,
    pub(super) unique: Option<usize>,
    pub(super) sparse: bool,
    pub(super) filter: Option<Pred>,
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
    let collection = layout.collection(entity);
    let key = kernel.key_leaves(entity);
    let mut paths = Vec::new();
    if let [one] = key.as_slice()
        && layout.field(*one).folded.is_none()
    {
        paths.push(Path {
            via: Via::Id,
            columns: vec![(*one, Dir::Asc)],
            hash: 0,
            unique: Some(1),
            sparse: false,
            filter: None,
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
            via: Via::Index(at),
            hash: 0,
            unique,
            sparse: !index.present.is_empty(),
            filter: None,
            columns,
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
                via: Via::Group(at),
                columns: leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect(),
                hash: leaves.len(),
                unique: Some(leaves.len()),
                sparse: *nulls == Nulls::Distinct,
                filter: filter.clone(),
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
    let plans = paths(layout, query.from).into_iter().filter_map(|path| {
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
        nulls_last: false,
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
    // An index is read from its beginning, unless something narrows it or says when to stop.
    let bounded = !fit.used.is_empty() || (fit.residual.is_empty() && query.take != Take::All);
    (path.hash > 0 || bounded).then_some(fit)
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
