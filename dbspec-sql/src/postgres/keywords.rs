//! Quoting, reserved words and the limits of names.

use dbspec_core::backend::naming::{LengthUnit, Limits};

use crate::relational::{Binding, Casting, Dialect};

/// Words that can't stand unquoted as a name of a column or table: reserved, or names of types and functions. Those of
/// 13 and 18 together, as `pg_get_keywords()` has them; <https://www.postgresql.org/docs/18/sql-keywords-appendix.html>.
const KEYWORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

/// Names have at most 63 bytes: <https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>.
pub(super) fn limits() -> Limits {
    Limits {
        max_len: 63,
        unit: LengthUnit::Bytes,
        min_len: 1,
        folds_case: false,
        allowed: |it| it != '\0',
    }
}

/// PostgreSQL's quoting. Expects `standard_conforming_strings`, which has been on since 9.1.
pub(super) struct Quoting;

impl Dialect for Quoting {
    fn name(&self, name: &str, out: &mut String) {
        let mut bytes = name.bytes();
        let plain = bytes
            .next()
            .is_some_and(|it| it.is_ascii_lowercase() || it == b'_')
            && bytes.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
        if plain && !is_reserved(name) {
            out.push_str(name);
        } else {
            out.push('"');
            out.push_str(&name.replace('"', "\"\""));
            out.push('"');
        }
    }

    fn text(&self, text: &str, out: &mut String) {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
    }

    fn binds(&self) -> Binding {
        Binding::Numbered
    }

    fn casts(&self) -> Casting {
        Casting::Behind
    }
}

/// Whether a name can't stand unquoted though its letters could.
pub(super) fn is_reserved(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok()
}

/// A name as a text that is read as a name again: of a sequence.
pub(super) fn quoted(name: &str) -> String {
    let mut out = String::new();
    Quoting.name(name, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn only_plain_names_stand_unquoted() {
        let quoted = |name: &str| {
            let mut out = String::new();
            Quoting.name(name, &mut out);
            out
        };
        assert_eq!(quoted("order_line"), "order_line");
        assert_eq!(quoted("order"), "\"order\"");
        assert_eq!(quoted("Order"), "\"Order\"");
        assert_eq!(quoted("a\"; drop table x; --"), "\"a\"\"; drop table x; --\"");
    }
}
