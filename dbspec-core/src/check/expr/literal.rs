//! Literals: they take the type of what they meet.

use super::operand::{is_text, word};
use super::{Operand, Scope, Typed, kind_of};
use crate::check::rules::ambiguous_word::ambiguous;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{unfit_literal, wrong_type};
use crate::diag::Fix;
use crate::kernel::{EnumId, Expr, Scalar};
use crate::model::{Expr as Written, Name, Number};
use crate::span::Span;
use crate::value::{Decimal, Float, Value};

/// Whether a literal must be storable as it is, or is only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It becomes a value of the type.
    Stored,
    /// It meets values of the type.
    Compared,
}

impl Scope<'_, '_> {
    /// An operand as one value of a wanted type, which only literals take from it; reports what is none.
    pub(super) fn typed(
        &mut self,
        operand: Operand,
        want: Option<&Scalar>,
        fit: Fit,
        at: Span,
    ) -> Option<Typed> {
        match (operand, want) {
            (Operand::Broken, _) => None,
            (Operand::Value(typed), _) => Some(typed),
            (Operand::Number(number), Some(want)) => {
                let value = self.number(&number, want, fit, at)?;
                Some(Typed::new(Expr::Value(value), want.clone()))
            }
            (Operand::Number(number), None) => {
                let natural = natural(&number);
                let value = self.number(&number, &natural, Fit::Compared, at)?;
                Some(Typed::new(Expr::Value(value), natural))
            }
            (Operand::Text(text), Some(want)) => {
                let value = self.text(&text, want, fit, at)?;
                Some(Typed::new(Expr::Value(value), want.clone()))
            }
            (Operand::Text(text), None) => Some(Typed::new(Expr::Value(Value::text(text)), Scalar::Text)),
            (Operand::Word(name), Some(Scalar::Enum(id))) => {
                let value = self.label(&name, *id)?;
                Some(Typed::new(Expr::Value(value), Scalar::Enum(*id)))
            }
            (Operand::Word(name), _) => {
                let found = self.unknown_word(&name);
                self.sink.report(found);
                None
            }
            (other, _) => {
                let what = kind_of(self.schema, &other);
                let found = match other {
                    Operand::Many(_) => {
                        let found = crate::check::rules::path_to_many::RULE
                            .error(format!("{what} where one value must stand"));
                        found.help("write `any`, `all`, `none`, `count(…)`, `sum(…, …)` or `x in path`")
                    }
                    _ => wrong_type::RULE
                        .error(format!("{what} where one value must stand"))
                        .help("name one value of it"),
                };
                self.sink.report(found.at(at, "not one value"));
                None
            }
        }
    }

    /// A label; a word that is a field too was meant as the one or the other.
    pub(super) fn label(&mut self, name: &Name, id: EnumId) -> Option<Value> {
        let def = &self.schema.enums[id];
        let value = def.value(&name.text);
        if value.is_none() {
            let what = format!("label of enum `{}`", def.name);
            self.sink
                .report(unknown(&what, name, def.labels.iter().map(|it| &**it)));
        }
        value
    }

    /// Whether a bare word beside an enum was taken as a field although it is a label too; says so.
    pub(super) fn is_ambiguous(&mut self, written: &Written, other: &Operand) -> bool {
        let crate::model::ExprKind::Path(path) = &written.kind else {
            return false;
        };
        let (
            Some(name),
            Operand::Value(Typed {
                ty: Scalar::Enum(id), ..
            }),
        ) = (path.as_word(), other)
        else {
            return false;
        };
        let both = self.schema.enums[*id].value(&name.text).is_some() && self.is_field(&name.text);
        if both {
            self.sink.report(ambiguous(name));
        }
        both
    }

    fn number(&mut self, number: &Number, want: &Scalar, fit: Fit, at: Span) -> Option<Value> {
        let (value, why) = match want {
            Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => {
                let range = match (want, fit) {
                    (Scalar::Int16, Fit::Stored) => i128::from(i16::MIN)..=i128::from(i16::MAX),
                    (Scalar::Int32, Fit::Stored) => i128::from(i32::MIN)..=i128::from(i32::MAX),
                    _ => i128::from(i64::MIN)..=i128::from(i64::MAX),
                };
                let whole = decimal(number).and_then(|it| it.rescale(0)).map(|it| it.mantissa);
                let fits = whole
                    .filter(|it| range.contains(it))
                    .and_then(|it| i64::try_from(it).ok());
                (fits.map(Value::Int), "is outside its range, or not whole")
            }
            Scalar::Decimal { precision, scale } => {
                let exact = decimal(number);
                let fits = match fit {
                    Fit::Stored => exact.and_then(|it| it.fit(*precision, *scale)),
                    Fit::Compared => exact,
                };
                (fits.map(Value::Decimal), "has more digits than it holds")
            }
            Scalar::Float64 => {
                let parsed = number.as_str().parse().ok().and_then(Float::new);
                (parsed.map(Value::Float), "is not finite")
            }
            _ => {
                let what = word(self.schema, want);
                let found = wrong_type::RULE.error(format!("a number where {what} must stand"));
                self.sink.report(
                    found
                        .at(at, "a number")
                        .help(format!("write a value of type {what}")),
                );
                return None;
            }
        };
        if value.is_none() {
            let what = word(self.schema, want);
            let found = unfit_literal::RULE.error(format!("`{number}` is no value of {what}"));
            self.sink
                .report(found.at(at, why).help("take another number, or a wider type"));
        }
        value
    }

    fn text(&mut self, text: &str, want: &Scalar, fit: Fit, at: Span) -> Option<Value> {
        match want {
            Scalar::String { max } | Scalar::Encrypted { max, .. } => {
                if fit == Fit::Stored && text.chars().count() > *max as usize {
                    let found =
                        unfit_literal::RULE.error(format!("the text is longer than {max} characters"));
                    self.sink.report(
                        found
                            .at(at, "too long")
                            .help("shorten it, or make the type larger"),
                    );
                    return None;
                }
                Some(Value::text(text))
            }
            Scalar::Text | Scalar::Hashed => Some(Value::text(text)),
            Scalar::Enum(id) => self.label(&Name::new(text, at), *id),
            _ => {
                let what = word(self.schema, want);
                let found = wrong_type::RULE
                    .error(format!("a text where {what} must stand"))
                    .at(at, "a text");
                let callable = ["uuid", "date", "time", "timestamp", "bytes", "duration"];
                let call = callable
                    .iter()
                    .find(|it| what.starts_with(**it) && (**it != "time" || what == "time"));
                self.sink.report(match call {
                    Some(call) => {
                        let written = format!("{call}({text:?})");
                        let found = found.help(format!("write `{written}`"));
                        found.fix(Fix::maybe(format!("make it a {call}"), at, written))
                    }
                    None => found.help(format!("write a value of type {what}")),
                });
                None
            }
        }
    }

    /// Whether a value of one scalar can be compared with one of another by equality or order.
    pub(super) fn meets(left: &Scalar, right: &Scalar) -> bool {
        use super::operand::{is_exact, is_int};
        let bytes = |it: &Scalar| matches!(it, Scalar::Bytes { .. });
        let plain = |it: &Scalar| is_text(it) || matches!(it, Scalar::Encrypted { .. });
        left == right
            || (is_exact(left) && is_exact(right))
            || (is_int(left) && is_int(right))
            || (plain(left) && plain(right))
            || (bytes(left) && bytes(right))
    }
}

/// The type that a number has where nothing wants one.
pub(super) fn natural(number: &Number) -> Scalar {
    let int = number.to_i128().is_some_and(|it| i64::try_from(it).is_ok());
    if int {
        return Scalar::Int64;
    }
    let scale = decimal(number).map_or(0, |it| it.scale);
    Scalar::Decimal { precision: 38, scale }
}

fn decimal(number: &Number) -> Option<Decimal> {
    number.as_str().parse().ok()
}
