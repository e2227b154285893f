//! Quoting and the limits of names.
//!
//! Every name is quoted, as MySQL's own `SHOW CREATE TABLE` does: each version reserves further words, so that a list of
//! them would break what stands.

use dbspec_core::backend::naming::{LengthUnit, Limits};

use crate::relational::{Binding, Casting, Dialect};

/// Names have at most 64 characters of the basic plane and no space at their end; those of columns and indexes don't tell
/// case, those of tables not everywhere. A point would be taken for the end of a table's name in the server's messages.
/// <https://dev.mysql.com/doc/refman/8.4/en/identifiers.html>
pub(super) fn limits() -> Limits {
    Limits {
        max_len: 64,
        unit: LengthUnit::Characters,
        min_len: 1,
        folds_case: true,
        allowed: |it| {
            it > ' ' && it != '.' && !it.is_whitespace() && (it as u32) < 0x1_0000 && it != '\u{7f}'
        },
    }
}

/// MySQL's quoting. Expects that `sql_mode` has neither `ANSI_QUOTES` nor `NO_BACKSLASH_ESCAPES`, which is the default.
pub(super) struct Quoting;

impl Dialect for Quoting {
    fn name(&self, name: &str, out: &mut String) {
        out.push('`');
        out.push_str(&name.replace('`', "``"));
        out.push('`');
    }

    fn text(&self, text: &str, out: &mut String) {
        out.push('\'');
        out.push_str(&text.replace('\\', "\\\\").replace('\'', "''"));
        out.push('\'');
    }

    fn binds(&self) -> Binding {
        Binding::InOrder
    }

    fn casts(&self) -> Casting {
        Casting::Around
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        let (mut name, mut text) = (String::new(), String::new());
        Quoting.name("a`; drop table x; --", &mut name);
        Quoting.text("it's \\' ; --", &mut text);
        assert_eq!(name, "`a``; drop table x; --`");
        assert_eq!(text, "'it''s \\\\'' ; --'");
    }
}
