//! Triggers.

use super::File;
use crate::mysql::design::{Design, Table, Trigger};
use crate::relational::Writer;

/// The triggers of all tables.
pub(super) fn triggers(file: &mut File, design: &Design) {
    if design.tables.iter().all(|it| it.triggers.is_empty()) {
        return;
    }
    file.delimited(|file| {
        for table in &design.tables {
            for part in &table.triggers {
                file.ended("//", |it| trigger(it, table, part));
            }
        }
    });
}

/// It refuses with the number and the words of a CHECK, so that clients find the name as they find a constraint's.
fn trigger(it: &mut Writer<'_>, table: &Table, trigger: &Trigger) {
    it.word("create trigger ").name(&trigger.name);
    it.word(" before ").word(trigger.event.word());
    it.word(" on ").name(&table.name).word("\n    for each row if ");
    it.sql(&trigger.refused).word(" then\n        ");
    it.word("signal sqlstate 'HY000' set mysql_errno = 3819, message_text = ");
    it.text(&format!("Check constraint '{}' is violated.", trigger.raises));
    it.word(";\n    end if");
}
