//! How rows are changed.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{Kernel, LeafId};
use dbspec_core::program::{Doc, Expect, Replay, Request, Slot, Term};

use crate::mysql::design::Table;
use crate::mysql::keywords::Quoting;
use crate::mysql::types;
use crate::relational::program::write::{Edits, GIVEN, Phase, ROW};
use crate::relational::{Ground, Infix, Select, Source, Sql, Writer};

/// Without foreign keys, for this statement alone: the program has judged references on what the whole write leaves, and
/// locked what it read for that.
const BY_ITSELF: &str = "/*+ set_var(foreign_key_checks = 0) */ ";

/// The statements of a design.
pub(super) struct Edit<'a> {
    pub(super) tables: &'a [Table],
}

impl Edit<'_> {
    fn sequence(&self, on: Ground<'_>, leaf: LeafId) -> Option<&str> {
        let table = &self.tables[on.kernel.entity_of(leaf).index() as usize];
        table.columns[on.kernel.position(leaf)].sequence.as_deref()
    }
}

fn given_column(at: usize) -> String {
    format!("c{at}")
}

fn last() -> Sql {
    Sql::of("s", "last")
}

impl Edits for Edit<'_> {
    fn begin(&self) -> &'static str {
        "set transaction isolation level serializable; start transaction"
    }

    fn phases(&self) -> &'static [Phase] {
        &[Phase::Delete, Phase::Update, Phase::Insert]
    }

    fn given(&self, kernel: &Kernel, leaves: &[LeafId]) -> Source {
        let column = |(at, leaf): (usize, &LeafId)| {
            let ty = if types::is_document(&kernel.leaves[*leaf].ty) {
                "json"
            } else {
                "longtext"
            };
            (given_column(at), ty.into(), Some(format!("$[{at}]")))
        };
        let item = ("item".to_owned(), "json".into(), Some("$".to_owned()));
        Source::JsonTable {
            of: Sql::Bind(1),
            alias: GIVEN.into(),
            columns: [item]
                .into_iter()
                .chain(leaves.iter().enumerate().map(column))
                .collect(),
        }
    }

    fn value(&self, kernel: &Kernel, leaf: LeafId, at: usize) -> Sql {
        types::stored(kernel, &kernel.leaves[leaf].ty, Sql::of(GIVEN, given_column(at)))
    }

    fn item(&self) -> Sql {
        Sql::of(GIVEN, "item")
    }

    fn delete(&self, it: &mut Writer<'_>, table: &str, given: &Source, filter: &Sql) {
        it.word("delete ").word(BY_ITSELF).name(ROW).word(" from ");
        it.name(table).word(" as ").name(ROW).word(", ").source(given);
        it.word(" where ").sql(filter);
    }

    fn update(&self, it: &mut Writer<'_>, table: &str, set: &[(&str, Sql)], given: &Source, filter: &Sql) {
        it.word("update ")
            .word(BY_ITSELF)
            .name(table)
            .word(" as ")
            .name(ROW);
        it.word(", ").source(given).word(" set ");
        for (at, (column, value)) in set.iter().enumerate() {
            if at > 0 {
                it.word(", ");
            }
            it.name(ROW).word(".").name(column).word(" = ").sql(value);
        }
        it.word(" where ").sql(filter);
    }

    fn insert(&self, it: &mut Writer<'_>, table: &str, columns: &[&str], select: &Select) {
        it.word("insert ").word(BY_ITSELF).word("into ").name(table);
        it.word(" (").names(columns.iter().copied()).word(") ");
        it.select(select);
    }

    fn numbers(&self, on: Ground<'_>, leaf: LeafId, count: Term, into: Slot) -> Option<Vec<Request>> {
        let sequence = self.sequence(on, leaf)?;
        let count_of = || Sql::Bind(1).cast("char").cast("signed");
        // At its end its last number, which is taken, is refused as any number that is.
        let next = last().cast("decimal(20, 0)").infix(Infix::Add, count_of());
        let next = Sql::call("least", [next, Sql::number(i64::MAX)]).cast("signed");
        let mut taken = Writer::new(&Quoting);
        taken
            .word("update ")
            .source(&Source::table(sequence, "s"))
            .word(" set ")
            .sql(&last())
            .word(" = ")
            .sql(&next);
        let places = Sql::call(
            "concat",
            [
                Sql::text("[0"),
                Sql::call(
                    "repeat",
                    [Sql::text(",0"), count_of().infix(Infix::Sub, Sql::number(1))],
                ),
                Sql::text("]"),
            ],
        );
        let number = last()
            .infix(Infix::Sub, count_of())
            .infix(Infix::Add, Sql::of(GIVEN, "place"));
        let mut numbers = Writer::new(&Quoting);
        numbers.select(&Select {
            columns: vec![(number.cast("json"), None)],
            from: vec![
                Source::table(sequence, "s"),
                Source::JsonTable {
                    of: places,
                    alias: GIVEN.into(),
                    columns: vec![("place".into(), "for ordinality".into(), None)],
                },
            ],
            ..Select::default()
        });
        let request = |writer: Writer<'_>, into: Option<Slot>| {
            let holes = writer.holes().map_or(0, <[u16]>::len);
            let binds = (0..holes).map(|_| Doc::Hole(count.clone()));
            Request {
                args: Doc::List(binds.collect()),
                text: writer.finish().into(),
                into,
                // A number that is taken twice is a gap.
                replay: Replay::Safe,
                expect: Expect::default(),
            }
        };
        Some(vec![request(taken, None), request(numbers, Some(into))])
    }

    fn pass(&self, on: Ground<'_>, leaf: LeafId, at: usize, given: Source) -> Option<String> {
        let sequence = self.sequence(on, leaf)?;
        let largest = Select {
            columns: vec![(
                Sql::call("max", [self.value(on.kernel, leaf, at)]),
                Some("number".into()),
            )],
            from: vec![given],
            ..Select::default()
        };
        let number = Sql::of("m", "number");
        let mut it = Writer::new(&Quoting);
        it.word("update ")
            .source(&Source::table(sequence, "s"))
            .word(", ");
        it.source(&Source::Sub(Box::new(largest), "m".into()))
            .word(" set ")
            .sql(&last());
        it.word(" = ")
            .sql(&number)
            .word(" where ")
            .sql(&number.clone().infix(Infix::Gt, last()));
        Some(it.finish())
    }
}
