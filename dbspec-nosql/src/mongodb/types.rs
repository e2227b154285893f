//! Kernel ↔ BSON: how each type stands in a document, and what the validator says of it.
//!
//! Null is the absence of the field. All numbers compare by value, texts by their UTF-8 bytes, which is the order of their
//! scalar values, as no collation is set.
//!
//! | type | BSON | why |
//! |---|---|---|
//! | bool | bool | |
//! | int16, int32 | int | |
//! | int64, duration | long | microseconds |
//! | decimal, up to 34 digits | decimal | exact |
//! | decimal beyond | string | of fixed width, whose order is the number's: Decimal128 has 34 digits |
//! | float64 | double | |
//! | string, text, json, secrets | string | |
//! | uuid, date, time, timestamp | string | of fixed width, ordered: a BSON date has milliseconds alone |
//! | bytes | string | hexadecimal: BSON orders binary data by length first |
//! | enum | string | |
//! | ordered enum | int | its position, whose order is the enum's |
//! | points, vectors | array of doubles | |
//! | lists, sets, maps | array | a map as `{key, value}` |

use dbspec_core::kernel::{Item, Kernel, LeafId, LeafType, ListKind, ListType, Member, Scalar, Type};
use dbspec_core::program::{Codec, Fixed, LeafCodec, Number};
use serde_json::{Value as Json, json};

/// So many digits has a Decimal128.
/// Source: <https://www.mongodb.com/docs/manual/reference/bson-types/>
pub(super) const DIGITS: u8 = 34;

fn tagged(tag: &str, codec: Codec) -> Codec {
    Codec::Tagged(tag.into(), Box::new(codec))
}

/// A 64-bit integer.
pub(super) fn long() -> Codec {
    tagged("$numberLong", Codec::NumberText(Number::Int))
}

fn scalar(kernel: &Kernel, scalar: &Scalar) -> Codec {
    match scalar {
        Scalar::Int16 | Scalar::Int32 => tagged("$numberInt", Codec::NumberText(Number::Int)),
        Scalar::Int64 => long(),
        Scalar::Duration => tagged("$numberLong", Codec::NumberText(Number::Duration)),
        Scalar::Decimal { precision, scale } => {
            let number = Number::Decimal {
                precision: *precision,
                scale: *scale,
            };
            if *precision <= DIGITS {
                tagged("$numberDecimal", Codec::NumberText(number))
            } else {
                Codec::OrderedText(number)
            }
        }
        Scalar::Float64 => double(),
        Scalar::Bytes { .. } => Codec::Hex,
        Scalar::Uuid => Codec::FixedText(Fixed::Uuid),
        Scalar::Date => Codec::FixedText(Fixed::Date),
        Scalar::Time => Codec::FixedText(Fixed::Time),
        Scalar::Timestamp => Codec::FixedText(Fixed::Timestamp),
        Scalar::Enum(id) => {
            let it = &kernel.enums[*id];
            if it.ordered {
                tagged("$numberInt", Codec::Rank(it.labels.clone()))
            } else {
                Codec::Label {
                    labels: it.labels.clone(),
                    ordered: false,
                }
            }
        }
        Scalar::Json => Codec::JsonText,
        Scalar::Bool | Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => {
            Codec::Plain
        }
        Scalar::Point | Scalar::Vector { .. } => Codec::Each(Box::new(double())),
    }
}

fn double() -> Codec {
    tagged("$numberDouble", Codec::NumberText(Number::Float))
}

/// A leaf's value as it stands in a document.
pub(super) fn stored(kernel: &Kernel, leaf: LeafId) -> Codec {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(of) => scalar(kernel, of),
        LeafType::List(list) => Codec::Each(Box::new(item(kernel, list))),
    }
}

/// How a leaf is read from a document.
pub(super) fn read(kernel: &Kernel, leaf: LeafId) -> LeafCodec {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(of) => LeafCodec::One(scalar(kernel, of)),
        LeafType::List(list) => LeafCodec::Many(item(kernel, list)),
    }
}

fn item(kernel: &Kernel, list: &ListType) -> Codec {
    let value = match &list.item {
        Item::Scalar(of) => scalar(kernel, of),
        Item::Group(members) => group(kernel, members),
    };
    match list.kind {
        ListKind::List | ListKind::Set => value,
        ListKind::Map { .. } => Codec::Members(vec![("key".into(), Codec::Plain), ("value".into(), value)]),
    }
}

fn group(kernel: &Kernel, members: &[Member]) -> Codec {
    let of = |member: &Member| {
        let codec = match &member.ty {
            Type::Scalar(of) => scalar(kernel, of),
            Type::Group(inner) => group(kernel, inner),
            Type::List(list) => Codec::Each(Box::new(item(kernel, list))),
            // References and ranges don't stand in a collection's value types.
            Type::Ref(_) | Type::Range(_) => Codec::Plain,
        };
        (member.name.clone(), codec)
    };
    Codec::Members(members.iter().map(of).collect())
}

/// The engine's word for what a leaf's value is.
pub(super) fn word(kernel: &Kernel, ty: &LeafType) -> &'static str {
    match ty {
        LeafType::Scalar(scalar) => bson(kernel, scalar),
        LeafType::List(_) => "array",
    }
}

fn bson(kernel: &Kernel, scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "bool",
        Scalar::Int16 | Scalar::Int32 => "int",
        Scalar::Int64 | Scalar::Duration => "long",
        Scalar::Decimal { precision, .. } if *precision <= DIGITS => "decimal",
        Scalar::Float64 => "double",
        Scalar::Enum(id) if kernel.enums[*id].ordered => "int",
        Scalar::Point | Scalar::Vector { .. } => "array",
        Scalar::Decimal { .. }
        | Scalar::Bytes { .. }
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Enum(_)
        | Scalar::Json
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => "string",
    }
}

/// What a validator says of a leaf's values: keywords of `$jsonSchema`, of those that `DocumentDB` takes too.
pub(super) fn schema(kernel: &Kernel, leaf: LeafId) -> Json {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(of) => of_scalar(kernel, of),
        LeafType::List(list) => {
            let mut schema = json!({ "bsonType": "array", "items": of_item(kernel, list) });
            if let Some(max) = list.max {
                schema["maxItems"] = max.into();
            }
            schema
        }
    }
}

fn of_item(kernel: &Kernel, list: &ListType) -> Json {
    let value = match &list.item {
        Item::Scalar(of) => of_scalar(kernel, of),
        Item::Group(members) => of_group(kernel, members),
    };
    match list.kind {
        ListKind::List | ListKind::Set => value,
        ListKind::Map { key } => json!({
            "bsonType": "object",
            "required": ["key", "value"],
            "properties": { "key": { "bsonType": "string", "maxLength": key }, "value": value },
        }),
    }
}

fn of_group(kernel: &Kernel, members: &[Member]) -> Json {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for member in members {
        let schema = match &member.ty {
            Type::Scalar(of) => of_scalar(kernel, of),
            Type::Group(inner) => of_group(kernel, inner),
            Type::List(list) => json!({ "bsonType": "array", "items": of_item(kernel, list) }),
            Type::Ref(_) | Type::Range(_) => continue,
        };
        properties.insert(member.name.to_string(), schema);
        if !member.nullable {
            required.push(member.name.to_string());
        }
    }
    let mut schema = json!({ "bsonType": "object", "properties": properties });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn of_scalar(kernel: &Kernel, scalar: &Scalar) -> Json {
    let mut schema = json!({ "bsonType": bson(kernel, scalar) });
    let mut sized = |min: u64, max: u64| {
        if min > 0 {
            schema["minLength"] = min.into();
        }
        schema["maxLength"] = max.into();
    };
    match scalar {
        Scalar::String { max } => sized(0, u64::from(*max)),
        Scalar::Bytes { max } => {
            sized(0, u64::from(*max) * 2);
            schema["pattern"] = "^([0-9a-f]{2})*$".into();
        }
        Scalar::Decimal { precision, .. } if *precision > DIGITS => {
            schema["pattern"] = format!("^[-0][0-9]{{{precision}}}$").into();
        }
        Scalar::Uuid => {
            schema["pattern"] = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$".into();
        }
        Scalar::Date => schema["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$".into(),
        Scalar::Time => schema["pattern"] = "^[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}$".into(),
        Scalar::Timestamp => {
            schema["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$".into();
        }
        Scalar::Int16 => {
            schema["minimum"] = i16::MIN.into();
            schema["maximum"] = i16::MAX.into();
        }
        Scalar::Enum(id) => {
            let it = &kernel.enums[*id];
            if it.ordered {
                schema["minimum"] = 0.into();
                schema["maximum"] = it.labels.len().saturating_sub(1).into();
            } else {
                schema["enum"] = it
                    .labels
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .into();
            }
        }
        Scalar::Point => {
            schema["items"] = json!({ "bsonType": "double" });
            schema["minItems"] = 2.into();
            schema["maxItems"] = 2.into();
        }
        Scalar::Vector { dimensions } => {
            schema["items"] = json!({ "bsonType": "double" });
            schema["minItems"] = (*dimensions).into();
            schema["maxItems"] = (*dimensions).into();
        }
        Scalar::Bool
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Decimal { .. }
        | Scalar::Float64
        | Scalar::Text
        | Scalar::Duration
        | Scalar::Json
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => {}
    }
    schema
}

/// Whether a validator tells all of a leaf's values from all others.
pub(super) fn is_told(kernel: &Kernel, leaf: LeafId) -> bool {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => match scalar {
            Scalar::Bool
            | Scalar::Int16
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::String { .. }
            | Scalar::Text
            | Scalar::Bytes { .. }
            | Scalar::Uuid
            | Scalar::Duration
            | Scalar::Enum(_) => true,
            // How many digits a number has, whether a date is in the calendar, and what is within a text, no keyword says;
            // a double may be infinite.
            Scalar::Decimal { .. }
            | Scalar::Float64
            | Scalar::Date
            | Scalar::Time
            | Scalar::Timestamp
            | Scalar::Json
            | Scalar::Point
            | Scalar::Vector { .. }
            | Scalar::Hashed
            | Scalar::Encrypted { .. } => false,
        },
        LeafType::List(_) => false,
    }
}

/// Whether conditions can find a leaf's values by an index.
pub(super) fn in_keys(kernel: &Kernel, leaf: LeafId) -> bool {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => match scalar {
            Scalar::Bool
            | Scalar::Int16
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::Decimal { .. }
            | Scalar::Float64
            | Scalar::String { .. }
            | Scalar::Text
            | Scalar::Bytes { .. }
            | Scalar::Uuid
            | Scalar::Date
            | Scalar::Time
            | Scalar::Timestamp
            | Scalar::Duration
            | Scalar::Enum(_)
            | Scalar::Encrypted { lookup: true, .. } => true,
            Scalar::Json
            | Scalar::Point
            | Scalar::Vector { .. }
            | Scalar::Hashed
            | Scalar::Encrypted { lookup: false, .. } => false,
        },
        LeafType::List(_) => false,
    }
}

/// The most characters of a leaf whose beginning can be a range of an index.
pub(super) fn longest_prefixed(kernel: &Kernel, leaf: LeafId) -> Option<usize> {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(Scalar::String { max }) if *max <= 1000 => usize::try_from(*max).ok(),
        LeafType::Scalar(_) | LeafType::List(_) => None,
    }
}
