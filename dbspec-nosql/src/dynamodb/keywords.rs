//! Names: what they may be.
//!
//! `DynamoDB` has 573 reserved words, in expressions alone. No expression here holds a name: all stand behind `#`
//! placeholders, so no list of the words is needed and no name needs quoting.

use dbspec_core::backend::naming::{LengthUnit, Limits};

/// The longest name of a table, an index or an attribute that is part of an index's key.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const LONGEST: usize = 255;

/// What names may be. Tables' and indexes' have at least 3 characters, which their own wishes see to.
pub(super) fn limits() -> Limits {
    Limits {
        max_len: LONGEST,
        unit: LengthUnit::Bytes,
        min_len: 1,
        // The service tells them apart, but DynamoDB Local fails: what is tried there shall be what is used here.
        folds_case: true,
        allowed: |it| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-'),
    }
}

/// A text as one word of a shell's command line.
pub(super) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
