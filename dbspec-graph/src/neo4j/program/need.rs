//! What the evaluator lacks, fetched; in a write, locked before.

use std::collections::BTreeMap;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, Filling, RuleId, RuleKind};
use dbspec_core::program::terms::{
    distinct, encode, filter, len, less, list, map, member, minus, nth, number, plus, same, slot, some, text,
};
use dbspec_core::program::{Block, Codec, Doc, Replay, Request, Slot, Step, Term, Want};
use dbspec_core::value::Value;

use super::request::{key, property, read, rows};
use super::{KIND, NEED, NEEDS, REPLY, ROWS, SOME, X, lock};
use crate::cypher::{self, keyed, node, quoted};
use crate::neo4j::design::{LAST, NAME};
use crate::neo4j::layout::Layout;

/// So many numbers of a sequence are taken at once at most.
const NUMBERS: i64 = 100;

/// Whether what is read is locked before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locking {
    /// A query: nothing is.
    None,
    /// A write: all is.
    All,
}

/// Fetches needs.
pub(super) struct Fetching<'a> {
    pub(super) layout: Layout<'a>,
    pub(super) locking: Locking,
    /// The slots of the last numbers of sequences, in a write.
    pub(super) sequences: Vec<(FieldId, Slot)>,
}

impl Fetching<'_> {
    /// One round: everything that is needed now.
    fn round(&self) -> Step {
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
        for rule in kernel.rules.ids().filter(|rule| kernel.groups(*rule)) {
            blocks.insert(Want::Same(rule).text(kernel), self.alike(rule));
        }
        for (field, last) in &self.sequences {
            blocks.insert(Want::Next(*field).text(kernel), self.next(*field, *last));
        }
        blocks
    }

    /// Reads after the locks of names were taken; a name is worked out for each need in a slot.
    fn locked(&self, name: Term, read: Request) -> Step {
        match self.locking {
            Locking::None => Step::Send(vec![read]),
            Locking::All => Step::Send(vec![lock::names(self.layout, map(slot(SOME), X, name)), read]),
        }
    }

    /// For each need: what finds it, then it learns the rows that came.
    fn each(mut body: Block, found: Term) -> Step {
        body.push(Step::Learn {
            need: slot(NEED),
            found,
        });
        Step::Each {
            over: slot(SOME),
            item: NEED,
            body,
        }
    }

    fn row(&self, entity: EntityId) -> Block {
        let layout = self.layout;
        let label = &layout.node(entity).label;
        let statement = format!(
            "UNWIND $keys AS k MATCH {} RETURN properties(n)",
            keyed("n", label, &layout.key(entity), "k")
        );
        let of = member(slot(X), "key");
        let keys = map(slot(SOME), X, key(layout, entity, &of));
        let own = list(layout.node(entity).key.iter().map(|at| nth(slot(X), *at)));
        let found = filter(slot(ROWS), X, same(own, member(slot(NEED), "key")));
        vec![
            self.locked(
                lock::row(layout, entity, &of),
                read(statement, vec![("keys".into(), Doc::Hole(keys))], REPLY),
            ),
            Step::Set(ROWS, rows(layout, entity)),
            Self::each(Vec::new(), found),
        ]
    }

    fn all(&self, entity: EntityId) -> Block {
        let layout = self.layout;
        let statement = format!(
            "MATCH {} RETURN properties(n)",
            node("n", &layout.node(entity).label)
        );
        let mut requests = match self.locking {
            Locking::None => Vec::new(),
            Locking::All => vec![lock::all(layout)],
        };
        requests.push(read(statement, Vec::new(), REPLY));
        vec![
            Step::Send(requests),
            Step::Set(ROWS, rows(layout, entity)),
            Self::each(Vec::new(), slot(ROWS)),
        ]
    }

    /// The pattern of the nodes that name a row.
    fn naming(&self, field: FieldId) -> Option<(EntityId, String)> {
        let layout = self.layout;
        let from = layout.kernel.fields[field].entity;
        let to = layout.kernel.target(field)?;
        let ty = &layout.relationship(field)?.ty;
        let pattern = format!(
            "{}<-[:{}]-{}",
            keyed("m", &layout.node(to).label, &layout.key(to), "k"),
            quoted(ty),
            node("n", &layout.node(from).label)
        );
        Some((to, pattern))
    }

    fn children(&self, field: FieldId) -> Block {
        let layout = self.layout;
        let from = layout.kernel.fields[field].entity;
        let Some(((to, pattern), leads)) = self.naming(field).zip(layout.relationship(field)) else {
            return Vec::new();
        };
        let statement = format!("UNWIND $keys AS k MATCH {pattern} RETURN properties(n)");
        let of = member(slot(X), "key");
        let keys = map(slot(SOME), X, key(layout, to, &of));
        let named = list(leads.leaves.iter().map(|at| nth(slot(X), *at)));
        let found = filter(slot(ROWS), X, same(named, member(slot(NEED), "key")));
        vec![
            self.locked(
                lock::row(layout, to, &of),
                read(statement, vec![("keys".into(), Doc::Hole(keys))], REPLY),
            ),
            Step::Set(ROWS, rows(layout, from)),
            Self::each(Vec::new(), found),
        ]
    }

    /// How many living rows name a row.
    fn count(&self, field: FieldId) -> Block {
        let layout = self.layout;
        let kernel = layout.kernel;
        let from = kernel.fields[field].entity;
        let Some((to, pattern)) = self.naming(field) else {
            return Vec::new();
        };
        let living = kernel.entities[from]
            .soft_delete
            .map(|leaf| format!(" WHERE {} IS NULL", cypher::property("n", layout.property(leaf))))
            .unwrap_or_default();
        let statement = format!("WITH $key AS k MATCH {pattern}{living} RETURN count(n)");
        let one = key(layout, to, &member(slot(NEED), "key"));
        let request = read(statement, vec![("key".into(), Doc::Hole(one))], REPLY);
        let found = nth(member(slot(REPLY), "rows"), 0);
        let locks = match self.locking {
            Locking::None => Vec::new(),
            Locking::All => {
                let names = map(slot(SOME), X, lock::row(layout, to, &member(slot(X), "key")));
                vec![Step::Send(vec![lock::names(layout, names)])]
            }
        };
        let mut block = locks;
        block.push(Self::each(vec![Step::Send(vec![request])], found));
        block
    }

    /// The rows that have values.
    fn alike(&self, rule: RuleId) -> Block {
        let layout = self.layout;
        let entity = layout.kernel.rules[rule].entity;
        let Some(group) = layout.group(rule) else {
            return Vec::new();
        };
        let label = &layout.node(entity).label;
        let wanted = member(slot(X), "values");
        let (names, parts) = match &group.kept {
            Some(name) => (
                vec![name.as_str()],
                vec![(cypher::part(0).into(), encode(Codec::Digest, wanted.clone()))],
            ),
            None => (
                layout.names(entity, &group.leaves),
                group
                    .leaves
                    .iter()
                    .enumerate()
                    .map(|(at, place)| {
                        let value = property(layout, entity, *place, nth(wanted.clone(), at));
                        (cypher::part(at).into(), value)
                    })
                    .collect(),
            ),
        };
        let statement = format!(
            "UNWIND $values AS k MATCH {} RETURN properties(n)",
            keyed("n", label, &names, "k")
        );
        let values = Doc::Hole(map(slot(SOME), X, Term::Record(parts)));
        let request = read(statement, vec![("values".into(), values)], REPLY);
        let bound = Term::Bound(rule, Box::new(slot(X)));
        let found = filter(slot(ROWS), X, same(bound, member(slot(NEED), "values")));
        vec![
            self.locked(lock::values(layout, rule, wanted), request),
            Step::Set(ROWS, rows(layout, entity)),
            Self::each(Vec::new(), found),
        ]
    }

    /// The next numbers of a sequence: as many as are asked for, a hundred at most.
    fn next(&self, field: FieldId, last: Slot) -> Block {
        let layout = self.layout;
        let Some(sequence) = layout.sequence(field) else {
            return Vec::new();
        };
        let some_numbers = Value::List((1..=NUMBERS).map(Value::Int).collect());
        let fits = less(slot(X), plus(member(slot(NEED), "count"), number(1)));
        let wanted = filter(Term::Value(some_numbers), X, fits);
        let count = len(wanted.clone());
        let at = cypher::property("s", LAST);
        // Beyond the last number there is no other: the key that it is part of says so.
        let statement = format!(
            "MERGE (s:{} {{{}: $name}}) SET {at} = CASE WHEN coalesce({at}, 0) > $room THEN {} ELSE coalesce({at}, 0) + $count END RETURN {at}",
            quoted(&layout.design.numbers.0),
            quoted(NAME),
            i64::MAX
        );
        let parameters = vec![
            ("name".into(), Doc::Hole(text(sequence.name.as_str()))),
            ("room".into(), Doc::Hole(minus(number(i64::MAX), count.clone()))),
            ("count".into(), Doc::Hole(count.clone())),
        ];
        let request = Request {
            replay: Replay::Never,
            ..read(statement, parameters, REPLY)
        };
        let first = minus(slot(last), count);
        let body = vec![
            Step::Send(vec![request]),
            Step::Set(last, nth(member(slot(REPLY), "rows"), 0)),
        ];
        vec![Self::each(body, map(wanted, X, plus(first, slot(X))))]
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

/// An entity by its place.
pub(super) fn entity(at: usize) -> EntityId {
    EntityId::new(u32::try_from(at).unwrap_or(u32::MAX))
}
