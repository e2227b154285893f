//! A key or unique field that can't tell rows apart.

use super::Rule;
use crate::diag::Code;

/// A key or unique field that can't tell rows apart.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0210",
        name: "unfit-key",
        docs: "A key is never null, and key and unique fields have an equality: json, point, vector, hashed values, lists and encrypted values without `@lookup` have none. A key has at most 32 values, those of the keys in it among them.",
    },
    bad: "entity A { id: int32? @key }",
    good: "entity A { id: int32 @key }",
};
