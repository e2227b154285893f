//! An entity that owns itself, or is a kind of itself.

use super::Rule;
use crate::diag::Code;

/// An entity that owns itself, or is a kind of itself.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0204",
        name: "cyclic-ownership",
        docs: "`in` and `is` form trees: following them from any entity must end. Make one of the steps a reference.",
    },
    bad: "entity A in B as many { id: int32 @key }\nentity B in A as others { id: int32 @key }",
    good: "entity A in B as many { id: int32 @key }\nentity B { id: int32 @key }",
};
