//! Rows and keys from JSON.

use serde_json::{Map, Value as Json};

use super::{Given, Misfit, Problem};
use crate::kernel::{EntityId, Item, Kernel, ListKind, ListType, Member, Scalar, Type};
use crate::value::{self, Decimal, Float, Value};

/// The rows of a file of JSON lines; empty lines are skipped.
///
/// # Errors
/// The first line that isn't a row of the entity.
pub fn rows_of(kernel: &Kernel, entity: EntityId, text: &str) -> Result<Vec<Given>, Misfit> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            let json = serde_json::from_str(line).map_err(|it| Misfit::new(Problem::Syntax(it.to_string())));
            json.and_then(|json| row_of(kernel, entity, &json))
                .map_err(|it| it.on(at + 1))
        })
        .collect()
}

/// A row from its object.
///
/// # Errors
/// A field that isn't the entity's, or a value of another type.
pub fn row_of(kernel: &Kernel, entity: EntityId, json: &Json) -> Result<Given, Misfit> {
    let Json::Object(members) = json else {
        return Err(Misfit::expected(
            format!("a row of {}", kernel.entities[entity].name),
            json,
        ));
    };
    let mut row = Given::new();
    for (name, json) in members {
        let Some(field) = kernel.field(entity, name) else {
            let fields = kernel.entities[entity].fields.iter();
            return Err(unknown(name, fields.map(|it| kernel.fields[it].name.to_string())));
        };
        let mut values = Vec::new();
        spread(kernel, &kernel.fields[field].ty, json, &mut values).map_err(|it| it.within(name))?;
        row.extend(kernel.fields[field].leaves.iter().zip(values));
    }
    Ok(row)
}

pub(super) fn unknown(name: &str, known: impl Iterator<Item = String>) -> Misfit {
    Misfit::new(Problem::Unknown {
        name: name.into(),
        known: known.collect(),
    })
}

/// A key: one value per key leaf, none of them null.
///
/// # Errors
/// What isn't a key of the entity.
pub fn key_of(kernel: &Kernel, entity: EntityId, json: &Json) -> Result<Vec<Value>, Misfit> {
    let mut values = Vec::new();
    spread(kernel, &Type::Ref(entity), json, &mut values)?;
    if values.iter().any(Value::is_null) {
        return Err(Misfit::expected(
            format!("a key of {}", kernel.entities[entity].name),
            json,
        ));
    }
    Ok(values)
}

/// How many leaves a type has.
pub(super) fn width(kernel: &Kernel, ty: &Type) -> usize {
    match ty {
        Type::Scalar(_) | Type::List(_) => 1,
        Type::Range(_) => 2,
        Type::Ref(to) => kernel.key_leaves(*to).len(),
        Type::Group(members) => members.iter().map(|it| width(kernel, &it.ty)).sum(),
    }
}

/// The values of a type's leaves, in their order.
pub(super) fn spread(kernel: &Kernel, ty: &Type, json: &Json, into: &mut Vec<Value>) -> Result<(), Misfit> {
    if json.is_null() {
        into.extend(std::iter::repeat_n(Value::Null, width(kernel, ty)));
        return Ok(());
    }
    match ty {
        Type::Scalar(scalar) => into.push(scalar_of(kernel, scalar, json)?),
        Type::List(list) => into.push(list_of(kernel, list, json)?),
        Type::Range(scalar) => {
            let of = || Type::Scalar(scalar.clone());
            members(
                kernel,
                [("start", of()), ("end", of())].into_iter(),
                json,
                "a range `{start, end}`",
                into,
            )?;
        }
        Type::Group(group) => {
            let of = group.iter().map(|it| (&*it.name, it.ty.clone()));
            members(kernel, of, json, "an object", into)?;
        }
        Type::Ref(to) => {
            let key = &kernel.entities[*to].key;
            match (key.as_slice(), json) {
                ([only], json) if !json.is_object() => spread(kernel, &kernel.fields[*only].ty, json, into)?,
                _ => {
                    let of = key
                        .iter()
                        .map(|it| (&*kernel.fields[*it].name, kernel.fields[*it].ty.clone()));
                    let expected = format!("a key of {}", kernel.entities[*to].name);
                    members(kernel, of, json, &expected, into)?;
                }
            }
        }
    }
    Ok(())
}

fn members<'n>(
    kernel: &Kernel,
    of: impl Iterator<Item = (&'n str, Type)> + Clone,
    json: &Json,
    expected: &str,
    into: &mut Vec<Value>,
) -> Result<(), Misfit> {
    let Json::Object(given) = json else {
        return Err(Misfit::expected(expected, json));
    };
    only_known(given, of.clone().map(|(name, _)| name))?;
    for (name, ty) in of {
        let json = given.get(name).unwrap_or(&Json::Null);
        spread(kernel, &ty, json, into).map_err(|it| it.within(name))?;
    }
    Ok(())
}

fn only_known<'n>(
    given: &Map<String, Json>,
    known: impl Iterator<Item = &'n str> + Clone,
) -> Result<(), Misfit> {
    match given
        .keys()
        .find(|name| !known.clone().any(|it| it == name.as_str()))
    {
        Some(name) => Err(unknown(name, known.map(Into::into))),
        None => Ok(()),
    }
}

fn list_of(kernel: &Kernel, list: &ListType, json: &Json) -> Result<Value, Misfit> {
    match (list.kind, json) {
        (ListKind::List | ListKind::Set, Json::Array(items)) => {
            let items = items.iter().enumerate();
            let items = items.map(|(at, item)| item_of(kernel, &list.item, item).map_err(|it| it.at(at)));
            items.collect::<Result<_, _>>().map(Value::List)
        }
        (ListKind::Map { .. }, Json::Object(entries)) => {
            let entries = entries.iter().map(|(key, json)| {
                let value = item_of(kernel, &list.item, json).map_err(|it| it.within(key))?;
                Ok(Value::Map(vec![
                    ("key".into(), Value::text(key.as_str())),
                    ("value".into(), value),
                ]))
            });
            entries.collect::<Result<_, _>>().map(Value::List)
        }
        (ListKind::List | ListKind::Set, other) => Err(Misfit::expected("an array", other)),
        (ListKind::Map { .. }, other) => Err(Misfit::expected("an object", other)),
    }
}

fn item_of(kernel: &Kernel, item: &Item, json: &Json) -> Result<Value, Misfit> {
    match item {
        Item::Scalar(scalar) => scalar_of(kernel, scalar, json),
        Item::Group(members) => group_of(kernel, members, json),
    }
}

/// A value type within a collection: a map of all its members.
fn group_of(kernel: &Kernel, members: &[Member], json: &Json) -> Result<Value, Misfit> {
    let Json::Object(given) = json else {
        return Err(Misfit::expected("an object", json));
    };
    only_known(given, members.iter().map(|it| &*it.name))?;
    let values = members.iter().map(|member| {
        let value = match (&member.ty, given.get(&*member.name).unwrap_or(&Json::Null)) {
            (_, Json::Null) => Ok(Value::Null),
            (Type::Scalar(scalar), json) => scalar_of(kernel, scalar, json),
            (Type::Group(inner), json) => group_of(kernel, inner, json),
            (Type::List(list), json) => list_of(kernel, list, json),
            (ty @ (Type::Ref(_) | Type::Range(_)), json) => {
                let mut values = Vec::new();
                spread(kernel, ty, json, &mut values).map(|()| Value::List(values))
            }
        };
        Ok((member.name.clone(), value.map_err(|it| it.within(&member.name))?))
    });
    values.collect::<Result<_, _>>().map(Value::Map)
}

/// One value; never null.
pub(super) fn scalar_of(kernel: &Kernel, scalar: &Scalar, json: &Json) -> Result<Value, Misfit> {
    let text = |expected: &str| json.as_str().ok_or_else(|| Misfit::expected(expected, json));
    let read = |expected: &str, value: Option<Value>| value.ok_or_else(|| Misfit::expected(expected, json));
    match scalar {
        Scalar::Bool => read("true or false", json.as_bool().map(Value::Bool)),
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => {
            let value = json.as_i64().or_else(|| json.as_str()?.parse().ok());
            read("an integer", value.map(Value::Int))
        }
        Scalar::Decimal { .. } => {
            let value = match json {
                Json::String(text) => text.parse::<Decimal>().ok(),
                other => other.as_i64().map(Decimal::from),
            };
            read("a decimal, as a string", value.map(Value::Decimal))
        }
        Scalar::Float64 => {
            let value = json.as_f64().or_else(|| json.as_str()?.parse().ok());
            read("a finite number", value.and_then(Float::new).map(Value::Float))
        }
        Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => {
            let text = text("a string")?;
            read(
                "a string without NUL",
                (!text.contains('\0')).then(|| Value::text(text)),
            )
        }
        Scalar::Bytes { .. } => {
            let bytes = text("bytes, as base64")?;
            read(
                "bytes, as base64",
                bytes_of(bytes).map(|it| Value::Bytes(it.into())),
            )
        }
        Scalar::Uuid => read("a UUID", value::parse_uuid(text("a UUID")?).ok().map(Value::Uuid)),
        Scalar::Date => {
            let expected = "a date like 2026-01-31";
            read(expected, value::parse_date(text(expected)?).ok().map(Value::Date))
        }
        Scalar::Time => {
            let expected = "a time like 09:30:00";
            read(expected, value::parse_time(text(expected)?).ok().map(Value::Time))
        }
        Scalar::Timestamp => {
            let expected = "a timestamp like 2026-01-31T09:30:00Z";
            read(
                expected,
                value::parse_timestamp(text(expected)?).ok().map(Value::Timestamp),
            )
        }
        Scalar::Duration => {
            let expected = "a duration like 24h or 1.5s";
            read(
                expected,
                value::parse_duration(text(expected)?).ok().map(Value::Duration),
            )
        }
        Scalar::Enum(id) => {
            let it = &kernel.enums[*id];
            it.value(text("a label")?).ok_or_else(|| {
                Misfit::new(Problem::Label {
                    name: it.name.to_string(),
                    labels: it.labels.iter().map(ToString::to_string).collect(),
                })
            })
        }
        Scalar::Json => {
            let text = value::canonical_json(json);
            text.map(|text| Value::Json(text.into()))
                .map_err(|it| Misfit::new(Problem::Syntax(it.to_string())))
        }
        Scalar::Point => {
            let expected = "a point `[longitude, latitude]`";
            let floats = floats_of(json).filter(|it| it.len() == 2);
            read(expected, floats.map(Value::List))
        }
        Scalar::Vector { dimensions } => {
            let floats = floats_of(json).filter(|it| it.len() == *dimensions as usize);
            read(
                &format!("an array of {dimensions} numbers"),
                floats.map(Value::List),
            )
        }
    }
}

fn floats_of(json: &Json) -> Option<Vec<Value>> {
    let floats = json.as_array()?.iter();
    floats
        .map(|it| Some(Value::Float(Float::new(it.as_f64()?)?)))
        .collect()
}

pub(super) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}
