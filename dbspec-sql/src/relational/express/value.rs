//! Values of expressions.

use dbspec_core::kernel::{Aggregate, Expr, FieldId, Func, LeafId, LeafType, Op, Place, Scalar};

use super::kind::{self, DIGITS};
use super::{Errors, Express, Said, Scope, Unsaid, lean};
use crate::relational::words::Quotient;
use crate::relational::{Infix, Select, Source, Sql};

impl Express<'_> {
    /// The value of an expression.
    pub(crate) fn value(&mut self, expr: &Expr) -> Said {
        self.value_as(expr, None)
    }

    /// The value of an expression, where it meets a scalar: labels become what they are stored as, floats stay floats.
    pub(crate) fn value_as(&mut self, expr: &Expr, meets: Option<&Scalar>) -> Said {
        if let Expr::Value(value) = expr {
            return Ok(self.on.words.literal(value, meets));
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
            (Some(Scalar::Float64), Some(kind)) if kind != Scalar::Float64 => self.on.words.float(sql),
            _ => sql,
        })
    }

    fn spelt(&mut self, expr: &Expr) -> Said {
        Ok(match expr {
            Expr::Value(value) => self.on.words.literal(value, None),
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
    pub(crate) fn filter(&mut self, pred: &dbspec_core::kernel::Pred) -> Said {
        let kernel = self.on.kernel;
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
        let words = self.on.words;
        let Some(of) = of else {
            return Ok(words.aggregate(how, None, None, filter));
        };
        let scalar = self.kind(of);
        let exact = scalar.as_ref().is_some_and(|it| kind::scale(it).is_some());
        let item = if exact && matches!(how, Aggregate::Sum | Aggregate::Avg) {
            self.exact(of)?
        } else {
            self.value(of)?
        };
        let of_items = |how: Aggregate| words.aggregate(how, Some(item.clone()), scalar.as_ref(), filter);
        Ok(match (how, &scalar) {
            (Aggregate::Sum, scalar) => {
                let whole = Sql::call("coalesce", [of_items(how), Sql::number(0)]);
                match scalar {
                    // So many rows that it overflowed no table has.
                    Some(Scalar::Decimal { precision, .. }) if precision + 19 <= DIGITS => whole,
                    Some(scalar) if exact => bounded(whole, scalar),
                    _ => whole,
                }
            }
            (Aggregate::Avg, Some(scalar)) if exact => {
                let fraction = kind::scale(scalar).unwrap_or(0);
                words.quotient(Quotient {
                    dividend: of_items(Aggregate::Sum),
                    divisor: words.exact(of_items(Aggregate::Count)),
                    whole: whole_digits(scalar) + 10,
                    fraction,
                    scale: fraction.saturating_add(6).min(DIGITS),
                })?
            }
            (Aggregate::Count | Aggregate::Min | Aggregate::Max | Aggregate::Avg, _) => of_items(how),
        })
    }

    /// A number as an exact one.
    fn exact(&mut self, expr: &Expr) -> Said {
        let kind = self.kind(expr);
        let sql = self.value(expr)?;
        let stored = matches!(expr, Expr::At(_)) && kind.as_ref().is_some_and(kind::is_int);
        Ok(if stored { self.on.words.exact(sql) } else { sql })
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
            let turned = op == Op::Add && of_a == Scalar::Duration && of_b != Scalar::Duration;
            let (a, b) = if turned {
                ((b, of_b), (a, of_a))
            } else {
                ((a, of_a), (b, of_b))
            };
            let (left, right) = (self.value(a.0)?, self.value(b.0)?);
            return self.on.words.temporal(op, (left, &a.1), (right, &b.1));
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
                let result = self.on.words.quotient(Quotient {
                    dividend: left.clone(),
                    divisor: right.clone(),
                    whole: digits(&of_a),
                    fraction: scale_a,
                    scale,
                })?;
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
        Ok(match func {
            Func::Abs => match scalar {
                Some(scalar) if kind::scale(&scalar).is_some() => {
                    let exact = self.exact(arg)?;
                    bounded(Sql::call("abs", [exact]), &scalar)
                }
                _ => Sql::call("abs", [sql]),
            },
            Func::Date
            | Func::Year
            | Func::Month
            | Func::Day
            | Func::Hour
            | Func::Length
            | Func::Size
            | Func::Lower
            | Func::Upper => self.on.words.function(func, sql, scalar.as_ref())?,
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
                let Some(Scope::Item(item, _)) = self.scope(*up).cloned() else {
                    return Err(Unsaid);
                };
                let scalar = self.kind(&Expr::At(place.clone())).ok_or(Unsaid)?;
                let text = self.on.words.item_text(item, member.as_deref());
                Ok(self
                    .on
                    .words
                    .stored(self.on.kernel, &LeafType::Scalar(scalar), text))
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
                if let Some(bound) = self.given.bound(&expr, &scalar) {
                    return Ok(bound);
                }
                match place {
                    Place::Now | Place::Today => Ok(self.on.words.now(&scalar)),
                    _ => Err(Unsaid),
                }
            }
        }
    }

    /// A leaf of the row that references lead to; null where one of them is.
    fn along(&mut self, alias: Option<&str>, via: &[FieldId], leaf: LeafId) -> Sql {
        let Some((last, before)) = via.split_last() else {
            return self.leaf(alias, leaf);
        };
        // The referred key stands in the reference itself.
        let own = self.on.kernel.fields[*last]
            .leaves
            .iter()
            .find(|it| self.on.kernel.leaves[*it].refers == Some(leaf));
        if let Some(own) = own {
            return self.along(alias, before, own);
        }
        let (mut select, mut filter) = (Select::default(), Vec::new());
        let mut from = alias.map(str::to_owned);
        for field in via {
            let to = self.alias();
            let entity = self.on.kernel.entity_of(leaf);
            let entity = self.target(*field).unwrap_or(entity);
            select.from.push(Source::table(self.on.table(entity), to.clone()));
            filter.extend(self.joined(from.as_deref(), Some(&to), *field));
            from = Some(to);
        }
        select.columns.push((self.leaf(from.as_deref(), leaf), None));
        select.filter = Some(Sql::and(filter));
        Sql::Scalar(Box::new(select))
    }
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
pub(crate) fn bounded(number: Sql, scalar: &Scalar) -> Sql {
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
