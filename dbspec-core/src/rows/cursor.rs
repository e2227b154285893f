//! Cursors as JSON: an array of strings that say their type by a first letter, so that they are read back exactly.

use serde_json::Value as Json;

use super::Misfit;
use crate::value::{self, Float, Label, Value};

/// Where a page ended.
pub fn cursor_json(cursor: &[Value]) -> Json {
    Json::Array(
        cursor
            .iter()
            .map(|it| term(it).map_or(Json::Null, Json::String))
            .collect(),
    )
}

fn term(value: &Value) -> Option<String> {
    Some(match value {
        Value::Bool(it) => format!("b{it}"),
        Value::Int(it) => format!("i{it}"),
        Value::Decimal(it) => format!("n{it}"),
        Value::Float(it) => format!("f{:?}", it.get()),
        Value::Text(it) => format!("s{it}"),
        Value::Bytes(_) => format!("x{}", super::value_json(value).as_str().unwrap_or_default()),
        Value::Uuid(it) => format!("u{}", value::print_uuid(it)),
        Value::Date(it) => format!("d{}", value::print_date(*it)),
        Value::Time(it) => format!("c{}", value::print_time(*it)),
        Value::Timestamp(it) => format!("t{}", value::print_timestamp(*it)),
        Value::Duration(it) => format!("l{it}"),
        Value::Enum(Label {
            rank: Some(rank),
            text,
        }) => format!("e{rank}:{text}"),
        Value::Enum(Label { rank: None, text }) => format!("e:{text}"),
        // None of these has an order.
        Value::Json(_) | Value::List(_) | Value::Map(_) | Value::Null => return None,
    })
}

/// A cursor that [`cursor_json`] printed.
///
/// # Errors
/// What isn't one.
pub fn parse_cursor(json: &Json) -> Result<Vec<Value>, Misfit> {
    let Json::Array(terms) = json else {
        return Err(Misfit::expected("a cursor", json));
    };
    let terms = terms.iter().map(|json| match json {
        Json::Null => Ok(Value::Null),
        Json::String(text) => parse(text).ok_or_else(|| Misfit::expected("a cursor", json)),
        other => Err(Misfit::expected("a cursor", other)),
    });
    terms.collect()
}

fn parse(text: &str) -> Option<Value> {
    let (kind, rest) = text.split_at_checked(1)?;
    Some(match kind {
        "b" => Value::Bool(rest.parse().ok()?),
        "i" => Value::Int(rest.parse().ok()?),
        "n" => Value::Decimal(rest.parse().ok()?),
        "f" => Value::Float(Float::new(rest.parse().ok()?)?),
        "s" => Value::text(rest),
        "x" => Value::Bytes(super::read::bytes_of(rest)?.into()),
        "u" => Value::Uuid(value::parse_uuid(rest).ok()?),
        "d" => Value::Date(value::parse_date(rest).ok()?),
        "c" => Value::Time(value::parse_time(rest).ok()?),
        "t" => Value::Timestamp(value::parse_timestamp(rest).ok()?),
        "l" => Value::Duration(rest.parse().ok()?),
        "e" => {
            let (rank, text) = rest.split_once(':')?;
            let rank = if rank.is_empty() {
                None
            } else {
                Some(rank.parse().ok()?)
            };
            Value::Enum(Label {
                rank,
                text: text.into(),
            })
        }
        _ => return None,
    })
}
