//! A modifier that says nothing about such a field.

use super::Rule;
use crate::diag::Code;

/// A modifier that says nothing about such a field.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0211",
        name: "unfit-modifier",
        docs: "The modifier needs a field of another kind: `on delete`, `inverse`, `sharing` and `@tenant` stand on references, `@matches` and `@ignore_case` on strings, `@lookup` on encrypted values, `@mutable` on keys; `on delete set null` needs a reference that may be null.",
    },
    bad: "entity A { id: int32 @key  n: int32 @ignore_case }",
    good: "entity A { id: int32 @key  n: string(9) @ignore_case }",
};
