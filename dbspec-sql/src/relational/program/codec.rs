//! How values stand in requests and replies: the other side of an engine's `sent` and `stored`.

use dbspec_core::kernel::{Item, Kernel, LeafType, ListKind, ListType, Member, Scalar, Type};
use dbspec_core::program::{Codec, Fixed, Number};

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Given,
    Read,
}

/// A value as a text: a bind.
pub(crate) fn bind(kernel: &Kernel, scalar: &Scalar) -> Codec {
    match scalar {
        Scalar::Bool => Codec::Document(Box::new(Codec::Plain)),
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Codec::NumberText(Number::Int),
        Scalar::Point | Scalar::Vector { .. } => Codec::Document(Box::new(codec(kernel, scalar, Way::Given))),
        Scalar::Decimal { .. }
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
        | Scalar::Json
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => codec(kernel, scalar, Way::Given),
    }
}

/// Lists of a scalar as the text of a JSON array.
pub(crate) fn bind_list(kernel: &Kernel, scalar: &Scalar) -> Codec {
    Codec::Document(Box::new(Codec::Each(Box::new(codec(kernel, scalar, Way::Given)))))
}

/// A leaf's value within a JSON document that is given.
pub(crate) fn given(kernel: &Kernel, ty: &LeafType) -> Codec {
    leaf(kernel, ty, Way::Given)
}

/// A leaf's value within a JSON document that is read.
pub(crate) fn read(kernel: &Kernel, ty: &LeafType) -> Codec {
    leaf(kernel, ty, Way::Read)
}

/// A leaf's value as it comes out: a map by its keys.
pub(crate) fn shown(kernel: &Kernel, ty: &LeafType) -> Codec {
    match ty {
        LeafType::List(list) if matches!(list.kind, ListKind::Map { .. }) => {
            Codec::Entries(Box::new(value(kernel, list, Way::Read)))
        }
        LeafType::Scalar(_) | LeafType::List(_) => read(kernel, ty),
    }
}

fn leaf(kernel: &Kernel, ty: &LeafType, way: Way) -> Codec {
    match ty {
        LeafType::Scalar(scalar) => codec(kernel, scalar, way),
        LeafType::List(list) => Codec::Each(Box::new(item(kernel, list, way))),
    }
}

fn value(kernel: &Kernel, list: &ListType, way: Way) -> Codec {
    match &list.item {
        Item::Scalar(scalar) => codec(kernel, scalar, way),
        Item::Group(members) => group(kernel, members, way),
    }
}

fn item(kernel: &Kernel, list: &ListType, way: Way) -> Codec {
    let value = value(kernel, list, way);
    match list.kind {
        ListKind::List | ListKind::Set => value,
        ListKind::Map { .. } => Codec::Members(vec![("key".into(), Codec::Plain), ("value".into(), value)]),
    }
}

fn group(kernel: &Kernel, members: &[Member], way: Way) -> Codec {
    let of = |member: &Member| {
        let codec = match &member.ty {
            Type::Scalar(scalar) => codec(kernel, scalar, way),
            Type::Group(inner) => group(kernel, inner, way),
            Type::List(list) => Codec::Each(Box::new(item(kernel, list, way))),
            // References and ranges don't stand in a collection's value types.
            Type::Ref(_) | Type::Range(_) => Codec::Plain,
        };
        (member.name.clone(), codec)
    };
    Codec::Members(members.iter().map(of).collect())
}

fn codec(kernel: &Kernel, scalar: &Scalar, way: Way) -> Codec {
    let floats = match way {
        Way::Given => Codec::Plain,
        Way::Read => Codec::NumberText(Number::Float),
    };
    match scalar {
        Scalar::Bool | Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Codec::Plain,
        Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => Codec::Plain,
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
        Scalar::Point | Scalar::Vector { .. } => Codec::Each(Box::new(floats)),
    }
}
