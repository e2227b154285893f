//! What a transaction does: documents that were relied on are touched, locks raised, then rows go, change and come.
//!
//! Unique indexes are judged document by document. So a row whose key or unique values change goes first and comes again,
//! and rows go before others come.

use std::collections::{BTreeMap, BTreeSet};

use dbspec_core::kernel::{EntityId, FieldId, Kernel, Refusal, RuleKind};
use dbspec_core::program::{Act, Block, Doc, Expect, Rely, Step, Term, Then};
use dbspec_core::value::Value;

use super::need::{by_id, pass};
use super::request::{by_kind, change, count, document, each, one, words, yes};
use super::{CHANGES, ITEM, LOCKS, PHASE, RELIED, SOME, TOUCHED, X};
use crate::document::term::{
    any, both, distinct, filter, is_null, is_set, join, list, map, member, not, nth, record, same, slot,
    some, text,
};
use crate::mongodb::design::{ID, NUMBER};
use crate::mongodb::layout::{Layout, lock_id};
use crate::mongodb::lower::{Grouping, grouping};
use crate::mongodb::types;

/// The name of the index of `_id` in faults.
const ID_INDEX: &str = "_id_";

/// Commits the changes of a write.
pub(super) fn commit(layout: Layout<'_>) -> Block {
    let committing = Committing {
        layout,
        faults: faults(layout),
    };
    let null = |name: &str| is_null(member(slot(X), name));
    let mut block = vec![
        Step::Set(TOUCHED, list([])),
        Step::Set(LOCKS, list([])),
        by_kind(RELIED, "rely", committing.relied()),
        by_kind(CHANGES, "do", committing.grouped()),
        Step::Set(TOUCHED, distinct(slot(TOUCHED))),
        by_kind(TOUCHED, "at", committing.touch()),
    ];
    block.extend(committing.raise());
    // Rows that go, or go and come.
    let phase = |test: Term| Step::Set(PHASE, filter(slot(CHANGES), X, test));
    block.push(phase(not(null("before"))));
    block.push(by_kind(PHASE, "do", committing.by_act(Committing::remove)));
    block.push(phase(both(not(null("before")), not(null("after")))));
    block.push(by_kind(
        PHASE,
        "do",
        committing.by_act(|it, entity, act| match act {
            Act::Update(_) => it.replace(entity),
            Act::Insert(_) | Act::Delete(_) => Vec::new(),
        }),
    ));
    block.push(phase(not(null("after"))));
    block.push(by_kind(PHASE, "do", committing.by_act(Committing::insert)));
    block
}

struct Committing<'a> {
    layout: Layout<'a>,
    /// What faults of a change to an entity's documents mean, entity by entity.
    faults: Vec<Expect>,
}

fn faults(layout: Layout<'_>) -> Vec<Expect> {
    let kernel = layout.kernel;
    kernel
        .entities
        .ids()
        .map(|entity| {
            let mut constraints = BTreeMap::new();
            let key = kernel
                .rules_of(entity)
                .find(|(_, rule)| matches!(rule.kind, RuleKind::Key(_)));
            if let Some((id, _)) = key {
                constraints.insert(ID_INDEX.into(), Then::Refuse(Refusal::Rule(id)));
            }
            for index in &layout.collection(entity).indexes {
                let rule = index.unique.map(|it| it.rule);
                let rule = rule.and_then(|at| kernel.entities[entity].rules.iter().nth(at));
                if let Some(id) = rule {
                    let then = Then::Refuse(Refusal::Rule(id));
                    constraints.insert(index.name.as_str().into(), then);
                }
            }
            Expect {
                constraints,
                none: None,
            }
        })
        .collect()
}

impl Committing<'_> {
    fn kernel(&self) -> &Kernel {
        self.layout.kernel
    }

    fn expect(&self, entity: EntityId) -> Expect {
        let at = dbspec_core::arena::Id::index(entity) as usize;
        self.faults[at].clone()
    }

    fn at(&self, entity: EntityId) -> Term {
        text(self.kernel().entities[entity].name.clone())
    }

    fn collection(&self, entity: EntityId) -> Doc {
        words(&self.layout.collection(entity).name)
    }

    fn touches(&self, entity: EntityId, keys: Term) -> Step {
        let touched = map(keys, X, record([("at", self.at(entity)), ("key", slot(X))]));
        Step::Set(TOUCHED, join([slot(TOUCHED), touched]))
    }

    /// Blocks by what was relied on.
    fn relied(&self) -> BTreeMap<Box<str>, Block> {
        let kernel = self.kernel();
        let keys = || map(slot(SOME), X, member(slot(X), "key"));
        let mut blocks = BTreeMap::new();
        for entity in kernel.entities.ids() {
            blocks.insert(
                Rely::Exists(entity).text(kernel),
                vec![self.touches(entity, keys())],
            );
            let mut unchanged = vec![self.touches(entity, keys())];
            unchanged.extend(self.still_absent(entity));
            blocks.insert(Rely::Unchanged(entity).text(kernel), unchanged);
            blocks.insert(Rely::Free(entity).text(kernel), Vec::new());
        }
        for field in kernel.fields.ids() {
            if let Some(to) = kernel.target(field) {
                blocks.insert(Rely::Children(field).text(kernel), vec![self.touches(to, keys())]);
            }
        }
        for (id, rule) in kernel.rules.iter() {
            if let RuleKind::Unique { .. } | RuleKind::Key(_) = rule.kind {
                blocks.insert(Rely::Unique(id).text(kernel), Vec::new());
            }
            if grouping(kernel, id).is_none() {
                continue;
            }
            let group = self.layout.groups(rule.entity).find(|(it, _)| *it == id);
            let tag = group.and_then(|(_, group)| group.tag.as_deref());
            let raise = tag.map(|tag| {
                let ids = map(slot(SOME), X, lock_id(tag, member(slot(X), "values")));
                Step::Set(LOCKS, join([slot(LOCKS), ids]))
            });
            blocks.insert(Rely::Same(id).text(kernel), raise.into_iter().collect());
        }
        blocks
    }

    /// What was read as absent is put and taken away again, so that whoever puts it has a conflict.
    fn still_absent(&self, entity: EntityId) -> Block {
        let absent = filter(slot(SOME), X, is_null(member(slot(X), "row")));
        let id = || by_id(self.layout, entity, &member(slot(ITEM), "key"));
        let again = Expect {
            constraints: [(ID_INDEX.into(), Then::Again)].into_iter().collect(),
            none: None,
        };
        let put = change(
            "insert",
            vec![
                ("insert", self.collection(entity)),
                ("documents", each(absent.clone(), ITEM, id())),
                ("bypassDocumentValidation", yes()),
            ],
            again,
        );
        let take = change(
            "delete",
            vec![
                ("delete", self.collection(entity)),
                (
                    "deletes",
                    each(
                        absent.clone(),
                        ITEM,
                        document(vec![("q", id()), ("limit", count(1))]),
                    ),
                ),
            ],
            Expect::default(),
        );
        vec![Step::When(some(absent), vec![put, take], Vec::new())]
    }

    /// Blocks by what changes do: which documents they touch, and which locks they raise.
    fn grouped(&self) -> BTreeMap<Box<str>, Block> {
        let kernel = self.kernel();
        let mut blocks = BTreeMap::new();
        for entity in kernel.entities.ids() {
            let mut block = Vec::new();
            for field in kernel.entities[entity].fields.iter() {
                if let Some(to) = kernel.target(field) {
                    block.push(self.touches(to, self.named(entity, field)));
                }
            }
            for (rule, group) in self.layout.groups(entity) {
                let Some(tag) = group.tag.as_deref() else { continue };
                for end in ["before", "after"] {
                    let bound = Term::Bound(rule, Box::new(member(slot(X), end)));
                    let bound = filter(map(slot(SOME), X, bound), X, is_set(slot(X)));
                    let ids = map(bound, X, lock_id(tag, slot(X)));
                    block.push(Step::Set(LOCKS, join([slot(LOCKS), ids])));
                }
            }
            for act in [Act::Insert(entity), Act::Update(entity), Act::Delete(entity)] {
                blocks.insert(act.text(kernel), block.clone());
            }
        }
        blocks
    }

    /// The keys that changed rows name, or named, where that or whether they live changes.
    fn named(&self, entity: EntityId, field: FieldId) -> Term {
        let kernel = self.kernel();
        let mut places: Vec<usize> = kernel.fields[field]
            .leaves
            .iter()
            .map(|leaf| kernel.position(leaf))
            .collect();
        let width = places.len();
        let values =
            |end: &str, places: &[usize]| list(places.iter().map(|at| nth(member(slot(X), end), *at)));
        let ends = ["before", "after"].map(|end| {
            let own = values(end, &places);
            (end, own)
        });
        places.extend(kernel.entities[entity].soft_delete.map(|it| kernel.position(it)));
        let moved = not(same(values("before", &places), values("after", &places)));
        let keys = ends.map(|(_, own)| map(filter(slot(SOME), X, moved.clone()), X, own));
        filter(join(keys), X, Layout::is_whole(width, &slot(X)))
    }

    /// Blocks by entity: touched documents get another lock number.
    fn touch(&self) -> BTreeMap<Box<str>, Block> {
        let kernel = self.kernel();
        let mut blocks = BTreeMap::new();
        for (entity, it) in kernel.entities.iter() {
            let lock = self.layout.collection(entity).lock.as_str();
            let update = document(vec![
                ("q", by_id(self.layout, entity, &member(slot(ITEM), "key"))),
                ("u", one("$inc", one(lock, increment()))),
            ]);
            blocks.insert(
                it.name.clone(),
                vec![change(
                    "update",
                    vec![
                        ("update", self.collection(entity)),
                        ("updates", each(slot(SOME), ITEM, update)),
                    ],
                    Expect::default(),
                )],
            );
        }
        blocks
    }

    /// Raises the locks.
    fn raise(&self) -> Block {
        let Some(locks) = self.layout.design.locks.as_deref() else {
            return Vec::new();
        };
        let update = document(vec![
            ("q", one(ID, Doc::Hole(slot(ITEM)))),
            ("u", one("$inc", one(NUMBER, increment()))),
            ("upsert", yes()),
        ]);
        let raise = change(
            "update",
            vec![
                ("update", words(locks)),
                ("updates", each(distinct(slot(LOCKS)), ITEM, update)),
            ],
            Expect {
                constraints: [(ID_INDEX.into(), Then::Again)].into_iter().collect(),
                none: None,
            },
        );
        vec![Step::When(some(slot(LOCKS)), vec![raise], Vec::new())]
    }

    /// Blocks for each kind of change.
    fn by_act(&self, block: impl Fn(&Self, EntityId, Act) -> Block) -> BTreeMap<Box<str>, Block> {
        let kernel = self.kernel();
        let mut blocks = BTreeMap::new();
        for entity in kernel.entities.ids() {
            for act in [Act::Insert(entity), Act::Update(entity), Act::Delete(entity)] {
                blocks.insert(act.text(kernel), block(self, entity, act));
            }
        }
        blocks
    }

    /// Whether a changed row, in the first scratch slot, has another key or other unique values than before.
    fn is_moved(&self, entity: EntityId) -> Term {
        let kernel = self.kernel();
        let places: Vec<usize> = self.layout.collection(entity).key.clone();
        let values = |end: &str| list(places.iter().map(|at| nth(member(slot(X), end), *at)));
        let mut tests = vec![not(same(values("before"), values("after")))];
        let unique: BTreeSet<usize> = self
            .layout
            .collection(entity)
            .indexes
            .iter()
            .filter_map(|it| it.unique.map(|it| it.rule))
            .collect();
        for rule in unique
            .into_iter()
            .filter_map(|at| kernel.entities[entity].rules.iter().nth(at))
        {
            let bound = |end: &str| Term::Bound(rule, Box::new(member(slot(X), end)));
            // Nulls that equal each other don't bind by a plain index's measure: its fields do.
            let plain = grouping(kernel, rule) == Some(Grouping::Plain);
            if let (true, RuleKind::Unique { leaves, .. }) = (plain, &kernel.rules[rule].kind) {
                let own = |end: &str| {
                    list(
                        leaves
                            .iter()
                            .map(|leaf| nth(member(slot(X), end), kernel.position(*leaf))),
                    )
                };
                tests.push(not(same(own("before"), own("after"))));
            } else {
                tests.push(not(same(bound("before"), bound("after"))));
            }
        }
        any(tests)
    }

    /// Rows that go, and those that go and come again.
    fn remove(&self, entity: EntityId, act: Act) -> Block {
        let gone = match act {
            Act::Delete(_) => slot(SOME),
            Act::Update(_) => filter(slot(SOME), X, self.is_moved(entity)),
            Act::Insert(_) => return Vec::new(),
        };
        let delete = document(vec![
            ("q", by_id(self.layout, entity, &member(slot(ITEM), "key"))),
            ("limit", count(1)),
        ]);
        let delete = change(
            "delete",
            vec![
                ("delete", self.collection(entity)),
                ("deletes", each(gone.clone(), ITEM, delete)),
            ],
            Expect::default(),
        );
        vec![Step::When(some(gone), vec![delete], Vec::new())]
    }

    /// Rows that change in their place.
    fn replace(&self, entity: EntityId) -> Block {
        let stay = filter(slot(SOME), X, not(self.is_moved(entity)));
        let update = document(vec![
            ("q", by_id(self.layout, entity, &member(slot(ITEM), "key"))),
            ("u", self.layout.document(entity, &member(slot(ITEM), "after"))),
        ]);
        let update = change(
            "update",
            vec![
                ("update", self.collection(entity)),
                ("updates", each(stay.clone(), ITEM, update)),
            ],
            self.expect(entity),
        );
        let mut block = vec![Step::When(some(stay), vec![update], Vec::new())];
        block.extend(pass(self.layout, entity));
        block
    }

    /// Rows that come.
    fn insert(&self, entity: EntityId, act: Act) -> Block {
        let come = match act {
            Act::Insert(_) => slot(SOME),
            Act::Update(_) => filter(slot(SOME), X, self.is_moved(entity)),
            Act::Delete(_) => return Vec::new(),
        };
        let insert = change(
            "insert",
            vec![
                ("insert", self.collection(entity)),
                (
                    "documents",
                    each(
                        come.clone(),
                        ITEM,
                        self.layout.document(entity, &member(slot(ITEM), "after")),
                    ),
                ),
            ],
            self.expect(entity),
        );
        let mut block = vec![Step::When(some(come), vec![insert], Vec::new())];
        if let Act::Insert(_) = act {
            block.extend(pass(self.layout, entity));
        }
        block
    }
}

/// One more.
fn increment() -> Doc {
    let one = Term::Value(Value::Int(1));
    Doc::Hole(crate::document::term::encode(types::long(), one))
}
