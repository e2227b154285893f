//! Functions, literals that are written as calls, aggregates.

use super::arith::{MOST_DIGITS, digits_behind};
use super::literal::Fit;
use super::operand::{is_exact, is_int, is_ordered, is_text, word};
use super::pred::both;
use super::{Frame, ManyEnd, Operand, Scope, Typed};
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::{
    incomparable, secret_in_plain_place, unfit_call, unfit_literal, ungrouped, wrong_type,
};
use crate::check::schema::scalar_has_equality;
use crate::kernel::{Aggregate, Expr, Func, Many, Place, Pred, Scalar};
use crate::model::{Expr as Written, ExprKind, Literal, Name};
use crate::span::Span;
use crate::syntax::nearest;
use crate::value::{self, Value};

/// What can be called.
const FUNCTIONS: &[&str] = &[
    "abs",
    "avg",
    "bytes",
    "count",
    "date",
    "day",
    "duration",
    "hour",
    "length",
    "lower",
    "max",
    "min",
    "month",
    "now",
    "sequence",
    "size",
    "sum",
    "time",
    "timestamp",
    "today",
    "upper",
    "uuid",
    "uuid4",
    "uuid7",
    "verify",
    "year",
];

impl<'m> Scope<'_, 'm> {
    pub(super) fn call(&mut self, function: &'m Name, args: &'m [Written], at: Span) -> Operand {
        let name = function.as_str();
        if let Some(how) = aggregate(name) {
            return self.aggregate(how, function, args, at);
        }
        if let (
            Some(literal),
            [
                Written {
                    kind: ExprKind::Literal(Literal::Text(text)),
                    ..
                },
            ],
        ) = (literal(name), args)
        {
            return self.literal_call(literal, text, args[0].at);
        }
        match (name, args) {
            ("now", []) if self.may_ask_when(at) => {
                Operand::Value(Typed::new(Expr::At(Place::Now), Scalar::Timestamp))
            }
            ("today", []) if self.may_ask_when(at) => {
                Operand::Value(Typed::new(Expr::At(Place::Today), Scalar::Date))
            }
            ("now" | "today", []) => Operand::Broken,
            ("distance" | "words", _) => {
                let what = format!("`{name}(…)`");
                self.sink
                    .report(unsupported(&what, at, "ask for a range or a beginning instead"));
                Operand::Broken
            }
            ("uuid7" | "uuid4" | "sequence", []) => {
                let found = unfit_call::RULE.error(format!("`{name}()` fills in a field that isn't given"));
                self.sink.report(
                    found
                        .at(at, "not here")
                        .help(format!("write it as a default: `id: uuid = {name}()`")),
                );
                Operand::Broken
            }
            (_, [arg]) => self.one_argument(function, arg, at),
            _ => self.report_call(function, at),
        }
    }

    fn report_call(&mut self, function: &Name, at: Span) -> Operand {
        let known = FUNCTIONS.contains(&function.as_str());
        let found = if known {
            unfit_call::RULE
                .error(format!("`{function}` doesn't take these arguments"))
                .at(at, "other arguments")
        } else {
            unfit_call::RULE
                .error(format!("there is no function `{function}`"))
                .at(function.at, "not known")
        };
        let found = match nearest(&function.text, FUNCTIONS.iter().copied()) {
            Some(near) if !known => found.help(format!("did you mean `{near}`?")),
            _ => found.help(format!("functions are {}", FUNCTIONS.join(", "))),
        };
        self.sink.report(found);
        Operand::Broken
    }

    fn literal_call(&mut self, literal: Scalar, text: &str, at: Span) -> Operand {
        let value = match literal {
            Scalar::Date => value::parse_date(text)
                .map(Value::Date)
                .map_err(|error| error.to_string()),
            Scalar::Time => value::parse_time(text)
                .map(Value::Time)
                .map_err(|error| error.to_string()),
            Scalar::Timestamp => value::parse_timestamp(text)
                .map(Value::Timestamp)
                .map_err(|error| error.to_string()),
            Scalar::Duration => value::parse_duration(text)
                .map(Value::Duration)
                .map_err(|error| error.to_string()),
            Scalar::Uuid => value::parse_uuid(text)
                .map(Value::Uuid)
                .map_err(|error| error.to_string()),
            _ => hex(text)
                .map(Value::Bytes)
                .ok_or_else(|| "bytes are pairs of hexadecimal digits".to_owned()),
        };
        match value {
            Ok(value) => Operand::Value(Typed::new(Expr::Value(value), literal)),
            Err(why) => {
                let what = word(self.schema, &literal);
                let found = unfit_literal::RULE
                    .error(format!("`{text}` is no {what}"))
                    .at(at, why);
                self.sink
                    .report(found.help(format!("write {}", sample(&literal))));
                Operand::Broken
            }
        }
    }

    fn one_argument(&mut self, function: &'m Name, arg: &'m Written, at: Span) -> Operand {
        let operand = self.operand(arg);
        if let (Operand::List(list), "size" | "length") = (&operand, function.as_str()) {
            return Operand::Value(Typed::new(
                Expr::Call(Func::Size, vec![list.expr.clone()]),
                Scalar::Int64,
            ));
        }
        let Some(func) = func(function.as_str()) else {
            return if matches!(operand, Operand::Broken) && FUNCTIONS.contains(&function.as_str()) {
                Operand::Broken
            } else {
                self.report_call(function, at)
            };
        };
        let Some(typed) = self.typed(operand, None, Fit::Compared, arg.at) else {
            return Operand::Broken;
        };
        let ty = match (func, &typed.ty) {
            (Func::Date, Scalar::Timestamp) => Scalar::Date,
            (Func::Year | Func::Month | Func::Day, Scalar::Date | Scalar::Timestamp) => Scalar::Int64,
            (Func::Hour, Scalar::Time | Scalar::Timestamp) => Scalar::Int64,
            (Func::Length, ty) if is_text(ty) => Scalar::Int64,
            (Func::Lower | Func::Upper, ty) if is_text(ty) => ty.clone(),
            (Func::Abs, ty) if is_int(ty) => Scalar::Int64,
            (Func::Abs, ty @ (Scalar::Decimal { .. } | Scalar::Float64 | Scalar::Duration)) => ty.clone(),
            (_, ty) => {
                let what = word(self.schema, ty);
                let found = wrong_type::RULE
                    .error(format!("`{function}` doesn't take {what}"))
                    .at(arg.at, "another type");
                self.sink
                    .report(found.help("give it a value of a type that it takes"));
                return Operand::Broken;
            }
        };
        Operand::Value(Typed::new(Expr::Call(func, vec![typed.expr]), ty))
    }

    fn aggregate(&mut self, how: Aggregate, function: &'m Name, args: &'m [Written], at: Span) -> Operand {
        if let Some((first, rest)) = args.split_first()
            && let ExprKind::Path(path) = &first.kind
        {
            let before = self.sink.len();
            // In a grouped query the arguments speak of the rows.
            let grouped = self.grouped.take();
            let operand = self.path(path);
            self.grouped = grouped;
            match operand {
                Operand::Many(end) => return self.along(how, end, function, rest, at),
                Operand::List(list)
                    if how == Aggregate::Count && rest.is_empty() && self.grouped.is_none() =>
                {
                    return Operand::Value(Typed::new(
                        Expr::Call(Func::Size, vec![list.expr]),
                        Scalar::Int64,
                    ));
                }
                Operand::Broken if self.sink.len() > before || self.grouped.is_none() => {
                    return Operand::Broken;
                }
                _ => {}
            }
        }
        self.of_group(how, function, args, at)
    }

    /// An aggregate along a way to many.
    fn along(
        &mut self,
        how: Aggregate,
        end: ManyEnd,
        function: &Name,
        rest: &'m [Written],
        at: Span,
    ) -> Operand {
        let ManyEnd {
            many,
            to,
            filter,
            rest: inner,
        } = end;
        let (of, condition) = match (how, inner.is_some(), rest) {
            (_, true, []) => (None, None),
            (_, true, [condition]) => (None, Some(condition)),
            (Aggregate::Count, false, []) => (None, None),
            (Aggregate::Count, false, [condition]) => (None, Some(condition)),
            (_, false, [of]) => (Some(of), None),
            (_, false, [of, condition]) => (Some(of), Some(condition)),
            _ => return self.report_call(function, at),
        };
        let found = self.within(Frame::Row(to), |scope| {
            let of = match (of, inner) {
                (Some(of), _) => Some(scope.value(of, None)?),
                (None, Some(inner)) => match *inner {
                    Operand::Ref { parts, .. } => Some(Typed::new(parts.into_iter().next()?, Scalar::Text)),
                    inner => Some(scope.typed(inner, None, Fit::Compared, at)?),
                },
                (None, None) => None,
            };
            let condition = match condition {
                Some(condition) => Some(scope.pred(condition)?),
                None => None,
            };
            Some((of, condition))
        });
        let Some((of, condition)) = found else {
            return Operand::Broken;
        };
        let Some(ty) = self.aggregated(how, of.as_ref(), at) else {
            return Operand::Broken;
        };
        let filter = match condition {
            Some(condition) => Some(both(filter, condition)),
            None => filter,
        };
        let over: Many = many;
        let of = of.map(|of| Box::new(of.expr));
        Operand::Value(Typed::new(
            Expr::Aggregate {
                how,
                over,
                filter: filter.map(Box::new),
                of,
            },
            ty,
        ))
    }

    /// An aggregate over the rows of a group.
    fn of_group(&mut self, how: Aggregate, function: &'m Name, args: &'m [Written], at: Span) -> Operand {
        let Some(grouped) = self.grouped.take() else {
            let found = ungrouped::RULE
                .error(format!("`{function}` needs a way to many rows"))
                .at(at, "of what?");
            let help =
                "name one: `count(orders)`, `sum(lines, quantity)`; over all rows it stands in a `select`";
            self.sink.report(found.help(help));
            return Operand::Broken;
        };
        let found = self.grouped_parts(how, args);
        self.grouped = Some(grouped);
        let Some((of, filter)) = found else {
            return self.report_call_unless_reported(function, args, at);
        };
        let Some(ty) = self.aggregated(how, of.as_ref(), at) else {
            return Operand::Broken;
        };
        let of = of.map(|of| Box::new(of.expr));
        Operand::Value(Typed::new(
            Expr::Grouped {
                how,
                filter: filter.map(Box::new),
                of,
            },
            ty,
        ))
    }

    fn grouped_parts(
        &mut self,
        how: Aggregate,
        args: &'m [Written],
    ) -> Option<(Option<Typed>, Option<Pred>)> {
        match (how, args) {
            (Aggregate::Count, []) => Some((None, None)),
            (_, [of]) => {
                let operand = self.operand(of);
                let of = match operand {
                    Operand::Ref { parts, .. } if how == Aggregate::Count => {
                        Typed::new(parts.into_iter().next()?, Scalar::Text)
                    }
                    operand => self.typed(operand, None, Fit::Compared, of.at)?,
                };
                Some((Some(of), None))
            }
            (_, [of, condition]) => {
                let of = self.value(of, None);
                let condition = self.pred(condition);
                Some((Some(of?), Some(condition?)))
            }
            _ => None,
        }
    }

    fn report_call_unless_reported(&mut self, function: &Name, args: &[Written], at: Span) -> Operand {
        if args.is_empty() || args.len() > 2 {
            return self.report_call(function, at);
        }
        Operand::Broken
    }

    /// The type of an aggregate.
    fn aggregated(&mut self, how: Aggregate, of: Option<&Typed>, at: Span) -> Option<Scalar> {
        let Some(of) = of else { return Some(Scalar::Int64) };
        if matches!(of.ty, Scalar::Hashed | Scalar::Encrypted { .. }) {
            let found = secret_in_plain_place::RULE
                .error("a secret can't be aggregated")
                .at(at, "a secret");
            self.sink.report(found.help("aggregate something else"));
            return None;
        }
        match (how, &of.ty) {
            (Aggregate::Count, _) => Some(Scalar::Int64),
            (Aggregate::Sum, ty) if is_int(ty) => Some(Scalar::Int64),
            (Aggregate::Sum, Scalar::Decimal { scale, .. }) => Some(Scalar::Decimal {
                precision: MOST_DIGITS,
                scale: *scale,
            }),
            (Aggregate::Avg, ty) if is_exact(ty) => {
                let scale = digits_behind(ty).unwrap_or(0) + 6;
                Some(Scalar::Decimal {
                    precision: MOST_DIGITS,
                    scale: scale.min(MOST_DIGITS),
                })
            }
            (Aggregate::Min | Aggregate::Max, ty)
                if is_ordered(self.schema, ty) && scalar_has_equality(ty) =>
            {
                Some(ty.clone())
            }
            (Aggregate::Min | Aggregate::Max, ty) => {
                let what = word(self.schema, ty);
                let found = incomparable::RULE
                    .error(format!("{what} has no least and no greatest"))
                    .at(at, "no order");
                self.sink
                    .report(found.help("aggregate something that has an order"));
                None
            }
            (Aggregate::Sum | Aggregate::Avg, ty) => {
                let what = word(self.schema, ty);
                let found = wrong_type::RULE
                    .error(format!("{what} can't be summed"))
                    .at(at, "no exact number");
                let why = "sums of floats depend on the order in which an engine adds them";
                self.sink.report(if *ty == Scalar::Float64 {
                    found.why(why).help("store a decimal")
                } else {
                    found.help("sum integers or decimals")
                });
                None
            }
        }
    }
}

fn aggregate(name: &str) -> Option<Aggregate> {
    Some(match name {
        "count" => Aggregate::Count,
        "sum" => Aggregate::Sum,
        "min" => Aggregate::Min,
        "max" => Aggregate::Max,
        "avg" => Aggregate::Avg,
        _ => return None,
    })
}

fn func(name: &str) -> Option<Func> {
    Some(match name {
        "date" => Func::Date,
        "year" => Func::Year,
        "month" => Func::Month,
        "day" => Func::Day,
        "hour" => Func::Hour,
        "length" => Func::Length,
        "lower" => Func::Lower,
        "upper" => Func::Upper,
        "abs" => Func::Abs,
        _ => return None,
    })
}

fn literal(name: &str) -> Option<Scalar> {
    Some(match name {
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timestamp" => Scalar::Timestamp,
        "duration" => Scalar::Duration,
        "uuid" => Scalar::Uuid,
        "bytes" => Scalar::Bytes { max: u32::MAX },
        _ => return None,
    })
}

fn sample(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Date => "`date(\"2008-01-31\")`, from year 1 to 9999",
        Scalar::Time => "`time(\"13:45:00\")`",
        Scalar::Timestamp => "`timestamp(\"2008-01-31T13:45:00Z\")`",
        Scalar::Duration => "`duration(\"24h\")`; weeks are the longest unit",
        Scalar::Uuid => "`uuid(\"0190163d-8694-739b-aea5-966c26f8ad91\")`",
        _ => "`bytes(\"00ff\")`",
    }
}

fn hex(text: &str) -> Option<Box<[u8]>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).map(|it| it as u8))
        .collect::<Option<_>>()?;
    digits
        .len()
        .is_multiple_of(2)
        .then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
