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

use dbspec_core::kernel::{Item, Kernel, LeafType, ListKind, ListType, Member, Scalar, Type};
use dbspec_core::program::{Codec, Fixed, LeafCodec, Number};

pub(super) use crate::document::segment::{in_keys, longest, may_be_empty, segment};

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
