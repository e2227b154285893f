//! Where rows lie: keys of items from keys and rows.
//!
//! A partition key [joins](joined) its segments; in a sort key each is [ended](ended).

use dbspec_core::arena::{Id, Run};
use dbspec_core::kernel::{EntityId, FieldId, Kernel, LeafId};
use dbspec_core::program::{Codec, Term};

use super::design::{Counter, Design, Guard, GuardKind, Item, ItemIndex, PK, SK, Table};
use crate::document::segment::{ended, joined};
use crate::document::term::{concat, encode, member, nth, record, text};

/// A design, with the kernel that it is of.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) design: &'a Design,
}

/// What the partition of an index is called where all rows are in one.
const WHOLE: &str = "*";

impl<'a> Layout<'a> {
    pub(super) fn item(&self, entity: EntityId) -> &'a Item {
        &self.design.items[entity.index() as usize]
    }

    pub(super) fn table(&self, entity: EntityId) -> &'a Table {
        &self.design.tables[self.item(entity).table]
    }

    /// The leaves at places of a row.
    pub(super) fn leaves(&self, entity: EntityId, places: &[usize]) -> Vec<LeafId> {
        let run: Run<LeafId> = self.kernel.entities[entity].leaves;
        places.iter().filter_map(|at| run.iter().nth(*at)).collect()
    }

    /// The item's key from the values of the row's key, in key order.
    pub(super) fn key_of(&self, entity: EntityId, key: &Term) -> Vec<(&'static str, Term)> {
        let leaves = self.kernel.key_leaves(entity);
        self.key(entity, &|leaf| {
            let at = leaves.iter().position(|it| *it == leaf).unwrap_or_default();
            nth(key.clone(), at)
        })
    }

    /// The item's key from what leaves of the row's key hold.
    pub(super) fn key(&self, entity: EntityId, value: &dyn Fn(LeafId) -> Term) -> Vec<(&'static str, Term)> {
        let item = self.item(entity);
        let hash = self.leaves(entity, &item.hash);
        let mut key = vec![(PK, self.hash(&hash, value))];
        if self.table(entity).sorted {
            let range = self.leaves(entity, &item.range);
            key.push((SK, self.range(item.tag.as_deref(), &range, value)));
        }
        key
    }

    /// A partition key.
    pub(super) fn hash(&self, leaves: &[LeafId], value: &dyn Fn(LeafId) -> Term) -> Term {
        if leaves.is_empty() {
            return text(WHOLE);
        }
        joined(self.kernel, leaves, value)
    }

    /// A sort key, or the beginning of one.
    pub(super) fn range(&self, tag: Option<&str>, leaves: &[LeafId], value: &dyn Fn(LeafId) -> Term) -> Term {
        let tag = tag.map(text);
        match (tag, ended(self.kernel, leaves, value)) {
            (Some(tag), range) => concat([tag, range]),
            (None, range) => range,
        }
    }

    /// The keys that an index gets of a row: the attributes and their texts.
    pub(super) fn index_keys(&self, entity: EntityId, index: &ItemIndex, row: &Term) -> Vec<(&'a str, Term)> {
        let it = &self.table(entity).indexes[index.index];
        let kernel = self.kernel;
        let raw = |leaf: LeafId| nth(row.clone(), kernel.position(leaf));
        let folded = |leaf: LeafId| {
            if kernel.leaves[leaf].ignore_case {
                encode(Codec::Folded, raw(leaf))
            } else {
                raw(leaf)
            }
        };
        let hash = self.leaves(entity, &index.hash);
        let mut keys = vec![(it.hash.as_str(), self.hash(&hash, &folded))];
        if let Some(range) = &it.range {
            let leaves = self.leaves(entity, &index.range);
            keys.push((range.as_str(), self.range(None, &leaves, &raw)));
        }
        keys
    }

    /// The rules of a kind that guards hold, with what they hold them by.
    pub(super) fn guarded(&self, kind: GuardKind) -> Vec<(dbspec_core::kernel::RuleId, &'a Guard)> {
        let mut all = Vec::new();
        for (entity, it) in self.kernel.entities.iter() {
            for guard in self.item(entity).guards.iter().filter(|it| it.kind == kind) {
                all.extend(it.rules.iter().nth(guard.rule).map(|rule| (rule, guard)));
            }
        }
        all
    }

    /// The counter of a reference, in the items of the entity that it names.
    pub(super) fn counter(&self, field: FieldId) -> Option<&'a Counter> {
        let to = self.kernel.target(field)?;
        let at = self.kernel.references_to(to).position(|it| it == field)?;
        self.item(to).counters.get(at)
    }
}

/// A text as an attribute value.
pub(super) fn string(of: Term) -> Term {
    record([("S", of)])
}

/// What stands in an attribute that is a text.
pub(super) fn string_of(item: Term, name: &str) -> Term {
    member(member(item, name), "S")
}

/// The partition key of the items that guard values.
pub(super) fn guard_key(guard: &Guard, values: Term) -> Term {
    concat([text(format!("{}#", guard.tag)), encode(Codec::Digest, values)])
}
