//! What the evaluator lacks, fetched: one or two requests for each kind of need, whatever their number.

use std::collections::BTreeMap;

use dbspec_core::kernel::{EntityId, FieldId, Filling, LeafId, RuleKind};
use dbspec_core::program::{Block, Codec, Expect, Number, Replay, Request, Step, Term, Want};
use dbspec_core::value::Value;

use super::request::{Ranges, Reading, rows, words};
use super::{KIND, NEED, NEEDS, REPLY, ROWS, SOME, X};
use crate::document::segment::{ended, joined};
use crate::document::term::{
    both, concat, decode, distinct, filter, is_null, len, less, list, map, member, minus, nth, number, plus,
    same, slot, some, text,
};
use crate::redis::layout::Layout;
use crate::redis::path::{Path, Via, children};

/// So many numbers of a sequence are taken at once at most.
const NUMBERS: i64 = 100;

/// So many needs are fetched at once: each looks through what came for all of them.
const AT_ONCE: u16 = 32;

/// The evaluator is asked again while it lacks something.
pub(super) fn until_known(layout: Layout<'_>, ask: Step, reading: Reading) -> Step {
    Step::Loop {
        body: vec![ask, by_kind(NEEDS, "want", AT_ONCE, blocks(layout, reading))],
        again: some(slot(NEEDS)),
    }
}

/// For each kind of item of a list: items of it, at most so many at once, in [`SOME`], and what is done with them.
pub(super) fn by_kind(
    over: super::Slot,
    name: &str,
    at_once: u16,
    blocks: BTreeMap<Box<str>, Block>,
) -> Step {
    let kind = || member(slot(X), name);
    let of_kind = filter(slot(over), X, same(kind(), slot(KIND)));
    Step::Each {
        over: distinct(map(slot(over), X, kind())),
        item: KIND,
        body: vec![Step::Each {
            over: Term::Chunks(Box::new(of_kind), at_once),
            item: SOME,
            body: vec![Step::Switch(slot(KIND), blocks)],
        }],
    }
}

/// Blocks by want.
fn blocks(layout: Layout<'_>, reading: Reading) -> BTreeMap<Box<str>, Block> {
    let kernel = layout.kernel;
    let mut blocks = BTreeMap::new();
    for entity in kernel.entities.ids() {
        blocks.insert(Want::Row(entity).text(kernel), row(layout, entity, reading));
        blocks.insert(Want::All(entity).text(kernel), all(layout, entity, reading));
        for (rule, group) in layout.groups(entity) {
            let range = Ranges {
                over: slot(SOME),
                key: layout.group_key(group, member(slot(X), "values")),
                low: text("-"),
                high: text("+"),
            };
            let bound = Term::Bound(rule, Box::new(slot(X)));
            let mut block = range.rows(layout, entity, reading);
            block.extend(learn(filter(
                slot(ROWS),
                X,
                same(bound, member(slot(NEED), "values")),
            )));
            blocks.insert(Want::Same(rule).text(kernel), block);
        }
    }
    for field in kernel.fields.ids() {
        if kernel.target(field).is_some() {
            let block = |block: Option<Block>| block.unwrap_or_default();
            let wanted = Want::Children(field).text(kernel);
            blocks.insert(wanted, block(naming(layout, field, reading)));
            let wanted = Want::Count(field).text(kernel);
            blocks.insert(wanted, block(counted(layout, field, reading)));
        }
    }
    for (_, rule) in kernel.rules.iter() {
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

/// The values of leaves in the row in the first scratch slot.
fn own(layout: Layout<'_>, leaves: &[LeafId]) -> Term {
    list(
        leaves
            .iter()
            .map(|leaf| nth(slot(X), layout.kernel.position(*leaf))),
    )
}

fn row(layout: Layout<'_>, entity: EntityId, reading: Reading) -> Block {
    let name = layout.name_of_key(entity, &member(slot(X), "key"));
    let keys = map(slot(SOME), X, layout.row_named(entity, name));
    let mut block = rows(layout, entity, keys, reading);
    let key = own(layout, &layout.kernel.key_leaves(entity));
    block.extend(learn(filter(slot(ROWS), X, same(key, member(slot(NEED), "key")))));
    block
}

fn all(layout: Layout<'_>, entity: EntityId, reading: Reading) -> Block {
    let range = Ranges {
        over: slot(SOME),
        key: text(layout.names(entity)),
        low: text("-"),
        high: text("+"),
    };
    let mut block = range.rows(layout, entity, reading);
    block.extend(learn(slot(ROWS)));
    block
}

/// The range of those that name a row, whose key is what `of` says.
fn range(layout: Layout<'_>, field: FieldId, of: &Term) -> Option<(Term, Term, Term)> {
    let path = children(layout, field)?;
    let leaves: Vec<LeafId> = layout.kernel.fields[field].leaves.iter().collect();
    let value = |leaf: LeafId| {
        let at = leaves.iter().position(|it| *it == leaf).unwrap_or_default();
        nth(of.clone(), at)
    };
    let entity = layout.kernel.fields[field].entity;
    let columns: Vec<LeafId> = path
        .columns
        .iter()
        .take(leaves.len())
        .map(|(leaf, _)| *leaf)
        .collect();
    let key = set_of(layout, entity, &path, &value);
    let begin = begin(layout, &path, &columns, &value);
    let (low, high) = match begin {
        Begin::All => (text("-"), text("+")),
        Begin::With(begin) => (concat([text("["), begin.clone()]), concat([text("~"), begin])),
        Begin::One(name) => (concat([text("["), name.clone()]), concat([text("["), name])),
    };
    Some((key, low, high))
}

/// How the members begin that have values in a path's first columns.
pub(super) enum Begin {
    /// Anyhow.
    All,
    /// With this.
    With(Term),
    /// It is this one.
    One(Term),
}

/// The key of the set that a path reads for values.
pub(super) fn set_of(
    layout: Layout<'_>,
    entity: EntityId,
    path: &Path,
    value: &dyn Fn(LeafId) -> Term,
) -> Term {
    match path.via {
        Via::Names | Via::Group(_) => text(layout.names(entity)),
        Via::Index(at) => {
            let hash: Vec<LeafId> = path.columns[..path.hash].iter().map(|(leaf, _)| *leaf).collect();
            layout.index_key(&layout.hash(entity).indexes[at].name, &hash, value)
        }
    }
}

/// How members begin that have values in columns, the path's first.
pub(super) fn begin(
    layout: Layout<'_>,
    path: &Path,
    columns: &[LeafId],
    value: &dyn Fn(LeafId) -> Term,
) -> Begin {
    let kernel = layout.kernel;
    match path.via {
        Via::Names | Via::Group(_) if columns.is_empty() => Begin::All,
        Via::Names | Via::Group(_) if columns.len() == path.columns.len() => {
            Begin::One(joined(kernel, columns, value))
        }
        Via::Names | Via::Group(_) => Begin::With(concat([joined(kernel, columns, value), text("#")])),
        Via::Index(_) if columns.len() <= path.hash => Begin::All,
        Via::Index(_) => Begin::With(ended(kernel, &columns[path.hash..], value)),
    }
}

/// The rows that name a row.
fn naming(layout: Layout<'_>, field: FieldId, reading: Reading) -> Option<Block> {
    let (mut block, named) = those(layout, field, reading)?;
    block.extend(learn(filter(slot(ROWS), X, named)));
    Some(block)
}

/// Reads the rows that name a row, and whether one of them names that of the need.
fn those(layout: Layout<'_>, field: FieldId, reading: Reading) -> Option<(Block, Term)> {
    let it = &layout.kernel.fields[field];
    let (key, low, high) = range(layout, field, &member(slot(X), "key"))?;
    let range = Ranges {
        over: slot(SOME),
        key,
        low,
        high,
    };
    let leaves: Vec<LeafId> = it.leaves.iter().collect();
    let named = same(own(layout, &leaves), member(slot(NEED), "key"));
    Some((range.rows(layout, it.entity, reading), named))
}

/// How many living rows name a row: as many as the set has, unless rows are deleted softly.
fn counted(layout: Layout<'_>, field: FieldId, reading: Reading) -> Option<Block> {
    let kernel = layout.kernel;
    let it = &kernel.fields[field];
    if let Some(deleted) = kernel.entities[it.entity].soft_delete {
        let (mut block, named) = those(layout, field, reading)?;
        let lives = is_null(nth(slot(X), kernel.position(deleted)));
        block.extend(learn(len(filter(slot(ROWS), X, both(named, lives)))));
        return Some(block);
    }
    let (key, low, high) = range(layout, field, &member(slot(X), "key"))?;
    let ranges = Ranges {
        over: slot(SOME),
        key,
        low,
        high,
    };
    let mut block = ranges.counts(reading);
    let (key, low, _) = range(layout, field, &member(slot(NEED), "key"))?;
    let mine = both(same(nth(slot(X), 0), key), same(nth(slot(X), 1), low));
    let found = nth(nth(filter(slot(REPLY), X, mine), 0), 3);
    block.extend(learn(decode(Codec::NumberText(Number::Int), found)));
    Some(block)
}

/// The next numbers of a sequence: as many as are asked for, a hundred at most.
fn next(layout: Layout<'_>, field: FieldId) -> Block {
    let Some(key) = sequence(layout, field) else {
        return Vec::new();
    };
    let some_numbers = Value::List((1..=NUMBERS).map(Value::Int).collect());
    let fits = less(slot(X), plus(member(slot(NEED), "count"), number(1)));
    let wanted = filter(Term::Value(some_numbers), X, fits);
    let last = decode(Codec::NumberText(Number::Int), slot(REPLY));
    let first = minus(last, len(wanted.clone()));
    let ask = Step::Send(vec![Request {
        text: "FCALL".into(),
        args: words("dbspec_next", list([text(key)]), vec![len(wanted.clone())]),
        into: Some(REPLY),
        replay: Replay::Safe,
        expect: Expect::default(),
    }]);
    vec![Step::Each {
        over: slot(SOME),
        item: NEED,
        body: vec![
            ask,
            Step::Set(REPLY, first),
            Step::Learn {
                need: slot(NEED),
                found: map(wanted, X, plus(slot(REPLY), slot(X))),
            },
        ],
    }]
}

/// The key of a sequence's number.
fn sequence(layout: Layout<'_>, field: FieldId) -> Option<String> {
    let kernel = layout.kernel;
    let place = kernel.position(kernel.fields[field].leaves.first()?);
    let hash = layout.hash(kernel.fields[field].entity);
    let sequence = hash.sequences.iter().find(|it| it.leaf == place)?;
    Some(layout.design.key(&sequence.name))
}
