//! An insert that leaves out what must be set.

use super::Rule;
use crate::diag::Code;

/// An insert that leaves out what must be set.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0502",
        name: "incomplete-insert",
        docs: "Fields that may not be null and have no default must be given a value.",
    },
    bad: "entity A { id: int32 @key  n: int32 }\nwrite w (id: int32) { insert A { id = $id } }",
    good: "entity A { id: int32 @key  n: int32 }\nwrite w (id: int32) { insert A { id = $id  n = 0 } }",
};
