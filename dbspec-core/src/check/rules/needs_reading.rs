//! A path through a row that nobody has read.

use super::Rule;
use crate::diag::Code;

/// A path through a row that nobody has read.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0311",
        name: "needs-reading",
        docs: "A parameter `-> E` and the fields of a row variable are keys. What else the named row holds must be read first: `read E where self == $x as x`.",
    },
    bad: "entity A { id: int32 @key  n: int32 }\nwrite w (a: -> A) { require $a.n > 0 }",
    good: "entity A { id: int32 @key  n: int32 }\nwrite w (a: -> A) { read A where self == $a as a  require a.n > 0 }",
};
