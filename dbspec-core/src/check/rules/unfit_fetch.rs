//! Something that doesn't come along.

use super::Rule;
use crate::diag::Code;

/// Something that doesn't come along.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0405",
        name: "unfit-fetch",
        docs: "`with` names references, inverses, owned rows and relations, from the source on.",
    },
    bad: "entity A { id: int32 @key  n: int32 }\naccess a (id: int32) { from A where id == $id with n }",
    good: "entity A { id: int32 @key  b: -> B }\nentity B { id: int32 @key }\naccess a (id: int32) { from A where id == $id with b }",
};
