//! An access that finds rows by a value that very many share.

use super::Rule;
use crate::diag::Code;

/// An access that finds rows by a value that very many share.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "W0452",
        name: "low-cardinality",
        docs: "All equalities of the access are on fields with few values, so that it reads a large part of the entity. Add a condition, an order with a `limit`, or say `full read`.",
    },
    bad: "entity A { id: int32 @key  b: bool  volume 1_000_000 }\naccess a (b: bool) { from A where b == $b }",
    good: "entity A { id: int32 @key  b: bool  volume 1_000_000 }\naccess a (b: bool) { from A where b == $b  full read }",
};
