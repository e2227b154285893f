//! A type that is part of itself.

use super::Rule;
use crate::diag::Code;

/// A type that is part of itself.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0205",
        name: "cyclic-type",
        docs: "Named types and value types are written out where they are used, which must end. Give the thing an entity of its own.",
    },
    bad: "type A { b: B }\ntype B { a: A }\nentity E { id: int32 @key  a: A }",
    good: "type A { b: B }\ntype B { n: int32 }\nentity E { id: int32 @key  a: A }",
};
