//! Names: what they may be, and how words are quoted.
//!
//! Redis has no reserved words: keys and fields are strings of bytes. But `:` separates the parts of a key here, and braces
//! make its hash tag.

use std::fmt::Write as _;

use dbspec_core::backend::naming::{LengthUnit, Limits};

/// Longer keys are a bad idea in memory and comparisons, says the manual: this leaves room for what follows a name.
/// Source: <https://redis.io/docs/latest/develop/using-commands/keyspace/>
const LONGEST: usize = 120;

/// What names may be.
pub(super) fn limits() -> Limits {
    Limits {
        max_len: LONGEST,
        unit: LengthUnit::Bytes,
        min_len: 1,
        folds_case: false,
        allowed: is_plain,
    }
}

/// Whether a character may stand in names.
pub(super) fn is_plain(it: char) -> bool {
    it.is_alphanumeric() || matches!(it, '_' | '.' | '-')
}

/// A word of a command, as `redis-cli` reads it.
/// Source: <https://redis.io/docs/latest/develop/tools/cli/#string-quoting-and-escaping>
pub(super) fn quoted(word: &str) -> String {
    let mut text = String::with_capacity(word.len() + 2);
    text.push('"');
    for it in word.chars() {
        match it {
            '"' | '\\' => text.extend(['\\', it]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            it if it.is_ascii_control() => {
                let _ = write!(text, "\\x{:02x}", u32::from(it));
            }
            it => text.push(it),
        }
    }
    text.push('"');
    text
}
