//! Names: what they may be.
//!
//! `MongoDB` has no reserved words: in documents names stand as texts. But a `$` at the beginning makes an operator, a `.` a
//! way into a document, and `_id` is the key.

use dbspec_core::backend::naming::{LengthUnit, Limits};

/// A collection's name with its database's has at most 255 bytes: this leaves room for the database, and for the index's
/// suffixes of engines that speak the same protocol.
/// Source: <https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions>
const LONGEST: usize = 120;

/// What names may be.
pub(super) fn limits() -> Limits {
    Limits {
        max_len: LONGEST,
        unit: LengthUnit::Bytes,
        min_len: 1,
        folds_case: false,
        allowed: |it| it.is_ascii_alphanumeric() || it == '_',
    }
}
