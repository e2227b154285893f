//! A literal that is no value of its type.

use super::Rule;
use crate::diag::Code;

/// A literal that is no value of its type.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0303",
        name: "unfit-literal",
        docs: "A literal takes the type of what it meets, and must be one of its values: within its range, with no more digits behind the point, a label of the enum, a calendar date from year 1 to 9999.",
    },
    bad: "entity A { id: int32 @key  n: int16 = 40_000 }",
    good: "entity A { id: int32 @key  n: int16 = 30_000 }",
};
