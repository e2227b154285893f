//! What a query gets from an access path.

use super::CondSet;
use crate::backend::Figures;
use crate::kernel::{Dir, Kernel, LeafId, Pred, Query, Shape, Take, Term, Type};

/// An index, a key or a structure, as far as queries care.
#[derive(Clone, Copy, Debug)]
pub struct AccessPath<'a> {
    /// The columns, in order, each with the direction in which it is kept.
    pub columns: &'a [(LeafId, Dir)],
    /// How many leading columns must be given by equality to start at all: the hash part.
    pub hash: usize,
    /// Whether rows in which a column is null are missing.
    pub sparse: bool,
    /// Whether nulls are kept last ascending, as the model has it.
    pub nulls_last: bool,
    /// The rows it holds; `None`: all.
    pub filter: Option<&'a Pred>,
    /// How many leading columns are unique together, if some are.
    pub unique: Option<usize>,
}

/// Whether rows come in the query's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// As the path is read forward.
    Forward,
    /// As it is read backward.
    Backward,
    /// They have to be sorted.
    No,
}

/// What a query gets from a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The conditions that the path answers.
    pub used: CondSet,
    /// The conditions that are judged on rows that were read.
    pub residual: CondSet,
    /// Whether rows come in the query's order.
    pub sorted: Sorted,
    /// How many leading columns are given by equality.
    pub equal: usize,
    /// How many look-ups start it.
    pub probes: u32,
    /// How many rows are read for one answer, as far as figures tell.
    pub rows_read: u64,
    /// Whether there is at most one row.
    pub single: bool,
}

/// What a query gets from a path when the conditions in `present` count; `None` where the path can't serve it.
pub fn fit(
    kernel: &Kernel,
    figures: &Figures<'_>,
    query: &Query,
    present: CondSet,
    path: &AccessPath<'_>,
) -> Option<Fit> {
    let conds = |leaf: LeafId| {
        present
            .iter()
            .filter(move |at| query.conds[*at].leaf == Some(leaf))
    };
    let mut used = CondSet::default();
    if let Some(filter) = path.filter {
        used = implied(query, present, filter)?;
    }
    let mut equal = 0;
    let mut probes: u32 = 1;
    let mut single_valued = true;
    for (leaf, _) in path.columns {
        let found = conds(*leaf).find_map(|at| match query.conds[at].shape {
            Shape::Eq => Some((at, 1)),
            Shape::In(values) => Some((at, values.max(1))),
            Shape::Null => (!path.sparse).then_some((at, 1)),
            Shape::Range(_) | Shape::Prefix | Shape::Other => None,
        });
        let Some((at, values)) = found else { break };
        used = used.with(at);
        probes = probes.saturating_mul(values);
        single_valued &= values == 1;
        equal += 1;
    }
    if equal < path.hash {
        return None;
    }
    if let Some((leaf, _)) = path.columns.get(equal) {
        for at in conds(*leaf) {
            match query.conds[at].shape {
                Shape::Range(_) | Shape::Prefix => used = used.with(at),
                Shape::Eq | Shape::In(_) | Shape::Null | Shape::Other => {}
            }
        }
    }
    let excludes_null = |leaf: LeafId| {
        !kernel.leaves[leaf].nullable
            || conds(leaf).any(|at| match query.conds[at].shape {
                Shape::Eq | Shape::In(_) | Shape::Range(_) | Shape::Prefix => true,
                Shape::Null | Shape::Other => false,
            })
    };
    if path.sparse && !path.columns.iter().all(|(leaf, _)| excludes_null(*leaf)) {
        return None;
    }
    let single = single_valued && path.unique.is_some_and(|columns| equal >= columns);
    let sorted = if single || query.order.is_empty() {
        Sorted::Forward
    } else if single_valued {
        sorted(
            query,
            path,
            equal,
            &|leaf| path.nulls_last || excludes_null(leaf),
            &|leaf| conds(leaf).any(|at| query.conds[at].shape == Shape::Eq),
            &excludes_null,
        )
    } else {
        Sorted::No
    };
    let residual = present.without(used);
    let mut rows_read = if single {
        1
    } else {
        estimate(kernel, figures, query, used)
    };
    if sorted != Sorted::No && residual.is_empty() {
        match query.take {
            Take::Limit(rows) | Take::Page(rows) => rows_read = rows_read.min(rows),
            Take::All => {}
        }
    }
    Some(Fit {
        used,
        residual,
        sorted,
        equal,
        probes,
        rows_read: rows_read.max(1),
        single,
    })
}

/// The conditions that a filter stands for, where the query implies it: each of its conjuncts is one of the query's.
fn implied(query: &Query, present: CondSet, filter: &Pred) -> Option<CondSet> {
    let conjuncts = match filter {
        Pred::And(all) => all.as_slice(),
        Pred::Const(_) | Pred::Atom(_) | Pred::IsNull(_) | Pred::Not(_) | Pred::Or(_) | Pred::Any(..) => {
            std::slice::from_ref(filter)
        }
    };
    let mut used = CondSet::default();
    for conjunct in conjuncts {
        match present.iter().find(|at| query.conds[*at].pred == *conjunct) {
            Some(at) => used = used.with(at),
            None if excludes_by_shape(query, present, conjunct) => {}
            None => return None,
        }
    }
    Some(used)
}

/// Whether a conjunct `leaf is not null` follows from a condition that only rows with a value satisfy.
fn excludes_by_shape(query: &Query, present: CondSet, conjunct: &Pred) -> bool {
    let Pred::Not(inner) = conjunct else { return false };
    let Pred::IsNull(crate::kernel::Expr::At(crate::kernel::Place::Leaf { up: 0, via, leaf })) = &**inner
    else {
        return false;
    };
    via.is_empty()
        && present.iter().any(|at| {
            let cond = &query.conds[at];
            cond.leaf == Some(*leaf) && !matches!(cond.shape, Shape::Null | Shape::Other)
        })
}

/// Whether the columns behind the equal ones give the query's order.
fn sorted(
    query: &Query,
    path: &AccessPath<'_>,
    equal: usize,
    nulls_fit: &dyn Fn(LeafId) -> bool,
    fixed: &dyn Fn(LeafId) -> bool,
    set: &dyn Fn(LeafId) -> bool,
) -> Sorted {
    let mut columns = path.columns[equal..].iter();
    let mut backward = None;
    for term in &query.order {
        let leaf = match &term.term {
            Term::Leaf(leaf) => *leaf,
            Term::Expr(_) | Term::Output(_) => return Sorted::No,
        };
        if fixed(leaf) {
            continue;
        }
        let next = columns
            .by_ref()
            .find(|(column, _)| *column == leaf || !fixed(*column));
        let Some((column, dir)) = next else {
            // Rows that are told apart by what is unique need no further order.
            if path.unique.is_some() && path.columns.iter().all(|(column, _)| set(*column)) {
                break;
            }
            return Sorted::No;
        };
        if *column != leaf || !nulls_fit(leaf) {
            return Sorted::No;
        }
        let reversed = *dir != term.dir;
        if *backward.get_or_insert(reversed) != reversed {
            return Sorted::No;
        }
    }
    if backward == Some(true) {
        Sorted::Backward
    } else {
        Sorted::Forward
    }
}

/// Rows that the used conditions leave.
fn estimate(kernel: &Kernel, figures: &Figures<'_>, query: &Query, used: CondSet) -> u64 {
    let mut rows = u128::from(figures.rows(query.from).value);
    for at in used.iter() {
        let cond = &query.conds[at];
        let Some(leaf) = cond.leaf else { continue };
        let field = kernel.leaves[leaf].field;
        let each = match kernel.fields[field].ty {
            Type::Ref(_) => u128::from(figures.fan_out(field).value).div_ceil(1000),
            Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => {
                (rows / u128::from(figures.distinct(field).value.max(1))).max(1)
            }
        };
        rows = match cond.shape {
            Shape::Eq => rows.min(each),
            Shape::In(values) => rows.min(each * u128::from(values)),
            Shape::Range(_) => rows.div_ceil(3),
            Shape::Prefix => rows.div_ceil(10),
            Shape::Null => rows * u128::from(figures.nulls(field).value) / 1_000_000,
            Shape::Other => rows,
        };
    }
    u64::try_from(rows).unwrap_or(u64::MAX)
}
