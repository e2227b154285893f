//! A comparison with null.

use super::Rule;
use crate::diag::Code;

/// A comparison with null.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0304",
        name: "null-compared",
        docs: "A comparison with null is never true. Write `is null` or `is not null`.",
    },
    bad: "entity A { id: int32 @key  n: int32?  check c: n != null }",
    good: "entity A { id: int32 @key  n: int32?  check c: n is not null }",
};
