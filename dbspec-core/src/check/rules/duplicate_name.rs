//! Two things of one namespace have one name.

use super::Rule;
use crate::diag::{Code, Diagnostic};
use crate::span::Span;

/// Two things of one namespace have one name.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0201",
        name: "duplicate-name",
        docs: "Entities, relations, enums and types share one namespace; accesses and writes another; so do the members of each entity (fields, inverses, owned names, named rules), the labels of an enum, parameters, roles, policies, targets, scales. Rename one of the two.",
    },
    bad: "entity A { id: int32 @key }\nentity A { id: int32 @key }",
    good: "entity A { id: int32 @key }\nentity B { id: int32 @key }",
};

pub(in crate::check) fn duplicate(what: &str, name: &str, at: Span, first: Span) -> Diagnostic {
    RULE.error(format!("{what} `{name}` is declared twice"))
        .at(at, "again here")
        .at(first, "first declared here")
        .help("rename one of the two")
}
