//! A secret where it would be seen or compared.

use super::Rule;
use crate::diag::Code;

/// A secret where it would be seen or compared.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0310",
        name: "secret-in-plain-place",
        docs: "Hashed values are only verified: `verify(password, $p)`. Encrypted ones are read with their key; `@lookup` lets them be found by equality. Neither is ordered by, grouped by or worked with.",
    },
    bad: "entity A { id: int32 @key  p: hashed }\naccess a (p: string(9)) { from A where p == $p }",
    good: "entity A { id: int32 @key  p: hashed }\naccess a (id: int32, p: string(9)) { from A where id == $id and verify(p, $p) }",
};
