//! Questions about finished expressions.

use std::cell::RefCell;

use crate::kernel::{Atom, Expr, LeafId, Place, Pred, VarId};

/// Whether no leaf, item or output of any row is spoken of.
pub(in crate::check) fn leaf_free(expr: &Expr) -> bool {
    !any_place(expr, &|place| match place {
        Place::Leaf { .. } | Place::Item { .. } | Place::Output(_) => true,
        Place::Var { .. } | Place::Session { .. } | Place::Now | Place::Today => false,
    })
}

/// Whether a predicate speaks of a variable.
pub(in crate::check) fn uses_var(pred: &Pred, var: VarId) -> bool {
    let wanted = |place: &Place| matches!(place, Place::Var { var: it, .. } if *it == var);
    in_pred(pred, &wanted) || names_list(pred, var)
}

fn names_list(pred: &Pred, var: VarId) -> bool {
    match pred {
        Pred::Atom(Atom::InVar(_, it)) => *it == var,
        Pred::Atom(_) | Pred::Const(_) | Pred::IsNull(_) => false,
        Pred::Not(inner) | Pred::Any(_, inner) => names_list(inner, var),
        Pred::And(all) | Pred::Or(all) => all.iter().any(|it| names_list(it, var)),
    }
}

fn any_place(expr: &Expr, wanted: &dyn Fn(&Place) -> bool) -> bool {
    match expr {
        Expr::Value(_) => false,
        Expr::At(place) => wanted(place),
        Expr::Do(_, left, right) | Expr::Else(left, right) => {
            any_place(left, wanted) || any_place(right, wanted)
        }
        Expr::Neg(inner) => any_place(inner, wanted),
        Expr::Call(_, args) => args.iter().any(|arg| any_place(arg, wanted)),
        // What stands in an aggregate speaks of other rows, which are leaves too.
        Expr::Aggregate { .. } | Expr::Grouped { .. } => {
            wanted(&Place::Output(0)) || {
                let (Expr::Aggregate { filter, of, .. } | Expr::Grouped { filter, of, .. }) = expr else {
                    return false;
                };
                of.as_deref().is_some_and(|of| any_place(of, wanted))
                    || filter.as_deref().is_some_and(|filter| in_pred(filter, wanted))
            }
        }
    }
}

fn in_pred(pred: &Pred, wanted: &dyn Fn(&Place) -> bool) -> bool {
    match pred {
        Pred::Const(_) => false,
        Pred::Atom(atom) => in_atom(atom, wanted),
        Pred::IsNull(expr) => any_place(expr, wanted),
        Pred::Not(inner) | Pred::Any(_, inner) => in_pred(inner, wanted),
        Pred::And(all) | Pred::Or(all) => all.iter().any(|it| in_pred(it, wanted)),
    }
}

fn in_atom(atom: &Atom, wanted: &dyn Fn(&Place) -> bool) -> bool {
    match atom {
        Atom::Cmp(_, left, right)
        | Atom::StartsWith(left, right)
        | Atom::EndsWith(left, right)
        | Atom::Contains(left, right)
        | Atom::Has(left, right)
        | Atom::Verify(left, right) => any_place(left, wanted) || any_place(right, wanted),
        Atom::In(left, list) => any_place(left, wanted) || list.iter().any(|it| any_place(it, wanted)),
        Atom::InVar(left, _) | Atom::Matches(left, _) | Atom::Holds(left) => any_place(left, wanted),
        Atom::Overlaps(ends) => ends.iter().any(|it| any_place(it, wanted)),
    }
}

/// The leaves that an expression speaks of, at whatever depth.
pub(in crate::check) fn leaves_of(expr: &Expr) -> Vec<LeafId> {
    let found = RefCell::new(Vec::new());
    any_place(expr, &|place| {
        if let Place::Leaf { leaf, .. } = place {
            found.borrow_mut().push(*leaf);
        }
        false
    });
    found.into_inner()
}

/// Whether a predicate asks if a variable is null.
pub(in crate::check) fn asks_null(pred: &Pred, var: VarId) -> bool {
    match pred {
        Pred::IsNull(Expr::At(Place::Var { var: it, .. })) => *it == var,
        Pred::Const(_) | Pred::Atom(_) | Pred::IsNull(_) => false,
        Pred::Not(inner) | Pred::Any(_, inner) => asks_null(inner, var),
        Pred::And(all) | Pred::Or(all) => all.iter().any(|it| asks_null(it, var)),
    }
}

/// Whether an output of a grouped query speaks of a single row, outside its aggregates.
pub(in crate::check) fn speaks_of_row(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) | Expr::Grouped { .. } => false,
        Expr::At(place) => matches!(place, Place::Leaf { .. } | Place::Item { .. }),
        Expr::Do(_, left, right) | Expr::Else(left, right) => speaks_of_row(left) || speaks_of_row(right),
        Expr::Neg(inner) => speaks_of_row(inner),
        Expr::Call(_, args) => args.iter().any(speaks_of_row),
        Expr::Aggregate { .. } => true,
    }
}

/// Whether a condition on groups speaks of a single row, outside its aggregates.
pub(in crate::check) fn judges_row(pred: &Pred) -> bool {
    match pred {
        Pred::Const(_) => false,
        Pred::IsNull(expr) => speaks_of_row(expr),
        Pred::Not(inner) => judges_row(inner),
        Pred::And(all) | Pred::Or(all) => all.iter().any(judges_row),
        // Ways start at a row.
        Pred::Any(..) => true,
        Pred::Atom(atom) => match atom {
            Atom::Cmp(_, left, right)
            | Atom::StartsWith(left, right)
            | Atom::EndsWith(left, right)
            | Atom::Contains(left, right)
            | Atom::Has(left, right)
            | Atom::Verify(left, right) => speaks_of_row(left) || speaks_of_row(right),
            Atom::In(left, list) => speaks_of_row(left) || list.iter().any(speaks_of_row),
            Atom::InVar(left, _) | Atom::Matches(left, _) | Atom::Holds(left) => speaks_of_row(left),
            Atom::Overlaps(ends) => ends.iter().any(speaks_of_row),
        },
    }
}

/// Whether an aggregate over the rows of a group is in it.
pub(in crate::check) fn is_grouped(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) | Expr::At(_) | Expr::Aggregate { .. } => false,
        Expr::Grouped { .. } => true,
        Expr::Do(_, left, right) | Expr::Else(left, right) => is_grouped(left) || is_grouped(right),
        Expr::Neg(inner) => is_grouped(inner),
        Expr::Call(_, args) => args.iter().any(is_grouped),
    }
}
