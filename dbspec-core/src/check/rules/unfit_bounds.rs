//! Bounds that nothing can satisfy, or that mean nothing here.

use super::Rule;
use crate::diag::Code;

/// Bounds that nothing can satisfy, or that mean nothing here.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0212",
        name: "unfit-bounds",
        docs: "The least may not pass the greatest; sizes and counts are whole numbers and not negative; bounds of a number must be values of its type; other types have no bounds.",
    },
    bad: "entity A { id: int32 @key  n: int32 9..1 }",
    good: "entity A { id: int32 @key  n: int32 1..9 }",
};
