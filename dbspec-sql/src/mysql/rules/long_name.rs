//! A name that is longer than MySQL takes.

use dbspec_core::backend::lint;
use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::Kernel;

use crate::mysql::keywords;
use crate::relational::naming::snake;

/// A name that is longer than MySQL takes.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1201",
        name: "mysql-long-name",
        docs: "The name of a table or a column is longer than the 64 characters that MySQL takes. It is cut, and a hash of its path makes it unique. Choose a shorter name.",
    },
    bad: "entity A { id: int32 @key  a_name_that_is_rather_long_since_it_says_all_that_there_is_to_say: int32 }",
    good: "entity A { id: int32 @key  a_short_name: int32 }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    lint::long_names(kernel, &RULE, "MySQL", snake, &keywords::limits())
}
