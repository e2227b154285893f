//! What one run of the library's function does: it asks that everything that was read is still so, then rows go, then rows
//! come, each with its places in indexes and groups.

use std::collections::BTreeMap;

use dbspec_core::kernel::EntityId;
use dbspec_core::program::{
    Act, Block, Codec, Denial, Doc, Expect, Number, Replay, Request, Step, Term, Then,
};

use super::need::by_kind;
use super::request::{act, words};
use super::{CHANGES, COME, GONE, SEEN, SOME, X};
use crate::document::term::{
    both, concat, distinct, encode, filter, is_set, join, list, map, member, not, nth, number, same, slot,
    text,
};
use crate::redis::layout::Layout;
use crate::redis::types;

/// How long a finished request is known, in milliseconds: longer than it is ever sent again.
const KNOWN_MS: i64 = 120_000;

/// Commits the changes of a write.
pub(super) fn commit(layout: Layout<'_>) -> Block {
    let kernel = layout.kernel;
    let mut blocks = BTreeMap::new();
    for entity in kernel.entities.ids() {
        let block = changed(layout, entity);
        for act in [Act::Insert(entity), Act::Update(entity), Act::Delete(entity)] {
            blocks.insert(act.text(kernel), block.clone());
        }
    }
    let acts = join([distinct(slot(SEEN)), slot(GONE), slot(COME)]);
    let done = concat([
        text(format!("{}:", layout.design.key(&layout.design.done))),
        Term::Token,
    ]);
    let keys = join([list([done]), map(slot(GONE), X, nth(slot(X), 0))]);
    let args = vec![number(KNOWN_MS), map(slot(GONE), X, nth(slot(X), 1))];
    vec![
        Step::Set(GONE, list([])),
        Step::Set(COME, list([])),
        by_kind(CHANGES, "do", u16::MAX, blocks),
        Step::Set(GONE, acts),
        Step::Send(vec![Request {
            text: "FCALL".into(),
            // Whoever is told that something has changed has done nothing, even where a reply was lost before: the request's
            // own key says what was done.
            args: Doc::Act(
                Box::new(Denial::Then(Then::Again)),
                Box::new(words("dbspec_commit", keys, args)),
            ),
            into: None,
            replay: Replay::Token,
            expect: Expect::default(),
        }]),
    ]
}

/// What becomes of the changed rows in [`SOME`].
fn changed(layout: Layout<'_>, entity: EntityId) -> Block {
    let before = member(slot(X), "before");
    let after = member(slot(X), "after");
    let mut block = Vec::new();
    let mut moved =
        |from: (Term, Vec<Term>), to: (Term, Vec<Term>), [was, is]: [Term; 2], same: Option<Term>| {
            let other = |there: Term| match &same {
                Some(same) => both(there, not(same.clone())),
                None => there,
            };
            let gone = map(filter(slot(SOME), X, other(was)), X, act(from.0, from.1));
            let come = map(filter(slot(SOME), X, other(is)), X, act(to.0, to.1));
            block.push(Step::Set(GONE, join([slot(GONE), gone])));
            block.push(Step::Set(COME, join([slot(COME), come])));
        };
    let there = || [is_set(before.clone()), is_set(after.clone())];
    // The rows themselves, and their names.
    let names = [&before, &after].map(|row| layout.name_of_row(entity, row));
    let [from, to] = names.clone().map(|name| layout.row_named(entity, name));
    let stays = both(
        both(is_set(before.clone()), is_set(after.clone())),
        same(names[0].clone(), names[1].clone()),
    );
    moved(
        (from, vec![text("drop")]),
        (to, put(layout, entity, &after)),
        // What stays is put in place of what it was.
        [
            both(is_set(before.clone()), not(stays.clone())),
            is_set(after.clone()),
        ],
        None,
    );
    let set = text(layout.names(entity));
    moved(
        (set.clone(), vec![text("remove"), names[0].clone()]),
        (set, vec![text("add"), names[1].clone()]),
        there(),
        Some(stays),
    );
    for index in &layout.hash(entity).indexes {
        let (old, new) = (
            layout.place(entity, index, &before),
            layout.place(entity, index, &after),
        );
        let stays = both(
            both(is_set(before.clone()), is_set(after.clone())),
            both(
                same(old.0.clone(), new.0.clone()),
                same(old.1.clone(), new.1.clone()),
            ),
        );
        moved(
            (old.0, vec![text("remove"), old.1]),
            (new.0, vec![text("add"), new.1]),
            there(),
            Some(stays),
        );
    }
    for (rule, group) in layout.groups(entity) {
        let bound = [&before, &after].map(|row| Term::Bound(rule, Box::new(row.clone())));
        let stays = both(
            same(bound[0].clone(), bound[1].clone()),
            same(names[0].clone(), names[1].clone()),
        );
        let [was, is] = bound.clone().map(is_set);
        let [old, new] = bound.map(|values| layout.group_key(group, values));
        moved(
            (old, vec![text("remove"), names[0].clone()]),
            (new, vec![text("add"), names[1].clone()]),
            [was, is],
            Some(stays),
        );
    }
    for sequence in &layout.hash(entity).sequences {
        let [was, is] = [&before, &after].map(|row| nth(row.clone(), sequence.leaf));
        let given = filter(
            slot(SOME),
            X,
            both(is_set(is.clone()), not(same(was, is.clone()))),
        );
        let digits = encode(Codec::NumberText(Number::Int), is);
        let key = text(layout.design.key(&sequence.name));
        let raise = map(given, X, act(key, vec![text("raise"), digits]));
        block.push(Step::Set(COME, join([slot(COME), raise])));
    }
    block
}

/// A row's fields and their texts.
fn put(layout: Layout<'_>, entity: EntityId, row: &Term) -> Vec<Term> {
    let leaves = layout.kernel.entities[entity].leaves.iter();
    let mut words = vec![text("put")];
    for (at, (leaf, field)) in leaves.zip(&layout.hash(entity).fields).enumerate() {
        words.push(text(field.name.as_str()));
        words.push(types::text_of(layout.kernel, leaf, nth(row.clone(), at)));
    }
    words
}
