//! A type with parameters that it can't have.

use super::Rule;
use crate::diag::Code;

/// A type with parameters that it can't have.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0213",
        name: "unfit-type",
        docs: "`decimal(p, s)` has 1 to 38 digits and no more of them behind the point than in all; sizes and dimensions begin at 1; items of collections are values or value types, and never null; keys of maps are strings; ranges are over numbers, dates and timestamps. Declared types nest at most 32 deep and hold at most 1,000 values, written out.",
    },
    bad: "entity A { id: int32 @key  n: decimal(39, 2) }",
    good: "entity A { id: int32 @key  n: decimal(38, 2) }",
};
