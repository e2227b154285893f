//! What programs send and get, as JSON documents.

use serde_json::{Map, Number as JsonNumber, Value as Json};

use super::Unfit;
use crate::value::{Float, Value};

/// A value that is made of lists, maps, texts, integers, floats, booleans and nulls, as a JSON document.
///
/// # Errors
/// [`Unfit`] for any other value: a codec makes it a text first.
pub fn to_json(value: &Value) -> Result<Json, Unfit> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(it) => Json::Bool(*it),
        Value::Int(it) => Json::Number((*it).into()),
        Value::Float(it) => JsonNumber::from_f64(it.get()).map_or(Json::Null, Json::Number),
        Value::Text(it) => Json::String(it.to_string()),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect::<Result<_, _>>()?),
        Value::Map(members) => {
            let mut object = Map::with_capacity(members.len());
            for (name, member) in members {
                object.insert(name.to_string(), to_json(member)?);
            }
            Json::Object(object)
        }
        Value::Decimal(_)
        | Value::Bytes(_)
        | Value::Uuid(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Enum(_)
        | Value::Json(_) => return Err(Unfit::new("what JSON has", value)),
    })
}

/// The value of a JSON document. Numbers beyond 64-bit integers become floats: what must be exact travels as text.
pub fn from_json(document: &Json) -> Value {
    match document {
        Json::Null => Value::Null,
        Json::Bool(it) => Value::Bool(*it),
        Json::Number(it) => match it.as_i64() {
            Some(it) => Value::Int(it),
            None => it.as_f64().and_then(Float::new).map_or(Value::Null, Value::Float),
        },
        Json::String(it) => Value::text(it.as_str()),
        Json::Array(items) => Value::List(items.iter().map(from_json).collect()),
        Json::Object(members) => {
            let members = members.iter();
            Value::Map(
                members
                    .map(|(name, member)| (name.as_str().into(), from_json(member)))
                    .collect(),
            )
        }
    }
}
