//! What the evaluator lacks, fetched.
//!
//! What was read beyond rows is noted, so that a write can ask at its commit that it is still so: how many rows name a
//! row, which version rows with the same values have, that nothing has a key or a value.

use std::collections::BTreeMap;

use dbspec_core::kernel::{EntityId, FieldId, Filling, LeafId, RuleKind};
use dbspec_core::program::{Block, Codec, Denial, Doc, Number, Slot, Step, Term, Then, Want};
use dbspec_core::value::Value;

use super::commit::numeric;
use super::held::Held;
use super::request::{
    Consistency, Reading, Span, add, batch, consistent, document, holes, key, key_term, pages, query, read,
    scan, words,
};
use super::{KIND, MEMBERS, NEED, NEEDS, REPLY, ROWS, SEEN, SOME, X};
use crate::document::term::{
    concat, decode, distinct, encode, filter, is_set, join, len, less, list, map, member, minus, nth, number,
    or_else, plus, same, slot, some, text,
};
use crate::dynamodb::design::{FIRST, Guard, GuardKind, PK, SK};
use crate::dynamodb::layout::{Layout, guard_key, string, string_of};
use crate::dynamodb::path::{Path, Via, children};
use crate::dynamodb::types;

/// Where a guard's item says which row it stands for.
pub(super) const ROW_PK: &str = "row_pk";
pub(super) const ROW_SK: &str = "row_sk";
/// The attribute of a version or a last number.
pub(super) const NUMBER: &str = "number";
/// What the sort keys of the rows that a guard counts begin with.
pub(super) const MEMBER: &str = "row#";

/// So many numbers of a sequence are taken at once at most.
const NUMBERS: i64 = 100;

/// Fetches needs.
pub(super) struct Fetching<'a> {
    pub(super) layout: Layout<'a>,
    pub(super) consistency: Consistency,
    /// The slots of the last numbers of sequences, in a write.
    pub(super) sequences: Vec<(FieldId, Slot)>,
}

impl Fetching<'_> {
    /// Whether a write asks: then it notes what it saw.
    fn notes(&self, want: Want, key: &str, members: Vec<(&'static str, Term)>) -> Block {
        if self.consistency == Consistency::Eventual {
            return Vec::new();
        }
        let kernel = self.layout.kernel;
        let mut note = vec![
            ("want".into(), text(want.text(kernel))),
            ("key".into(), member(slot(NEED), key)),
        ];
        note.extend(members.into_iter().map(|(name, term)| (name.into(), term)));
        vec![Step::Set(SEEN, join([slot(SEEN), list([Term::Record(note)])]))]
    }

    /// One round: everything that is needed now.
    pub(super) fn round(&self) -> Step {
        let kinds = distinct(map(slot(NEEDS), X, member(slot(X), "want")));
        let of_kind = filter(slot(NEEDS), X, same(member(slot(X), "want"), slot(KIND)));
        Step::Each {
            over: kinds,
            item: KIND,
            body: vec![Step::Set(SOME, of_kind), Step::Switch(slot(KIND), self.blocks())],
        }
    }

    /// Blocks by want.
    fn blocks(&self) -> BTreeMap<Box<str>, Block> {
        let kernel = self.layout.kernel;
        let mut blocks = BTreeMap::new();
        for entity in kernel.entities.ids() {
            blocks.insert(Want::Row(entity).text(kernel), self.row(entity));
            blocks.insert(Want::All(entity).text(kernel), self.all(entity));
        }
        for field in kernel.fields.ids() {
            if kernel.target(field).is_some() {
                blocks.insert(Want::Children(field).text(kernel), self.children(field));
                blocks.insert(Want::Count(field).text(kernel), self.count(field));
            }
        }
        for (rule, guard) in self.layout.guarded(GuardKind::One) {
            let want = Want::Same(rule);
            blocks.insert(
                want.text(kernel),
                self.unique(want, kernel.rules[rule].entity, guard),
            );
        }
        for (rule, guard) in self.layout.guarded(GuardKind::Many) {
            let want = Want::Same(rule);
            blocks.insert(
                want.text(kernel),
                self.alike(want, kernel.rules[rule].entity, guard),
            );
        }
        for (field, last) in &self.sequences {
            blocks.insert(Want::Next(*field).text(kernel), self.next(*field, *last));
        }
        blocks
    }

    /// The owners' items in which an entity's rows stand, where they do.
    fn held(&self, entity: EntityId) -> Option<Held<'_>> {
        Held::of(self.layout, entity, self.consistency)
    }

    /// For each need: what finds it, then it learns the rows that came.
    pub(super) fn each(mut body: Block, found: Term) -> Block {
        body.push(Step::Learn {
            need: slot(NEED),
            found,
        });
        vec![Step::Each {
            over: slot(SOME),
            item: NEED,
            body,
        }]
    }

    fn row(&self, entity: EntityId) -> Block {
        if let Some(held) = self.held(entity) {
            return held.row();
        }
        let layout = self.layout;
        let kernel = layout.kernel;
        let given = key_term(layout.key_of(entity, &member(slot(X), "key")));
        let keys = map(slot(SOME), X, given);
        let own = list(
            kernel
                .key_leaves(entity)
                .iter()
                .map(|leaf| nth(slot(X), kernel.position(*leaf))),
        );
        let found = filter(slot(ROWS), X, same(own, member(slot(NEED), "key")));
        let mut block = batch(layout, entity, keys, self.consistency);
        let notes = self.notes(Want::Row(entity), "key", vec![("count", len(found.clone()))]);
        block.extend(Self::each(notes, found));
        block
    }

    fn all(&self, entity: EntityId) -> Block {
        if let Some(held) = self.held(entity) {
            return held.all();
        }
        let members = scan(self.layout, entity, Vec::new(), self.consistency);
        Self::each(pages(self.layout, entity, "Scan", members), slot(ROWS))
    }

    fn children(&self, field: FieldId) -> Block {
        let layout = self.layout;
        let kernel = layout.kernel;
        let entity = kernel.fields[field].entity;
        let leaves: Vec<LeafId> = kernel.fields[field].leaves.iter().collect();
        if let Some(held) = self.held(entity) {
            return held.children(&leaves, |count| self.notes(Want::Children(field), "key", count));
        }
        let value = |leaf: LeafId| {
            let at = leaves.iter().position(|it| *it == leaf).unwrap_or_default();
            nth(member(slot(NEED), "key"), at)
        };
        let mut block = if let Some(path) = children(layout, field) {
            let reading = self.reading(entity, &path, leaves.len(), &value);
            pages(layout, entity, "Query", query(layout, reading))
        } else {
            let attributes = &layout.item(entity).attributes;
            let equal = leaves.iter().map(|leaf| {
                let name = attributes[kernel.position(*leaf)].name.clone();
                (
                    name,
                    encode(types::attribute(kernel, &kernel.leaves[*leaf].ty), value(*leaf)),
                )
            });
            let members = scan(layout, entity, equal.collect(), self.consistency);
            pages(layout, entity, "Scan", members)
        };
        let count = vec![("count", len(slot(ROWS)))];
        block.extend(self.notes(Want::Children(field), "key", count));
        Self::each(block, slot(ROWS))
    }

    /// What a Query reads for the first columns of a path.
    fn reading<'p>(
        &'p self,
        entity: EntityId,
        path: &Path,
        given: usize,
        value: &dyn Fn(LeafId) -> Term,
    ) -> Reading<'p> {
        let layout = self.layout;
        let columns: Vec<LeafId> = path.columns.iter().take(given).map(|(leaf, _)| *leaf).collect();
        let (hash, range) = columns.split_at(path.hash.min(columns.len()));
        let item = layout.item(entity);
        let (index, tag) = match path.via {
            Via::Table | Via::Owner | Via::Guard(_) => (None, item.tag.as_deref()),
            Via::Index(at) => (Some(&layout.table(entity).indexes[item.indexes[at].index]), None),
        };
        let span = if tag.is_none() && range.is_empty() {
            Span::All
        } else {
            Span::Begins(layout.range(tag, range, value))
        };
        Reading {
            entity,
            index,
            hash: layout.hash(hash, value),
            span,
            backward: None,
            limit: None,
            consistency: self.consistency,
        }
    }

    /// How many name a row: it says so itself.
    fn count(&self, field: FieldId) -> Block {
        let layout = self.layout;
        let Some((to, counter)) = layout.kernel.target(field).zip(layout.counter(field)) else {
            return Vec::new();
        };
        let item = layout.key_of(to, &member(slot(NEED), "key"));
        let attribute = counter.living.as_ref().unwrap_or(&counter.all);
        let number_of = member(member(member(slot(REPLY), "Item"), attribute), "N");
        let found = or_else(decode(Codec::NumberText(Number::Int), number_of), number(0), X);
        let mut block = vec![self.get(&layout.table(to).name, key(item))];
        block.extend(self.notes(Want::Count(field), "key", vec![("count", found.clone())]));
        Self::each(block, found)
    }

    fn get(&self, table: &str, key: Doc) -> Step {
        let members = vec![
            ("TableName", words(table)),
            ("Key", key),
            ("ConsistentRead", consistent(self.consistency)),
        ];
        read("GetItem", document(members), REPLY)
    }

    /// The one row that has values: its guard says which.
    fn unique(&self, want: Want, entity: EntityId, guard: &Guard) -> Block {
        let mut block = self.guarded(entity, guard, member(slot(NEED), "values"));
        // A guard is there exactly where its row is.
        block.extend(self.notes(want, "values", vec![("count", len(slot(ROWS)))]));
        Self::each(block, slot(ROWS))
    }

    /// The row that a guard stands for.
    pub(super) fn guarded(&self, entity: EntityId, guard: &Guard, values: Term) -> Block {
        let layout = self.layout;
        let Some(table) = layout.design.guards() else {
            return Vec::new();
        };
        let named = member(slot(REPLY), "Item");
        let mut row = vec![(PK, string_of(named.clone(), ROW_PK))];
        if layout.table(entity).sorted {
            row.push((SK, string_of(named.clone(), ROW_SK)));
        }
        let found = filter(list([named.clone()]), X, is_set(slot(X)));
        let mut read_row = vec![self.get(&layout.table(entity).name, key(row))];
        read_row.extend(add(layout, entity, found, ROWS));
        vec![
            Step::Set(ROWS, list([])),
            self.get(
                &table.name,
                key(vec![(PK, guard_key(guard, values)), (SK, text(FIRST))]),
            ),
            Step::When(is_set(named), read_row, Vec::new()),
        ]
    }

    /// The rows that have values: their version first, then which they are, then they themselves.
    fn alike(&self, want: Want, entity: EntityId, guard: &Guard) -> Block {
        let layout = self.layout;
        let Some(table) = layout.design.guards() else {
            return Vec::new();
        };
        let group = guard_key(guard, member(slot(NEED), "values"));
        let version = member(member(slot(REPLY), "Item"), NUMBER);
        let mut block = vec![self.get(&table.name, key(vec![(PK, group.clone()), (SK, text(FIRST))]))];
        block.extend(self.notes(want, "values", vec![("version", version)]));
        let members = vec![
            ("TableName", words(&table.name)),
            ("KeyConditionExpression", words("#p = :p AND begins_with(#s, :s)")),
            (
                "ExpressionAttributeNames",
                document(vec![("#p", words(PK)), ("#s", words(SK))]),
            ),
            (
                "ExpressionAttributeValues",
                holes(vec![(":p", string(group)), (":s", string(text(MEMBER)))]),
            ),
            ("ConsistentRead", consistent(self.consistency)),
        ];
        block.extend(super::guard::pages(members));
        let mut row = vec![(PK, string_of(slot(X), ROW_PK))];
        if layout.table(entity).sorted {
            row.push((SK, string_of(slot(X), ROW_SK)));
        }
        let keys = map(slot(MEMBERS), X, key_term(row));
        block.extend(batch(layout, entity, keys, self.consistency));
        Self::each(block, slot(ROWS))
    }

    /// The next numbers of a sequence: as many as are asked for, a hundred at most.
    fn next(&self, field: FieldId, last: Slot) -> Block {
        let Some((table, tag)) = self.sequence(field) else {
            return Vec::new();
        };
        let some_numbers = Value::List((1..=NUMBERS).map(Value::Int).collect());
        let up_to = |count: Term| {
            let fits = less(slot(X), plus(count, number(1)));
            filter(Term::Value(some_numbers.clone()), X, fits)
        };
        let wanted = up_to(member(slot(NEED), "count"));
        let taken = member(member(member(slot(REPLY), "Attributes"), NUMBER), "N");
        let count = len(wanted.clone());
        let room = minus(number(i64::MAX), count.clone());
        let members = vec![
            ("TableName", words(&table)),
            ("Key", key(vec![(PK, text(tag)), (SK, text(FIRST))])),
            ("UpdateExpression", words("ADD #n :n")),
            (
                "ConditionExpression",
                words("attribute_not_exists(#n) OR #n <= :r"),
            ),
            ("ExpressionAttributeNames", document(vec![("#n", words(NUMBER))])),
            (
                "ExpressionAttributeValues",
                holes(vec![(":n", numeric(count)), (":r", numeric(room))]),
            ),
            ("ReturnValues", words("UPDATED_NEW")),
        ];
        // Beyond the last number there is no other: the key that it is part of says so.
        let full = Denial::Then(Then::Ignore);
        let taken = or_else(decode(Codec::NumberText(Number::Int), taken), number(i64::MAX), X);
        let block = vec![
            Step::Set(REPLY, Term::Value(Value::Null)),
            read(
                "UpdateItem",
                Doc::Act(Box::new(full), Box::new(document(members))),
                REPLY,
            ),
            Step::Set(last, taken),
        ];
        let first = minus(slot(last), len(wanted.clone()));
        Self::each(block, map(wanted, X, plus(first, slot(X))))
    }

    /// The table and the key of a sequence's item.
    pub(super) fn sequence(&self, field: FieldId) -> Option<(String, String)> {
        let layout = self.layout;
        let kernel = layout.kernel;
        let leaf = kernel.fields[field].leaves.first()?;
        let item = layout.item(kernel.fields[field].entity);
        let sequence = item
            .sequences
            .iter()
            .find(|it| it.leaf == kernel.position(leaf))?;
        Some((layout.design.guards()?.name.clone(), sequence.tag.clone()))
    }
}

/// The fields that have sequences.
pub(super) fn sequences(layout: Layout<'_>) -> Vec<FieldId> {
    let fields = layout
        .kernel
        .rules
        .iter()
        .filter_map(|(_, rule)| match &rule.kind {
            RuleKind::Default {
                field,
                filling: Filling::Sequence,
                ..
            } => Some(*field),
            _ => None,
        });
    fields.collect()
}

/// The evaluator is asked again while it lacks something.
pub(super) fn until_known(ask: Step, fetching: &Fetching<'_>) -> Step {
    Step::Loop {
        body: vec![ask, fetching.round()],
        again: some(slot(NEEDS)),
    }
}

/// A member's sort key: the digest of the row's key.
pub(super) fn member_key(key: Term) -> Term {
    concat([text(MEMBER), encode(Codec::Digest, key)])
}
