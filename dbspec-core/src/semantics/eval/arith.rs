//! Arithmetic, comparison, and whether a value fits a type.

use std::cmp::Ordering;

use super::Lack;
use crate::kernel::{Item, Kernel, LeafType, ListKind, Member, Op, Scalar, Type};
use crate::value::{self, DAY, Decimal, Float, Value};

/// How two values compare; `None` where one is null. Numbers of different types compare by what they stand for.
pub(crate) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if a.is_null() || b.is_null() {
        return None;
    }
    Some(match (a, b) {
        (Value::Int(a), Value::Decimal(b)) => Decimal::from(*a).cmp(b),
        (Value::Decimal(a), Value::Int(b)) => a.cmp(&Decimal::from(*b)),
        (Value::Float(a), other) | (other, Value::Float(a)) if !matches!(other, Value::Float(_)) => {
            let ordering = number(other).map_or(Ordering::Equal, |other| a.get().total_cmp(&other));
            if matches!(b, Value::Float(_)) {
                ordering.reverse()
            } else {
                ordering
            }
        }
        _ => a.cmp(b),
    })
}

/// ASCII letters made small, in texts alone.
pub(crate) fn fold(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(text.to_ascii_lowercase().into()),
        other => other,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(it) => Some(Decimal::from(*it).to_f64()),
        Value::Decimal(it) => Some(it.to_f64()),
        Value::Float(it) => Some(it.get()),
        _ => None,
    }
}

fn decimal(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(it) => Some(Decimal::from(*it)),
        Value::Decimal(it) => Some(*it),
        _ => None,
    }
}

fn float(value: f64) -> Result<Value, Lack> {
    Float::new(value).map(Value::Float).ok_or(Lack::Invalid)
}

/// One operation; null where an operand is.
pub(super) fn work(op: Op, a: &Value, b: &Value) -> Result<Value, Lack> {
    if a.is_null() || b.is_null() {
        return Ok(Value::Null);
    }
    let invalid = Lack::Invalid;
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => match op {
            Op::Add => x.checked_add(*y).map(Value::Int).ok_or(invalid),
            Op::Sub => x.checked_sub(*y).map(Value::Int).ok_or(invalid),
            Op::Mul => x.checked_mul(*y).map(Value::Int).ok_or(invalid),
            Op::Div => Decimal::from(*x)
                .div(Decimal::from(*y))
                .map(Value::Decimal)
                .map_err(|_| invalid),
        },
        (Value::Float(_), _) | (_, Value::Float(_)) => {
            let (Some(x), Some(y)) = (number(a), number(b)) else {
                return Err(invalid);
            };
            match op {
                Op::Add => float(x + y),
                Op::Sub => float(x - y),
                Op::Mul => float(x * y),
                Op::Div => float(x / y),
            }
        }
        (Value::Int(_) | Value::Decimal(_), Value::Int(_) | Value::Decimal(_)) => {
            let (Some(x), Some(y)) = (decimal(a), decimal(b)) else {
                return Err(invalid);
            };
            let result = match op {
                Op::Add => x.add(y),
                Op::Sub => x.sub(y),
                Op::Mul => x.mul(y),
                Op::Div => x.div(y),
            };
            result.map(Value::Decimal).map_err(|_| invalid)
        }
        _ => temporal(op, a, b).ok_or(invalid),
    }
}

/// Dates, times, timestamps and durations. A date moves by whole days.
fn temporal(op: Op, a: &Value, b: &Value) -> Option<Value> {
    let signed = |by: i64| match op {
        Op::Add => Some(by),
        Op::Sub => by.checked_neg(),
        Op::Mul | Op::Div => None,
    };
    Some(match (op, a, b) {
        (Op::Add, Value::Duration(_), Value::Timestamp(_) | Value::Date(_) | Value::Time(_)) => {
            return temporal(op, b, a);
        }
        (Op::Add | Op::Sub, Value::Timestamp(at), Value::Duration(by)) => Value::Timestamp(
            at.checked_add(signed(*by)?)
                .filter(|it| value::is_timestamp(*it))?,
        ),
        (Op::Add | Op::Sub, Value::Date(at), Value::Duration(by)) if by % DAY == 0 => {
            let at = i64::from(*at) + signed(by / DAY)?;
            Value::Date(i32::try_from(at).ok().filter(|_| value::is_date(at))?)
        }
        (Op::Add | Op::Sub, Value::Time(at), Value::Duration(by)) => {
            Value::Time(at.checked_add(signed(*by)?).filter(|it| (0..DAY).contains(it))?)
        }
        (Op::Add | Op::Sub, Value::Duration(a), Value::Duration(b)) => {
            Value::Duration(a.checked_add(signed(*b)?)?)
        }
        (Op::Sub, Value::Timestamp(a), Value::Timestamp(b)) | (Op::Sub, Value::Time(a), Value::Time(b)) => {
            Value::Duration(a.checked_sub(*b)?)
        }
        (Op::Sub, Value::Date(a), Value::Date(b)) => Value::Duration((i64::from(*a) - i64::from(*b)) * DAY),
        (Op::Mul, Value::Duration(it), Value::Int(by)) | (Op::Mul, Value::Int(by), Value::Duration(it)) => {
            Value::Duration(it.checked_mul(*by)?)
        }
        _ => return None,
    })
}

/// A value as a leaf of a type holds it: integers within their width, decimals at their scale. `None` where it doesn't
/// fit exactly, or is of another type; null always fits.
pub(crate) fn fits(kernel: &Kernel, ty: &LeafType, value: Value) -> Option<Value> {
    if value.is_null() {
        return Some(Value::Null);
    }
    match ty {
        LeafType::Scalar(scalar) => scalar_fits(kernel, scalar, value),
        LeafType::List(list) => {
            let Value::List(items) = value else { return None };
            let mut items: Vec<Value> = items
                .into_iter()
                .map(|item| match (list.kind, item) {
                    (ListKind::Map { key }, Value::Map(entry)) => {
                        let key = Member {
                            name: "key".into(),
                            ty: Type::Scalar(Scalar::String { max: key }),
                            nullable: false,
                        };
                        let value = match &list.item {
                            Item::Scalar(it) => Type::Scalar(it.clone()),
                            Item::Group(members) => Type::Group(members.clone()),
                        };
                        group_fits(
                            kernel,
                            &[
                                key,
                                Member {
                                    name: "value".into(),
                                    ty: value,
                                    nullable: false,
                                },
                            ],
                            entry,
                        )
                    }
                    (ListKind::List | ListKind::Set, item) => match (&list.item, item) {
                        (Item::Scalar(scalar), item) => Some(item)
                            .filter(|it| !it.is_null())
                            .and_then(|it| scalar_fits(kernel, scalar, it)),
                        (Item::Group(members), Value::Map(entry)) => group_fits(kernel, members, entry),
                        (Item::Group(_), _) => None,
                    },
                    (ListKind::Map { .. }, _) => None,
                })
                .collect::<Option<_>>()?;
            match list.kind {
                ListKind::List => {}
                ListKind::Set => {
                    items.sort();
                    items.dedup();
                }
                ListKind::Map { .. } => {
                    items.sort();
                    if items
                        .windows(2)
                        .any(|pair| map_key(&pair[0]) == map_key(&pair[1]))
                    {
                        return None;
                    }
                }
            }
            Some(Value::List(items))
        }
    }
}

fn map_key(entry: &Value) -> Option<&Value> {
    let Value::Map(members) = entry else { return None };
    members.first().map(|(_, key)| key)
}

/// All members in their order, each of its type.
fn group_fits(kernel: &Kernel, members: &[Member], mut entry: Vec<(Box<str>, Value)>) -> Option<Value> {
    let mut fitted = Vec::with_capacity(members.len());
    for member in members {
        let value = match entry.iter().position(|(name, _)| *name == member.name) {
            Some(at) => entry.swap_remove(at).1,
            None => Value::Null,
        };
        if value.is_null() && !member.nullable {
            return None;
        }
        let value = match (&member.ty, value) {
            (_, Value::Null) => Value::Null,
            (Type::Scalar(scalar), value) => scalar_fits(kernel, scalar, value)?,
            (Type::Group(inner), Value::Map(entry)) => group_fits(kernel, inner, entry)?,
            (Type::List(list), value) => fits(kernel, &LeafType::List(list.clone()), value)?,
            // References and ranges don't stand in a collection's value types; what is there is kept as it is.
            (Type::Group(_), _) => return None,
            (Type::Ref(_) | Type::Range(_), value) => value,
        };
        fitted.push((member.name.clone(), value));
    }
    entry.is_empty().then_some(Value::Map(fitted))
}

fn scalar_fits(kernel: &Kernel, scalar: &Scalar, value: Value) -> Option<Value> {
    let int = |value: &Value, min: i64, max: i64| match value {
        Value::Int(it) if (min..=max).contains(it) => Some(Value::Int(*it)),
        Value::Decimal(it) => {
            let whole = i64::try_from(it.rescale(0)?.mantissa).ok()?;
            (min..=max).contains(&whole).then_some(Value::Int(whole))
        }
        _ => None,
    };
    let clean = |text: &str| !text.contains('\0');
    match (scalar, value) {
        (Scalar::Int16, value) => int(&value, i16::MIN.into(), i16::MAX.into()),
        (Scalar::Int32, value) => int(&value, i32::MIN.into(), i32::MAX.into()),
        (Scalar::Int64, value) => int(&value, i64::MIN, i64::MAX),
        (Scalar::Decimal { precision, scale }, value) => {
            decimal(&value)?.fit(*precision, *scale).map(Value::Decimal)
        }
        (Scalar::Float64, value) => number(&value).and_then(Float::new).map(Value::Float),
        (Scalar::String { max }, Value::Text(it)) => {
            (clean(&it) && it.chars().count() <= *max as usize).then_some(Value::Text(it))
        }
        (Scalar::Text | Scalar::Hashed, Value::Text(it)) => clean(&it).then_some(Value::Text(it)),
        (Scalar::Encrypted { .. }, value @ (Value::Text(_) | Value::Bytes(_))) => Some(value),
        (Scalar::Bytes { max }, Value::Bytes(it)) => (it.len() <= *max as usize).then_some(Value::Bytes(it)),
        (Scalar::Date, Value::Date(it)) => value::is_date(it.into()).then_some(Value::Date(it)),
        (Scalar::Time, Value::Time(it)) => (0..DAY).contains(&it).then_some(Value::Time(it)),
        (Scalar::Timestamp, Value::Timestamp(it)) => value::is_timestamp(it).then_some(Value::Timestamp(it)),
        (Scalar::Enum(id), Value::Enum(label)) => kernel.enums[*id].value(&label.text),
        (Scalar::Point, Value::List(items)) => {
            let [x, y] = <[Value; 2]>::try_from(items).ok()?;
            let (Some(x), Some(y)) = (number(&x), number(&y)) else {
                return None;
            };
            let inside = (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y);
            inside.then_some(Value::List(vec![
                Value::Float(Float::new(x)?),
                Value::Float(Float::new(y)?),
            ]))
        }
        (Scalar::Vector { dimensions }, Value::List(items)) => {
            let floats: Option<Vec<Value>> = items
                .iter()
                .map(|it| {
                    number(it)
                        .and_then(|it| Float::new(f64::from(it as f32)))
                        .map(Value::Float)
                })
                .collect();
            floats
                .filter(|it| it.len() == *dimensions as usize)
                .map(Value::List)
        }
        (Scalar::Bool, value @ Value::Bool(_))
        | (Scalar::Uuid, value @ Value::Uuid(_))
        | (Scalar::Duration, value @ Value::Duration(_))
        | (Scalar::Json, value @ Value::Json(_)) => Some(value),
        (
            Scalar::Bool
            | Scalar::String { .. }
            | Scalar::Text
            | Scalar::Bytes { .. }
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
            | Scalar::Encrypted { .. },
            _,
        ) => None,
    }
}
