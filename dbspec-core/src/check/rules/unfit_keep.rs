//! A retention without an instant to count from.

use super::Rule;
use crate::diag::Code;

/// A retention without an instant to count from.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0217",
        name: "unfit-keep",
        docs: "`keep … from` names a timestamp or a date of the row. Without `from`, the entity must have `@audit`, whose `created_at` is taken.",
    },
    bad: "entity A { id: int32 @key  name: string(9) }\nkeep A at least 7 years from name",
    good: "entity A { id: int32 @key  at: timestamp }\nkeep A at least 7 years from at",
};
