//! A rule over fields that it can't be about.

use super::Rule;
use crate::diag::Code;

/// A rule over fields that it can't be about.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0218",
        name: "unfit-rule",
        docs: "`no overlap` ends with a range; `exclusive` is over two or more fields that may be null; `at most` counts at least one; a subtype has no key, owner or marks of its own, because its rows are rows of its base.",
    },
    bad: "entity A { id: int32 @key  a: int32  b: int32?  exclusive e (a, b) }",
    good: "entity A { id: int32 @key  a: int32?  b: int32?  exclusive e (a, b) }",
};
