//! Numbers that can't be true together.

use super::Rule;
use crate::diag::Code;

/// Numbers that can't be true together.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0215",
        name: "contradicting-volume",
        docs: "An average and a 99th percentile lie within the bounds and below the largest size, and the one isn't a hundredfold of the other; shares are at most 100 %; only what may be null has nulls; there are no more different values than rows; and an owner's rows times the most that each may have must hold all owned rows.",
    },
    bad: "entity A { id: int32 @key  volume 10 }\nentity B in A as bs 0..5 { n: int32 @key  volume 1_000 }",
    good: "entity A { id: int32 @key  volume 1_000 }\nentity B in A as bs 0..5 { n: int32 @key  volume 1_000 }",
};
