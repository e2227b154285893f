//! A function that isn't known, or not with these arguments.

use super::Rule;
use crate::diag::Code;

/// A function that isn't known, or not with these arguments.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0308",
        name: "unfit-call",
        docs: "Functions are `date year month day hour length size lower upper abs now today count sum min max avg verify`, `date(\"…\") time(\"…\") timestamp(\"…\") uuid(\"…\") bytes(\"…\") duration(\"…\")`, and, as defaults, `uuid7 uuid4 sequence`.",
    },
    bad: "entity A { id: int32 @key  n: int32  check c: root(n) > 1 }",
    good: "entity A { id: int32 @key  n: int32  check c: abs(n) > 1 }",
};
