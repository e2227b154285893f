//! A `when` that can't choose.

use super::Rule;
use crate::diag::Code;

/// A `when` that can't choose.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0402",
        name: "unfit-when",
        docs: "`when $x` needs a parameter that may be absent (`x: T?`), and there are four at most, because each doubles the ways in which the query is asked.",
    },
    bad: "entity A { id: int32 @key  n: int32 }\naccess a (n: int32) { from A where n == $n when $n  full read }",
    good: "entity A { id: int32 @key  n: int32 }\naccess a (n: int32?) { from A where n == $n when $n  full read }",
};
