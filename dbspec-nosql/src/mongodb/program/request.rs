//! Requests: commands as the engine's own documents.

use std::collections::BTreeMap;

use dbspec_core::kernel::EntityId;
use dbspec_core::program::{Block, Doc, Expect, Replay, Request, Slot, Step, Term};
use dbspec_core::value::Value;

use super::{KIND, REPLY, ROWS, SOME, X};
use crate::document::term::{distinct, filter, map, member, same, slot};
use crate::mongodb::layout::Layout;

/// So many documents a reply may bring at once; its bytes end before.
const BATCH: i64 = 1_000_000;

pub(super) fn words(text: &str) -> Doc {
    Doc::Hole(Term::Value(Value::text(text)))
}

pub(super) fn count(number: i64) -> Doc {
    Doc::Hole(Term::Value(Value::Int(number)))
}

pub(super) fn yes() -> Doc {
    Doc::Hole(Term::Value(Value::Bool(true)))
}

/// A map of members.
pub(super) fn document(members: Vec<(&str, Doc)>) -> Doc {
    Doc::Map(
        members
            .into_iter()
            .map(|(name, doc)| (name.into(), doc))
            .collect(),
    )
}

/// A map of one member.
pub(super) fn one(name: &str, doc: Doc) -> Doc {
    document(vec![(name, doc)])
}

/// A document for each item of a list.
pub(super) fn each(over: Term, item: Slot, doc: Doc) -> Doc {
    Doc::List(vec![Doc::Repeat {
        over,
        item,
        doc: Box::new(doc),
    }])
}

/// What a find reads.
pub(super) struct Finding {
    pub(super) filter: Doc,
    /// Paths and their orders.
    pub(super) sort: Vec<(Box<str>, i64)>,
    pub(super) skip: Option<Term>,
    pub(super) limit: Option<Term>,
}

impl Finding {
    /// All that match.
    pub(super) fn all(filter: Doc) -> Self {
        Self {
            filter,
            sort: Vec::new(),
            skip: None,
            limit: None,
        }
    }
}

/// Reads documents of an entity into [`ROWS`].
pub(super) fn find(layout: Layout<'_>, entity: EntityId, finding: Finding) -> Block {
    let mut members = vec![
        ("find", words(&layout.collection(entity).name)),
        ("filter", finding.filter),
    ];
    if !finding.sort.is_empty() {
        let sort = finding.sort.into_iter().map(|(path, order)| (path, count(order)));
        members.push(("sort", Doc::Map(sort.collect())));
    }
    members.extend(finding.skip.map(|it| ("skip", Doc::Hole(it))));
    members.extend(finding.limit.map(|it| ("limit", Doc::Hole(it))));
    members.push(("batchSize", count(BATCH)));
    let documents = member(member(slot(REPLY), "cursor"), "firstBatch");
    vec![
        Step::Send(vec![Request {
            text: "find".into(),
            args: document(members),
            into: Some(REPLY),
            replay: Replay::Safe,
            expect: Expect::default(),
        }]),
        Step::Set(ROWS, Term::DecodeRows(layout.shape(entity), Box::new(documents))),
    ]
}

/// A command that changes documents, in a transaction.
pub(super) fn change(command: &str, members: Vec<(&str, Doc)>, expect: Expect) -> Step {
    Step::Send(vec![Request {
        text: command.into(),
        args: document(members),
        into: None,
        replay: Replay::Never,
        expect,
    }])
}

/// For each kind of item of a list: all items of it, in [`SOME`], and what is done with them.
pub(super) fn by_kind(over: Slot, name: &str, blocks: BTreeMap<Box<str>, Block>) -> Step {
    let kind = || member(slot(X), name);
    let of_kind = filter(slot(over), X, same(kind(), slot(KIND)));
    Step::Each {
        over: distinct(map(slot(over), X, kind())),
        item: KIND,
        body: vec![Step::Set(SOME, of_kind), Step::Switch(slot(KIND), blocks)],
    }
}
