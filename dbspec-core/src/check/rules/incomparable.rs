//! Values without the order or equality that is asked for.

use super::Rule;
use crate::diag::Code;

/// Values without the order or equality that is asked for.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0302",
        name: "incomparable",
        docs: "json, point, vector, hashed and encrypted values have no order and no equality (`@lookup` gives an encrypted one `==` and `in`); booleans, references, value types and enums that aren't `ordered` have no order.",
    },
    bad: "enum S { a b }\nentity A { id: int32 @key  s: S  check c: s > a }",
    good: "enum S ordered { a b }\nentity A { id: int32 @key  s: S  check c: s > a }",
};
