//! A value that isn't one per group.

use super::Rule;
use crate::diag::Code;

/// A value that isn't one per group.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0404",
        name: "ungrouped",
        docs: "In a grouped access, what is selected, ordered by or tested by `having` is a group key or an aggregate of the group's rows.",
    },
    bad: "entity A { id: int32 @key  n: int32  m: int32 }\naccess a () { from A group by n select m  full read }",
    good: "entity A { id: int32 @key  n: int32  m: int32 }\naccess a () { from A group by n select max(m) as m  full read }",
};
