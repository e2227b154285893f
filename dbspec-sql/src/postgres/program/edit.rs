//! How rows are changed.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{Kernel, LeafId};
use dbspec_core::program::{Doc, Expect, Replay, Request, Slot, Term};

use crate::postgres::design::Table;
use crate::postgres::{keywords, render, types};
use crate::relational::program::write::{Edits, GIVEN, Phase, ROW};
use crate::relational::{Ground, Infix, Select, Source, Sql, Writer};

/// The statements of a design.
pub(super) struct Edit<'a> {
    pub(super) tables: &'a [Table],
}

impl Edit<'_> {
    fn sequence(&self, on: Ground<'_>, leaf: LeafId) -> Option<(&str, Option<&Sql>)> {
        let table = &self.tables[on.kernel.entity_of(leaf).index() as usize];
        let column = &table.columns[on.kernel.position(leaf)];
        Some((column.sequence.as_ref()?, column.default.as_ref()))
    }
}

impl Edits for Edit<'_> {
    fn begin(&self) -> &'static str {
        "begin isolation level serializable"
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Lead, Phase::Delete, Phase::Update, Phase::Insert]
    }

    fn given(&self, _: &Kernel, _: &[LeafId]) -> Source {
        Source::Function {
            call: Sql::call("jsonb_array_elements", [Sql::Bind(1).cast("text").cast("jsonb")]),
            alias: GIVEN.into(),
            columns: vec![("item".into(), None)],
        }
    }

    fn value(&self, kernel: &Kernel, leaf: LeafId, at: usize) -> Sql {
        let text = self.item().infix(Infix::MemberText, Sql::number(at));
        types::from_wire(kernel, &kernel.leaves[leaf].ty, text)
    }

    fn item(&self) -> Sql {
        Sql::of(GIVEN, "item")
    }

    fn delete(&self, it: &mut Writer<'_>, table: &str, given: &Source, filter: &Sql) {
        it.word("delete from ").name(table).word(" as ").name(ROW);
        it.word(" using ").source(given).word(" where ").sql(filter);
    }

    fn update(&self, it: &mut Writer<'_>, table: &str, set: &[(&str, Sql)], given: &Source, filter: &Sql) {
        it.word("update ")
            .name(table)
            .word(" as ")
            .name(ROW)
            .word(" set ");
        for (at, (column, value)) in set.iter().enumerate() {
            if at > 0 {
                it.word(", ");
            }
            it.name(column).word(" = ").sql(value);
        }
        it.word(" from ").source(given).word(" where ").sql(filter);
    }

    fn insert(&self, it: &mut Writer<'_>, table: &str, columns: &[&str], select: &Select) {
        it.word("insert into ").name(table).word(" (");
        it.names(columns.iter().copied()).word(") ").select(select);
    }

    fn numbers(&self, on: Ground<'_>, leaf: LeafId, count: Term, into: Slot) -> Option<Vec<Request>> {
        let (sequence, next) = self.sequence(on, leaf)?;
        // At its end a sequence fails; its last number, which is taken, is refused as any number that is.
        let last = Sql::of("s", "last_value");
        let more = last.clone().infix(Infix::Lt, Sql::number(i64::MAX));
        let number = Sql::Case(vec![(more, next?.clone())], Box::new(last));
        let text = render::select(&Select {
            columns: vec![(Sql::call("to_jsonb", [number]), None)],
            from: vec![
                Source::table(sequence, "s"),
                Source::Function {
                    call: Sql::call(
                        "generate_series",
                        [Sql::number(1), Sql::Bind(1).cast("text").cast("bigint")],
                    ),
                    alias: GIVEN.into(),
                    columns: Vec::new(),
                },
            ],
            ..Select::default()
        });
        Some(vec![Request {
            text: text.into(),
            args: Doc::List(vec![Doc::Hole(count)]),
            into: Some(into),
            replay: Replay::Safe,
            expect: Expect::default(),
        }])
    }

    fn pass(&self, on: Ground<'_>, leaf: LeafId, at: usize, given: Source) -> Option<String> {
        let (sequence, _) = self.sequence(on, leaf)?;
        let number = Sql::call("max", [self.value(on.kernel, leaf, at)]);
        let largest = Select {
            columns: vec![(number, Some("number".into()))],
            from: vec![given],
            ..Select::default()
        };
        let (largest, number) = (Source::Sub(Box::new(largest), "m".into()), Sql::of("m", "number"));
        let last = Sql::of("s", "last_value");
        let beyond = Sql::or([
            number.clone().infix(Infix::Gt, last.clone()),
            Sql::and([
                number.clone().infix(Infix::Eq, last),
                Sql::Not(Box::new(Sql::of("s", "is_called"))),
            ]),
        ]);
        let name = keywords::quoted(sequence);
        let moved = Sql::call(
            "setval",
            [Sql::Text(name).cast("regclass"), number.cast("bigint")],
        );
        Some(render::select(&Select {
            columns: vec![(Sql::call("to_jsonb", [moved]), None)],
            from: vec![largest, Source::table(sequence, "s")],
            filter: Some(beyond),
            ..Select::default()
        }))
    }
}
