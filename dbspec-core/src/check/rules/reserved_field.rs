//! A name that a modifier of the entity takes.

use super::Rule;
use crate::diag::Code;

/// A name that a modifier of the entity takes.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0203",
        name: "reserved-field",
        docs: "`@version` adds a field `version`, `@audit` adds `created_at`, `created_by`, `updated_at` and `updated_by`, `@soft_delete` adds `deleted_at`, subtypes add `is`, and an owned entity has its `owner`. Rename the field, or leave out the modifier.",
    },
    bad: "entity A @version { id: int32 @key  version: int64 }",
    good: "entity A @version { id: int32 @key  edition: int64 }",
};
