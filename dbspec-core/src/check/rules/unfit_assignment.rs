//! A field that a write doesn't set.

use super::Rule;
use crate::diag::Code;

/// A field that a write doesn't set.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0501",
        name: "unfit-assignment",
        docs: "Derived fields, versions and audit fields are kept by the writes themselves; keys don't change unless they are `@mutable`, `@immutable` fields never do; a field is set once in a statement.",
    },
    bad: "entity A @version { id: int32 @key }\nwrite w (a: -> A) { update A where self == $a set version = 1 }",
    good: "entity A @version { id: int32 @key  n: int32 }\nwrite w (a: -> A) { update A where self == $a set n = 1 }",
};
