//! A value of another type than is needed.

use super::Rule;
use crate::diag::Code;

/// A value of another type than is needed.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0301",
        name: "wrong-type",
        docs: "Values don't change their type unseen. Compare and assign values of one type, or call what turns the one into the other: `date(at)` is the date of a timestamp, `date(\"2008-01-01\")` a date written out.",
    },
    bad: "entity A { id: int32 @key  at: date  check c: at > \"2008-01-01\" }",
    good: "entity A { id: int32 @key  at: date  check c: at > date(\"2008-01-01\") }",
};
