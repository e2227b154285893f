//! A table's statements.

use super::File;
use crate::postgres::design::{Check, Column, Exclusion, ForeignKey, Index, OnDelete, Table, Unique};
use crate::postgres::types;
use crate::relational::Writer;

/// The table with all that binds its rows; sequences first, since defaults name them.
pub(super) fn create(file: &mut File, table: &Table) {
    for column in &table.columns {
        if let Some(sequence) = &column.sequence {
            file.statement(|it| {
                it.word("create sequence ").name(sequence);
            });
        }
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
        if let Some(key) = &table.key {
            next(it);
            it.word("constraint ").name(&key.name).word(" primary key (");
            it.names(key.columns.iter().map(String::as_str)).word(")");
        }
        for part in &table.uniques {
            next(it);
            unique(it, part);
        }
        for part in &table.checks {
            next(it);
            check(it, part);
        }
        for part in &table.exclusions {
            next(it);
            exclusion(it, part);
        }
        it.word("\n)");
    });
    for column in &table.columns {
        if let Some(sequence) = &column.sequence {
            file.statement(|it| {
                it.word("alter sequence ").name(sequence).word(" owned by ");
                it.name(&table.name).word(".").name(&column.name);
            });
        }
    }
}

fn column(it: &mut Writer<'_>, column: &Column) {
    it.name(&column.name).word(" ").word(&types::word(column.ty));
    if let Some(collation) = types::collation(column.ty) {
        it.word(" collate ").name(collation);
    }
    if column.required {
        it.word(" not null");
    }
    if let Some(default) = &column.default {
        it.word(" default ").sql(default);
    }
}

fn unique(it: &mut Writer<'_>, unique: &Unique) {
    it.word("constraint ").name(&unique.name).word(" unique ");
    if unique.nulls_equal {
        it.word("nulls not distinct ");
    }
    it.word("(")
        .names(unique.columns.iter().map(String::as_str))
        .word(")");
    if unique.deferred {
        it.word(" deferrable initially deferred");
    }
}

fn check(it: &mut Writer<'_>, check: &Check) {
    it.word("constraint ")
        .name(&check.name)
        .word(" check (")
        .sql(&check.holds)
        .word(")");
}

fn exclusion(it: &mut Writer<'_>, exclusion: &Exclusion) {
    it.word("constraint ")
        .name(&exclusion.name)
        .word(" exclude using gist (");
    for equal in &exclusion.equal {
        key(it, equal);
        it.word(" with =, ");
    }
    key(it, &exclusion.range);
    it.word(" with &&)");
    if let Some(filter) = &exclusion.filter {
        it.word(" where (").sql(filter).word(")");
    }
}

/// A key of an index: an expression stands in parentheses.
fn key(it: &mut Writer<'_>, sql: &crate::relational::Sql) {
    match sql {
        crate::relational::Sql::Column { .. } | crate::relational::Sql::Call(..) => it.sql(sql),
        other => it.word("(").sql(other).word(")"),
    };
}

/// References, judged at the end of a transaction.
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
        OnDelete::NoAction => "",
        OnDelete::Cascade => " on delete cascade",
        OnDelete::SetNull => " on delete set null",
    });
    it.word(" deferrable initially deferred");
}

/// Indexes beside keys and unique constraints.
pub(super) fn indexes(file: &mut File, table: &Table) {
    for part in &table.indexes {
        file.statement(|it| index(it, table, part));
    }
}

fn index(it: &mut Writer<'_>, table: &Table, index: &Index) {
    it.word(if index.unique {
        "create unique index "
    } else {
        "create index "
    });
    it.name(&index.name).word(" on ").name(&table.name).word(" (");
    for (at, part) in index.keys.iter().enumerate() {
        if at > 0 {
            it.word(", ");
        }
        key(it, &part.by);
        if part.descending {
            it.word(" desc");
        }
    }
    it.word(")");
    if index.nulls_equal {
        it.word(" nulls not distinct");
    }
    if let Some(filter) = &index.filter {
        it.word(" where ").sql(filter);
    }
}

/// Documentation.
pub(super) fn comments(file: &mut File, table: &Table) {
    if let Some(comment) = &table.comment {
        file.statement(|it| {
            it.word("comment on table ")
                .name(&table.name)
                .word(" is ")
                .text(comment);
        });
    }
    for column in &table.columns {
        if let Some(comment) = &column.comment {
            file.statement(|it| {
                it.word("comment on column ")
                    .name(&table.name)
                    .word(".")
                    .name(&column.name);
                it.word(" is ").text(comment);
            });
        }
    }
}
