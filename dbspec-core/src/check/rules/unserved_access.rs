//! An access that reads everything and doesn't say so.

use super::Rule;
use crate::diag::Code;

/// An access that reads everything and doesn't say so.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "W0451",
        name: "unserved-access",
        docs: "No condition of the access names a value, a range or a beginning, so every row would be read. Add a condition or a `limit` with an order, or say `full read`.",
    },
    bad: "entity A { id: int32 @key  n: int32 }\naccess a () { from A }",
    good: "entity A { id: int32 @key  n: int32 }\naccess a () { from A  full read }",
};
