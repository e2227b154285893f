//! An entity without a key.

use super::Rule;
use crate::diag::Code;

/// An entity without a key.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0209",
        name: "missing-key",
        docs: "Every row is found by its key. Mark the fields that tell rows apart with `@key`, or add one: `id: uuid = uuid7() @key`. An owned entity needs a key within its owner, unless the owner has at most one.",
    },
    bad: "entity A { name: string(10) }",
    good: "entity A { id: uuid = uuid7() @key  name: string(10) }",
};
