//! A derived field that is worked out from itself.

use super::Rule;
use crate::diag::Code;

/// A derived field that is worked out from itself.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0216",
        name: "cyclic-derivation",
        docs: "Following what derived fields are worked out from must end at fields that are written.",
    },
    bad: "entity A { id: int32 @key  derive b: int64 = c + 1  derive c: int64 = b + 1 }",
    good: "entity A { id: int32 @key  n: int64  derive b: int64 = n + 1  derive c: int64 = b + 1 }",
};
