//! Kernel ↔ attribute values and texts of keys.
//!
//! | type | attribute | in a key |
//! |---|---|---|
//! | bool | BOOL | `f`, `t` |
//! | integers, decimals, durations | N: 38 digits, exact | digits of fixed width, in order |
//! | float64 | S: N's range is smaller | the bits in order, hexadecimal |
//! | uuid, date, time, timestamp | S, of fixed width | the same |
//! | enums | S: the label | the label; the place of an ordered one's |
//! | strings | S | escaped, so that `#` can end them |
//! | bytes | B | hexadecimal |
//! | json, secrets | S | none |
//! | points, vectors, collections | L | none |

use dbspec_core::kernel::{Item, Kernel, LeafId, LeafType, ListKind, ListType, Member, Scalar, Type};
use dbspec_core::program::{Codec, Fixed, LeafCodec, Number, Term};

use crate::document::term::{concat, encode, not, text_if};

/// The engine's word for a leaf's type.
pub(super) fn word(ty: &LeafType) -> &'static str {
    match ty {
        LeafType::Scalar(scalar) => tag(scalar),
        LeafType::List(_) => "L",
    }
}

fn tag(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "BOOL",
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Decimal { .. } | Scalar::Duration => "N",
        Scalar::Bytes { .. } => "B",
        Scalar::Float64
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Enum(_)
        | Scalar::Json
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => "S",
        Scalar::Point | Scalar::Vector { .. } => "L",
    }
}

fn plain(kernel: &Kernel, scalar: &Scalar) -> Codec {
    match scalar {
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Codec::NumberText(Number::Int),
        Scalar::Decimal { precision, scale } => Codec::NumberText(Number::Decimal {
            precision: *precision,
            scale: *scale,
        }),
        Scalar::Float64 => Codec::NumberText(Number::Float),
        Scalar::Duration => Codec::NumberText(Number::Duration),
        Scalar::Bytes { .. } => Codec::Base64,
        Scalar::Uuid => Codec::FixedText(Fixed::Uuid),
        Scalar::Date => Codec::FixedText(Fixed::Date),
        Scalar::Time => Codec::FixedText(Fixed::Time),
        Scalar::Timestamp => Codec::FixedText(Fixed::Timestamp),
        Scalar::Enum(id) => Codec::Label {
            labels: kernel.enums[*id].labels.clone(),
            ordered: kernel.enums[*id].ordered,
        },
        Scalar::Json => Codec::JsonText,
        Scalar::Bool | Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => {
            Codec::Plain
        }
        Scalar::Point | Scalar::Vector { .. } => {
            let float = Codec::NumberText(Number::Float);
            Codec::Each(Box::new(Codec::Tagged("S".into(), Box::new(float))))
        }
    }
}

fn tagged(kernel: &Kernel, scalar: &Scalar) -> Codec {
    Codec::Tagged(tag(scalar).into(), Box::new(plain(kernel, scalar)))
}

/// The attribute value of a leaf's value.
pub(super) fn attribute(kernel: &Kernel, ty: &LeafType) -> Codec {
    match ty {
        LeafType::Scalar(scalar) => tagged(kernel, scalar),
        LeafType::List(list) => {
            Codec::Tagged("L".into(), Box::new(Codec::Each(Box::new(item(kernel, list)))))
        }
    }
}

/// What stands within the attribute value, by its type's word.
pub(super) fn within(kernel: &Kernel, ty: &LeafType) -> LeafCodec {
    match ty {
        LeafType::Scalar(scalar) => LeafCodec::One(plain(kernel, scalar)),
        LeafType::List(list) => LeafCodec::Many(item(kernel, list)),
    }
}

fn item(kernel: &Kernel, list: &ListType) -> Codec {
    let value = match &list.item {
        Item::Scalar(scalar) => tagged(kernel, scalar),
        Item::Group(members) => group(kernel, members),
    };
    match list.kind {
        ListKind::List | ListKind::Set => value,
        ListKind::Map { .. } => {
            let key = Codec::Tagged("S".into(), Box::new(Codec::Plain));
            let members = Codec::Members(vec![("key".into(), key), ("value".into(), value)]);
            Codec::Tagged("M".into(), Box::new(members))
        }
    }
}

fn group(kernel: &Kernel, members: &[Member]) -> Codec {
    let of = |member: &Member| {
        let codec = match &member.ty {
            Type::Scalar(scalar) => tagged(kernel, scalar),
            Type::Group(inner) => group(kernel, inner),
            Type::List(list) => {
                Codec::Tagged("L".into(), Box::new(Codec::Each(Box::new(item(kernel, list)))))
            }
            // References and ranges don't stand in a collection's value types.
            Type::Ref(_) | Type::Range(_) => Codec::Plain,
        };
        (member.name.clone(), codec)
    };
    let members = Codec::Members(members.iter().map(of).collect());
    Codec::Tagged("M".into(), Box::new(members))
}

/// Whether a leaf's values can stand in keys.
pub(super) fn in_keys(kernel: &Kernel, leaf: LeafId) -> bool {
    longest(kernel, leaf).is_some()
}

/// The most bytes that a leaf's value takes in a key; `None` where it can't stand there, or has no limit.
pub(super) fn longest(kernel: &Kernel, leaf: LeafId) -> Option<u64> {
    let LeafType::Scalar(scalar) = &kernel.leaves[leaf].ty else {
        return None;
    };
    Some(match scalar {
        Scalar::Bool => 1,
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Duration => 20,
        Scalar::Decimal { precision, .. } => u64::from(*precision) + 1,
        Scalar::Float64 => 16,
        // Four bytes a character; those that are escaped take two.
        Scalar::String { max } => u64::from(*max) * 4,
        Scalar::Bytes { max } => u64::from(*max) * 2,
        Scalar::Uuid => 36,
        Scalar::Date => 10,
        Scalar::Time => 15,
        Scalar::Timestamp => 27,
        Scalar::Enum(id) if kernel.enums[*id].ordered => 20,
        Scalar::Enum(id) => kernel.enums[*id]
            .labels
            .iter()
            .map(|it| it.len() as u64 * 2)
            .max()?,
        Scalar::Encrypted { max, lookup: true } => u64::from(*max) * 8 + 200,
        Scalar::Text
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. }
        | Scalar::Hashed
        | Scalar::Encrypted { lookup: false, .. } => return None,
    })
}

/// A leaf's value as a segment of a key: without `#`, in the value's order. Null stays null, but for a boolean.
pub(super) fn segment(kernel: &Kernel, leaf: LeafId, value: Term) -> Term {
    let LeafType::Scalar(scalar) = &kernel.leaves[leaf].ty else {
        return value;
    };
    match scalar {
        Scalar::Bool => concat([text_if("t", value.clone()), text_if("f", not(value))]),
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => encode(Codec::OrderedText(Number::Int), value),
        Scalar::Decimal { precision, scale } => {
            let number = Number::Decimal {
                precision: *precision,
                scale: *scale,
            };
            encode(Codec::OrderedText(number), value)
        }
        Scalar::Float64 => encode(Codec::OrderedText(Number::Float), value),
        Scalar::Duration => encode(Codec::OrderedText(Number::Duration), value),
        Scalar::Bytes { .. } => encode(Codec::Hex, value),
        Scalar::Enum(id) if kernel.enums[*id].ordered => {
            let rank = encode(Codec::Rank(kernel.enums[*id].labels.clone()), value);
            encode(Codec::OrderedText(Number::Int), rank)
        }
        Scalar::Enum(_) | Scalar::Uuid | Scalar::Date | Scalar::Time | Scalar::Timestamp => {
            encode(Codec::Segment, encode(plain(kernel, scalar), value))
        }
        Scalar::String { .. }
        | Scalar::Text
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. }
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => encode(Codec::Segment, value),
    }
}

/// Whether a leaf's values are texts, so that one of them may be empty.
pub(super) fn may_be_empty(kernel: &Kernel, leaf: LeafId) -> bool {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(
            Scalar::String { .. }
            | Scalar::Text
            | Scalar::Bytes { .. }
            | Scalar::Encrypted { .. }
            | Scalar::Enum(_),
        ) => true,
        LeafType::Scalar(
            Scalar::Bool
            | Scalar::Int16
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::Decimal { .. }
            | Scalar::Float64
            | Scalar::Uuid
            | Scalar::Date
            | Scalar::Time
            | Scalar::Timestamp
            | Scalar::Duration
            | Scalar::Json
            | Scalar::Point
            | Scalar::Vector { .. }
            | Scalar::Hashed,
        )
        | LeafType::List(_) => false,
    }
}
