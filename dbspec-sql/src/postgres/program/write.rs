//! Writes: judged by the evaluator on what is read in one serializable transaction, then done by a statement for each
//! kind of change.
//!
//! What the evaluator lacks is read in one statement for each kind of need, whatever their number: keys go in as one
//! JSON array, and each row comes back with the key that it answers.
//!
//! Rows are deleted, then updated, then inserted, since unique indexes are judged row by row. Before that, references
//! that lead to rows which may go are set to where they lead in the end: a cascade would take their rows along.

mod fetch;

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowered;
use dbspec_core::backend::coverage::{Outcome, RuleOutcome};
use dbspec_core::kernel::{
    EntityId, Facet, Kernel, LeafId, Nulls, OnDelete, Refusal, RuleId, RuleKind, Subject,
};
use dbspec_core::program::{
    Act, Block, Codec, Doc, Expect, Flaw, JudgedByEngine, Program, Purpose, Replay, Request, Slot, Step,
    Term, Then,
};
use dbspec_core::value::Value;

use crate::postgres::design::{Design, Table};
use crate::postgres::keywords::{self, Quoting};
use crate::postgres::{render, types};
use crate::relational::express::Express;
use crate::relational::program::codec;
use crate::relational::{Ground, Infix, Select, Source, Sql, Writer};

const NEEDS: Slot = Slot(0);
const CHANGES: Slot = Slot(1);
const RELIED: Slot = Slot(2);
const RETURNED: Slot = Slot(3);
const KIND: Slot = Slot(4);
const SOME: Slot = Slot(5);
const REPLY: Slot = Slot(6);
const NEED: Slot = Slot(7);
const ITEM: Slot = Slot(8);

/// The alias of the table, and of what is given.
const ROW: &str = "t";
const GIVEN: &str = "k";

/// So often is a transaction tried that conflicts with others, first after so many milliseconds.
const TRIES: u16 = 10;
const BACKOFF_MS: u32 = 4;

/// The program of any write.
pub(super) fn program(lowered: &Lowered<Design>) -> Result<Program, Flaw> {
    let writing = Writing::new(lowered);
    let kernel = lowered.kernel();
    let less = |a: Term, b: Term| Term::Less(Box::new(a), Box::new(b));
    let some = |list: Term| less(Term::Value(Value::Int(0)), Term::Len(Box::new(list)));
    let round = vec![
        Step::Judge {
            needs: NEEDS,
            changes: CHANGES,
            relied: RELIED,
            returned: RETURNED,
        },
        by_kind(NEEDS, Term::Slot(NEEDS), "want", writing.fetches()),
    ];
    let mut body = vec![Step::Loop {
        body: round,
        again: some(Term::Slot(NEEDS)),
    }];
    for phase in [Phase::Lead, Phase::Delete, Phase::Update, Phase::Insert] {
        let kinds = writing.changes(phase);
        if !kinds.is_empty() {
            body.push(by_kind_of(phase, kinds));
        }
    }
    body.push(Step::Return(Term::Slot(RETURNED)));
    Program::new(
        Arc::clone(kernel),
        Purpose::Write,
        vec![Step::Retry {
            at_most: TRIES,
            backoff_ms: BACKOFF_MS,
            body: vec![Step::Atomic {
                begin: "begin isolation level serializable".into(),
                body,
            }],
        }],
        writing.judged(),
    )
}

/// What is done with changes, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Changed references of rows that a cascade would take are led on.
    Lead,
    Delete,
    Update,
    Insert,
}

fn member(of: Slot, name: &str) -> Term {
    Term::Member(Box::new(Term::Slot(of)), name.into())
}

fn same(a: Term, b: Term) -> Term {
    Term::Same(Box::new(a), Box::new(b))
}

/// For each kind of item among some of a list: all items of it, in a slot, and what is done with them.
fn by_kind(list: Slot, among: Term, name: &str, blocks: BTreeMap<Box<str>, Block>) -> Step {
    let kinds = Term::Distinct(Box::new(Term::Map(
        Box::new(among),
        ITEM,
        Box::new(member(ITEM, name)),
    )));
    let of_kind = Term::Filter(
        Box::new(Term::Slot(list)),
        ITEM,
        Box::new(same(member(ITEM, name), Term::Slot(KIND))),
    );
    Step::Each {
        over: kinds,
        item: KIND,
        body: vec![Step::Set(SOME, of_kind), Step::Switch(Term::Slot(KIND), blocks)],
    }
}

/// The same for the changes of a phase.
fn by_kind_of(phase: Phase, blocks: BTreeMap<Box<str>, Block>) -> Step {
    let null = |name: &str| Term::IsNull(Box::new(member(ITEM, name)));
    let not = |term: Term| Term::Not(Box::new(term));
    let of_phase = match phase {
        Phase::Delete => null("after"),
        Phase::Insert => null("before"),
        Phase::Lead | Phase::Update => {
            Term::Both(Box::new(not(null("before"))), Box::new(not(null("after"))))
        }
    };
    let changes = Term::Filter(Box::new(Term::Slot(CHANGES)), ITEM, Box::new(of_phase));
    by_kind(CHANGES, changes, "do", blocks)
}

struct Writing<'a> {
    kernel: &'a Kernel,
    design: &'a Design,
    /// For each rule that the engine enforces by a constraint: its name.
    constraints: Vec<(RuleId, Facet, Box<str>)>,
}

impl<'a> Writing<'a> {
    fn new(lowered: &'a Lowered<Design>) -> Self {
        let kernel = lowered.kernel();
        let report = lowered.report();
        let mut constraints = Vec::new();
        for (facet, entry) in report.coverage.iter() {
            let of = kernel.facets[facet];
            let (Subject::Rule(rule), Some(name)) = (of.subject, entry.by) else {
                continue;
            };
            let enforced = matches!(entry.outcome, Outcome::Rule(RuleOutcome::Enforced));
            let named = report.mapping.name(name);
            // Columns and sequences are no constraints that a fault could name.
            if enforced && !matches!(named.noun, "column" | "sequence" | "table") {
                constraints.push((rule, of.facet, (&*named.name).into()));
            }
        }
        Self {
            kernel,
            design: &lowered.design,
            constraints,
        }
    }

    fn ground(&self) -> Ground<'a> {
        self.design.ground(self.kernel)
    }

    fn table(&self, entity: EntityId) -> &'a Table {
        &self.design.tables[entity.index() as usize]
    }

    fn enforced(&self, rule: RuleId, facet: Facet) -> bool {
        self.constraints
            .iter()
            .any(|(it, of, _)| *it == rule && *of == facet)
    }

    /// What the engine judges by itself.
    fn judged(&self) -> JudgedByEngine {
        let mut judged = JudgedByEngine::default();
        for (id, rule) in self.kernel.rules.iter() {
            match &rule.kind {
                RuleKind::Key(_) if self.enforced(id, Facet::Holds) => {
                    judged.keys.insert(rule.entity);
                }
                RuleKind::Unique { .. } if self.enforced(id, Facet::Holds) => {
                    judged.unique.insert(id);
                }
                RuleKind::Overlap { .. } if self.enforced(id, Facet::Holds) => {
                    judged.rules.insert(id);
                }
                RuleKind::Reference { field, on_delete, .. } if self.enforced(id, Facet::Exists) => {
                    judged.exists.insert(*field);
                    if *on_delete == OnDelete::Restrict {
                        judged.actions.insert(*field);
                    }
                }
                _ => {}
            }
        }
        judged
    }

    /// What faults of a change to an entity's rows mean: its own constraints and those of references to it.
    fn expect(&self, entity: EntityId) -> Expect {
        let concerns = |rule: RuleId| {
            let it = &self.kernel.rules[rule];
            let refers = matches!(it.kind, RuleKind::Reference { to, .. } if to == entity);
            it.entity == entity || refers
        };
        Expect {
            constraints: self
                .constraints
                .iter()
                .filter(|(rule, ..)| concerns(*rule))
                .map(|(rule, _, name)| (name.clone(), Then::Refuse(Refusal::Rule(*rule))))
                .collect(),
            none: None,
        }
    }

    /// What is given, item by item: `k.item`.
    fn given() -> Source {
        Source::Function {
            call: Sql::call("jsonb_array_elements", [Sql::Bind(1).cast("text").cast("jsonb")]),
            alias: GIVEN.into(),
            columns: vec![("item".into(), None)],
        }
    }

    /// The value at a position of an item that is given, as a leaf is stored.
    fn value(&self, leaf: LeafId, at: usize) -> Sql {
        let text = Sql::of(GIVEN, "item").infix(Infix::MemberText, Sql::number(at));
        types::from_wire(self.kernel, &self.kernel.leaves[leaf].ty, text)
    }

    /// That leaves have the values that are given, letters folded where they fold.
    fn equal(&self, express: &Express<'_>, leaves: &[LeafId], nulls: Nulls) -> Vec<Sql> {
        leaves
            .iter()
            .enumerate()
            .map(|(at, leaf)| {
                let it = &self.kernel.leaves[*leaf];
                let folds = it.ignore_case || it.refers.is_some_and(|to| self.kernel.leaves[to].ignore_case);
                let fold = |sql: Sql| if folds { Sql::call("lower", [sql]) } else { sql };
                let column = fold(express.leaf(Some(ROW), *leaf));
                let value = self.value(*leaf, at);
                let equal = column.clone().infix(Infix::Eq, fold(value.clone()));
                if it.nullable && nulls == Nulls::Equal {
                    Sql::or([equal, Sql::and([column.is_null(), value.is_null()])])
                } else {
                    equal
                }
            })
            .collect()
    }

    /// Values of leaves as they are given.
    fn values(&self, leaves: &[LeafId]) -> Codec {
        let codecs = leaves
            .iter()
            .map(|leaf| codec::given(self.kernel, &self.kernel.leaves[*leaf].ty));
        Codec::Items(codecs.collect())
    }

    /// Blocks by what changes do, for the changes of a phase.
    fn changes(&self, phase: Phase) -> BTreeMap<Box<str>, Block> {
        let kernel = self.kernel;
        let mut blocks = BTreeMap::new();
        let mut any = phase != Phase::Lead;
        for entity in kernel.entities.ids() {
            let act = match phase {
                Phase::Delete => Act::Delete(entity),
                Phase::Insert => Act::Insert(entity),
                Phase::Lead | Phase::Update => Act::Update(entity),
            };
            let block = match phase {
                Phase::Lead => {
                    let leading = self.leading(entity);
                    any |= !leading.is_empty();
                    self.update(entity, &leading)
                }
                Phase::Delete => self.delete(entity),
                Phase::Update => {
                    let key = kernel.key_leaves(entity);
                    let rest: Vec<LeafId> = kernel.entities[entity]
                        .leaves
                        .iter()
                        .filter(|leaf| !key.contains(leaf))
                        .collect();
                    self.update(entity, &rest)
                }
                Phase::Insert => self.insert(entity),
            };
            blocks.insert(act.text(kernel), block);
        }
        if any { blocks } else { BTreeMap::new() }
    }

    /// The leaves, but for the key's, of references that cascade.
    fn leading(&self, entity: EntityId) -> Vec<LeafId> {
        let kernel = self.kernel;
        let key = kernel.key_leaves(entity);
        kernel
            .rules_of(entity)
            .filter_map(|(_, rule)| match &rule.kind {
                RuleKind::Reference {
                    field,
                    on_delete: OnDelete::Cascade,
                    ..
                } => Some(kernel.fields[*field].leaves.iter()),
                _ => None,
            })
            .flatten()
            .filter(|leaf| !key.contains(leaf))
            .collect()
    }

    fn change(
        &self,
        entity: EntityId,
        text: String,
        row: Term,
        leaves: &[LeafId],
        replay: Replay,
    ) -> Request {
        let rows = Term::Map(Box::new(Term::Slot(SOME)), ITEM, Box::new(row));
        let given = Codec::Document(Box::new(Codec::Each(Box::new(self.values(leaves)))));
        Request {
            text: text.into(),
            args: Doc::List(vec![Doc::Hole(Term::Encode(given, Box::new(rows)))]),
            into: None,
            replay,
            expect: self.expect(entity),
        }
    }

    fn delete(&self, entity: EntityId) -> Block {
        let key = self.kernel.key_leaves(entity);
        let mut writer = Writer::new(&Quoting);
        writer
            .word("delete from ")
            .name(&self.table(entity).name)
            .word(" as ")
            .name(ROW);
        writer.word(" using ").source(&Self::given()).word(" where ");
        writer.sql(&Sql::and(self.stored(entity, &key, &key)));
        let text = writer.finish();
        vec![Step::Send(vec![self.change(
            entity,
            text,
            member(ITEM, "key"),
            &key,
            Replay::Never,
        )])]
    }

    /// That a row has the key that is given, at the key's places among leaves.
    fn stored(&self, entity: EntityId, key: &[LeafId], among: &[LeafId]) -> Vec<Sql> {
        let table = self.table(entity);
        key.iter()
            .map(|leaf| {
                let at = among.iter().position(|it| it == leaf).unwrap_or_default();
                let column = &table.columns[self.kernel.position(*leaf)].name;
                Sql::of(ROW, column).infix(Infix::Eq, self.value(*leaf, at))
            })
            .collect()
    }

    fn update(&self, entity: EntityId, set: &[LeafId]) -> Block {
        if set.is_empty() {
            return Vec::new();
        }
        let leaves: Vec<LeafId> = self.kernel.entities[entity].leaves.iter().collect();
        let key = self.kernel.key_leaves(entity);
        let table = self.table(entity);
        let mut writer = Writer::new(&Quoting);
        writer
            .word("update ")
            .name(&table.name)
            .word(" as ")
            .name(ROW)
            .word(" set ");
        for (at, leaf) in set.iter().enumerate() {
            if at > 0 {
                writer.word(", ");
            }
            let place = self.kernel.position(*leaf);
            writer.name(&table.columns[place].name).word(" = ");
            writer.sql(&self.value(*leaf, place));
        }
        writer.word(" from ").source(&Self::given()).word(" where ");
        writer.sql(&Sql::and(self.stored(entity, &key, &leaves)));
        let text = writer.finish();
        vec![Step::Send(vec![self.change(
            entity,
            text,
            member(ITEM, "after"),
            &leaves,
            Replay::Never,
        )])]
    }

    fn insert(&self, entity: EntityId) -> Block {
        let leaves: Vec<LeafId> = self.kernel.entities[entity].leaves.iter().collect();
        let table = self.table(entity);
        let mut writer = Writer::new(&Quoting);
        writer.word("insert into ").name(&table.name).word(" (");
        writer
            .names(table.columns.iter().map(|it| it.name.as_str()))
            .word(") ");
        writer.select(&Select {
            columns: leaves
                .iter()
                .enumerate()
                .map(|(at, leaf)| (self.value(*leaf, at), None))
                .collect(),
            from: vec![Self::given()],
            ..Select::default()
        });
        let text = writer.finish();
        let mut requests = vec![self.change(entity, text, member(ITEM, "after"), &leaves, Replay::Never)];
        for (at, leaf) in leaves.iter().enumerate() {
            if let Some(sequence) = &table.columns[at].sequence {
                let text = self.pass(*leaf, at, sequence);
                let rows = member(ITEM, "after");
                requests.push(self.change(entity, text, rows, &leaves, Replay::Never));
            }
        }
        vec![Step::Send(requests)]
    }

    /// Moves a sequence past the largest number that rows were given.
    fn pass(&self, leaf: LeafId, at: usize, sequence: &str) -> String {
        let number = Sql::call("max", [self.value(leaf, at)]);
        let largest = Select {
            columns: vec![(number, Some("number".into()))],
            from: vec![Self::given()],
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
        render::select(&Select {
            columns: vec![(Sql::call("to_jsonb", [moved]), None)],
            from: vec![largest, Source::table(sequence, "s")],
            filter: Some(beyond),
            ..Select::default()
        })
    }
}
