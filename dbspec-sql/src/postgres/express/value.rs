//! Values of expressions.

mod time;

use dbspec_core::kernel::{Aggregate, Expr, FieldId, Func, LeafId, LeafType, Op, Place, Scalar};
use dbspec_core::value::{self, Value};

use super::kind::{self, DIGITS};
use super::{Errors, Express, Said, Scope, Unsaid, lean};
use crate::postgres::types;
use crate::relational::{Infix, Select, Sorting, Source, Sql};

impl Express<'_> {
    /// The value of an expression.
    pub(in crate::postgres) fn value(&mut self, expr: &Expr) -> Said {
        self.value_as(expr, None)
    }

    /// The value of an expression, where it meets a scalar: labels become what they are stored as, floats stay floats.
    pub(in crate::postgres) fn value_as(&mut self, expr: &Expr, meets: Option<&Scalar>) -> Said {
        if let Expr::Value(value) = expr {
            return Ok(literal(value, meets));
        }
        if is_given(expr) {
            let scalar = match meets {
                // An operand of another kind of number keeps its own.
                Some(meets) if kind::scale(meets).is_none() => Some(meets.clone()),
                Some(_) | None => self.kind(expr).or_else(|| meets.cloned()),
            };
            if let Some(bound) = scalar.and_then(|scalar| self.given.bound(expr, &scalar)) {
                return Ok(bound);
            }
        }
        let sql = self.spelt(expr)?;
        Ok(match (meets, self.kind(expr)) {
            (Some(Scalar::Float64), Some(kind)) if kind != Scalar::Float64 => sql.cast("double precision"),
            _ => sql,
        })
    }

    fn spelt(&mut self, expr: &Expr) -> Said {
        Ok(match expr {
            Expr::Value(value) => literal(value, None),
            Expr::At(place) => self.place(place)?,
            Expr::Do(op, a, b) => self.work(*op, a, b)?,
            Expr::Neg(of) => match self.kind(of) {
                Some(scalar) if kind::scale(&scalar).is_some() => {
                    let of = self.exact(of)?;
                    bounded(Sql::Negative(Box::new(of)), &scalar)
                }
                _ => Sql::Negative(Box::new(self.value(of)?)),
            },
            Expr::Else(a, b) => {
                let kind = self.kind(expr);
                Sql::call(
                    "coalesce",
                    [self.value_as(a, kind.as_ref())?, self.value_as(b, kind.as_ref())?],
                )
            }
            Expr::Call(func, args) => self.call(*func, args)?,
            Expr::Aggregate {
                how,
                over,
                filter,
                of,
            } => {
                let mut column = Err(Unsaid);
                let mut select = self.reached(over, |inner| {
                    column = inner.aggregate(*how, of.as_deref());
                    match filter {
                        None => Ok(Sql::Bool(true)),
                        Some(filter) => inner.filter(filter),
                    }
                })?;
                select.columns.push((column?, None));
                Sql::Scalar(Box::new(select))
            }
            Expr::Grouped { how, filter, of } => {
                let filter = match filter {
                    None => None,
                    Some(filter) => Some(self.filter(filter)?),
                };
                self.aggregate_of(*how, of.as_deref(), filter.as_ref())?
            }
        })
    }

    /// A predicate where it is true.
    pub(in crate::postgres) fn filter(&mut self, pred: &dbspec_core::kernel::Pred) -> Said {
        let kernel = self.kernel;
        let vars = self.given.vars().to_vec();
        let test = lean::lean(pred.is_true(&|place| kernel.nullable_with(&vars, place)));
        let before = std::mem::replace(&mut self.errors, Errors::False);
        let said = self.test(&test);
        self.errors = before;
        said
    }

    fn aggregate(&mut self, how: Aggregate, of: Option<&Expr>) -> Said {
        self.aggregate_of(how, of, None)
    }

    fn aggregate_of(&mut self, how: Aggregate, of: Option<&Expr>, filter: Option<&Sql>) -> Said {
        let kept = |call: Sql, order: Vec<Sorting>| {
            if filter.is_none() && order.is_empty() {
                call
            } else {
                Sql::Aggregate {
                    call: Box::new(call),
                    filter: filter.cloned().map(Box::new),
                    order,
                }
            }
        };
        let Some(of) = of else {
            return Ok(kept(Sql::call("count", [Sql::Number("*".into())]), Vec::new()));
        };
        let scalar = self.kind(of);
        let exact = scalar.as_ref().is_some_and(|it| kind::scale(it).is_some());
        let item = if exact && matches!(how, Aggregate::Sum | Aggregate::Avg) {
            self.exact(of)?
        } else {
            self.value(of)?
        };
        let best = |descending: bool| {
            let name = if descending { "max" } else { "min" };
            match scalar {
                // These types have no such aggregate in all versions.
                Some(Scalar::Uuid | Scalar::Bool | Scalar::Bytes { .. }) => Sql::Item(
                    Box::new(kept(
                        Sql::call("array_agg", [item.clone()]),
                        // Nulls stand first when descending: they are told apart before.
                        vec![
                            Sorting {
                                by: item.clone().is_null(),
                                descending: false,
                            },
                            Sorting {
                                by: item.clone(),
                                descending,
                            },
                        ],
                    )),
                    Box::new(Sql::number(1)),
                ),
                _ => kept(Sql::call(name, [item.clone()]), Vec::new()),
            }
        };
        let sum = || kept(Sql::call("sum", [item.clone()]), Vec::new());
        Ok(match how {
            Aggregate::Count => kept(Sql::call("count", [item.clone()]), Vec::new()),
            Aggregate::Min => best(false),
            Aggregate::Max => best(true),
            Aggregate::Sum => {
                let whole = Sql::call("coalesce", [sum(), Sql::number(0)]);
                match scalar {
                    // So many rows that it overflowed no table has.
                    Some(Scalar::Decimal { precision, .. }) if precision + 19 <= DIGITS => whole,
                    Some(scalar) if exact => bounded(whole, &scalar),
                    _ => whole,
                }
            }
            Aggregate::Avg => match scalar {
                Some(scalar) if exact => {
                    let scale = kind::scale(&scalar).unwrap_or(0).saturating_add(6).min(DIGITS);
                    let count = kept(Sql::call("count", [item.clone()]), Vec::new()).cast("numeric");
                    quotient(sum(), count, scale)
                }
                _ => kept(Sql::call("avg", [item.clone()]), Vec::new()),
            },
        })
    }

    /// A number as `numeric`.
    fn exact(&mut self, expr: &Expr) -> Said {
        let kind = self.kind(expr);
        let sql = self.value(expr)?;
        let stored = matches!(expr, Expr::At(_)) && kind.as_ref().is_some_and(kind::is_int);
        Ok(if stored { sql.cast("numeric") } else { sql })
    }

    fn work(&mut self, op: Op, a: &Expr, b: &Expr) -> Said {
        let (of_a, of_b) = (self.kind(a).ok_or(Unsaid)?, self.kind(b).ok_or(Unsaid)?);
        if of_a == Scalar::Float64 || of_b == Scalar::Float64 {
            let float = Some(&Scalar::Float64);
            let (a, b) = (self.value_as(a, float)?, self.value_as(b, float)?);
            return Ok(match op {
                Op::Add => a.infix(Infix::Add, b),
                Op::Sub => a.infix(Infix::Sub, b),
                Op::Mul => a.infix(Infix::Mul, b),
                Op::Div => a.infix(Infix::Div, Sql::call("nullif", [b, Sql::number(0)])),
            });
        }
        let (Some(scale_a), Some(scale_b)) = (kind::scale(&of_a), kind::scale(&of_b)) else {
            return self.temporal(op, (a, &of_a), (b, &of_b));
        };
        let (left, right) = (self.exact(a)?, self.exact(b)?);
        let plain = |op: Infix| left.clone().infix(op, right.clone());
        let digits = |it: &Scalar| whole_digits(it);
        let (sum, scale, whole) = match op {
            Op::Add => (
                plain(Infix::Add),
                scale_a.max(scale_b),
                digits(&of_a).max(digits(&of_b)) + 1,
            ),
            Op::Sub => (
                plain(Infix::Sub),
                scale_a.max(scale_b),
                digits(&of_a).max(digits(&of_b)) + 1,
            ),
            Op::Mul => (
                plain(Infix::Mul),
                scale_a + scale_b,
                digits(&of_a) + digits(&of_b),
            ),
            Op::Div => {
                let scale = scale_a.max(scale_b).saturating_add(6).min(DIGITS);
                let result = quotient(left.clone(), right.clone(), scale);
                (result, scale, digits(&of_a) + u16::from(scale_b))
            }
        };
        let int = kind::is_int(&of_a) && kind::is_int(&of_b) && op != Op::Div;
        let fits = if int {
            whole <= 18
        } else {
            whole + u16::from(scale) <= u16::from(DIGITS)
        };
        Ok(if fits {
            sum
        } else if int {
            bounded(sum, &Scalar::Int64)
        } else {
            bounded(
                sum,
                &Scalar::Decimal {
                    precision: DIGITS,
                    scale,
                },
            )
        })
    }

    fn call(&mut self, func: Func, args: &[Expr]) -> Said {
        let arg = args.first().ok_or(Unsaid)?;
        let scalar = self.kind(arg);
        let sql = self.value(arg)?;
        let utc = |sql: Sql| match scalar {
            Some(Scalar::Timestamp) => sql.infix(Infix::AtTimeZone, Sql::text("UTC")),
            _ => sql,
        };
        let part =
            |name: &'static str, sql: Sql| Sql::call("date_part", [Sql::text(name), utc(sql)]).cast("bigint");
        Ok(match func {
            Func::Date => utc(sql).cast("date"),
            Func::Year => part("year", sql),
            Func::Month => part("month", sql),
            Func::Day => part("day", sql),
            Func::Hour => part("hour", sql),
            Func::Length => match scalar {
                Some(Scalar::Bytes { .. }) => types::bytes(&sql),
                _ => types::characters(&sql),
            },
            Func::Size => types::items(&sql),
            Func::Lower => Sql::call("lower", [sql]),
            Func::Upper => Sql::call("upper", [sql]),
            Func::Abs => match scalar {
                Some(scalar) if kind::scale(&scalar).is_some() => {
                    let exact = self.exact(arg)?;
                    bounded(Sql::call("abs", [exact]), &scalar)
                }
                _ => Sql::call("abs", [sql]),
            },
        })
    }

    fn place(&mut self, place: &Place) -> Said {
        match place {
            Place::Leaf { up, via, leaf } => {
                let Some(Scope::Row(_, alias)) = self.scope(*up).cloned() else {
                    return Err(Unsaid);
                };
                Ok(self.along(alias.as_deref(), via, *leaf))
            }
            Place::Item { up, member } => {
                let Some(Scope::Item(item, leaf)) = self.scope(*up).cloned() else {
                    return Err(Unsaid);
                };
                let scalar = self.kind(&Expr::At(place.clone())).ok_or(Unsaid)?;
                let text = match member {
                    None => item.infix(Infix::PathText, Sql::text("{}")),
                    Some(name) => item.infix(Infix::MemberText, Sql::text(&**name)),
                };
                let _ = leaf;
                Ok(types::from_wire(self.kernel, &LeafType::Scalar(scalar), text))
            }
            Place::Output(at) => match self.scopes.last() {
                Some(Scope::Outputs(outputs)) => outputs
                    .get(usize::from(*at))
                    .map(|(sql, _)| sql.clone())
                    .ok_or(Unsaid),
                Some(Scope::Row(..) | Scope::Item(..)) | None => Err(Unsaid),
            },
            Place::Var { .. } | Place::Session { .. } | Place::Now | Place::Today => {
                let expr = Expr::At(place.clone());
                let scalar = self.kind(&expr).ok_or(Unsaid)?;
                self.given.bound(&expr, &scalar).ok_or(Unsaid)
            }
        }
    }

    /// A leaf of the row that references lead to; null where one of them is.
    fn along(&mut self, alias: Option<&str>, via: &[FieldId], leaf: LeafId) -> Sql {
        let Some((last, before)) = via.split_last() else {
            return self.leaf(alias, leaf);
        };
        // The referred key stands in the reference itself.
        let own = self.kernel.fields[*last]
            .leaves
            .iter()
            .find(|it| self.kernel.leaves[*it].refers == Some(leaf));
        if let Some(own) = own {
            return self.along(alias, before, own);
        }
        let (mut select, mut filter) = (Select::default(), Vec::new());
        let mut from = alias.map(str::to_owned);
        for field in via {
            let to = self.alias();
            let entity = self.kernel.entity_of(leaf);
            let entity = self.target(*field).unwrap_or(entity);
            select
                .from
                .push(Source::table(&self.table(entity).name, to.clone()));
            filter.extend(self.joined(from.as_deref(), Some(&to), *field));
            from = Some(to);
        }
        select.columns.push((self.leaf(from.as_deref(), leaf), None));
        select.filter = Some(Sql::and(filter));
        Sql::Scalar(Box::new(select))
    }
}

/// A constant, as the scalar that it meets is stored.
pub(in crate::postgres) fn literal(value: &Value, meets: Option<&Scalar>) -> Sql {
    let float = meets == Some(&Scalar::Float64);
    match value {
        Value::Null | Value::List(_) | Value::Map(_) => Sql::Null,
        Value::Bool(it) => Sql::Bool(*it),
        Value::Int(it) if float => Sql::text(it.to_string()).cast("double precision"),
        Value::Decimal(it) if float => Sql::text(it.to_string()).cast("double precision"),
        Value::Int(it) => Sql::number(it),
        Value::Decimal(it) => Sql::number(it),
        Value::Float(it) => Sql::text(it.get().to_string()).cast("double precision"),
        Value::Text(it) => Sql::text(&**it),
        Value::Bytes(it) => {
            let hex: String = it
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(hex)
                .collect();
            Sql::text(format!("\\x{hex}")).cast("bytea")
        }
        Value::Uuid(it) => Sql::text(value::print_uuid(it)).cast("uuid"),
        Value::Date(it) => Sql::text(value::print_date(*it)).cast("date"),
        Value::Time(it) => Sql::text(value::print_time(*it)).cast("time"),
        Value::Timestamp(it) => Sql::text(value::print_timestamp(*it)).cast("timestamptz"),
        Value::Duration(it) => Sql::number(it),
        Value::Enum(label) => match label.rank {
            Some(rank) => Sql::number(rank),
            None => Sql::text(&*label.text),
        },
        Value::Json(it) => Sql::text(&**it).cast("jsonb"),
    }
}

fn hex(digit: u8) -> char {
    char::from(b"0123456789abcdef"[usize::from(digit)])
}

/// Whether an expression speaks of variables, session and time alone, and of at least one of them.
fn is_given(expr: &Expr) -> bool {
    fn leafless(expr: &Expr) -> bool {
        match expr {
            Expr::Value(_) => true,
            Expr::At(place) => match place {
                Place::Var { .. } | Place::Session { .. } | Place::Now | Place::Today => true,
                Place::Leaf { .. } | Place::Item { .. } | Place::Output(_) => false,
            },
            Expr::Do(_, a, b) | Expr::Else(a, b) => leafless(a) && leafless(b),
            Expr::Neg(of) => leafless(of),
            Expr::Call(_, args) => args.iter().all(leafless),
            Expr::Aggregate { .. } | Expr::Grouped { .. } => false,
        }
    }
    !matches!(expr, Expr::Value(_)) && leafless(expr)
}

/// Digits before the point.
fn whole_digits(scalar: &Scalar) -> u16 {
    match scalar {
        Scalar::Int16 => 5,
        Scalar::Int32 => 10,
        Scalar::Int64 => 19,
        Scalar::Decimal { precision, scale } => u16::from(precision.saturating_sub(*scale)),
        _ => u16::from(DIGITS),
    }
}

/// A number, or null where it is beyond what its kind holds.
fn bounded(number: Sql, scalar: &Scalar) -> Sql {
    let (min, max) = match kind::scale(scalar) {
        Some(scale) if !kind::is_int(scalar) => {
            let max = format!("1{}", "0".repeat(usize::from(DIGITS.saturating_sub(scale))));
            let inside = Sql::call("abs", [number.clone()]).infix(Infix::Lt, Sql::Number(max));
            return Sql::Case(vec![(inside, number)], Box::new(Sql::Null));
        }
        _ => (Sql::number(i64::MIN), Sql::number(i64::MAX)),
    };
    let inside = Sql::and([
        number.clone().infix(Infix::Ge, min),
        number.clone().infix(Infix::Le, max),
    ]);
    Sql::Case(vec![(inside, number)], Box::new(Sql::Null))
}

/// The exact quotient at a scale, half-even; null for a division by zero. `/` of `numeric` rounds half away from zero.
fn quotient(a: Sql, b: Sql, scale: u8) -> Sql {
    let b = Sql::call("nullif", [b, Sql::number(0)]);
    let times = |it: &str| Sql::Number(it.to_owned());
    let shift = format!("1{}", "0".repeat(usize::from(scale)));
    let back = match scale {
        0 => "1".to_owned(),
        scale => format!("0.{}1", "0".repeat(usize::from(scale - 1))),
    };
    let n = a.clone().infix(Infix::Mul, times(&shift));
    let whole = Sql::call("div", [n.clone(), b.clone()]);
    let twice = Sql::number(2).infix(Infix::Mul, Sql::call("abs", [Sql::call("mod", [n, b.clone()])]));
    let size = Sql::call("abs", [b.clone()]);
    let up = Sql::or([
        twice.clone().infix(Infix::Gt, size.clone()),
        Sql::and([
            twice.infix(Infix::Eq, size),
            Sql::call("mod", [whole.clone(), Sql::number(2)]).infix(Infix::Ne, Sql::number(0)),
        ]),
    ]);
    let sign = Sql::call("sign", [a]).infix(Infix::Mul, Sql::call("sign", [b]));
    whole
        .infix(Infix::Add, Sql::Case(vec![(up, sign)], Box::new(Sql::number(0))))
        .infix(Infix::Mul, times(&back))
}
