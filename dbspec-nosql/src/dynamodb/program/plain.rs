//! Rows as a client of the engine puts them in by hand.

use std::sync::Arc;

use dbspec_core::backend::Lowered;
use dbspec_core::kernel::EntityId;
use dbspec_core::program::machine::{Machine, Next, Reply, Sent, Verb};
use dbspec_core::program::{
    Codec, Doc, Expect, JudgedByEngine, Program, Purpose, Replay, Request, Step, Term, to_json,
};
use dbspec_core::semantics::{Context, Operation, Row};
use dbspec_core::value::Value;

use super::ITEM;
use super::request::{document, words};
use crate::document::term::{encode, member, nth, record, slot};
use crate::dynamodb::design::{DIGEST, Design, PK, SK, Within};
use crate::dynamodb::layout::{Layout, string};
use crate::dynamodb::{keywords, types};

/// Commands that put rows, one for each item: one that exists is overwritten, and nothing is asked of it.
pub(in crate::dynamodb) fn insertion(
    lowered: &Lowered<Design>,
    rows: &[(EntityId, Row)],
) -> Option<Vec<Box<str>>> {
    let layout = super::layout(lowered);
    let mut listed = 0;
    let mut puts = Vec::new();
    for (entity, row) in rows
        .iter()
        .filter(|(entity, _)| layout.item(*entity).within.is_none())
    {
        let lists = lists(layout, *entity, row, rows);
        listed += lists.iter().map(|list| list.rows.len()).sum::<usize>();
        puts.push(put(lowered, *entity, row, &lists)?);
    }
    // A row that stands in its owner's item has no place without it.
    (listed + puts.len() == rows.len()).then_some(puts)
}

/// The rows that stand in an item.
struct List<'a> {
    entity: EntityId,
    within: &'a Within,
    rows: Vec<&'a Row>,
}

fn lists<'a>(layout: Layout<'a>, owner: EntityId, row: &Row, rows: &'a [(EntityId, Row)]) -> Vec<List<'a>> {
    let kernel = layout.kernel;
    let key = kernel.key_of(owner, row);
    let lists = kernel.owned_by(owner).filter_map(|entity| {
        let within = layout.item(entity).within.as_ref()?;
        let via = kernel.entities[entity].fields.first()?;
        let own = rows
            .iter()
            .filter(|(it, row)| *it == entity && kernel.referred(via, row).is_some_and(|named| named == key));
        Some(List {
            entity,
            within,
            rows: own.map(|(_, row)| row).collect(),
        })
    });
    lists.collect()
}

fn put(lowered: &Lowered<Design>, entity: EntityId, row: &Row, lists: &[List<'_>]) -> Option<Box<str>> {
    let kernel = lowered.kernel();
    let layout = super::layout(lowered);
    let key = kernel.key_of(entity, row);
    let given = record([
        ("key", Term::Value(Value::List(key.clone()))),
        ("after", Term::Value(Value::List(row.clone()))),
    ]);
    let request = Request {
        text: "PutItem".into(),
        args: document(vec![
            ("TableName", words(&layout.table(entity).name)),
            ("Item", item(layout, entity, row, lists)),
        ]),
        into: None,
        replay: Replay::Safe,
        expect: Expect::default(),
    };
    let steps = vec![
        Step::Set(ITEM, given),
        Step::Send(vec![request]),
        Step::Return(Term::Value(Value::Null)),
    ];
    let program = Program::new(
        Arc::clone(kernel),
        Purpose::Write,
        steps,
        JudgedByEngine::default(),
    )
    .ok()?;
    let context = Context {
        now: 0,
        seed: 0,
        session: vec![Value::Null; kernel.session.len()],
    };
    // What is done is said by the steps; the operation only stands for it.
    let mut machine = Machine::write(Arc::new(program), Operation::Delete(entity, key), context);
    let Next::Send(Sent {
        verb: Verb::Calls(calls),
        ..
    }) = machine.next(Reply::Start)
    else {
        return None;
    };
    let [call] = calls.as_slice() else { return None };
    let request = to_json(&call.args).ok()?;
    // A key is a text that isn't empty, whatever a row lacks.
    let indexes = layout.item(entity).indexes.iter();
    let indexes = indexes.flat_map(|index| {
        let it = &layout.table(entity).indexes[index.index];
        std::iter::once(it.hash.as_str()).chain(it.range.as_deref())
    });
    for name in [PK, SK].into_iter().chain(indexes) {
        let key = &request["Item"][name];
        if !key.is_null() && key["S"].as_str().is_none_or(str::is_empty) {
            return None;
        }
    }
    if row_lacks_key(lowered, entity, row) {
        return None;
    }
    let request = keywords::shell(&request.to_string());
    Some(format!("aws dynamodb put-item --cli-input-json {request}").into())
}

/// Whether a row has no key, which its item must have.
fn row_lacks_key(lowered: &Lowered<Design>, entity: EntityId, row: &Row) -> bool {
    let key = lowered.kernel().key_of(entity, row);
    key.iter().any(Value::is_null)
}

/// The item of a row: its keys, its values, the keys of its indexes, the rows that stand in it, and what tells whether any
/// of that has changed.
fn item(layout: Layout<'_>, entity: EntityId, values: &Row, lists: &[List<'_>]) -> Doc {
    let it = layout.item(entity);
    let row = member(slot(ITEM), "after");
    let keys = layout.key_of(entity, &member(slot(ITEM), "key"));
    let indexes = it
        .indexes
        .iter()
        .flat_map(|index| layout.index_keys(entity, index, &row));
    let mut members: Vec<(Box<str>, Doc)> = keys
        .into_iter()
        .chain(indexes)
        .map(|(name, text)| (name.into(), Doc::Hole(string(text))))
        .collect();
    members.push((DIGEST.into(), digest(row.clone())));
    members.extend(attributes(layout, entity, &row, values, &[]));
    for list in lists {
        let own = layout.item(list.entity);
        let without: Vec<usize> = own.hash.iter().chain(&own.range).copied().collect();
        let rows = list.rows.iter().map(|values| {
            let row = Term::Value(Value::List((*values).clone()));
            let members = attributes(layout, list.entity, &row, values, &without);
            document(vec![("M", Doc::Map(members))])
        });
        let rows = document(vec![("L", Doc::List(rows.collect()))]);
        members.push((list.within.list.as_str().into(), rows));
        let all = list.rows.iter().map(|row| Value::List((*row).clone()));
        let all = Term::Value(Value::List(all.collect()));
        members.push((list.within.digest.as_str().into(), digest(all)));
    }
    Doc::Map(members)
}

fn digest(of: Term) -> Doc {
    Doc::Hole(string(encode(Codec::Digest, of)))
}

/// A row's values by attribute, but for those at some places.
fn attributes(
    layout: Layout<'_>,
    entity: EntityId,
    row: &Term,
    values: &Row,
    without: &[usize],
) -> Vec<(Box<str>, Doc)> {
    let kernel = layout.kernel;
    let names = &layout.item(entity).attributes;
    let leaves = kernel.entities[entity].leaves.iter().zip(names).zip(values);
    let own = leaves.enumerate().filter(|(at, _)| !without.contains(at));
    own.map(|(at, ((leaf, attribute), value))| {
        let form = if value.is_null() {
            record([("NULL", Term::Value(Value::Bool(true)))])
        } else {
            let codec = types::attribute(kernel, &kernel.leaves[leaf].ty);
            encode(codec, nth(row.clone(), at))
        };
        (attribute.name.as_str().into(), Doc::Hole(form))
    })
    .collect()
}
