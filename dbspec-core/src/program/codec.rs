//! Codecs: how values stand in an engine, where that is not the driver's matter.
//!
//! Each codec is a bijection between the values of its type and their forms, but for those that say that they work one
//! way. Null stands as null in all of them, but in a [`Codec::Digest`].

mod document;
mod number;
mod text;

use sha2::{Digest as _, Sha256};

use crate::value::{
    Label, Value, canonical_json, parse_date, parse_time, parse_timestamp, parse_uuid, print_date,
    print_time_fixed, print_timestamp_fixed, print_uuid,
};

pub use document::{from_json, to_json};

/// A value that isn't of the type that a codec or term is for: a fault of the program or of a reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found}")]
pub struct Unfit {
    /// What was expected.
    pub expected: &'static str,
    /// The kind of value found; never the value.
    pub found: &'static str,
}

impl Unfit {
    pub(crate) fn new(expected: &'static str, found: &Value) -> Self {
        Self {
            expected,
            found: kind(found),
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "a boolean",
        Value::Int(_) => "an integer",
        Value::Decimal(_) => "a decimal",
        Value::Float(_) => "a float",
        Value::Text(_) => "another text",
        Value::Bytes(_) => "bytes",
        Value::Uuid(_) => "a uuid",
        Value::Date(_) => "a date",
        Value::Time(_) => "a time",
        Value::Timestamp(_) => "a timestamp",
        Value::Duration(_) => "a duration",
        Value::Enum(_) => "an enum's label",
        Value::Json(_) => "a JSON document",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Null => "null",
    }
}

/// How a value stands in an engine. Each keeps equality, and order where noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codec {
    /// The value as it is.
    Plain,
    /// A number as decimal text: `1.50`.
    NumberText(Number),
    /// A number as text of fixed width whose order is the number's.
    OrderedText(Number),
    /// A UUID, date, time or timestamp as text of fixed width (ordered): `2026-01-31T09:00:00.000000Z`.
    FixedText(Fixed),
    /// Bytes as base64.
    Base64,
    /// Bytes as hexadecimal text (ordered).
    Hex,
    /// An enum's label among these; decoded with its rank where the enum is ordered.
    Label {
        /// The labels, in order of declaration.
        labels: Vec<Box<str>>,
        /// Whether the enum is ordered.
        ordered: bool,
    },
    /// The position of an ordered enum's label among these, as an integer (ordered).
    Rank(Vec<Box<str>>),
    /// A JSON document as text.
    JsonText,
    /// A text that is never empty: the empty one as a single U+0000, which no text of a model has. Order is kept.
    NonEmpty,
    /// A text as a segment of a composite key: escaped, so that `#` can separate segments and order is kept.
    Segment,
    /// A text with ASCII letters made small. One way.
    Folded,
    /// The SHA-256 of a text, as hexadecimal text. One way.
    Sha256,
    /// The SHA-256 of any value's canonical form, as hexadecimal text: equal values (rows, keys) have equal ones. One
    /// way.
    Digest,
    /// The value by a codec in a map of one member, its type: `{"S": "…"}`.
    Tagged(Box<str>, Box<Codec>),
    /// A list, item by item.
    Each(Box<Codec>),
    /// A list of fixed length (a row, a key), each item by the codec at its position.
    Items(Vec<Codec>),
    /// A map (a value type, a row of an answer), member by member; null members are left out, and null where absent.
    Members(Vec<(Box<str>, Codec)>),
    /// A map of any names as a list of its entries, each `{key, value}`, the value by a codec.
    Entries(Box<Codec>),
    /// Lists, maps, texts, integers, floats, booleans and nulls as the text of one JSON document.
    Document(Box<Codec>),
}

/// The types of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// An integer.
    Int,
    /// A decimal.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// A float.
    Float,
    /// A duration, in microseconds.
    Duration,
}

/// The types whose text has a fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// `018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b`
    Uuid,
    /// `2026-01-31`
    Date,
    /// `09:00:00.000000`
    Time,
    /// `2026-01-31T09:00:00.000000Z`
    Timestamp,
}

impl Codec {
    /// The value as the engine holds it.
    ///
    /// # Errors
    /// [`Unfit`] where the value isn't of the codec's type.
    pub fn encode(&self, value: &Value) -> Result<Value, Unfit> {
        if value.is_null() && !matches!(self, Self::Digest | Self::Document(_)) {
            return Ok(Value::Null);
        }
        Ok(match self {
            Self::Plain => value.clone(),
            Self::NumberText(number) => Value::text(number::print(*number, value)?),
            Self::OrderedText(number) => Value::text(number::print_ordered(*number, value)?),
            Self::FixedText(fixed) => Value::text(fixed.print(value)?),
            Self::Base64 => Value::text(text::base64(bytes(value)?)),
            Self::Hex => Value::text(text::hex(bytes(value)?)),
            Self::Label { labels, .. } => {
                let label = label(value)?;
                rank(labels, label).ok_or_else(|| Unfit::new("a label of the enum", value))?;
                Value::text(label)
            }
            Self::Rank(labels) => {
                let rank =
                    rank(labels, label(value)?).ok_or_else(|| Unfit::new("a label of the enum", value))?;
                Value::Int(i64::from(rank))
            }
            Self::JsonText => match value {
                Value::Json(text) => Value::Text(text.clone()),
                other => return Err(Unfit::new("a JSON document", other)),
            },
            Self::NonEmpty => match string(value)? {
                "" => Value::text("\0"),
                text => Value::text(text),
            },
            Self::Segment => Value::text(text::escape(string(value)?)),
            Self::Folded => Value::text(string(value)?.to_ascii_lowercase()),
            Self::Sha256 => Value::text(text::hex(&Sha256::digest(string(value)?))),
            Self::Digest => {
                let mut form = Vec::new();
                text::canonical(value, &mut form);
                Value::text(text::hex(&Sha256::digest(form)))
            }
            Self::Tagged(tag, codec) => Value::Map(vec![(tag.clone(), codec.encode(value)?)]),
            Self::Each(codec) => {
                let items = list(value)?.iter().map(|item| codec.encode(item));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            Self::Items(codecs) => Value::List(positions(codecs, value, Self::encode)?),
            Self::Members(codecs) => {
                let Value::Map(members) = value else {
                    return Err(Unfit::new("a map", value));
                };
                let mut encoded = Vec::with_capacity(codecs.len());
                for (name, codec) in codecs {
                    let member = members.iter().find(|(it, _)| it == name);
                    if let Some((_, member)) = member.filter(|(_, it)| !it.is_null()) {
                        encoded.push((name.clone(), codec.encode(member)?));
                    }
                }
                Value::Map(encoded)
            }
            Self::Entries(codec) => {
                let Value::Map(entries) = value else {
                    return Err(Unfit::new("a map", value));
                };
                let entry = |(key, value): &(Box<str>, Value)| {
                    let value = codec.encode(value)?;
                    Ok(Value::Map(vec![
                        ("key".into(), Value::Text(key.clone())),
                        ("value".into(), value),
                    ]))
                };
                Value::List(entries.iter().map(entry).collect::<Result<_, _>>()?)
            }
            Self::Document(codec) => Value::text(to_json(&codec.encode(value)?)?.to_string()),
        })
    }

    /// The value that an engine's form stands for.
    ///
    /// # Errors
    /// [`Unfit`] where it is no such form, or the codec works one way.
    pub fn decode(&self, form: &Value) -> Result<Value, Unfit> {
        if form.is_null() {
            return Ok(Value::Null);
        }
        Ok(match self {
            Self::Plain => form.clone(),
            Self::NumberText(number) => number::parse(*number, form)?,
            Self::OrderedText(number) => number::parse_ordered(*number, form)?,
            Self::FixedText(fixed) => fixed.parse(form)?,
            Self::Base64 => Value::Bytes(
                text::from_base64(string(form)?)
                    .ok_or_else(|| Unfit::new("base64", form))?
                    .into(),
            ),
            Self::Hex => Value::Bytes(
                text::from_hex(string(form)?)
                    .ok_or_else(|| Unfit::new("hexadecimal text", form))?
                    .into(),
            ),
            Self::Label { labels, ordered } => {
                let text = string(form)?;
                let rank = rank(labels, text).ok_or_else(|| Unfit::new("a label of the enum", form))?;
                Value::Enum(Label {
                    rank: ordered.then_some(rank),
                    text: text.into(),
                })
            }
            Self::Rank(labels) => {
                let number = number::parse(Number::Int, form)?;
                let Value::Int(rank) = number else {
                    return Err(Unfit::new("a position in the enum", form));
                };
                let rank = u16::try_from(rank).map_err(|_| Unfit::new("a position in the enum", form))?;
                let text = labels
                    .get(usize::from(rank))
                    .ok_or_else(|| Unfit::new("a position in the enum", form))?;
                Value::Enum(Label {
                    rank: Some(rank),
                    text: text.clone(),
                })
            }
            Self::JsonText => {
                let unfit = || Unfit::new("a JSON document", form);
                let document = serde_json::from_str(string(form)?).map_err(|_| unfit())?;
                Value::Json(canonical_json(&document).map_err(|_| unfit())?.into())
            }
            Self::NonEmpty => match string(form)? {
                "\0" => Value::text(""),
                text => Value::text(text),
            },
            Self::Segment => Value::text(
                text::unescape(string(form)?).ok_or_else(|| Unfit::new("a segment of a key", form))?,
            ),
            Self::Folded | Self::Sha256 | Self::Digest => {
                return Err(Unfit::new("nothing: the codec works one way", form));
            }
            Self::Tagged(tag, codec) => match form {
                Value::Map(members) => match members.as_slice() {
                    [(it, inner)] if it == tag => codec.decode(inner)?,
                    _ => return Err(Unfit::new("a value with its type", form)),
                },
                other => return Err(Unfit::new("a value with its type", other)),
            },
            Self::Each(codec) => {
                let items = list(form)?.iter().map(|item| codec.decode(item));
                Value::List(items.collect::<Result<_, _>>()?)
            }
            Self::Items(codecs) => Value::List(positions(codecs, form, Self::decode)?),
            Self::Members(codecs) => {
                let Value::Map(members) = form else {
                    return Err(Unfit::new("a map", form));
                };
                let decode = |(name, codec): &(Box<str>, Self)| {
                    let member = members.iter().find(|(it, _)| it == name);
                    let value = member.map_or(Ok(Value::Null), |(_, it)| codec.decode(it));
                    value.map(|value| (name.clone(), value))
                };
                Value::Map(codecs.iter().map(decode).collect::<Result<_, _>>()?)
            }
            Self::Entries(codec) => {
                let entry = |entry: &Value| {
                    let unfit = || Unfit::new("an entry of a map", entry);
                    let Value::Map(members) = entry else {
                        return Err(unfit());
                    };
                    let member = |name: &str| members.iter().find(|(it, _)| &**it == name).map(|(_, it)| it);
                    match (member("key"), member("value")) {
                        (Some(Value::Text(key)), Some(value)) => Ok((key.clone(), codec.decode(value)?)),
                        _ => Err(unfit()),
                    }
                };
                Value::Map(list(form)?.iter().map(entry).collect::<Result<_, _>>()?)
            }
            Self::Document(codec) => {
                let document = serde_json::from_str(string(form)?)
                    .map_err(|_| Unfit::new("the text of a JSON document", form))?;
                codec.decode(&from_json(&document))?
            }
        })
    }

    /// Whether forms can't be decoded.
    pub fn is_one_way(&self) -> bool {
        match self {
            Self::Folded | Self::Sha256 | Self::Digest => true,
            Self::Tagged(_, codec) | Self::Each(codec) | Self::Entries(codec) | Self::Document(codec) => {
                codec.is_one_way()
            }
            Self::Items(codecs) => codecs.iter().any(Self::is_one_way),
            Self::Members(codecs) => codecs.iter().any(|(_, codec)| codec.is_one_way()),
            Self::Plain
            | Self::NumberText(_)
            | Self::OrderedText(_)
            | Self::FixedText(_)
            | Self::Base64
            | Self::Hex
            | Self::Label { .. }
            | Self::Rank(_)
            | Self::JsonText
            | Self::NonEmpty
            | Self::Segment => false,
        }
    }
}

impl Fixed {
    fn print(self, value: &Value) -> Result<String, Unfit> {
        Ok(match (self, value) {
            (Self::Uuid, Value::Uuid(bytes)) => print_uuid(bytes),
            (Self::Date, Value::Date(days)) => print_date(*days),
            (Self::Time, Value::Time(micros)) => print_time_fixed(*micros),
            (Self::Timestamp, Value::Timestamp(micros)) => print_timestamp_fixed(*micros),
            (Self::Uuid | Self::Date | Self::Time | Self::Timestamp, other) => {
                return Err(Unfit::new(self.name(), other));
            }
        })
    }

    fn parse(self, form: &Value) -> Result<Value, Unfit> {
        let text = string(form)?;
        match self {
            Self::Uuid => parse_uuid(text).map(Value::Uuid).ok(),
            Self::Date => parse_date(text).map(Value::Date).ok(),
            Self::Time => parse_time(text).map(Value::Time).ok(),
            Self::Timestamp => parse_timestamp(text).map(Value::Timestamp).ok(),
        }
        .ok_or_else(|| Unfit::new(self.name(), form))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Uuid => "a uuid",
            Self::Date => "a date",
            Self::Time => "a time",
            Self::Timestamp => "a timestamp",
        }
    }
}

fn string(value: &Value) -> Result<&str, Unfit> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(Unfit::new("a text", other)),
    }
}

fn bytes(value: &Value) -> Result<&[u8], Unfit> {
    match value {
        Value::Bytes(bytes) => Ok(bytes),
        other => Err(Unfit::new("bytes", other)),
    }
}

fn list(value: &Value) -> Result<&[Value], Unfit> {
    match value {
        Value::List(items) => Ok(items),
        other => Err(Unfit::new("a list", other)),
    }
}

fn positions(
    codecs: &[Codec],
    value: &Value,
    by: impl Fn(&Codec, &Value) -> Result<Value, Unfit>,
) -> Result<Vec<Value>, Unfit> {
    let items = list(value)?;
    if items.len() != codecs.len() {
        return Err(Unfit::new("a list of another length", value));
    }
    codecs
        .iter()
        .zip(items)
        .map(|(codec, item)| by(codec, item))
        .collect()
}

fn label(value: &Value) -> Result<&str, Unfit> {
    match value {
        Value::Enum(label) => Ok(&label.text),
        other => Err(Unfit::new("an enum's label", other)),
    }
}

fn rank(labels: &[Box<str>], label: &str) -> Option<u16> {
    let at = labels.iter().position(|it| &**it == label)?;
    u16::try_from(at).ok()
}

#[cfg(test)]
mod tests;
