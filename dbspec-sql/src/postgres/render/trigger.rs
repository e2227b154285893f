//! Triggers, and the functions by which they judge.

use super::File;
use crate::postgres::design::{Act, Design, Judges, Table, Trigger};
use crate::postgres::keywords::Quoting;
use crate::relational::Writer;

/// The function of triggers that judge by a condition: it refuses by the name that it is given.
const REFUSE: &str = "refuse";

/// What says that a row breaks a rule: with the code of a check, and the rule's name as a constraint's.
const RAISE: &str = "raise exception using errcode = '23514', message = 'a row breaks a rule', \
                     schema = tg_table_schema, table = tg_table_name, constraint = ";

/// The functions, each of which sees the schema that it is made in.
pub(super) fn functions(file: &mut File, design: &Design) {
    let all = || design.tables.iter().flat_map(|table| &table.triggers);
    if all().any(|it| matches!(it.judges, Judges::Change(_))) {
        function(file, REFUSE, |it| {
            it.word("    ").word(RAISE).word("tg_argv[0];\n");
        });
    }
    for trigger in all() {
        if let Judges::End(acts) = &trigger.judges {
            function(file, &trigger.name, |it| {
                for part in acts {
                    act(it, part, &trigger.raises);
                }
                it.word("    return null;\n");
            });
        }
    }
}

fn function(file: &mut File, name: &str, body: impl FnOnce(&mut Writer<'_>)) {
    let mut inner = Writer::new(&Quoting);
    inner.word("\nbegin\n");
    body(&mut inner);
    inner.word("end\n");
    let text = inner.finish();
    file.statement(|it| {
        it.word("create function ").name(name);
        it.word("() returns trigger language plpgsql set search_path from current as ");
        it.text(&text);
    });
}

fn act(it: &mut Writer<'_>, act: &Act, raises: &str) {
    match act {
        Act::Unless(holds) => {
            it.word("    if ")
                .sql(holds)
                .word(" then\n        return null;\n    end if;\n");
        }
        Act::Write {
            table,
            column,
            filter,
        } => {
            it.word("    update ").name(table).word(" as p set ").name(column);
            it.word(" = p.").name(column).word(" where (").sql(filter);
            it.word(") and p.xmin <> pg_current_xact_id()::xid;\n");
        }
        Act::Hold(select) => {
            let mut text = Writer::new(&Quoting);
            text.select(select);
            let text = text.finish();
            // `perform` is `select` without a place for what comes out.
            it.word("    perform ");
            it.word(text.strip_prefix("select ").unwrap_or(&text));
            it.word(" for share;\n");
        }
        Act::Refuse(select) => {
            it.word("    if exists (").select(select).word(") then\n        ");
            it.word(RAISE).text(raises).word(";\n    end if;\n");
        }
    }
}

/// A table's triggers.
pub(super) fn triggers(file: &mut File, table: &Table) {
    for part in &table.triggers {
        file.statement(|it| trigger(it, table, part));
    }
}

fn trigger(it: &mut Writer<'_>, table: &Table, trigger: &Trigger) {
    it.word(match trigger.judges {
        Judges::Change(_) => "create trigger ",
        Judges::End(_) => "create constraint trigger ",
    });
    it.name(&trigger.name).word(" after ");
    for (at, event) in trigger.events.iter().enumerate() {
        if at > 0 {
            it.word(" or ");
        }
        it.word(event.word());
    }
    it.word(" on ").name(&table.name).word("\n    ");
    match &trigger.judges {
        Judges::Change(refused) => {
            it.word("for each row when (").sql(refused).word(")");
            it.word(" execute function ")
                .name(REFUSE)
                .word("(")
                .text(&trigger.raises);
        }
        Judges::End(_) => {
            it.word("deferrable initially deferred for each row execute function ");
            it.name(&trigger.name).word("(");
        }
    }
    it.word(")");
}
