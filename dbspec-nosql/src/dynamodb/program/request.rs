//! Requests that read.

use std::sync::Arc;

use dbspec_core::kernel::EntityId;
use dbspec_core::program::{Block, Doc, Expect, Replay, Request, Shape, Slot, Step, Term};
use dbspec_core::value::Value;

use super::{ASKED, CHUNK, ITEM, REPLY, ROWS, START, Y};
use crate::document::term::{is_set, join, list, map, member, record, slot};
use crate::dynamodb::design::{FIRST, Index, PK, SK};
use crate::dynamodb::layout::{Layout, string};
use crate::dynamodb::types;

/// Whether what was committed last is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consistency {
    Strong,
    Eventual,
}

/// Which sort keys of a partition are read.
pub(super) enum Span {
    /// All.
    All,
    /// Those that begin so.
    Begins(Term),
    /// Those from one to another.
    Between(Term, Term),
}

/// What a Query reads.
pub(super) struct Reading<'a> {
    pub(super) entity: EntityId,
    /// The index; `None`: the table.
    pub(super) index: Option<&'a Index>,
    pub(super) hash: Term,
    pub(super) span: Span,
    /// Whether sort keys come from the largest.
    pub(super) backward: Option<()>,
    /// At most so many items in one page.
    pub(super) limit: Option<Term>,
    pub(super) consistency: Consistency,
}

/// The members of a map: names or values of a request's expressions.
pub(super) type Members = Vec<(Box<str>, Doc)>;

pub(super) fn words(text: &str) -> Doc {
    Doc::Hole(Term::Value(Value::text(text)))
}

pub(super) fn flag(holds: Option<()>) -> Doc {
    Doc::Hole(Term::Value(Value::Bool(holds.is_some())))
}

pub(super) fn consistent(consistency: Consistency) -> Doc {
    flag(match consistency {
        Consistency::Strong => Some(()),
        Consistency::Eventual => None,
    })
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

/// A map of terms.
pub(super) fn holes(members: Vec<(&str, Term)>) -> Doc {
    document(
        members
            .into_iter()
            .map(|(name, term)| (name, Doc::Hole(term)))
            .collect(),
    )
}

/// An item's key.
pub(super) fn key(key: Vec<(&'static str, Term)>) -> Doc {
    holes(key.into_iter().map(|(name, term)| (name, string(term))).collect())
}

/// An item's key, as a term.
pub(super) fn key_term(key: Vec<(&'static str, Term)>) -> Term {
    Term::Record(
        key.into_iter()
            .map(|(name, term)| (name.into(), string(term)))
            .collect(),
    )
}

/// A request that only reads, or that may be done twice.
pub(super) fn read(call: &str, args: Doc, into: Slot) -> Step {
    Step::Send(vec![Request {
        text: call.into(),
        args,
        into: Some(into),
        replay: Replay::Safe,
        expect: Expect::default(),
    }])
}

/// How items become rows; a row in its owner's item is `{owner, own}`.
fn shape(layout: Layout<'_>, entity: EntityId) -> Arc<Shape> {
    let kernel = layout.kernel;
    let item = layout.item(entity);
    let leaves = kernel.entities[entity].leaves.iter().zip(&item.attributes);
    let of_owner = |at: usize| item.hash.contains(&at) || item.range.contains(&at);
    Arc::new(Shape {
        entity,
        leaves: leaves
            .enumerate()
            .map(|(at, (leaf, attribute))| {
                let mut path = vec![attribute.name.as_str().into(), attribute.ty.as_str().into()];
                if item.within.is_some() {
                    path.insert(0, if of_owner(at) { "owner" } else { "own" }.into());
                }
                (path, types::within(kernel, &kernel.leaves[leaf].ty))
            })
            .collect(),
    })
}

/// The rows of items are added to those in a slot.
pub(super) fn add(layout: Layout<'_>, entity: EntityId, items: Term, into: Slot) -> Block {
    let add = |forms: Term| {
        let rows = Term::DecodeRows(shape(layout, entity), Box::new(forms));
        Step::Set(into, join([slot(into), rows]))
    };
    let Some(within) = &layout.item(entity).within else {
        return vec![add(items)];
    };
    let form = record([("owner", slot(ITEM)), ("own", member(slot(Y), "M"))]);
    let listed = join([member(member(slot(ITEM), &within.list), "L")]);
    vec![Step::Each {
        over: join([items]),
        item: ITEM,
        body: vec![add(map(listed, Y, form))],
    }]
}

/// One page: its rows are added to those that came, and the next page's start is noted.
pub(super) fn page(layout: Layout<'_>, entity: EntityId, call: &str, mut members: Vec<(&str, Doc)>) -> Block {
    members.push((
        "ExclusiveStartKey",
        Doc::If(is_set(slot(START)), Box::new(Doc::Hole(slot(START)))),
    ));
    let mut page = vec![read(call, document(members), REPLY)];
    page.extend(add(layout, entity, member(slot(REPLY), "Items"), ROWS));
    page.push(Step::Set(START, member(slot(REPLY), "LastEvaluatedKey")));
    page
}

/// All pages.
pub(super) fn pages(layout: Layout<'_>, entity: EntityId, call: &str, members: Vec<(&str, Doc)>) -> Block {
    vec![
        Step::Set(ROWS, list([])),
        Step::Set(START, Term::Value(Value::Null)),
        Step::Loop {
            body: page(layout, entity, call, members),
            again: is_set(slot(START)),
        },
    ]
}

/// The document of a Query.
pub(super) fn query<'d>(layout: Layout<'_>, reading: Reading<'_>) -> Vec<(&'d str, Doc)> {
    let (hash, range) = match reading.index {
        Some(index) => (index.hash.as_str(), index.range.as_deref().unwrap_or(SK)),
        None => (PK, SK),
    };
    let mut names = vec![("#p", words(hash))];
    let mut values = vec![(":p", string(reading.hash))];
    let mut condition = "#p = :p".to_owned();
    match reading.span {
        Span::All => {}
        Span::Begins(with) => {
            condition.push_str(" AND begins_with(#s, :s)");
            names.push(("#s", words(range)));
            values.push((":s", string(with)));
        }
        Span::Between(low, high) => {
            condition.push_str(" AND #s BETWEEN :l AND :h");
            names.push(("#s", words(range)));
            values.extend([(":l", string(low)), (":h", string(high))]);
        }
    }
    let mut members = vec![("TableName", words(&layout.table(reading.entity).name))];
    members.extend(reading.index.map(|index| ("IndexName", words(&index.name))));
    members.extend([
        ("KeyConditionExpression", words(&condition)),
        ("ExpressionAttributeNames", document(names)),
        ("ExpressionAttributeValues", holes(values)),
    ]);
    // An index can't be read consistently.
    if reading.index.is_none() {
        members.push(("ConsistentRead", consistent(reading.consistency)));
    }
    if reading.backward.is_some() {
        members.push(("ScanIndexForward", flag(None)));
    }
    members.extend(reading.limit.map(|limit| ("Limit", Doc::Hole(limit))));
    members
}

/// The document of a Scan of an entity's rows, with a filter of attributes that have values.
pub(super) fn scan<'d>(
    layout: Layout<'_>,
    entity: EntityId,
    equal: Vec<(String, Term)>,
    consistency: Consistency,
) -> Vec<(&'d str, Doc)> {
    let mut filters = Vec::new();
    let mut names: Vec<(Box<str>, Doc)> = Vec::new();
    let mut values: Vec<(Box<str>, Doc)> = Vec::new();
    if let Some(tag) = layout.item(entity).tag.as_deref() {
        filters.push(if tag == FIRST {
            "#s = :s".to_owned()
        } else {
            "begins_with(#s, :s)".to_owned()
        });
        names.push(("#s".into(), words(SK)));
        values.push((":s".into(), Doc::Hole(string(Term::Value(Value::text(tag))))));
    }
    for (at, (name, value)) in equal.into_iter().enumerate() {
        filters.push(format!("#{at} = :{at}"));
        names.push((format!("#{at}").into(), words(&name)));
        values.push((format!(":{at}").into(), Doc::Hole(value)));
    }
    let mut members = vec![
        ("TableName", words(&layout.table(entity).name)),
        ("ConsistentRead", consistent(consistency)),
    ];
    if !filters.is_empty() {
        members.extend([
            ("FilterExpression", words(&filters.join(" AND "))),
            ("ExpressionAttributeNames", Doc::Map(names)),
            ("ExpressionAttributeValues", Doc::Map(values)),
        ]);
    }
    members
}

/// Reads the rows of a list of items' keys.
pub(super) fn batch(layout: Layout<'_>, entity: EntityId, keys: Term, consistency: Consistency) -> Block {
    let mut block = vec![Step::Set(ROWS, list([]))];
    block.extend(items(layout, entity, (keys, consistency), |items| {
        add(layout, entity, items, ROWS)
    }));
    block
}

/// Reads the items of a list of keys, a hundred at a time, and asks again for those that didn't come.
pub(super) fn items(
    layout: Layout<'_>,
    entity: EntityId,
    (keys, consistency): (Term, Consistency),
    take: impl FnOnce(Term) -> Block,
) -> Block {
    let table = layout.table(entity).name.as_str();
    let strong = Term::Value(Value::Bool(consistency == Consistency::Strong));
    let asked = Term::Record(vec![
        ("Keys".into(), slot(CHUNK)),
        ("ConsistentRead".into(), strong),
    ]);
    let came = member(member(slot(REPLY), "Responses"), table);
    let mut body = vec![read(
        "BatchGetItem",
        holes(vec![("RequestItems", slot(ASKED))]),
        REPLY,
    )];
    body.extend(take(came));
    body.push(Step::Set(ASKED, member(slot(REPLY), "UnprocessedKeys")));
    vec![Step::Each {
        over: Term::Chunks(Box::new(keys), 100),
        item: CHUNK,
        body: vec![
            Step::Set(ASKED, Term::Record(vec![(table.into(), asked)])),
            Step::Loop {
                body,
                again: is_set(member(slot(ASKED), table)),
            },
        ],
    }]
}
