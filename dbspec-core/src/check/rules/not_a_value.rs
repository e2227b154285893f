//! A condition where a value must stand.

use super::Rule;
use crate::diag::Code;

/// A condition where a value must stand.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0306",
        name: "not-a-value",
        docs: "Conditions aren't operands: they can't be compared, added or stored. A field that is true or false can.",
    },
    bad: "entity A { id: int32 @key  n: int32  b: bool  check c: b == (n > 0) }",
    good: "entity A { id: int32 @key  n: int32  b: bool  check c: b and n > 0 or not b and n <= 0 }",
};
