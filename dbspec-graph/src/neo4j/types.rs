//! Kernel ↔ properties.
//!
//! | type | property |
//! |---|---|
//! | bool, integers, float64 | BOOLEAN, INTEGER, FLOAT |
//! | decimals, durations | STRING: digits of fixed width, in order |
//! | uuid, date, time, timestamp | STRING, of fixed width, in order |
//! | enums | STRING: the label |
//! | strings, secrets | STRING |
//! | bytes | STRING: hexadecimal, in order |
//! | json | STRING: the canonical text |
//! | points, vectors | LIST of FLOAT |
//! | lists and sets of values | LIST of the values' properties |
//! | maps, lists of value types | STRING: a JSON document |

use dbspec_core::kernel::{Item, Kernel, LeafId, LeafType, ListKind, ListType, Member, Scalar, Type};
use dbspec_core::program::{Codec, Fixed, Number};

/// The engine's word for a leaf's type.
pub(super) fn word(ty: &LeafType) -> &'static str {
    match ty {
        LeafType::Scalar(scalar) => of_scalar(scalar),
        LeafType::List(list) => match (&list.kind, &list.item) {
            (ListKind::List | ListKind::Set, Item::Scalar(scalar)) if !is_composite(scalar) => {
                match of_scalar(scalar) {
                    "BOOLEAN" => "LIST<BOOLEAN NOT NULL>",
                    "INTEGER" => "LIST<INTEGER NOT NULL>",
                    "FLOAT" => "LIST<FLOAT NOT NULL>",
                    _ => "LIST<STRING NOT NULL>",
                }
            }
            (ListKind::List | ListKind::Set | ListKind::Map { .. }, Item::Scalar(_) | Item::Group(_)) => {
                "STRING"
            }
        },
    }
}

/// Whether a value is a list of numbers, which can't stand in another list.
fn is_composite(scalar: &Scalar) -> bool {
    of_scalar(scalar) == "LIST<FLOAT NOT NULL>"
}

fn of_scalar(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "BOOLEAN",
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => "INTEGER",
        Scalar::Float64 => "FLOAT",
        Scalar::Decimal { .. }
        | Scalar::Duration
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
        | Scalar::Encrypted { .. } => "STRING",
        Scalar::Point | Scalar::Vector { .. } => "LIST<FLOAT NOT NULL>",
    }
}

fn scalar(kernel: &Kernel, of: &Scalar) -> Codec {
    match of {
        Scalar::Bool
        | Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Float64
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => Codec::Plain,
        Scalar::Decimal { precision, scale } => Codec::OrderedText(Number::Decimal {
            precision: *precision,
            scale: *scale,
        }),
        Scalar::Duration => Codec::OrderedText(Number::Duration),
        Scalar::Bytes { .. } => Codec::Hex,
        Scalar::Uuid => Codec::FixedText(Fixed::Uuid),
        Scalar::Date => Codec::FixedText(Fixed::Date),
        Scalar::Time => Codec::FixedText(Fixed::Time),
        Scalar::Timestamp => Codec::FixedText(Fixed::Timestamp),
        Scalar::Enum(id) => Codec::Label {
            labels: kernel.enums[*id].labels.clone(),
            ordered: kernel.enums[*id].ordered,
        },
        Scalar::Json => Codec::JsonText,
        Scalar::Point | Scalar::Vector { .. } => Codec::Each(Box::new(Codec::Plain)),
    }
}

/// A value within a JSON document, where numbers are texts, so that they stay exact.
fn written(kernel: &Kernel, of: &Scalar) -> Codec {
    match of {
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Codec::NumberText(Number::Int),
        Scalar::Float64 => Codec::NumberText(Number::Float),
        Scalar::Point | Scalar::Vector { .. } => Codec::Each(Box::new(Codec::NumberText(Number::Float))),
        Scalar::Bool
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Hashed
        | Scalar::Encrypted { .. }
        | Scalar::Decimal { .. }
        | Scalar::Duration
        | Scalar::Bytes { .. }
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Enum(_)
        | Scalar::Json => scalar(kernel, of),
    }
}

/// How a leaf's value stands as a property.
pub(super) fn property(kernel: &Kernel, ty: &LeafType) -> Codec {
    match ty {
        LeafType::Scalar(of) => scalar(kernel, of),
        LeafType::List(list) => match (&list.kind, &list.item) {
            (ListKind::List | ListKind::Set, Item::Scalar(of)) if !is_composite(of) => {
                Codec::Each(Box::new(scalar(kernel, of)))
            }
            (ListKind::List | ListKind::Set | ListKind::Map { .. }, Item::Scalar(_) | Item::Group(_)) => {
                Codec::Document(Box::new(items(kernel, list)))
            }
        },
    }
}

fn items(kernel: &Kernel, list: &ListType) -> Codec {
    let value = match &list.item {
        Item::Scalar(of) => written(kernel, of),
        Item::Group(members) => group(kernel, members),
    };
    Codec::Each(Box::new(match list.kind {
        ListKind::List | ListKind::Set => value,
        ListKind::Map { .. } => Codec::Members(vec![("key".into(), Codec::Plain), ("value".into(), value)]),
    }))
}

fn group(kernel: &Kernel, members: &[Member]) -> Codec {
    let of = |member: &Member| {
        let codec = match &member.ty {
            Type::Scalar(of) => written(kernel, of),
            Type::Group(inner) => group(kernel, inner),
            Type::List(list) => items(kernel, list),
            // References and ranges don't stand in a collection's value types.
            Type::Ref(_) | Type::Range(_) => Codec::Plain,
        };
        (member.name.clone(), codec)
    };
    Codec::Members(members.iter().map(of).collect())
}

/// Whether the engine compares a leaf's properties for equality as the model compares the values.
pub(super) fn equal(kernel: &Kernel, leaf: LeafId) -> bool {
    !kernel.leaves[leaf].ignore_case && longest(kernel, leaf).is_some()
}

/// Whether the engine orders a leaf's properties as the model orders the values.
pub(super) fn ordered(kernel: &Kernel, leaf: LeafId) -> bool {
    !kernel.leaves[leaf].ignore_case
        && match &kernel.leaves[leaf].ty {
            LeafType::Scalar(Scalar::Enum(id)) => !kernel.enums[*id].ordered,
            LeafType::Scalar(Scalar::Text) => true,
            LeafType::Scalar(_) | LeafType::List(_) => longest(kernel, leaf).is_some(),
        }
}

/// The most bytes that a leaf's value takes in an index; `None` where it can't stand there, or has no limit.
pub(super) fn longest(kernel: &Kernel, leaf: LeafId) -> Option<u64> {
    let LeafType::Scalar(scalar) = &kernel.leaves[leaf].ty else {
        return None;
    };
    Some(match scalar {
        Scalar::Bool => 1,
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Float64 => 9,
        Scalar::Duration => 20,
        Scalar::Decimal { precision, .. } => u64::from(*precision) + 1,
        Scalar::String { max } => u64::from(*max) * 4,
        Scalar::Bytes { max } => u64::from(*max) * 2,
        Scalar::Uuid => 36,
        Scalar::Date => 10,
        Scalar::Time => 15,
        Scalar::Timestamp => 27,
        Scalar::Enum(id) => kernel.enums[*id].labels.iter().map(|it| it.len() as u64).max()?,
        Scalar::Encrypted { max, lookup: true } => u64::from(*max) * 8 + 200,
        Scalar::Text
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. }
        | Scalar::Hashed
        | Scalar::Encrypted { lookup: false, .. } => return None,
    })
}

/// The most bytes of an index's key, with room for what the engine adds.
/// Source: <https://neo4j.com/docs/cypher-manual/5/indexes/search-performance-indexes/managing-indexes/#indexes-future-range-limitations>
pub(super) const LONGEST: u64 = 8_000;

/// Whether an index can hold some leaves.
pub(super) fn fit_index(kernel: &Kernel, leaves: &[LeafId]) -> bool {
    let each = leaves.iter().map(|leaf| longest(kernel, *leaf).map(|it| it + 4));
    each.sum::<Option<u64>>().is_some_and(|sum| sum <= LONGEST)
}
