//! A value where a condition must stand.

use super::Rule;
use crate::diag::Code;

/// A value where a condition must stand.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0305",
        name: "not-a-condition",
        docs: "A condition is a comparison, a test or a field that is true or false.",
    },
    bad: "entity A { id: int32 @key  n: int32  check c: n }",
    good: "entity A { id: int32 @key  n: int32  check c: n > 0 }",
};
