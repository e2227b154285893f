//! What the evaluator lacks, fetched: one find for each kind of need, whatever their number.

use std::collections::BTreeMap;

use dbspec_core::kernel::{EntityId, FieldId, Filling, LeafId, Nulls, RuleId, RuleKind};
use dbspec_core::program::{Block, Codec, Doc, Expect, Replay, Request, Step, Term, Want};
use dbspec_core::value::Value;

use super::request::{Finding, by_kind, document, each, find, one, words, yes};
use super::{ITEM, NEED, NEEDS, REPLY, ROWS, SOME, X};
use crate::document::term::{
    both, decode, encode, filter, is_null, is_set, len, less, list, map, member, minus, nth, number, or_else,
    plus, same, slot, some,
};
use crate::mongodb::design::{ID, NUMBER};
use crate::mongodb::layout::Layout;
use crate::mongodb::lower::{Grouping, grouping};
use crate::mongodb::types;

/// So many numbers of a sequence are taken at once at most.
const NUMBERS: i64 = 100;

/// The evaluator is asked again while it lacks something.
pub(super) fn until_known(layout: Layout<'_>, ask: Step) -> Step {
    Step::Loop {
        body: vec![ask, by_kind(NEEDS, "want", blocks(layout))],
        again: some(slot(NEEDS)),
    }
}

/// Blocks by want.
fn blocks(layout: Layout<'_>) -> BTreeMap<Box<str>, Block> {
    let kernel = layout.kernel;
    let mut blocks = BTreeMap::new();
    for entity in kernel.entities.ids() {
        blocks.insert(Want::Row(entity).text(kernel), row(layout, entity));
        let mut all = find(layout, entity, Finding::all(document(Vec::new())));
        all.extend(learn(slot(ROWS)));
        blocks.insert(Want::All(entity).text(kernel), all);
    }
    for field in kernel.fields.ids() {
        if kernel.target(field).is_some() {
            blocks.insert(Want::Children(field).text(kernel), children(layout, field));
            blocks.insert(Want::Count(field).text(kernel), counted(layout, field));
        }
    }
    for (id, rule) in kernel.rules.iter() {
        if let Some(kind) = grouping(kernel, id) {
            blocks.insert(Want::Same(id).text(kernel), alike(layout, id, kind));
        }
        if let RuleKind::Default {
            field,
            filling: Filling::Sequence,
            ..
        } = &rule.kind
        {
            blocks.insert(Want::Next(*field).text(kernel), next(layout, *field));
        }
    }
    blocks
}

/// Each need learns what a term over it says.
fn learn(found: Term) -> Block {
    vec![Step::Each {
        over: slot(SOME),
        item: NEED,
        body: vec![Step::Learn {
            need: slot(NEED),
            found,
        }],
    }]
}

/// The values of leaves in a row.
fn values(layout: Layout<'_>, leaves: &[LeafId], row: &Term) -> Term {
    let at = leaves
        .iter()
        .map(|leaf| nth(row.clone(), layout.kernel.position(*leaf)));
    list(at)
}

fn row(layout: Layout<'_>, entity: EntityId) -> Block {
    let ids = map(slot(SOME), X, layout.id_of(entity, &member(slot(X), "key")));
    let filter_by = one(ID, one("$in", Doc::Hole(ids)));
    let mut block = find(layout, entity, Finding::all(filter_by));
    let key = layout.kernel.key_leaves(entity);
    let own = values(layout, &key, &slot(X));
    block.extend(learn(filter(slot(ROWS), X, same(own, member(slot(NEED), "key")))));
    block
}

/// The filter for documents that have the values of one of the needs in leaves.
fn with_values(layout: Layout<'_>, leaves: &[LeafId], name: &str, nulls: Nulls) -> Doc {
    let value = |at: usize, leaf: LeafId| {
        let value = nth(member(slot(ITEM), name), at);
        layout.seek(leaf, value)
    };
    if let ([leaf], Nulls::Distinct) = (leaves, nulls) {
        let all = map(slot(SOME), ITEM, value(0, *leaf));
        return one(layout.sought(*leaf), one("$in", Doc::Hole(all)));
    }
    // An absent field is equal to null.
    let members = leaves
        .iter()
        .enumerate()
        .map(|(at, leaf)| (layout.sought(*leaf), Doc::Hole(value(at, *leaf))));
    one("$or", each(slot(SOME), ITEM, document(members.collect())))
}

/// The rows that came whose leaves have the values of the need; all of them where letters fold.
fn those(layout: Layout<'_>, leaves: &[LeafId], name: &str) -> Term {
    if leaves.iter().any(|leaf| layout.field(*leaf).folded.is_some()) {
        return slot(ROWS);
    }
    let own = values(layout, leaves, &slot(X));
    filter(slot(ROWS), X, same(own, member(slot(NEED), name)))
}

fn naming(layout: Layout<'_>, field: FieldId) -> (Block, Term) {
    let it = &layout.kernel.fields[field];
    let leaves: Vec<LeafId> = it.leaves.iter().collect();
    let filter_by = with_values(layout, &leaves, "key", Nulls::Distinct);
    let block = find(layout, it.entity, Finding::all(filter_by));
    (block, those(layout, &leaves, "key"))
}

fn children(layout: Layout<'_>, field: FieldId) -> Block {
    let (mut block, found) = naming(layout, field);
    block.extend(learn(found));
    block
}

/// How many living rows name a row.
fn counted(layout: Layout<'_>, field: FieldId) -> Block {
    let kernel = layout.kernel;
    let it = &kernel.fields[field];
    let (mut block, _) = naming(layout, field);
    let leaves: Vec<LeafId> = it.leaves.iter().collect();
    let own = values(layout, &leaves, &slot(X));
    let mut test = same(own, member(slot(NEED), "key"));
    if let Some(deleted) = kernel.entities[it.entity].soft_delete {
        test = both(test, is_null(nth(slot(X), kernel.position(deleted))));
    }
    block.extend(learn(len(filter(slot(ROWS), X, test))));
    block
}

/// The rows that have the values of a rule.
fn alike(layout: Layout<'_>, id: RuleId, kind: Grouping) -> Block {
    let kernel = layout.kernel;
    let rule = &kernel.rules[id];
    let group = layout.groups(rule.entity).find(|(it, _)| *it == id);
    let filter_by = match (kind, group, &rule.kind) {
        (Grouping::Plain, _, RuleKind::Unique { leaves, nulls, .. }) => {
            with_values(layout, leaves, "values", *nulls)
        }
        (_, Some((_, group)), _) => {
            let digests = map(slot(SOME), X, encode(Codec::Digest, member(slot(X), "values")));
            one(&group.field, one("$in", Doc::Hole(digests)))
        }
        (_, None, _) => document(Vec::new()),
    };
    let mut block = find(layout, rule.entity, Finding::all(filter_by));
    let bound = Term::Bound(id, Box::new(slot(X)));
    let found = match kind {
        Grouping::Plain => slot(ROWS),
        Grouping::Digest | Grouping::Many => filter(slot(ROWS), X, same(bound, member(slot(NEED), "values"))),
    };
    block.extend(learn(found));
    block
}

/// The next numbers of a sequence: as many as are asked for, a hundred at most.
fn next(layout: Layout<'_>, field: FieldId) -> Block {
    let Some((locks, tag)) = sequence(layout, field) else {
        return Vec::new();
    };
    let some_numbers = Value::List((1..=NUMBERS).map(Value::Int).collect());
    let fits = less(slot(X), plus(member(slot(NEED), "count"), number(1)));
    let wanted = filter(Term::Value(some_numbers), X, fits);
    let long = |term: Term| Doc::Hole(encode(types::long(), term));
    let room = minus(number(i64::MAX), len(wanted.clone()));
    let members = vec![
        ("findAndModify", words(&locks)),
        (
            "query",
            document(vec![(ID, words(&tag)), (NUMBER, one("$lte", long(room)))]),
        ),
        ("update", one("$inc", one(NUMBER, long(len(wanted.clone()))))),
        ("new", yes()),
    ];
    let taken = decode(types::long(), member(member(slot(REPLY), "value"), NUMBER));
    // Beyond the last number there is no other: the key that it is part of says so.
    let last = or_else(taken, number(i64::MAX), X);
    let first = minus(last, len(wanted.clone()));
    let ask = Step::Send(vec![Request {
        text: "findAndModify".into(),
        args: document(members),
        into: Some(REPLY),
        replay: Replay::Safe,
        expect: Expect::default(),
    }]);
    vec![Step::Each {
        over: slot(SOME),
        item: NEED,
        body: vec![
            ask,
            Step::Set(ITEM, first),
            Step::Learn {
                need: slot(NEED),
                found: map(wanted, X, plus(slot(ITEM), slot(X))),
            },
        ],
    }]
}

/// The collection and the `_id` of a sequence's number.
fn sequence(layout: Layout<'_>, field: FieldId) -> Option<(String, String)> {
    let kernel = layout.kernel;
    let place = kernel.position(kernel.fields[field].leaves.first()?);
    let collection = layout.collection(kernel.fields[field].entity);
    let sequence = collection.sequences.iter().find(|it| it.leaf == place)?;
    Some((layout.design.locks.clone()?, sequence.tag.clone()))
}

/// Moves the sequences of an entity past the numbers that rows in [`SOME`] were given. Gaps are allowed.
pub(super) fn pass(layout: Layout<'_>, entity: EntityId) -> Block {
    let Some(locks) = layout.design.locks.as_deref() else {
        return Vec::new();
    };
    let mut block = Vec::new();
    for sequence in &layout.collection(entity).sequences {
        let given = |of: Term| nth(member(of, "after"), sequence.leaf);
        let numbered = filter(slot(SOME), X, is_set(given(slot(X))));
        let number = Doc::Hole(encode(types::long(), given(slot(ITEM))));
        let update = document(vec![
            ("q", one(ID, words(&sequence.tag))),
            ("u", one("$max", one(NUMBER, number))),
        ]);
        block.push(Step::When(
            some(numbered.clone()),
            vec![super::request::change(
                "update",
                vec![
                    ("update", words(locks)),
                    ("updates", each(numbered, ITEM, update)),
                ],
                Expect::default(),
            )],
            Vec::new(),
        ));
    }
    block
}

/// A filter for one `_id`.
pub(super) fn by_id(layout: Layout<'_>, entity: EntityId, key: &Term) -> Doc {
    one(ID, Doc::Hole(layout.id_of(entity, key)))
}
