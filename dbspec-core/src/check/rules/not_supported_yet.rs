//! What the language has and no compiler handles yet.

use super::Rule;
use crate::diag::{Code, Diagnostic};
use crate::span::Span;

/// What the language has and no compiler handles yet.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0601",
        name: "not-compiled-yet",
        docs: "The language will mean this, and this release doesn't. The message says what to write instead, where there is something.",
    },
    bad: "entity A @history { id: int32 @key }",
    good: "entity A { id: int32 @key }",
};

/// `what` is said as a noun phrase: "`@history`".
pub(in crate::check) fn unsupported(what: &str, at: Span, instead: &str) -> Diagnostic {
    RULE.error(format!("{what} can't be compiled yet"))
        .at(at, "not supported yet")
        .why("the language has it, and no compiler of this release handles it")
        .help(instead)
}
