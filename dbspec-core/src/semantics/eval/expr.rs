//! Values of expressions.

use super::arith::work;
use super::{Env, Here, Lack, Reached, Scope, all, both, compare};
use crate::kernel::{Aggregate, Expr, Func, LeafId, LeafType, Op, Place, Pred, Scalar};
use crate::value::{self, DAY, Decimal, Value};

impl Env<'_> {
    /// The value of an expression.
    pub(crate) fn value(&self, scope: &Scope<'_>, expr: &Expr) -> Result<Value, Lack> {
        match expr {
            Expr::Value(value) => Ok(value.clone()),
            Expr::At(place) => self.place(scope, place),
            Expr::Do(op, a, b) => {
                let (a, b) = both(self.value(scope, a), self.value(scope, b))?;
                work(*op, &a, &b)
            }
            Expr::Neg(of) => match self.value(scope, of)? {
                Value::Duration(it) => it.checked_neg().map(Value::Duration).ok_or(Lack::Invalid),
                value => work(Op::Sub, &Value::Int(0), &value),
            },
            Expr::Else(first, second) => match self.value(scope, first)? {
                Value::Null => self.value(scope, second),
                value => Ok(value),
            },
            Expr::Call(func, args) => {
                let args = all(args.iter().map(|arg| self.value(scope, arg)))?;
                call(*func, &args)
            }
            Expr::Aggregate {
                how,
                over,
                filter,
                of,
            } => {
                if let (Aggregate::Count, None, None) = (how, filter, of)
                    && let Some(count) = self.count(scope, over)?
                {
                    return i64::try_from(count).map(Value::Int).map_err(|_| Lack::Invalid);
                }
                let values = match self.reach(scope, over)? {
                    Reached::Rows(entity, rows) => {
                        let scopes = rows.iter().map(|row| Scope {
                            here: Here::Row(entity, row),
                            outer: Some(scope),
                        });
                        self.gather(scopes, filter.as_deref(), of.as_deref())?
                    }
                    Reached::Items(items) => {
                        let scopes = items.iter().map(|item| Scope {
                            here: Here::Item(item),
                            outer: Some(scope),
                        });
                        self.gather(scopes, filter.as_deref(), of.as_deref())?
                    }
                };
                self.aggregate(*how, of.as_deref(), &values)
            }
            Expr::Grouped { how, filter, of } => {
                let Here::Group(entity, rows, _) = scope.here else {
                    return Ok(Value::Null);
                };
                let scopes = rows.iter().map(|row| Scope {
                    here: Here::Row(entity, row),
                    outer: None,
                });
                let values = self.gather(scopes, filter.as_deref(), of.as_deref())?;
                self.aggregate(*how, of.as_deref(), &values)
            }
        }
    }

    fn gather<'s>(
        &self,
        scopes: impl Iterator<Item = Scope<'s>>,
        filter: Option<&Pred>,
        of: Option<&Expr>,
    ) -> Result<Vec<Value>, Lack> {
        let values = all(scopes.map(|scope| {
            let counts = match filter {
                None => true,
                Some(filter) => self.is_true(&scope, filter)?,
            };
            match (counts, of) {
                (false, _) => Ok(None),
                (true, None) => Ok(Some(Value::Bool(true))),
                (true, Some(of)) => self.value(&scope, of).map(Some),
            }
        }))?;
        Ok(values
            .into_iter()
            .flatten()
            .filter(|value| !value.is_null())
            .collect())
    }

    fn aggregate(&self, how: Aggregate, of: Option<&Expr>, values: &[Value]) -> Result<Value, Lack> {
        let sum = || {
            let zero = of.and_then(|of| self.scale(of)).map_or(Value::Int(0), |scale| {
                Value::Decimal(Decimal { mantissa: 0, scale })
            });
            let zero = match values.first() {
                Some(Value::Duration(_)) => Value::Duration(0),
                Some(_) | None => zero,
            };
            values
                .iter()
                .try_fold(zero, |sum, value| work(Op::Add, &sum, value))
        };
        let best = |better: std::cmp::Ordering| {
            let pick = |best: &Value, value: &Value| {
                if compare(value, best) == Some(better) {
                    value.clone()
                } else {
                    best.clone()
                }
            };
            values
                .iter()
                .fold(values.first().cloned().unwrap_or_default(), |best, value| {
                    pick(&best, value)
                })
        };
        match how {
            Aggregate::Count => i64::try_from(values.len())
                .map(Value::Int)
                .map_err(|_| Lack::Invalid),
            Aggregate::Sum => sum(),
            Aggregate::Min => Ok(best(std::cmp::Ordering::Less)),
            Aggregate::Max => Ok(best(std::cmp::Ordering::Greater)),
            Aggregate::Avg if values.is_empty() => Ok(Value::Null),
            Aggregate::Avg => match sum()? {
                Value::Int(it) => average(Decimal::from(it), values.len()),
                Value::Decimal(it) => average(it, values.len()),
                float => work(
                    Op::Div,
                    &float,
                    &Value::Int(i64::try_from(values.len()).unwrap_or(i64::MAX)),
                ),
            },
        }
    }

    /// The scale of an expression that is a decimal, as far as its form tells.
    fn scale(&self, expr: &Expr) -> Option<u8> {
        match expr {
            Expr::Value(Value::Decimal(it)) => Some(it.scale),
            Expr::Value(_) => None,
            Expr::At(Place::Leaf { leaf, .. }) => match self.kernel.leaves[*leaf].ty {
                LeafType::Scalar(Scalar::Decimal { scale, .. }) => Some(scale),
                LeafType::Scalar(_) | LeafType::List(_) => None,
            },
            Expr::At(place) => match self.place(&Scope::NOTHING, place) {
                Ok(Value::Decimal(it)) => Some(it.scale),
                Ok(_) | Err(_) => None,
            },
            Expr::Do(op, a, b) => {
                let (a, b) = (self.scale(a), self.scale(b));
                match op {
                    Op::Div => Some((a.max(b).unwrap_or(0) + 6).min(38)),
                    Op::Mul => a.max(b).is_some().then(|| a.unwrap_or(0) + b.unwrap_or(0)),
                    Op::Add | Op::Sub => a.max(b),
                }
            }
            Expr::Neg(of) => self.scale(of),
            Expr::Else(a, b) => self.scale(a).max(self.scale(b)),
            Expr::Call(Func::Abs, args) => args.first().and_then(|arg| self.scale(arg)),
            Expr::Call(..) => None,
            Expr::Aggregate { how, of, .. } | Expr::Grouped { how, of, .. } => {
                let of = of.as_deref().and_then(|of| self.scale(of));
                match how {
                    Aggregate::Count => None,
                    Aggregate::Sum | Aggregate::Min | Aggregate::Max => of,
                    Aggregate::Avg => Some((of.unwrap_or(0) + 6).min(38)),
                }
            }
        }
    }

    pub(super) fn place(&self, scope: &Scope<'_>, place: &Place) -> Result<Value, Lack> {
        let nth = |value: &Value, at: Option<u16>| match (value, at) {
            (value, None) => value.clone(),
            (Value::List(items), Some(at)) => items.get(usize::from(at)).cloned().unwrap_or_default(),
            // A reference whose key is one leaf may be given as that leaf.
            (value, Some(0)) => value.clone(),
            (_, Some(_)) => Value::Null,
        };
        match place {
            Place::Leaf { up, via, leaf } => self.leaf(scope.out(*up), via, *leaf),
            Place::Var { var, at } => match self.vars.get(crate::arena::Id::index(*var) as usize) {
                Some(Some(value)) => Ok(nth(value, *at)),
                Some(None) => Err(Lack::Needs(Vec::new())),
                None => Ok(Value::Null),
            },
            Place::Session { member, at } => Ok(self
                .context
                .session
                .get(usize::from(*member))
                .map(|value| nth(value, *at))
                .unwrap_or_default()),
            Place::Item { up, member } => Ok(match (scope.out(*up).here, member) {
                (Here::Item(item), None) => item.clone(),
                (Here::Item(Value::Map(members)), Some(name)) => members
                    .iter()
                    .find(|(it, _)| it == name)
                    .map(|(_, value)| value.clone())
                    .unwrap_or_default(),
                (Here::Item(_) | Here::Nothing | Here::Row(..) | Here::Group(..), _) => Value::Null,
            }),
            Place::Output(at) => Ok(match scope.here {
                Here::Group(_, _, outputs) => outputs.get(usize::from(*at)).cloned().unwrap_or_default(),
                Here::Nothing | Here::Row(..) | Here::Item(_) => Value::Null,
            }),
            Place::Now => Ok(Value::Timestamp(self.context.now)),
            Place::Today => Ok(Value::Date(self.context.now.div_euclid(DAY) as i32)),
        }
    }

    fn leaf(&self, scope: &Scope<'_>, via: &[crate::kernel::FieldId], leaf: LeafId) -> Result<Value, Lack> {
        let Here::Row(entity, row) = scope.here else {
            return Ok(Value::Null);
        };
        let own =
            |row: &[Value], leaf: LeafId| row.get(self.kernel.position(leaf)).cloned().unwrap_or_default();
        let Some((last, hops)) = via.split_last() else {
            return Ok(own(row, leaf));
        };
        let Some((entity, row)) = self.along(entity, row.to_vec(), hops)? else {
            return Ok(Value::Null);
        };
        // The referred key stands in the reference itself: no need to read the row.
        let leaves = self.kernel.fields[*last].leaves;
        if let Some(same) = leaves
            .iter()
            .find(|it| self.kernel.leaves[*it].refers == Some(leaf))
        {
            return Ok(own(&row, same));
        }
        Ok(self
            .along(entity, row, &[*last])?
            .map(|(_, row)| own(&row, leaf))
            .unwrap_or_default())
    }
}

fn average(sum: Decimal, count: usize) -> Result<Value, Lack> {
    sum.average(count as u64)
        .map(Value::Decimal)
        .map_err(|_| Lack::Invalid)
}

fn call(func: Func, args: &[Value]) -> Result<Value, Lack> {
    let arg = args.first().unwrap_or(&Value::Null);
    let date = || match arg {
        Value::Date(it) => Some(value::civil(*it)),
        Value::Timestamp(it) => Some(value::civil(it.div_euclid(DAY) as i32)),
        _ => None,
    };
    let int = |it: Option<i64>| it.map(Value::Int).ok_or(Lack::Invalid);
    if arg.is_null() {
        return Ok(Value::Null);
    }
    match func {
        Func::Date => match arg {
            Value::Timestamp(it) => Ok(Value::Date(it.div_euclid(DAY) as i32)),
            other => Ok(other.clone()),
        },
        Func::Year => int(date().map(|it| it.0.into())),
        Func::Month => int(date().map(|it| it.1.into())),
        Func::Day => int(date().map(|it| it.2.into())),
        Func::Hour => match arg {
            Value::Timestamp(it) | Value::Time(it) => Ok(Value::Int(it.rem_euclid(DAY) / 3_600_000_000)),
            _ => Err(Lack::Invalid),
        },
        Func::Length => match arg {
            Value::Text(it) => int(i64::try_from(it.chars().count()).ok()),
            Value::Bytes(it) => int(i64::try_from(it.len()).ok()),
            _ => Err(Lack::Invalid),
        },
        Func::Size => match arg {
            Value::List(items) => int(i64::try_from(items.len()).ok()),
            _ => Err(Lack::Invalid),
        },
        Func::Lower => Ok(super::fold(arg.clone())),
        Func::Upper => match arg {
            Value::Text(it) => Ok(Value::Text(it.to_ascii_uppercase().into())),
            other => Ok(other.clone()),
        },
        Func::Abs => match arg {
            Value::Int(it) => int(it.checked_abs()),
            Value::Duration(it) => it.checked_abs().map(Value::Duration).ok_or(Lack::Invalid),
            Value::Decimal(it) => Ok(Value::Decimal(Decimal {
                mantissa: it.mantissa.abs(),
                scale: it.scale,
            })),
            Value::Float(it) => value::Float::new(it.get().abs())
                .map(Value::Float)
                .ok_or(Lack::Invalid),
            _ => Err(Lack::Invalid),
        },
    }
}
