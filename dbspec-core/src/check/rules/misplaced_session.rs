//! `session` in something that is true or false for everybody.

use super::Rule;
use crate::diag::Code;

/// `session` in something that is true or false for everybody.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0309",
        name: "misplaced-session",
        docs: "Rules hold whoever asks, so they can't speak of `session`, `now()` or `today()` (a `check … on write` may speak of the time). Policies, defaults, accesses and writes can.",
    },
    bad: "session { staff: bool }\nentity A { id: int32 @key  check c: session.staff }",
    good: "session { staff: bool }\nentity A { id: int32 @key }\nrole r { read A }\npolicy p on A for r: session.staff",
};
