//! Whether what a condition compares with is always a value of the leaf that it speaks of.

use crate::arena::Id;
use crate::kernel::{
    Atom, Cond, Expr, Func, Kernel, LeafId, LeafType, Place, Pred, Query, Scalar, Shape, VarType,
};
use crate::semantics::fitted;

/// Whether the values that a condition compares a leaf with are always of the leaf's type, so that they can stand in an
/// engine's form of it.
pub fn is_comparable(kernel: &Kernel, query: &Query, cond: &Cond, leaf: LeafId) -> bool {
    match cond.shape {
        Shape::Null | Shape::Other => true,
        Shape::Eq | Shape::Range(_) | Shape::Prefix => cond
            .operand
            .as_ref()
            .is_some_and(|operand| same_type(kernel, query, leaf, operand)),
        Shape::In(_) => match &cond.pred {
            Pred::Atom(Atom::In(_, list)) => list.iter().all(|it| same_type(kernel, query, leaf, it)),
            Pred::Atom(Atom::InVar(_, var)) => match query.params.get(var.index() as usize) {
                Some(param) => match &param.ty {
                    VarType::List { of, .. } => match &**of {
                        VarType::Scalar(scalar) => holds(kernel, leaf, scalar),
                        VarType::Ref(_) | VarType::Row(_) | VarType::List { .. } => false,
                    },
                    VarType::Scalar(_) | VarType::Ref(_) | VarType::Row(_) => false,
                },
                None => false,
            },
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
            match query.params.get(var.index() as usize).map(|it| &it.ty) {
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

/// Whether a leaf can hold all values of a type.
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
