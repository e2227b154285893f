//! A reference to something without rows.

use super::Rule;
use crate::diag::Code;

/// A reference to something without rows.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0207",
        name: "not-an-entity",
        docs: "`->` names a row of an entity or a relation. Values of enums and types are written without the arrow.",
    },
    bad: "enum Colour { red }\nentity A { id: int32 @key  c: -> Colour }",
    good: "enum Colour { red }\nentity A { id: int32 @key  c: Colour }",
};
