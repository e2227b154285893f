//! A key that is part of itself.

use super::Rule;
use crate::diag::Code;

/// A key that is part of itself.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0206",
        name: "cyclic-key",
        docs: "A reference is stored as the key of what it names. Where the keys of two entities name each other, neither can be stored. Give one of them a key of its own.",
    },
    bad: "entity A { b: -> B @key }\nentity B { a: -> A @key }",
    good: "entity A { b: -> B @key }\nentity B { id: int32 @key }",
};
