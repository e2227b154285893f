//! Writes: judged by the evaluator on what is read in one serializable transaction, then done by a statement for each
//! kind of change.
//!
//! What the evaluator lacks is read in one statement for each kind of need, whatever their number: keys go in as one
//! JSON array, and each row comes back with the key that it answers.
//!
//! Rows are deleted, then updated, then inserted, since unique indexes are judged row by row. Before that, where the
//! engine cascades, references that lead to rows which may go are set to where they lead in the end: a cascade would take
//! their rows along.

mod fetch;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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

use super::codec;
use super::judged::Reading;
use crate::relational::express::Express;
use crate::relational::words::Ground;
use crate::relational::{Infix, Select, Source, Sql, Writer};

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
pub(crate) const ROW: &str = "t";
pub(crate) const GIVEN: &str = "k";

/// So often is a transaction tried that conflicts with others, first after so many milliseconds.
const TRIES: u16 = 10;
const BACKOFF_MS: u32 = 4;

/// What an engine says to change rows.
pub(crate) trait Edits {
    /// How a transaction begins in which what was read can't change.
    fn begin(&self) -> &'static str;
    /// What is done, in this order.
    fn phases(&self) -> &'static [Phase];
    /// The items of the list that is given, each with the values of leaves: rows of `k`.
    fn given(&self, kernel: &Kernel, leaves: &[LeafId]) -> Source;
    /// The value at a position of such an item, as a leaf is stored.
    fn value(&self, kernel: &Kernel, leaf: LeafId, at: usize) -> Sql;
    /// The whole item, as JSON.
    fn item(&self) -> Sql;
    /// Deletes rows of a table, `t`, that a filter matches with what is given.
    fn delete(&self, it: &mut Writer<'_>, table: &str, given: &Source, filter: &Sql);
    /// Sets columns of such rows.
    fn update(&self, it: &mut Writer<'_>, table: &str, set: &[(&str, Sql)], given: &Source, filter: &Sql);
    /// Inserts what a select yields.
    fn insert(&self, it: &mut Writer<'_>, table: &str, columns: &[&str], select: &Select);
    /// Requests that put as many next numbers of a sequence into a slot's `rows` as a term, a text, says; none where no
    /// sequence numbers the leaf.
    fn numbers(&self, on: Ground<'_>, leaf: LeafId, count: Term, into: Slot) -> Option<Vec<Request>>;
    /// A statement that moves a leaf's sequence past the numbers at a position of what is given, where there is one.
    fn pass(&self, on: Ground<'_>, leaf: LeafId, at: usize, given: Source) -> Option<String>;
}

/// Rules that the engine enforces by constraints, facet by facet, with the constraint's name.
pub(crate) struct Constraints {
    all: Vec<(RuleId, Box<str>)>,
    enforced: BTreeSet<(RuleId, Facet)>,
}

impl Constraints {
    /// Those of a design.
    pub(crate) fn of<D>(lowered: &Lowered<D>) -> Self {
        let kernel = lowered.kernel();
        let report = lowered.report();
        let mut found = Self {
            all: Vec::new(),
            enforced: BTreeSet::new(),
        };
        for (facet, entry) in report.coverage.iter() {
            let of = kernel.facets[facet];
            let (Subject::Rule(rule), Some(name)) = (of.subject, entry.by) else {
                continue;
            };
            let enforced = matches!(entry.outcome, Outcome::Rule(RuleOutcome::Enforced));
            let named = report.mapping.name(name);
            // Columns and sequences are no constraints that a fault could name.
            if enforced && !matches!(named.noun, "column" | "sequence" | "table") {
                found.all.push((rule, (&*named.name).into()));
                found.enforced.insert((rule, of.facet));
            }
        }
        found
    }

    /// Whether a facet is enforced by a constraint.
    pub(crate) fn enforce(&self, rule: RuleId, facet: Facet) -> bool {
        self.enforced.contains(&(rule, facet))
    }

    /// What faults of a change to each entity's rows mean: its own constraints and those of references to it.
    fn by_entity(&self, kernel: &Kernel) -> BTreeMap<EntityId, BTreeMap<Box<str>, Then>> {
        let mut found: BTreeMap<EntityId, BTreeMap<Box<str>, Then>> = BTreeMap::new();
        for (id, name) in &self.all {
            let rule = &kernel.rules[*id];
            let then = Then::Refuse(Refusal::Rule(*id));
            if let RuleKind::Reference { to: other, .. } | RuleKind::Bounds { owner: other, .. } = rule.kind {
                found.entry(other).or_default().insert(name.clone(), then.clone());
            }
            found.entry(rule.entity).or_default().insert(name.clone(), then);
        }
        found
    }
}

/// The program of any write.
pub(crate) fn program(
    on: Ground<'_>,
    kernel: &Arc<Kernel>,
    edits: &dyn Edits,
    constraints: &Constraints,
    judged: JudgedByEngine,
) -> Result<Program, Flaw> {
    let writing = Writing {
        on,
        edits,
        faults: constraints.by_entity(on.kernel),
    };
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
    for phase in edits.phases() {
        let kinds = writing.changes(*phase);
        if !kinds.is_empty() {
            body.push(by_kind_of(*phase, kinds));
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
                begin: edits.begin().into(),
                body,
            }],
        }],
        judged,
    )
}

/// How queries read what the evaluator asks for, in a transaction that begins so.
pub(crate) fn reading(on: Ground<'_>, edits: &dyn Edits, begin: &'static str) -> Reading {
    let writing = Writing {
        on,
        edits,
        faults: BTreeMap::new(),
    };
    Reading {
        begin,
        needs: NEEDS,
        round: by_kind(NEEDS, Term::Slot(NEEDS), "want", writing.fetches()),
    }
}

/// What is done with changes, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Changed references of rows that a cascade would take are led on.
    Lead,
    /// Rows that go.
    Delete,
    /// Rows that change.
    Update,
    /// Rows that come.
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
    on: Ground<'a>,
    edits: &'a dyn Edits,
    /// What faults of a change to an entity's rows mean.
    faults: BTreeMap<EntityId, BTreeMap<Box<str>, Then>>,
}

impl Writing<'_> {
    fn writer(&self) -> Writer<'_> {
        Writer::new(self.on.words.dialect())
    }

    fn print(&self, select: &Select) -> String {
        let mut writer = self.writer();
        writer.select(select);
        writer.finish()
    }

    fn value(&self, leaf: LeafId, at: usize) -> Sql {
        self.edits.value(self.on.kernel, leaf, at)
    }

    fn given(&self, leaves: &[LeafId]) -> Source {
        self.edits.given(self.on.kernel, leaves)
    }

    /// That leaves have the values that are given, letters folded where they fold.
    fn equal(&self, express: &Express<'_>, leaves: &[LeafId], nulls: Nulls) -> Vec<Sql> {
        leaves
            .iter()
            .enumerate()
            .map(|(at, leaf)| {
                let it = &self.on.kernel.leaves[*leaf];
                let folds =
                    it.ignore_case || it.refers.is_some_and(|to| self.on.kernel.leaves[to].ignore_case);
                let fold = |sql: Sql| if folds { self.on.words.fold(sql) } else { sql };
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
            .map(|leaf| codec::given(self.on.kernel, &self.on.kernel.leaves[*leaf].ty));
        Codec::Items(codecs.collect())
    }

    /// Blocks by what changes do, for the changes of a phase.
    fn changes(&self, phase: Phase) -> BTreeMap<Box<str>, Block> {
        let kernel = self.on.kernel;
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

    /// The leaves, but for the key's, of references that cascade; the version with them, so that it rises where a row first
    /// changes.
    fn leading(&self, entity: EntityId) -> Vec<LeafId> {
        let kernel = self.on.kernel;
        let key = kernel.key_leaves(entity);
        let mut leading: Vec<LeafId> = kernel
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
            .collect();
        if !leading.is_empty() {
            leading.extend(kernel.entities[entity].version);
        }
        leading
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
            expect: Expect {
                constraints: self.faults.get(&entity).cloned().unwrap_or_default(),
                none: None,
            },
        }
    }

    fn delete(&self, entity: EntityId) -> Block {
        let key = self.on.kernel.key_leaves(entity);
        let filter = Sql::and(self.keyed(&key, &key));
        let mut writer = self.writer();
        self.edits
            .delete(&mut writer, self.on.table(entity), &self.given(&key), &filter);
        let (text, rows) = (writer.finish(), member(ITEM, "key"));
        vec![Step::Send(vec![self.change(
            entity,
            text,
            rows,
            &key,
            Replay::Never,
        )])]
    }

    /// That a row has the key that is given, at the key's places among leaves.
    fn keyed(&self, key: &[LeafId], among: &[LeafId]) -> Vec<Sql> {
        key.iter()
            .map(|leaf| {
                let at = among.iter().position(|it| it == leaf).unwrap_or_default();
                Sql::of(ROW, self.on.column(*leaf)).infix(Infix::Eq, self.value(*leaf, at))
            })
            .collect()
    }

    fn update(&self, entity: EntityId, set: &[LeafId]) -> Block {
        if set.is_empty() {
            return Vec::new();
        }
        let kernel = self.on.kernel;
        let leaves: Vec<LeafId> = kernel.entities[entity].leaves.iter().collect();
        let key = kernel.key_leaves(entity);
        let filter = Sql::and(self.keyed(&key, &leaves));
        let values = |leaf: &LeafId| (self.on.column(*leaf), self.value(*leaf, kernel.position(*leaf)));
        let set: Vec<(&str, Sql)> = set.iter().map(values).collect();
        let mut writer = self.writer();
        let given = self.given(&leaves);
        self.edits
            .update(&mut writer, self.on.table(entity), &set, &given, &filter);
        let (text, rows) = (writer.finish(), member(ITEM, "after"));
        vec![Step::Send(vec![self.change(
            entity,
            text,
            rows,
            &leaves,
            Replay::Never,
        )])]
    }

    fn insert(&self, entity: EntityId) -> Block {
        let leaves: Vec<LeafId> = self.on.kernel.entities[entity].leaves.iter().collect();
        let columns: Vec<&str> = self.on.columns(entity).collect();
        let select = Select {
            columns: leaves
                .iter()
                .enumerate()
                .map(|(at, leaf)| (self.value(*leaf, at), None))
                .collect(),
            from: vec![self.given(&leaves)],
            ..Select::default()
        };
        let mut writer = self.writer();
        self.edits
            .insert(&mut writer, self.on.table(entity), &columns, &select);
        let rows = || member(ITEM, "after");
        let mut requests = vec![self.change(entity, writer.finish(), rows(), &leaves, Replay::Never)];
        for (at, leaf) in leaves.iter().enumerate() {
            if let Some(text) = self.edits.pass(self.on, *leaf, at, self.given(&leaves)) {
                requests.push(self.change(entity, text, rows(), &leaves, Replay::Never));
            }
        }
        vec![Step::Send(requests)]
    }
}
