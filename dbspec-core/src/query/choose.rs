//! Which indexes to make: what queries want, merged.

use super::{AccessPath, CondSet};
use crate::kernel::{Dir, LeafId, Query, QueryId, Shape, Term};

/// The columns that a query would like an index to have: those given by equality, in any order, then the rest in theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Given by equality.
    pub equal: Vec<LeafId>,
    /// The order, then what is bounded by a range.
    pub then: Vec<(LeafId, Dir)>,
}

/// What a query would like when the conditions in `present` count: equality, then order, then range. Several values
/// (`in`) stand last, where an order is asked for, else with the equalities.
pub fn wanted(query: &Query, present: CondSet) -> Wanted {
    let leaves = |fits: fn(Shape) -> bool| {
        let mut list: Vec<LeafId> = Vec::new();
        for at in present.iter() {
            let cond = &query.conds[at];
            if let (Some(leaf), true) = (cond.leaf, fits(cond.shape))
                && !list.contains(&leaf)
            {
                list.push(leaf);
            }
        }
        list
    };
    let mut equal = leaves(|shape| matches!(shape, Shape::Eq | Shape::Null));
    let many = leaves(|shape| matches!(shape, Shape::In(_)));
    let ranges = leaves(|shape| matches!(shape, Shape::Range(_) | Shape::Prefix));
    let mut then: Vec<(LeafId, Dir)> = Vec::new();
    let plain = query.order.iter().all(|term| matches!(term.term, Term::Leaf(_)));
    if many.is_empty() && plain {
        for term in &query.order {
            if let Term::Leaf(leaf) = term.term
                && !equal.contains(&leaf)
                && then.iter().all(|(it, _)| *it != leaf)
            {
                then.push((leaf, term.dir));
            }
        }
    } else {
        equal.extend(many);
    }
    for leaf in ranges {
        if !equal.contains(&leaf) && then.iter().all(|(it, _)| *it != leaf) {
            then.push((leaf, Dir::Asc));
        }
    }
    Wanted { equal, then }
}

impl Wanted {
    /// Whether a path has these columns, so that another index would bring nothing. What stands behind a unique prefix
    /// that is given by equality doesn't matter.
    pub fn served_by(&self, path: &AccessPath<'_>) -> bool {
        if path.unique.is_some_and(|columns| {
            path.columns[..columns]
                .iter()
                .all(|(leaf, _)| self.equal.contains(leaf))
        }) {
            return true;
        }
        let Some((head, tail)) = path.columns.split_at_checked(self.equal.len()) else {
            return false;
        };
        if !head.iter().all(|(leaf, _)| self.equal.contains(leaf)) || tail.len() < self.then.len() {
            return false;
        }
        let along = |flip: bool| {
            self.then
                .iter()
                .zip(tail)
                .all(|((leaf, dir), (column, kept))| leaf == column && (dir != kept) == flip)
        };
        along(false) || along(true)
    }
}

/// An index to make, and the queries that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The columns.
    pub columns: Vec<(LeafId, Dir)>,
    /// How many of them are given by equality in each of its queries.
    pub equal: usize,
    /// The queries that asked for it.
    pub queries: Vec<QueryId>,
}

/// As few indexes as serve all wishes that no existing path serves: longer ones first, so that they take in the shorter.
/// Equal columns go first in the order in which most other wishes have them.
pub fn choose(wishes: &[(QueryId, Wanted)], existing: &[AccessPath<'_>]) -> Vec<Index> {
    let popularity = |leaf: LeafId| {
        wishes
            .iter()
            .filter(|(_, wish)| wish.equal.contains(&leaf))
            .count()
    };
    let mut open: Vec<&(QueryId, Wanted)> = wishes
        .iter()
        .filter(|(_, wish)| !existing.iter().any(|path| wish.served_by(path)))
        .collect();
    open.retain(|(_, wish)| !wish.equal.is_empty() || !wish.then.is_empty());
    open.sort_by_key(|(query, wish)| (std::cmp::Reverse(wish.equal.len() + wish.then.len()), *query));
    let mut chosen: Vec<Index> = Vec::new();
    for (query, wish) in open {
        let taken = chosen
            .iter_mut()
            .find(|index| wish.served_by(&plain(&index.columns)));
        if let Some(index) = taken {
            index.queries.push(*query);
            index.equal = index.equal.min(wish.equal.len());
            continue;
        }
        let mut equal = wish.equal.clone();
        equal.sort_by_key(|leaf| (std::cmp::Reverse(popularity(*leaf)), *leaf));
        let columns = equal
            .iter()
            .map(|leaf| (*leaf, Dir::Asc))
            .chain(wish.then.iter().copied())
            .collect();
        chosen.push(Index {
            columns,
            equal: wish.equal.len(),
            queries: vec![*query],
        });
    }
    for index in &mut chosen {
        index.queries.sort_unstable();
        index.queries.dedup();
    }
    chosen
}

fn plain(columns: &[(LeafId, Dir)]) -> AccessPath<'_> {
    AccessPath {
        columns,
        hash: 0,
        sparse: false,
        nulls_last: true,
        filter: None,
        unique: None,
    }
}
