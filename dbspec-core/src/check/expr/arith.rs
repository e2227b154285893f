//! Values: literals, paths, arithmetic.

use super::literal::{Fit, natural};
use super::operand::{is_exact, is_int, word};
use super::step::scalar_of;
use super::{Operand, Scope, Typed};
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::{not_a_value, wrong_type};
use crate::kernel::{Expr, Op, Scalar};
use crate::model::{BinaryOp, Expr as Written, ExprKind, Literal};
use crate::span::Span;

/// Digits that a decimal has at most.
pub(super) const MOST_DIGITS: u8 = 38;

impl<'m> Scope<'_, 'm> {
    /// What an expression comes to.
    pub(in crate::check) fn operand(&mut self, written: &'m Written) -> Operand {
        if let Some(grouped) = &self.grouped
            && let Some(key) = grouped.keys.iter().find(|key| key.written == written)
        {
            return Operand::Value(key.typed.clone());
        }
        match &written.kind {
            ExprKind::Literal(Literal::Null) => Operand::Null,
            ExprKind::Literal(Literal::Bool(value)) => Operand::Value(Typed::new(
                Expr::Value(crate::value::Value::Bool(*value)),
                Scalar::Bool,
            )),
            ExprKind::Literal(Literal::Number(number)) => Operand::Number(number.clone()),
            ExprKind::Literal(Literal::Text(text)) => Operand::Text(text.clone()),
            ExprKind::Path(path) => self.path(path),
            ExprKind::Negate(inner) => {
                let operand = self.operand(inner);
                let Some(typed) = self.typed(operand, None, Fit::Compared, inner.at) else {
                    return Operand::Broken;
                };
                if is_exact(&typed.ty) || matches!(typed.ty, Scalar::Float64 | Scalar::Duration) {
                    let ty = if is_int(&typed.ty) {
                        Scalar::Int64
                    } else {
                        typed.ty
                    };
                    return Operand::Value(Typed::new(Expr::Neg(Box::new(typed.expr)), ty));
                }
                let what = word(self.schema, &typed.ty);
                let found = wrong_type::RULE
                    .error(format!("{what} has no negative"))
                    .at(inner.at, "no number");
                self.sink.report(found.help("negate a number"));
                Operand::Broken
            }
            ExprKind::Binary { op, left, right } => match op {
                BinaryOp::Add => self.arithmetic(Op::Add, left, right, written.at),
                BinaryOp::Sub => self.arithmetic(Op::Sub, left, right, written.at),
                BinaryOp::Mul => self.arithmetic(Op::Mul, left, right, written.at),
                BinaryOp::Div => self.arithmetic(Op::Div, left, right, written.at),
                BinaryOp::Else => self.otherwise(left, right, written.at),
                BinaryOp::Eq
                | BinaryOp::Ne
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
                | BinaryOp::In
                | BinaryOp::StartsWith
                | BinaryOp::EndsWith
                | BinaryOp::Contains
                | BinaryOp::Matches
                | BinaryOp::Overlaps => self.report_condition(written.at),
            },
            ExprKind::Call { function, args } => self.call(function, args, written.at),
            ExprKind::List(_) => {
                let help = "give it as a parameter; in conditions, write `x in [a, b]`";
                self.sink
                    .report(unsupported("a list written out as a value", written.at, help));
                Operand::Broken
            }
            ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Between { .. }
            | ExprKind::IsNull { .. }
            | ExprKind::IsType { .. }
            | ExprKind::Quantified { .. } => self.report_condition(written.at),
        }
    }

    fn report_condition(&mut self, at: Span) -> Operand {
        let found = not_a_value::RULE
            .error("a condition where a value must stand")
            .at(at, "true or false, not stored");
        self.sink
            .report(found.help("conditions are joined by `and`, `or`, `not`; values are compared"));
        Operand::Broken
    }

    /// One value, or `None` where it was reported.
    pub(in crate::check) fn value(&mut self, written: &'m Written, want: Option<&Scalar>) -> Option<Typed> {
        let operand = self.operand(written);
        self.typed(operand, want, Fit::Compared, written.at)
    }

    /// An operand as one value; a literal has the type that it has by itself. `None`: reported.
    pub(in crate::check) fn one(&mut self, operand: Operand, at: Span) -> Option<Typed> {
        self.typed(operand, None, Fit::Compared, at)
    }

    /// Two operands of which one may give the other its type.
    fn pair(&mut self, left: &'m Written, right: &'m Written, number: bool) -> Option<(Typed, Typed)> {
        let (a, b) = (self.operand(left), self.operand(right));
        if !number && (self.is_ambiguous(left, &b) || self.is_ambiguous(right, &a)) {
            return None;
        }
        // In arithmetic a number stays exact beside integers and decimals.
        let take = |literal: &Operand, other: &Operand| match (literal, scalar_of(other)) {
            (Operand::Number(it), Some(ty)) if number && !matches!(ty, Scalar::Float64) => Some(natural(it)),
            (_, ty) => ty.cloned(),
        };
        let (for_a, for_b) = (take(&a, &b), take(&b, &a));
        let a = self.typed(a, for_a.as_ref(), Fit::Compared, left.at);
        let b = self.typed(b, for_b.as_ref(), Fit::Compared, right.at);
        Some((a?, b?))
    }

    fn otherwise(&mut self, left: &'m Written, right: &'m Written, at: Span) -> Operand {
        let Some((a, b)) = self.pair(left, right, false) else {
            return Operand::Broken;
        };
        if !Self::meets(&a.ty, &b.ty) {
            self.report_types(&Operand::Value(a), &Operand::Value(b), at);
            return Operand::Broken;
        }
        let ty = wider(&a.ty, &b.ty);
        let fold = a.fold || b.fold;
        Operand::Value(Typed {
            expr: Expr::Else(Box::new(a.expr), Box::new(b.expr)),
            ty,
            fold,
        })
    }

    fn arithmetic(&mut self, op: Op, left: &'m Written, right: &'m Written, at: Span) -> Operand {
        let Some((a, b)) = self.pair(left, right, true) else {
            return Operand::Broken;
        };
        let Some(ty) = result(op, &a.ty, &b.ty) else {
            let (a, b) = (word(self.schema, &a.ty), word(self.schema, &b.ty));
            let found = wrong_type::RULE.error(format!("no such arithmetic between {a} and {b}"));
            let help =
                "integers and decimals go together, floats with floats, times and dates with durations";
            self.sink
                .report(found.at(at, "types that don't go together").help(help));
            return Operand::Broken;
        };
        Operand::Value(Typed::new(Expr::Do(op, Box::new(a.expr), Box::new(b.expr)), ty))
    }
}

/// The type of what arithmetic yields.
fn result(op: Op, a: &Scalar, b: &Scalar) -> Option<Scalar> {
    if let (Some(left), Some(right)) = (digits_behind(a), digits_behind(b)) {
        if is_int(a) && is_int(b) && op != Op::Div {
            return Some(Scalar::Int64);
        }
        let scale = match op {
            Op::Add | Op::Sub => left.max(right),
            Op::Mul => left + right,
            Op::Div => left.max(right) + 6,
        };
        return Some(Scalar::Decimal {
            precision: MOST_DIGITS,
            scale: scale.min(MOST_DIGITS),
        });
    }
    match (op, a, b) {
        (_, Scalar::Float64, Scalar::Float64) => Some(Scalar::Float64),
        (Op::Add | Op::Sub, Scalar::Timestamp, Scalar::Duration) => Some(Scalar::Timestamp),
        (Op::Add, Scalar::Duration, Scalar::Timestamp) => Some(Scalar::Timestamp),
        (Op::Add | Op::Sub, Scalar::Date, Scalar::Duration) => Some(Scalar::Date),
        (Op::Sub, Scalar::Timestamp, Scalar::Timestamp) => Some(Scalar::Duration),
        (Op::Add | Op::Sub, Scalar::Duration, Scalar::Duration) => Some(Scalar::Duration),
        (Op::Mul, Scalar::Duration, by) | (Op::Mul, by, Scalar::Duration) if is_int(by) => {
            Some(Scalar::Duration)
        }
        _ => None,
    }
}

/// The digits behind the point of an exact number.
pub(super) fn digits_behind(scalar: &Scalar) -> Option<u8> {
    match scalar {
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Some(0),
        Scalar::Decimal { scale, .. } => Some(*scale),
        _ => None,
    }
}

/// A type that holds values of both.
fn wider(a: &Scalar, b: &Scalar) -> Scalar {
    match (digits_behind(a), digits_behind(b)) {
        (Some(_), Some(_)) if is_int(a) && is_int(b) => Scalar::Int64,
        (Some(left), Some(right)) => Scalar::Decimal {
            precision: MOST_DIGITS,
            scale: left.max(right),
        },
        _ if a == b => a.clone(),
        _ if super::operand::is_text(a) => Scalar::Text,
        _ => a.clone(),
    }
}
