//! Values, keys and rows as JSON.

use base64::Engine;
use serde_json::{Map, Value as Json};

use super::Given;
use crate::kernel::{EntityId, Kernel};
use crate::semantics::{composed_key, shown};
use crate::value::{self, Value};

/// The largest integer that every reader of JSON holds exactly.
const SAFE: u64 = 1 << 53;

/// A value, an answer's row or what a write returns.
pub fn value_json(value: &Value) -> Json {
    match value {
        Value::Bool(it) => Json::Bool(*it),
        Value::Int(it) if it.unsigned_abs() <= SAFE => Json::from(*it),
        Value::Int(it) => Json::String(it.to_string()),
        Value::Decimal(it) => Json::String(it.to_string()),
        Value::Float(it) => Json::from(it.get()),
        Value::Text(it) => Json::String(it.to_string()),
        Value::Bytes(it) => Json::String(base64::engine::general_purpose::STANDARD.encode(it)),
        Value::Uuid(it) => Json::String(value::print_uuid(it)),
        Value::Date(it) => Json::String(value::print_date(*it)),
        Value::Time(it) => Json::String(value::print_time(*it)),
        Value::Timestamp(it) => Json::String(value::print_timestamp(*it)),
        Value::Duration(it) => Json::String(value::print_duration(*it)),
        Value::Enum(it) => Json::String(it.text.to_string()),
        // A document of ours is JSON; what isn't would be a fault of the store that it came from.
        Value::Json(it) => serde_json::from_str(it).unwrap_or(Json::Null),
        Value::List(items) => Json::Array(items.iter().map(value_json).collect()),
        Value::Map(members) => {
            let members = members.iter();
            Json::Object(
                members
                    .map(|(name, value)| (name.to_string(), value_json(value)))
                    .collect(),
            )
        }
        Value::Null => Json::Null,
    }
}

/// A row by field name, without what is null and without secrets.
pub fn row_json(kernel: &Kernel, entity: EntityId, row: &[Value]) -> Json {
    match value_json(&shown(kernel, entity, row)) {
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                .filter(|(_, it)| !it.is_null())
                .collect::<Map<_, _>>(),
        ),
        other => other,
    }
}

/// A key as references write it.
pub fn key_json(kernel: &Kernel, entity: EntityId, key: &[Value]) -> Json {
    value_json(&composed_key(kernel, entity, key))
}

/// The row that is given, by leaf, in the entity's order; absent ones null.
pub(super) fn filled(kernel: &Kernel, entity: EntityId, given: &Given) -> Vec<Value> {
    let leaves = kernel.entities[entity].leaves.iter();
    leaves
        .map(|leaf| given.get(&leaf).cloned().unwrap_or_default())
        .collect()
}
