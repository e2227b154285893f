//! Names: what they may be.
//!
//! Every name stands in backticks, so that no word is reserved. Within them Cypher still reads backslashes as escapes, so
//! that names hold none.

use dbspec_core::backend::naming::{LengthUnit, Limits};

/// The longest name that is made. The engine takes 16,383 characters; what nobody can read isn't made.
/// Source: <https://neo4j.com/docs/cypher-manual/5/syntax/naming/>
pub(super) const LONGEST: usize = 255;

/// What names may be.
pub(super) fn limits() -> Limits {
    Limits {
        max_len: LONGEST,
        unit: LengthUnit::Characters,
        min_len: 1,
        folds_case: false,
        allowed: |it| !it.is_control() && !matches!(it, '`' | '\\'),
    }
}
