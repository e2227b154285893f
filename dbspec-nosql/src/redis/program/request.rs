//! Requests: calls of the library's functions. Lists within a request's words are spliced into it.

use dbspec_core::kernel::EntityId;
use dbspec_core::program::{Block, Codec, Doc, Expect, Replay, Request, Slot, Step, Term};
use dbspec_core::value::Value;

use super::{NAMES, REPLY, ROWS, SEEN, X};
use crate::document::term::{encode, filter, is_set, join, len, list, map, nth, slot, text};
use crate::redis::layout::Layout;

/// Whether what is read is noted, so that a write can ask at its commit that it is still so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// For a query.
    ToAnswer,
    /// For a write.
    ToWrite,
}

/// A function that only reads.
pub(super) fn read(function: &str, keys: Term, args: Vec<Term>, into: Slot) -> Step {
    Step::Send(vec![Request {
        text: "FCALL_RO".into(),
        args: words(function, keys, args),
        into: Some(into),
        replay: Replay::Safe,
        expect: Expect::default(),
    }])
}

/// A function's name, how many keys, the keys and the arguments.
pub(super) fn words(function: &str, keys: Term, args: Vec<Term>) -> Doc {
    let mut all = vec![text(function), len(keys.clone()), keys];
    all.extend(args);
    Doc::List(all.into_iter().map(Doc::Hole).collect())
}

/// What an act does with a key: `[key, words]`.
pub(super) fn act(key: Term, words: Vec<Term>) -> Term {
    let codec = Codec::Document(Box::new(Codec::Plain));
    list([key, encode(codec, list(words))])
}

/// Notes what a reply says was read, one act for each item.
fn noted(reading: Reading, kind: &str, width: usize) -> Block {
    match reading {
        Reading::ToAnswer => Vec::new(),
        Reading::ToWrite => {
            let mut words = vec![text(kind)];
            words.extend((1..width).map(|at| nth(slot(X), at)));
            let acts = map(slot(REPLY), X, act(nth(slot(X), 0), words));
            vec![Step::Set(SEEN, join([slot(SEEN), acts]))]
        }
    }
}

/// Reads the rows of a list of keys into [`ROWS`].
pub(super) fn rows(layout: Layout<'_>, entity: EntityId, keys: Term, reading: Reading) -> Block {
    let fields = layout.hash(entity).fields.iter();
    let fields = Value::List(fields.map(|it| Value::text(it.name.as_str())).collect());
    let mut block = vec![read("dbspec_rows", keys, vec![Term::Value(fields)], REPLY)];
    block.extend(noted(reading, "row", 2));
    let there = map(
        filter(slot(REPLY), X, is_set(nth(slot(X), 2))),
        X,
        nth(slot(X), 2),
    );
    block.push(Step::Set(
        ROWS,
        Term::DecodeRows(layout.shape(entity), Box::new(there)),
    ));
    block
}

/// Reads the rows of the names in [`NAMES`].
pub(super) fn named(layout: Layout<'_>, entity: EntityId, reading: Reading) -> Block {
    let keys = map(slot(NAMES), X, layout.row_named(entity, slot(X)));
    vec![
        Step::Set(ROWS, list([])),
        Step::When(
            crate::document::term::some(slot(NAMES)),
            rows(layout, entity, keys, reading),
            Vec::new(),
        ),
    ]
}

/// A range of a set for each item of a list.
pub(super) struct Ranges {
    /// The items.
    pub(super) over: Term,
    /// The set's key, of the item in the first scratch slot.
    pub(super) key: Term,
    /// The ends.
    pub(super) low: Term,
    pub(super) high: Term,
}

impl Ranges {
    fn ask(self, function: &str) -> Step {
        let Self { over, key, low, high } = self;
        let [keys, low, high] = [key, low, high].map(|it| map(over.clone(), X, it));
        read(function, keys, vec![low, high], REPLY)
    }

    /// Reads the rows in the ranges into [`ROWS`].
    pub(super) fn rows(self, layout: Layout<'_>, entity: EntityId, reading: Reading) -> Block {
        let mut block = vec![
            self.ask("dbspec_ranges"),
            Step::Set(NAMES, nth(slot(REPLY), 1)),
            Step::Set(REPLY, nth(slot(REPLY), 0)),
        ];
        block.extend(noted(reading, "range", 4));
        block.extend(named(layout, entity, reading));
        block
    }

    /// Counts the members of the ranges, each with its key, its ends and the count, in [`REPLY`].
    pub(super) fn counts(self, reading: Reading) -> Block {
        let mut block = vec![self.ask("dbspec_counts")];
        block.extend(noted(reading, "count", 4));
        block
    }
}
