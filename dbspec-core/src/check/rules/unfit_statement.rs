//! A statement about something that it can't be about.

use super::Rule;
use crate::diag::Code;

/// A statement about something that it can't be about.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0503",
        name: "unfit-statement",
        docs: "`for` goes over a list parameter; `insert … into x.lines` adds rows that x owns or that refer to it; `restore` needs an entity with `@soft_delete`; an append-only entity is neither updated nor deleted from; `return` stands once, at the end.",
    },
    bad: "entity A { id: int32 @key }\nwrite w (a: -> A) { restore A where self == $a }",
    good: "entity A @soft_delete { id: int32 @key }\nwrite w (a: -> A) { restore A where self == $a }",
};
