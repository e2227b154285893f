//! What queries get from keys, unique rules, relationships and indexes.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{
    Dir, EntityId, Kernel, LeafId, Nulls, Output, Pred, Query, RuleKind, Shape, Take, Term,
};
use dbspec_core::query::{AccessPath, CondSet, Fit, fit, is_comparable};

use super::layout::Layout;
use super::types;

/// What rows are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// The key's constraint.
    Key,
    /// What a unique rule is found by, by its place among the node's.
    Group(usize),
    /// The relationships to a row that is named, by their place among the node's.
    Relationship(usize),
    /// An index, by its place among the node's.
    Index(usize),
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
    /// Whether the values' digest finds the rows: then they are all given, each once.
    digest: bool,
}

impl Path {
    /// The way as far as queries care.
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

/// All ways to an entity's rows.
pub(super) fn paths(layout: Layout<'_>, entity: EntityId) -> Vec<Path> {
    let kernel = layout.kernel;
    let node = layout.node(entity);
    let columns = |leaves: &[usize]| -> Vec<(LeafId, Dir)> {
        leaves
            .iter()
            .map(|at| (layout.leaf(entity, *at), Dir::Asc))
            .collect()
    };
    let given = |via, leaves: &[usize], unique| Path {
        via,
        columns: columns(leaves),
        hash: leaves.len(),
        unique,
        sparse: false,
        filter: None,
        digest: false,
    };
    let mut paths = vec![given(Via::Key, &node.key, Some(node.key.len()))];
    for (at, group) in node.groups.iter().enumerate() {
        let rule = kernel.entities[entity].rules.iter().nth(group.rule);
        if let Some(RuleKind::Unique { filter, nulls, .. }) = rule.map(|rule| &kernel.rules[rule].kind) {
            paths.push(Path {
                sparse: *nulls == Nulls::Distinct,
                filter: filter.clone(),
                digest: group.kept.is_some(),
                ..given(Via::Group(at), &group.leaves, Some(group.leaves.len()))
            });
        }
    }
    for (at, to) in node.relationships.iter().enumerate() {
        paths.push(given(Via::Relationship(at), &to.leaves, None));
    }
    for (at, index) in node.indexes.iter().enumerate() {
        paths.push(Path {
            hash: 0,
            sparse: true,
            ..given(Via::Index(at), &index.leaves, None)
        });
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
    // An index that holds all rows is read from its beginning, unless something narrows it or says when to stop.
    let bounded = !fit.used.is_empty() || (fit.residual.is_empty() && query.take != Take::All);
    (path.hash > 0 || bounded).then_some(fit)
}

/// Whether a path can answer a condition.
fn usable(kernel: &Kernel, query: &Query, path: &Path, at: usize) -> bool {
    let cond = &query.conds[at];
    match (cond.leaf, path.digest) {
        (None, _) => true,
        (Some(leaf), true) if path.columns.iter().any(|(it, _)| *it == leaf) => {
            cond.shape == Shape::Eq && is_comparable(kernel, query, cond, leaf)
        }
        (Some(_), true | false) => said(kernel, query, at),
    }
}

/// Whether a statement can say a condition.
pub(super) fn said(kernel: &Kernel, query: &Query, at: usize) -> bool {
    let cond = &query.conds[at];
    let Some(leaf) = cond.leaf else { return false };
    let compares = match cond.shape {
        Shape::Null => return true,
        Shape::Other => false,
        Shape::Eq | Shape::In(_) => types::equal(kernel, leaf),
        Shape::Range(_) | Shape::Prefix => types::ordered(kernel, leaf),
    };
    compares && is_comparable(kernel, query, cond, leaf)
}

/// Whether a statement can say a query's order, and by which leaves.
pub(super) fn order(kernel: &Kernel, query: &Query) -> Option<Vec<(LeafId, Dir)>> {
    let one_each = match &query.output {
        Output::Row => true,
        Output::Select { distinct, .. } => !distinct,
        Output::Groups(_) => false,
    };
    if !one_each || query.order.is_empty() {
        return None;
    }
    query
        .order
        .iter()
        .map(|it| match it.term {
            Term::Leaf(leaf) if types::ordered(kernel, leaf) => Some((leaf, it.dir)),
            Term::Leaf(_) | Term::Expr(_) | Term::Output(_) => None,
        })
        .collect()
}
