//! A table's statements.

use super::File;
use crate::mysql::design::{Column, ColumnType, ForeignKey, Index, OnDelete, Table};
use crate::mysql::types;
use crate::relational::{Sql, Writer};

/// How many characters of documentation a table and a column keep.
const TABLE_COMMENT: usize = 2048;
const COLUMN_COMMENT: usize = 1024;

/// The table with all that binds its rows; before it, what numbers its columns.
pub(super) fn create(file: &mut File, table: &Table) {
    for sequence in table.columns.iter().filter_map(|it| it.sequence.as_ref()) {
        file.statement(|it| {
            it.word("create table ")
                .name(sequence)
                .word(" (\n    `last` bigint not null\n) engine = InnoDB");
        });
        file.statement(|it| {
            it.word("insert into ").name(sequence).word(" values (0)");
        });
    }
    file.statement(|it| {
        it.word("create table ").name(&table.name).word(" (");
        let mut first = true;
        let mut next = |it: &mut Writer<'_>| {
            it.word(if std::mem::take(&mut first) {
                "\n    "
            } else {
                ",\n    "
            });
        };
        for part in &table.columns {
            next(it);
            column(it, part);
        }
        if !table.key.is_empty() {
            next(it);
            it.word("primary key (")
                .names(table.key.iter().map(String::as_str))
                .word(")");
        }
        for part in &table.indexes {
            next(it);
            index(it, part);
        }
        for part in &table.checks {
            next(it);
            it.word("constraint ")
                .name(&part.name)
                .word(" check (")
                .sql(&part.holds)
                .word(")");
        }
        it.word("\n) engine = InnoDB, default character set = utf8mb4, collate = ")
            .word(types::BY_CODE_POINT);
        if let Some(comment) = &table.comment {
            it.word(", comment = ").text(cut(comment, TABLE_COMMENT));
        }
    });
}

/// The beginning of a text.
fn cut(text: &str, characters: usize) -> &str {
    text.char_indices()
        .nth(characters)
        .map_or(text, |(at, _)| &text[..at])
}

fn column(it: &mut Writer<'_>, column: &Column) {
    it.name(&column.name).word(" ").word(&types::word(column.ty));
    if let ColumnType::Varchar(_) | ColumnType::Longtext = column.ty {
        it.word(" character set utf8mb4 collate ")
            .word(types::BY_CODE_POINT);
    }
    if column.required {
        it.word(" not null");
    }
    if let Some(default) = &column.default {
        it.word(" default (").sql(default).word(")");
    }
    if let Some(comment) = &column.comment {
        it.word(" comment ").text(cut(comment, COLUMN_COMMENT));
    }
}

fn index(it: &mut Writer<'_>, index: &Index) {
    it.word(if index.unique { "unique key " } else { "key " })
        .name(&index.name)
        .word(" (");
    for (at, part) in index.keys.iter().enumerate() {
        if at > 0 {
            it.word(", ");
        }
        match &part.by {
            Sql::Column { .. } => it.sql(&part.by),
            expression => it.word("(").sql(expression).word(")"),
        };
        if let Some(prefix) = part.prefix {
            it.word(&format!("({prefix})"));
        }
        if part.descending {
            it.word(" desc");
        }
    }
    it.word(")");
}

/// References.
pub(super) fn references(file: &mut File, table: &Table) {
    for reference in &table.foreign_keys {
        file.statement(|it| foreign_key(it, table, reference));
    }
}

fn foreign_key(it: &mut Writer<'_>, table: &Table, reference: &ForeignKey) {
    it.word("alter table ")
        .name(&table.name)
        .word(" add constraint ")
        .name(&reference.name);
    it.word("\n    foreign key (")
        .names(reference.columns.iter().map(String::as_str));
    it.word(") references ").name(&reference.table).word(" (");
    it.names(reference.references.iter().map(String::as_str))
        .word(")");
    it.word(match reference.on_delete {
        OnDelete::Restrict => "",
        OnDelete::Cascade => " on delete cascade",
        OnDelete::SetNull => " on delete set null",
    });
}
