//! A path to many rows where one value must stand.

use super::Rule;
use crate::diag::Code;

/// A path to many rows where one value must stand.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0307",
        name: "path-to-many",
        docs: "Say what of the many is meant: `any`, `all` or `none` of them, `count(…)`, `sum(…, …)`, or `x in path`.",
    },
    bad: "entity A { id: int32 @key  check c: bs.n > 0 }\nentity B { id: int32 @key  n: int32  a: -> A inverse bs }",
    good: "entity A { id: int32 @key  check c: all bs (n > 0) }\nentity B { id: int32 @key  n: int32  a: -> A inverse bs }",
};
