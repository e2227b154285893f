//! What bounds, patterns and named types demand of a value.

use crate::check::expr::{About, Frame, Operand, Scope, Typed, matching};
use crate::check::rules::unfit_bounds;
use crate::check::schema::{Constraint, ConstraintKind, Schema};
use crate::check::sink::Sink;
use crate::diag::Diagnostic;
use crate::kernel::{Atom, Cmp, Expr, Func, Item, ListType, Place, Pred, Scalar, Type};
use crate::model::Bounds;
use crate::span::Span;
use crate::value::Value;

/// What a constraint demands of a value.
pub(super) fn demanded<'m>(
    scope: &mut Scope<'_, 'm>,
    constraint: &Constraint<'m>,
    value: Operand,
) -> Option<Pred> {
    match constraint.kind {
        ConstraintKind::Where(_, written) => {
            scope.value = Some(value);
            let holds = scope.pred(written);
            scope.value = None;
            holds
        }
        ConstraintKind::Bounds(bounds) => within(scope, value, bounds),
        ConstraintKind::Matches(pattern, said) => match value {
            Operand::Value(typed) if matches!(typed.ty, Scalar::String { .. } | Scalar::Text) => {
                matching(scope.sink, typed.expr, pattern, said)
            }
            // Said where modifiers are looked at.
            _ => None,
        },
        ConstraintKind::Fold => None,
    }
}

/// What a constraint demands of an item of a collection.
pub(super) fn items<'m>(
    schema: &Schema<'m>,
    sink: &mut Sink,
    constraint: &Constraint<'m>,
    path: &[Box<str>],
    list: &ListType,
) -> Option<Pred> {
    let (scalar, member) = match (&list.item, path) {
        (Item::Scalar(scalar), []) => (scalar, None),
        (Item::Group(members), [name]) => {
            let member = members.iter().find(|member| member.name == *name)?;
            let Type::Scalar(scalar) = &member.ty else {
                return None;
            };
            (scalar, Some(name.clone()))
        }
        _ => return None,
    };
    let typed = Typed::new(Expr::At(Place::Item { up: 0, member }), scalar.clone());
    let mut scope = Scope::empty(schema, sink, About::Rule);
    scope.frames.push(Frame::Hidden);
    let sized = matches!(scalar, Scalar::String { .. } | Scalar::Text);
    if let (ConstraintKind::Bounds(bounds), true) = (&constraint.kind, sized) {
        let Some((min, max)) = counts(bounds) else {
            scope.sink.report(unfit_counts(bounds.at));
            return None;
        };
        let length = Expr::Call(Func::Length, vec![typed.expr]);
        let whole = |count: u32| Expr::Value(Value::Int(i64::from(count)));
        let least = Pred::Atom(Atom::Cmp(Cmp::Ge, length.clone(), whole(min)));
        return Some(match max {
            Some(max) => Pred::And(vec![least, Pred::Atom(Atom::Cmp(Cmp::Le, length, whole(max)))]),
            None => least,
        });
    }
    demanded(&mut scope, constraint, Operand::Value(typed))
}

/// Bounds of a number; sizes are rules of their own.
fn within(scope: &mut Scope<'_, '_>, value: Operand, bounds: &Bounds) -> Option<Pred> {
    let typed = match value {
        Operand::Value(typed) => typed,
        Operand::List(_) => return None,
        _ => {
            scope.sink.report(unbounded(bounds.at));
            return None;
        }
    };
    match typed.ty {
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Decimal { .. } | Scalar::Float64 => {}
        Scalar::String { .. } | Scalar::Text | Scalar::Bytes { .. } => return None,
        Scalar::Bool
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Enum(_)
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. }
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => {
            scope.sink.report(unbounded(bounds.at));
            return None;
        }
    }
    let least = scope.stored(Operand::Number(bounds.min.clone()), &typed.ty, bounds.at)?;
    let most = match &bounds.max {
        Some(max) => Some(scope.stored(Operand::Number(max.clone()), &typed.ty, bounds.at)?),
        None => None,
    };
    if let (Expr::Value(least), Some(Expr::Value(most))) = (&least, &most)
        && least > most
    {
        let found = unfit_bounds::RULE.error("the least is more than the greatest");
        scope.sink.report(
            found
                .at(bounds.at, "nothing lies between")
                .help("write the least first: `1..9`"),
        );
        return None;
    }
    let low = Pred::Atom(Atom::Cmp(Cmp::Ge, typed.expr.clone(), least));
    Some(match most {
        Some(most) => Pred::And(vec![low, Pred::Atom(Atom::Cmp(Cmp::Le, typed.expr, most))]),
        None => low,
    })
}

fn unbounded(said: Span) -> Diagnostic {
    unfit_bounds::RULE
        .error("values of this type have no bounds")
        .at(said, "no number, text or collection")
        .help("write a `check` instead")
}

pub(super) fn unfit_counts(said: Span) -> Diagnostic {
    unfit_bounds::RULE
        .error("a size is bounded by whole numbers, the least first")
        .at(said, "no size")
        .help("write `1..50`")
}

/// Bounds of a size or a count; `None` where they are none.
pub(super) fn counts(bounds: &Bounds) -> Option<(u32, Option<u32>)> {
    let min = u32::try_from(bounds.min.to_u64()?).ok()?;
    let max = match &bounds.max {
        Some(max) => Some(u32::try_from(max.to_u64()?).ok()?),
        None => None,
    };
    max.is_none_or(|max| min <= max).then_some((min, max))
}
