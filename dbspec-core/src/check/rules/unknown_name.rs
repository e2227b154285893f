//! A name that nothing has.

use super::Rule;
use crate::diag::{Code, Diagnostic, Fix};
use crate::model::Name;
use crate::syntax::nearest;

/// A name that nothing has.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0202",
        name: "unknown-name",
        docs: "Nothing of that name can be meant here. Look at the spelling, or declare it.",
    },
    bad: "entity A { id: int32 @key  c: Colour }",
    good: "enum Colour { red blue }\nentity A { id: int32 @key  c: Colour }",
};

/// Nothing of that name is known where it stands; names what is near. `what` is said as "role" or "field of `Order`".
pub(in crate::check) fn unknown<'c>(
    what: &str,
    name: &Name,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Diagnostic {
    let (what, message) = match what.split_once(" of ") {
        Some((what, of)) => (what, format!("{of} has no {what} `{name}`")),
        None => (what, format!("there is no {what} `{name}`")),
    };
    let found = RULE.error(message).at(name.at, "not known here");
    match nearest(&name.text, candidates) {
        Some(near) => {
            let help = format!("did you mean `{near}`?");
            found
                .help(help)
                .fix(Fix::maybe(format!("write `{near}`"), name.at, near))
        }
        None => found.help(format!("declare the {what}, or look at the spelling")),
    }
}
