//! A bare word that is both a field and something else.

use super::Rule;
use crate::diag::{Code, Diagnostic, Fix};
use crate::model::Name;

/// A bare word that is both a field and something else.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0208",
        name: "ambiguous-word",
        docs: "Beside an enum, a bare word is one of its labels, elsewhere a field. Where both exist, say which: `self.word` is the field, `\"word\"` the label. A variable of a write that has the name of a field must be called otherwise where that field is in sight.",
    },
    bad: "enum Status { draft done }\nentity A { id: int32 @key  draft: Status  status: Status  check c: status == draft }",
    good: "enum Status { draft done }\nentity A { id: int32 @key  draft: Status  status: Status  check c: status == \"draft\" }",
};

pub(in crate::check) fn ambiguous(name: &Name) -> Diagnostic {
    RULE.error(format!("`{name}` is both a field and a label"))
        .at(name.at, "which of the two?")
        .why("beside an enum a bare word is a label, elsewhere a field")
        .help(format!(
            "write `\"{name}\"` for the label, `self.{name}` for the field"
        ))
        .fix(Fix::maybe("take the label", name.at, format!("\"{name}\"")))
        .fix(Fix::maybe("take the field", name.at, format!("self.{name}")))
}

pub(in crate::check) fn of_variable(name: &Name) -> Diagnostic {
    RULE.error(format!("`{name}` is both a field and a variable"))
        .at(name.at, "which of the two?")
        .why("in a statement about rows a bare word is a field, elsewhere a variable")
        .help(format!(
            "rename the variable, or write `self.{name}` for the field"
        ))
        .fix(Fix::maybe("take the field", name.at, format!("self.{name}")))
}
