//! Kernel ↔ texts: everything in a hash's fields is a text.
//!
//! | type | text |
//! |---|---|
//! | bool | `true`, `false` |
//! | integers, decimals, durations | decimal digits: exact |
//! | float64 | the shortest digits that give it again |
//! | uuid, date, time, timestamp | of fixed width |
//! | enums | the label |
//! | strings, json, secrets | as they are |
//! | bytes | base64 |
//! | points, vectors, collections | a JSON document, numbers and all else as texts in it |
//!
//! How values stand in names and members of indexes: see [segments](crate::document::segment).

use dbspec_core::kernel::{Item, Kernel, LeafId, LeafType, ListKind, ListType, Member, Scalar, Type};
use dbspec_core::program::{Codec, Fixed, Number, Term};

use crate::document::term::{encode, filter, is_set, list, map, nth, slot};

pub(super) use crate::document::segment::{in_keys, longest, segment};

/// What stands in a field.
pub(super) fn word(ty: &LeafType) -> &'static str {
    match ty {
        LeafType::List(_) => "JSON",
        LeafType::Scalar(scalar) => match scalar {
            Scalar::Bool => "true or false",
            Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => "integer",
            Scalar::Duration => "microseconds",
            Scalar::Decimal { .. } => "decimal",
            Scalar::Float64 => "float",
            Scalar::Bytes { .. } => "base64",
            Scalar::Uuid => "uuid",
            Scalar::Date => "date",
            Scalar::Time => "time",
            Scalar::Timestamp => "timestamp",
            Scalar::Enum(_) => "label",
            Scalar::Json | Scalar::Point | Scalar::Vector { .. } => "JSON",
            Scalar::String { .. } | Scalar::Text => "text",
            Scalar::Hashed => "hash",
            Scalar::Encrypted { .. } => "secret",
        },
    }
}

fn plain(kernel: &Kernel, scalar: &Scalar) -> Codec {
    match scalar {
        Scalar::Bool => Codec::Document(Box::new(Codec::Plain)),
        Scalar::Point | Scalar::Vector { .. } => Codec::Document(Box::new(within(kernel, scalar))),
        Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Decimal { .. }
        | Scalar::Float64
        | Scalar::Duration
        | Scalar::Bytes { .. }
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Enum(_)
        | Scalar::Json
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => within(kernel, scalar),
    }
}

/// A scalar within a document.
fn within(kernel: &Kernel, scalar: &Scalar) -> Codec {
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
        Scalar::Point | Scalar::Vector { .. } => Codec::Each(Box::new(Codec::NumberText(Number::Float))),
    }
}

/// The text of a leaf's value.
pub(super) fn stored(kernel: &Kernel, leaf: LeafId) -> Codec {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => plain(kernel, scalar),
        LeafType::List(list) => Codec::Document(Box::new(items(kernel, list))),
    }
}

/// The same as a term: null stays null, which a document's text would not.
pub(super) fn text_of(kernel: &Kernel, leaf: LeafId, value: Term) -> Term {
    let codec = stored(kernel, leaf);
    if kernel.leaves[leaf].nullable && matches!(codec, Codec::Document(_)) {
        let given = filter(list([value]), super::program::Y, is_set(slot(super::program::Y)));
        let given = map(given, super::program::Y, encode(codec, slot(super::program::Y)));
        return nth(given, 0);
    }
    encode(codec, value)
}

fn items(kernel: &Kernel, list: &ListType) -> Codec {
    let value = match &list.item {
        Item::Scalar(scalar) => within(kernel, scalar),
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
            Type::Scalar(scalar) => within(kernel, scalar),
            Type::Group(inner) => group(kernel, inner),
            Type::List(list) => items(kernel, list),
            // References and ranges don't stand in a collection's value types.
            Type::Ref(_) | Type::Range(_) => Codec::Plain,
        };
        (member.name.clone(), codec)
    };
    Codec::Members(members.iter().map(of).collect())
}
