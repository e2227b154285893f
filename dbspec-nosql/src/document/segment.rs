//! Segments of composed keys: texts in the order of their values, without `#`, so that it can end them.
//!
//! | type | segment |
//! |---|---|
//! | bool | `f`, `t` |
//! | integers, decimals, durations | digits of fixed width, in order |
//! | float64 | the bits in order, hexadecimal |
//! | uuid, date, time, timestamp | text of fixed width |
//! | enums | the label; the place of an ordered one's |
//! | strings | escaped, so that `#` can end them |
//! | bytes | hexadecimal |
//! | json, secrets, points, vectors, collections | none |

use dbspec_core::kernel::{Kernel, LeafId, LeafType, Scalar};
use dbspec_core::program::{Codec, Fixed, Number, Term};

use crate::document::term::{concat, encode, is_null, is_set, not, text, text_if};

/// Whether a leaf's values can stand in keys.
pub(crate) fn in_keys(kernel: &Kernel, leaf: LeafId) -> bool {
    longest(kernel, leaf).is_some()
}

/// The most bytes that a leaf's value takes in a key; `None` where it can't stand there, or has no limit.
pub(crate) fn longest(kernel: &Kernel, leaf: LeafId) -> Option<u64> {
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
pub(crate) fn segment(kernel: &Kernel, leaf: LeafId, value: Term) -> Term {
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
        Scalar::Enum(id) => {
            let label = Codec::Label {
                labels: kernel.enums[*id].labels.clone(),
                ordered: false,
            };
            encode(Codec::Segment, encode(label, value))
        }
        Scalar::Uuid => fixed(Fixed::Uuid, value),
        Scalar::Date => fixed(Fixed::Date, value),
        Scalar::Time => fixed(Fixed::Time, value),
        Scalar::Timestamp => fixed(Fixed::Timestamp, value),
        Scalar::String { .. }
        | Scalar::Text
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. }
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => encode(Codec::Segment, value),
    }
}

fn fixed(fixed: Fixed, value: Term) -> Term {
    encode(Codec::Segment, encode(Codec::FixedText(fixed), value))
}

/// Whether a leaf's values are texts, so that one of them may be empty.
pub(crate) fn may_be_empty(kernel: &Kernel, leaf: LeafId) -> bool {
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

/// Segments joined by `#`. None is empty, and where a leaf can be null, a digit before says whether it is.
pub(crate) fn joined(kernel: &Kernel, leaves: &[LeafId], value: &dyn Fn(LeafId) -> Term) -> Term {
    let mut parts = Vec::new();
    for leaf in leaves {
        if !parts.is_empty() {
            parts.push(text("#"));
        }
        let it = &kernel.leaves[*leaf];
        let value = value(*leaf);
        if it.nullable {
            parts.push(text_if("1", is_null(value.clone())));
            parts.push(text_if("0", is_set(value.clone())));
        }
        let segment = segment(kernel, *leaf, value);
        let may_be_empty = may_be_empty(kernel, *leaf) && !it.nullable;
        parts.push(if may_be_empty {
            encode(Codec::NonEmpty, segment)
        } else {
            segment
        });
    }
    match <[Term; 1]>::try_from(parts) {
        Ok([one]) => one,
        Err(parts) => concat(parts),
    }
}

/// Segments of which each begins with `0` and ends with `#`, while null is `1#`: nulls are last, whatever stands behind is
/// smaller than what goes on, and nothing is ever empty.
pub(crate) fn ended(kernel: &Kernel, leaves: &[LeafId], value: &dyn Fn(LeafId) -> Term) -> Term {
    let mut parts = Vec::new();
    for leaf in leaves {
        let value = value(*leaf);
        let segment = segment(kernel, *leaf, value.clone());
        if kernel.leaves[*leaf].nullable {
            parts.push(text_if("1#", is_null(value.clone())));
            parts.push(text_if("0", is_set(value.clone())));
            parts.push(segment);
            parts.push(text_if("#", is_set(value)));
        } else {
            parts.extend([text("0"), segment, text("#")]);
        }
    }
    concat(parts)
}
