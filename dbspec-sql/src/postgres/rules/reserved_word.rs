//! A name that is a reserved word.

use dbspec_core::backend::lint;
use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::Kernel;

use crate::postgres::keywords;
use crate::relational::naming::snake;

/// A name that is a reserved word.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1001",
        name: "postgres-reserved-word",
        docs: "A table or a column is called like a word of SQL that can't stand unquoted in PostgreSQL. Everything that dbspec writes quotes it; statements written by hand have to do so too.",
    },
    bad: "entity Order { id: int32 @key }",
    good: "entity Purchase { id: int32 @key }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    lint::reserved_words(kernel, &RULE, "PostgreSQL", snake, keywords::is_reserved)
}
