//! What queries get from keys, indexes and guards.

use dbspec_core::backend::Figures;
use dbspec_core::kernel::{
    Atom, Dir, EntityId, Expr, FieldId, Func, Kernel, LeafId, LeafType, Nulls, Place, Pred, Query, RuleKind,
    Scalar, Shape, Take, VarType,
};
use dbspec_core::query::{AccessPath, CondSet, Fit, fit};
use dbspec_core::semantics::fitted;

use super::design::GuardKind;
use super::layout::Layout;
use super::types;

/// What rows are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Via {
    /// The table's key.
    Table,
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
        Via::Table => false,
        Via::Index(_) | Via::Guard(_) => hashed,
    };
    if folds && !folded {
        return false;
    }
    match cond.shape {
        Shape::Null | Shape::Other => true,
        Shape::Eq | Shape::Range(_) | Shape::Prefix => cond
            .operand
            .as_ref()
            .is_some_and(|operand| same_type(kernel, query, leaf, operand)),
        Shape::In(_) => match &cond.pred {
            Pred::Atom(Atom::In(_, list)) => list.iter().all(|it| same_type(kernel, query, leaf, it)),
            Pred::Atom(Atom::InVar(_, var)) => {
                match query.params.get(dbspec_core::arena::Id::index(*var) as usize) {
                    Some(param) => match &param.ty {
                        VarType::List { of, .. } => match &**of {
                            VarType::Scalar(scalar) => holds(kernel, leaf, scalar),
                            VarType::Ref(_) | VarType::Row(_) | VarType::List { .. } => false,
                        },
                        VarType::Scalar(_) | VarType::Ref(_) | VarType::Row(_) => false,
                    },
                    None => false,
                }
            }
            Pred::Const(_)
            | Pred::Atom(_)
            | Pred::IsNull(_)
            | Pred::Not(_)
            | Pred::And(_)
            | Pred::Or(_)
            | Pred::Any(..) => false,
        },
    }
}

/// Whether an operand's values are always of a leaf's type, so that they can stand in keys.
fn same_type(kernel: &Kernel, query: &Query, leaf: LeafId, operand: &Expr) -> bool {
    match operand {
        Expr::Value(value) => fitted(kernel, leaf, value).is_some(),
        Expr::At(Place::Var { at: Some(_), .. } | Place::Session { at: Some(_), .. }) => true,
        Expr::At(Place::Var { var, at: None }) => {
            match query
                .params
                .get(dbspec_core::arena::Id::index(*var) as usize)
                .map(|it| &it.ty)
            {
                Some(VarType::Scalar(scalar)) => holds(kernel, leaf, scalar),
                Some(VarType::Ref(_) | VarType::Row(_) | VarType::List { .. }) | None => false,
            }
        }
        Expr::At(Place::Now) => holds(kernel, leaf, &Scalar::Timestamp),
        Expr::At(Place::Today) => holds(kernel, leaf, &Scalar::Date),
        Expr::Call(Func::Lower, args) => args.iter().all(|it| same_type(kernel, query, leaf, it)),
        Expr::Call(Func::Date, _) => holds(kernel, leaf, &Scalar::Date),
        Expr::At(_)
        | Expr::Do(..)
        | Expr::Neg(_)
        | Expr::Else(..)
        | Expr::Call(..)
        | Expr::Aggregate { .. }
        | Expr::Grouped { .. } => false,
    }
}

/// Whether a leaf's key can hold all values of a type.
fn holds(kernel: &Kernel, leaf: LeafId, scalar: &Scalar) -> bool {
    use Scalar::{Decimal, Encrypted, Int16, Int32, Int64, String, Text};
    let LeafType::Scalar(own) = &kernel.leaves[leaf].ty else {
        return false;
    };
    match (own, scalar) {
        (Int16 | Int32 | Int64, Int16 | Int32 | Int64) => true,
        (String { .. } | Text | Encrypted { .. }, String { .. } | Text | Encrypted { .. }) => true,
        (Scalar::Bytes { .. }, Scalar::Bytes { .. }) => true,
        (
            Decimal { precision, scale },
            Decimal {
                precision: given,
                scale: behind,
            },
        ) => behind <= scale && given.saturating_sub(*behind) <= precision.saturating_sub(*scale),
        (own, scalar) => own == scalar,
    }
}
