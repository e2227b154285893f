//! An optional parameter that may silence the whole query.

use super::Rule;
use crate::diag::Code;

/// An optional parameter that may silence the whole query.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0401",
        name: "optional-without-when",
        docs: "Where an optional parameter isn't given, a condition that uses it is unknown, and no row is found. Add `when $x`, or test `$x is null`.",
    },
    bad: "entity A { id: int32 @key  n: int32 }\naccess a (n: int32?) { from A where n == $n  full read }",
    good: "entity A { id: int32 @key  n: int32 }\naccess a (n: int32?) { from A where n == $n when $n  full read }",
};
