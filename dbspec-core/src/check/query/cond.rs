//! Conditions, taken apart: what each is good for to an access path.

use crate::check::expr::{Scope, asks_null, labelled_row, leaf_free, uses_var};
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{too_many_conditions, unfit_when, unused_optional};
use crate::check::schema::Target;
use crate::kernel::{Atom, Cmp, Cond, Expr, Func, LeafId, Place, Pred, Shape, VarId, VarType};
use crate::model::{Access, Condition, Source};
use crate::value::Value;

/// How many conditions a query has at most.
const MOST: usize = 64;

/// The conditions of a query: the written ones, then those of subtype and life.
pub(super) fn all<'m>(
    scope: &mut Scope<'_, 'm>,
    access: &'m Access,
    source: &'m Source,
    target: Target,
) -> Vec<Cond> {
    let mut conds = Vec::new();
    for written in &source.filter {
        let when = when(scope, written);
        let Some(pred) = scope.pred(&written.expr) else {
            continue;
        };
        optional(scope, written, &pred, when);
        split(scope, pred, when, &mut conds);
    }
    if let Some(pred) = labelled_row(scope.schema, target) {
        split(scope, pred, None, &mut conds);
    }
    if let (Some(deleted), false) = (scope.schema.entities[target.entity].soft_delete, access.deleted) {
        let leaf = Expr::At(Place::Leaf {
            up: 0,
            via: Vec::new(),
            leaf: deleted,
        });
        split(scope, Pred::IsNull(leaf), None, &mut conds);
    }
    if access.deleted && scope.schema.entities[target.entity].soft_delete.is_none() {
        let found =
            crate::check::rules::unfit_fetch::RULE.error("`with deleted` needs rows that are deleted softly");
        scope
            .sink
            .report(found.at(access.name.at, "no `@soft_delete`").help("leave it out"));
    }
    if conds.len() > MOST {
        let found =
            too_many_conditions::RULE.error(format!("`{}` has {} conditions", access.name, conds.len()));
        scope.sink.report(
            found
                .at(access.name.at, format!("{MOST} at most"))
                .help("join some of them by `in`, or make two accesses"),
        );
        conds.truncate(MOST);
    }
    conds
}

/// The parameter that a condition waits for.
fn when(scope: &mut Scope<'_, '_>, written: &Condition) -> Option<VarId> {
    let name = written.when.as_ref()?;
    let Some(var) = scope.vars.params.get(name.as_str()).copied() else {
        let names: Vec<&str> = scope.vars.params.keys().copied().collect();
        scope.sink.report(unknown("parameter", name, names));
        return None;
    };
    let var = var?;
    if !scope.vars.get(var).optional {
        let found = unfit_when::RULE.error(format!("`${name}` is always given"));
        scope.sink.report(
            found
                .at(name.at, "may not be absent")
                .help(format!("declare it as `{name}: …?`, or leave out `when`")),
        );
        return None;
    }
    Some(var)
}

/// A condition on a parameter that may be absent must say what then.
fn optional(scope: &mut Scope<'_, '_>, written: &Condition, pred: &Pred, when: Option<VarId>) {
    for at in 0..scope.vars.list.len() {
        let var: VarId = crate::arena::Id::new(at as u32);
        let optional = scope.vars.get(var).optional && when != Some(var);
        if optional && uses_var(pred, var) && !asks_null(pred, var) {
            let name = scope.vars.get(var).name.clone();
            let found =
                unused_optional::RULE.error(format!("`${name}` may be absent, and then no row is found"));
            scope
                .sink
                .report(found.at(written.at, "unknown without it").help(format!(
                    "write `when ${name}` behind it, or test `${name} is null`"
                )));
        }
    }
}

/// Conjuncts become conditions of their own.
fn split(scope: &Scope<'_, '_>, pred: Pred, when: Option<VarId>, conds: &mut Vec<Cond>) {
    if let Pred::And(all) = pred {
        for inner in all {
            split(scope, inner, when, conds);
        }
        return;
    }
    let (shape, leaf, operand) = shape(scope, &pred);
    conds.push(Cond {
        shape,
        leaf,
        operand,
        pred,
        when,
    });
}

/// What a condition is good for.
fn shape(scope: &Scope<'_, '_>, pred: &Pred) -> (Shape, Option<LeafId>, Option<Expr>) {
    let other = (Shape::Other, None, None);
    match pred {
        Pred::Atom(Atom::Cmp(cmp, left, right)) => {
            let (cmp, leaf, operand) = match (own(scope, left), own(scope, right)) {
                (Some(leaf), _) if leaf_free(right) => (*cmp, leaf, right),
                (_, Some(leaf)) if leaf_free(left) => (mirrored(*cmp), leaf, left),
                _ => return other,
            };
            let shape = match cmp {
                Cmp::Eq => Shape::Eq,
                Cmp::Ne => return other,
                Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => Shape::Range(cmp),
            };
            (shape, Some(leaf), Some(operand.clone()))
        }
        Pred::Atom(Atom::In(left, list)) if list.iter().all(leaf_free) => match own(scope, left) {
            Some(leaf) => (Shape::In(list.len() as u32), Some(leaf), None),
            None => other,
        },
        Pred::Atom(Atom::InVar(left, var)) => match (own(scope, left), &scope.vars.get(*var).ty) {
            (Some(leaf), VarType::List { max, .. }) => (Shape::In(max.unwrap_or(u32::MAX)), Some(leaf), None),
            _ => other,
        },
        Pred::Atom(Atom::StartsWith(left, right)) if leaf_free(right) => match own(scope, left) {
            Some(leaf) => (Shape::Prefix, Some(leaf), Some(right.clone())),
            None => other,
        },
        Pred::Atom(Atom::Holds(held)) => match own(scope, held) {
            Some(leaf) => (Shape::Eq, Some(leaf), Some(Expr::Value(Value::Bool(true)))),
            None => other,
        },
        Pred::Not(inner) => match &**inner {
            Pred::Atom(Atom::Holds(held)) => match own(scope, held) {
                Some(leaf) => (Shape::Eq, Some(leaf), Some(Expr::Value(Value::Bool(false)))),
                None => other,
            },
            _ => other,
        },
        Pred::IsNull(Expr::At(Place::Leaf { up: 0, via, leaf })) if via.is_empty() => {
            (Shape::Null, Some(*leaf), None)
        }
        Pred::IsNull(_) => other,
        Pred::Const(_) | Pred::Atom(_) | Pred::And(_) | Pred::Or(_) | Pred::Any(..) => other,
    }
}

/// The leaf of the row itself that an expression is; folded only where the leaf itself folds.
fn own(scope: &Scope<'_, '_>, expr: &Expr) -> Option<LeafId> {
    match expr {
        Expr::At(Place::Leaf { up: 0, via, leaf })
            if via.is_empty() && !scope.schema.leaves[*leaf].ignore_case =>
        {
            Some(*leaf)
        }
        Expr::Call(Func::Lower, args) => match args.as_slice() {
            [Expr::At(Place::Leaf { up: 0, via, leaf })]
                if via.is_empty() && scope.schema.leaves[*leaf].ignore_case =>
            {
                Some(*leaf)
            }
            _ => None,
        },
        _ => None,
    }
}

fn mirrored(cmp: Cmp) -> Cmp {
    match cmp {
        Cmp::Eq => Cmp::Eq,
        Cmp::Ne => Cmp::Ne,
        Cmp::Lt => Cmp::Gt,
        Cmp::Le => Cmp::Ge,
        Cmp::Gt => Cmp::Lt,
        Cmp::Ge => Cmp::Le,
    }
}
