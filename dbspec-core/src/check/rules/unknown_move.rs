//! Moves of something that has no such labels.

use super::Rule;
use crate::diag::Code;

/// Moves of something that has no such labels.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0214",
        name: "unfit-moves",
        docs: "`moves` speaks of a field whose type is an enum, and of its labels.",
    },
    bad: "enum S { a b }\nentity A { id: int32 @key  s: S  moves s { a -> c } }",
    good: "enum S { a b }\nentity A { id: int32 @key  s: S  moves s { a -> b } }",
};
