//! What queries get from keys, unique rules, relationships and indexes.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{Dir, EntityId, Kernel, LeafId, Nulls, Output, Query, RuleKind, Shape, Term};
use dbspec_core::query::{self, CondSet, is_comparable};

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
pub(super) type Path = query::Path<Via>;

/// How a query is served, for one combination of optional parameters.
pub(super) type Plan = query::Plan<Via>;

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
        hash: leaves.len(),
        unique,
        ..Path::over(via, columns(leaves))
    };
    let mut paths = vec![given(Via::Key, &node.key, Some(node.key.len()))];
    for (at, group) in node.groups.iter().enumerate() {
        let rule = kernel.entities[entity].rules.iter().nth(group.rule);
        if let Some(RuleKind::Unique { filter, nulls, .. }) = rule.map(|rule| &kernel.rules[rule].kind) {
            paths.push(Path {
                sparse: *nulls == Nulls::Distinct,
                filter: filter.clone(),
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
    query::plan(
        layout.kernel,
        figures,
        (query, present),
        paths(layout, query.from),
        &|path, at| usable(layout, query, path, at),
    )
}

/// Whether a path can answer a condition.
fn usable(layout: Layout<'_>, query: &Query, path: &Path, at: usize) -> bool {
    let kernel = layout.kernel;
    let cond = &query.conds[at];
    // Where a digest finds the rows, its values are all given, each once.
    let by_digest = match path.via {
        Via::Group(at) => layout.node(query.from).groups[at].kept.is_some(),
        Via::Key | Via::Relationship(_) | Via::Index(_) => false,
    };
    match cond.leaf {
        None => true,
        Some(leaf) if by_digest && path.columns.iter().any(|(it, _)| *it == leaf) => {
            cond.shape == Shape::Eq && is_comparable(kernel, query, cond, leaf)
        }
        Some(_) => said(kernel, query, at),
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
