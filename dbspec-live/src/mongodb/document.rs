//! Values and documents: numbers stand with their types, as Extended JSON writes them.

use dbspec_core::program::machine::Fault;
use dbspec_core::value::Value;
use mongodb::bson::{Bson, Decimal128, Document};
use serde_json::{Map, Value as Json, json};

fn unfit() -> Fault {
    Fault::Broken("a command is no document".into())
}

/// The type and the text of a number that stands with its type.
fn number(members: &[(Box<str>, Value)]) -> Option<(&str, String)> {
    let [(tag, value)] = members else { return None };
    if !matches!(
        &**tag,
        "$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal"
    ) {
        return None;
    }
    match value {
        Value::Text(text) => Some((tag, text.to_string())),
        Value::Int(it) => Some((tag, it.to_string())),
        _ => None,
    }
}

/// A command as Extended JSON.
pub(super) fn to_extended(value: &Value) -> Result<Json, Fault> {
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(it) => Json::Bool(*it),
        Value::Int(it) => json!(it),
        Value::Text(it) => Json::String(it.to_string()),
        Value::List(items) => Json::Array(items.iter().map(to_extended).collect::<Result<_, _>>()?),
        Value::Map(members) => {
            if let Some((tag, text)) = number(members) {
                return Ok(json!({ tag: text }));
            }
            let mut object = Map::new();
            for (name, member) in members {
                object.insert(name.to_string(), to_extended(member)?);
            }
            Json::Object(object)
        }
        _ => return Err(unfit()),
    })
}

/// A reply in Extended JSON.
pub(super) fn from_extended(json: &Json) -> Value {
    match json {
        Json::Object(members) => {
            let member = |(name, member): (&String, &Json)| {
                let value = match (name.as_str(), member) {
                    ("$numberDecimal", Json::String(text)) => Value::text(plain(text)),
                    _ => from_extended(member),
                };
                (name.as_str().into(), value)
            };
            Value::Map(members.iter().map(member).collect())
        }
        Json::Array(items) => Value::List(items.iter().map(from_extended).collect()),
        other => dbspec_core::program::from_json(other),
    }
}

/// A command as BSON.
pub(super) fn to_bson(value: &Value) -> Result<Bson, Fault> {
    Ok(match value {
        Value::Null => Bson::Null,
        Value::Bool(it) => Bson::Boolean(*it),
        Value::Int(it) => i32::try_from(*it).map_or(Bson::Int64(*it), Bson::Int32),
        Value::Text(it) => Bson::String(it.to_string()),
        Value::List(items) => Bson::Array(items.iter().map(to_bson).collect::<Result<_, _>>()?),
        Value::Map(members) => match number(members) {
            Some((tag, text)) => typed(tag, &text).ok_or_else(unfit)?,
            None => Bson::Document(to_document(members)?),
        },
        _ => return Err(unfit()),
    })
}

/// The members of a command.
pub(super) fn to_document(members: &[(Box<str>, Value)]) -> Result<Document, Fault> {
    let mut document = Document::new();
    for (name, member) in members {
        document.insert(name.to_string(), to_bson(member)?);
    }
    Ok(document)
}

fn typed(tag: &str, text: &str) -> Option<Bson> {
    Some(match tag {
        "$numberInt" => Bson::Int32(text.parse().ok()?),
        "$numberLong" => Bson::Int64(text.parse().ok()?),
        "$numberDouble" => Bson::Double(text.parse().ok()?),
        _ => Bson::Decimal128(text.parse::<Decimal128>().ok()?),
    })
}

/// A reply in BSON.
pub(super) fn from_bson(bson: &Bson) -> Value {
    let tagged = |tag: &str, text: String| Value::Map(vec![(tag.into(), Value::text(text))]);
    match bson {
        Bson::Null | Bson::Undefined => Value::Null,
        Bson::Boolean(it) => Value::Bool(*it),
        Bson::Int32(it) => tagged("$numberInt", it.to_string()),
        Bson::Int64(it) => tagged("$numberLong", it.to_string()),
        Bson::Double(it) => tagged("$numberDouble", format!("{it:?}")),
        Bson::Decimal128(it) => tagged("$numberDecimal", plain(&it.to_string())),
        Bson::String(it) => Value::text(it.as_str()),
        Bson::Array(items) => Value::List(items.iter().map(from_bson).collect()),
        Bson::Document(document) => from_document(document),
        // No program asks for a type that none writes.
        other => Value::text(other.to_string()),
    }
}

/// The members of a reply.
pub(super) fn from_document(document: &Document) -> Value {
    let members = document
        .iter()
        .map(|(name, member)| (name.as_str().into(), from_bson(member)));
    Value::Map(members.collect())
}

/// A decimal without an exponent: `1E-7` is `0.0000001`.
fn plain(text: &str) -> String {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else {
        return text.to_owned();
    };
    let Ok(exponent) = exponent.parse::<i32>() else {
        return text.to_owned();
    };
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{behind}");
    let point = i32::try_from(whole.len()).unwrap_or(0) + exponent;
    if point <= 0 {
        let zeros = "0".repeat(usize::try_from(-point).unwrap_or(0));
        return format!("{sign}0.{zeros}{all}");
    }
    let point = usize::try_from(point).unwrap_or(0);
    if point >= all.len() {
        return format!("{sign}{all}{}", "0".repeat(point - all.len()));
    }
    format!("{sign}{}.{}", &all[..point], &all[point..])
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn decimals_lose_their_exponents() {
        for (text, expected) in [
            ("1.50", "1.50"),
            ("1E-7", "0.0000001"),
            ("-1.25E-3", "-0.00125"),
            ("1.2E+3", "1200"),
            ("1.2345E+2", "123.45"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
