//! Numbers as texts.

use super::{Number, Unfit, string};
use crate::value::{Decimal, Float, Value};

/// So many digits has the largest integer.
const INT_DIGITS: usize = 19;

pub(super) fn print(number: Number, value: &Value) -> Result<String, Unfit> {
    Ok(match (number, value) {
        (Number::Int, Value::Int(it)) | (Number::Duration, Value::Duration(it)) => it.to_string(),
        (Number::Decimal { precision, scale }, Value::Decimal(it)) => it
            .fit(precision, scale)
            .ok_or_else(|| Unfit::new(name(number), value))?
            .to_string(),
        (Number::Float, Value::Float(it)) => format!("{:?}", it.get()),
        (Number::Int | Number::Duration | Number::Decimal { .. } | Number::Float, other) => {
            return Err(Unfit::new(name(number), other));
        }
    })
}

/// A number from its text, or from what a driver made of it already.
pub(super) fn parse(number: Number, form: &Value) -> Result<Value, Unfit> {
    let unfit = || Unfit::new(name(number), form);
    match number {
        Number::Int => integer(form).map(Value::Int),
        Number::Duration => integer(form).map(Value::Duration),
        Number::Decimal { precision, scale } => match form {
            Value::Text(text) => text.parse().ok(),
            Value::Int(it) => Some(Decimal::from(*it)),
            Value::Decimal(it) => Some(*it),
            _ => None,
        }
        .and_then(|it: Decimal| it.fit(precision, scale))
        .map(Value::Decimal),
        Number::Float => match form {
            Value::Text(text) => text.parse().ok().and_then(Float::new),
            Value::Float(it) => Some(*it),
            // A driver makes an integer of a float that is whole.
            Value::Int(it) => it.to_string().parse().ok().and_then(Float::new),
            _ => None,
        }
        .map(Value::Float),
    }
    .ok_or_else(unfit)
}

fn integer(form: &Value) -> Option<i64> {
    match form {
        Value::Text(text) => text.parse().ok(),
        Value::Int(it) => Some(*it),
        _ => None,
    }
}

/// `-` or `0`, then digits, which count down for negative numbers; a float's bits in an order that is the number's.
pub(super) fn print_ordered(number: Number, value: &Value) -> Result<String, Unfit> {
    Ok(match (number, value) {
        (Number::Int, Value::Int(it)) | (Number::Duration, Value::Duration(it)) => {
            digits(i128::from(*it), INT_DIGITS).ok_or_else(|| Unfit::new(name(number), value))?
        }
        (Number::Decimal { precision, scale }, Value::Decimal(it)) => it
            .fit(precision, scale)
            .and_then(|it| digits(it.mantissa, usize::from(precision)))
            .ok_or_else(|| Unfit::new(name(number), value))?,
        (Number::Float, Value::Float(it)) => {
            let bits = it.get().to_bits();
            let ordered = if it.get() < 0.0 { !bits } else { bits | SIGN };
            format!("{ordered:016x}")
        }
        (Number::Int | Number::Duration | Number::Decimal { .. } | Number::Float, other) => {
            return Err(Unfit::new(name(number), other));
        }
    })
}

pub(super) fn parse_ordered(number: Number, form: &Value) -> Result<Value, Unfit> {
    let text = string(form)?;
    let whole = |width| undigits(text, width).and_then(|it| i64::try_from(it).ok());
    match number {
        Number::Int => whole(INT_DIGITS).map(Value::Int),
        Number::Duration => whole(INT_DIGITS).map(Value::Duration),
        Number::Decimal { precision, scale } => undigits(text, usize::from(precision))
            .and_then(|it| Decimal::new(it, scale))
            .map(Value::Decimal),
        Number::Float => (text.len() == 16)
            .then(|| u64::from_str_radix(text, 16).ok())
            .flatten()
            .map(|it| if it & SIGN == 0 { !it } else { it & !SIGN })
            .and_then(|bits| Float::new(f64::from_bits(bits)))
            .map(Value::Float),
    }
    .ok_or_else(|| Unfit::new(name(number), form))
}

const SIGN: u64 = 1 << 63;

fn beyond(width: usize) -> Option<u128> {
    10u128.checked_pow(u32::try_from(width).ok()?)
}

fn digits(number: i128, width: usize) -> Option<String> {
    let size = number.unsigned_abs();
    let beyond = beyond(width).filter(|it| size < *it)?;
    Some(if number < 0 {
        format!("-{:0width$}", beyond - 1 - size)
    } else {
        format!("0{size:0width$}")
    })
}

fn undigits(text: &str, width: usize) -> Option<i128> {
    let (sign, digits) = text.split_at_checked(1)?;
    if digits.len() != width || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let number: u128 = digits.parse().ok()?;
    match sign {
        "-" => Some(-i128::try_from(beyond(width)? - 1 - number).ok()?),
        "0" => i128::try_from(number).ok(),
        _ => None,
    }
}

fn name(number: Number) -> &'static str {
    match number {
        Number::Int => "an integer",
        Number::Decimal { .. } => "a decimal that fits",
        Number::Float => "a float",
        Number::Duration => "a duration",
    }
}
