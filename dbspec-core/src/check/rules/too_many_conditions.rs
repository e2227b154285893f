//! More conditions than a query may have.

use super::Rule;
use crate::diag::Code;

/// More conditions than a query may have.
pub(in crate::check) static RULE: Rule = Rule {
    code: Code {
        id: "E0403",
        name: "too-many-conditions",
        docs: "A query has at most 64 top-level conditions.",
    },
    bad: "entity A { id: int32 @key  n: int32 }\naccess a () { from A where n != 0 and n != 1 and n != 2 and n != 3 and n != 4 and n != 5 and n != 6 and n != 7 and n != 8 and n != 9 and n != 10 and n != 11 and n != 12 and n != 13 and n != 14 and n != 15 and n != 16 and n != 17 and n != 18 and n != 19 and n != 20 and n != 21 and n != 22 and n != 23 and n != 24 and n != 25 and n != 26 and n != 27 and n != 28 and n != 29 and n != 30 and n != 31 and n != 32 and n != 33 and n != 34 and n != 35 and n != 36 and n != 37 and n != 38 and n != 39 and n != 40 and n != 41 and n != 42 and n != 43 and n != 44 and n != 45 and n != 46 and n != 47 and n != 48 and n != 49 and n != 50 and n != 51 and n != 52 and n != 53 and n != 54 and n != 55 and n != 56 and n != 57 and n != 58 and n != 59 and n != 60 and n != 61 and n != 62 and n != 63 and n != 64  full read }",
    good: "entity A { id: int32 @key  n: int32 }\naccess a () { from A where n != 0 and n != 1 and n != 2 and n != 3 and n != 4 and n != 5 and n != 6 and n != 7 and n != 8 and n != 9 and n != 10 and n != 11 and n != 12 and n != 13 and n != 14 and n != 15 and n != 16 and n != 17 and n != 18 and n != 19 and n != 20 and n != 21 and n != 22 and n != 23 and n != 24 and n != 25 and n != 26 and n != 27 and n != 28 and n != 29 and n != 30 and n != 31 and n != 32 and n != 33 and n != 34 and n != 35 and n != 36 and n != 37 and n != 38 and n != 39 and n != 40 and n != 41 and n != 42 and n != 43 and n != 44 and n != 45 and n != 46 and n != 47 and n != 48 and n != 49 and n != 50 and n != 51 and n != 52 and n != 53 and n != 54 and n != 55 and n != 56 and n != 57 and n != 58 and n != 59 and n != 60 and n != 61 and n != 62 and n != 63  full read }",
};
