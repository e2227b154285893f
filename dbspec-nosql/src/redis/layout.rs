//! Where rows lie: keys, names and members from keys and rows.
//!
//! A row's name is its key's segments [joined](joined); an index' member is its values' segments, each
//! [ended](ended), a `!` and the row's name. Segments have no `!`, so that what is behind the last is the name.

use std::sync::Arc;

use dbspec_core::arena::{Id, Run};
use dbspec_core::kernel::{EntityId, Kernel, LeafId, RuleId};
use dbspec_core::program::{Codec, LeafCodec, Shape, Term};

use super::design::{Design, Group, Hash, Index};
use super::types;
use crate::document::segment::{ended, joined};
use crate::document::term::{concat, encode, nth, text};

/// A design, with the kernel that it is of.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) design: &'a Design,
}

impl<'a> Layout<'a> {
    pub(super) fn hash(&self, entity: EntityId) -> &'a Hash {
        &self.design.hashes[entity.index() as usize]
    }

    /// The leaves at places of a row.
    pub(super) fn leaves(&self, entity: EntityId, places: &[usize]) -> Vec<LeafId> {
        let run: Run<LeafId> = self.kernel.entities[entity].leaves;
        places.iter().filter_map(|at| run.iter().nth(*at)).collect()
    }

    /// The key of the set with the names of all rows.
    pub(super) fn names(&self, entity: EntityId) -> String {
        self.design.key(&self.hash(entity).name)
    }

    /// The key of the row of a name.
    pub(super) fn row_named(&self, entity: EntityId, name: Term) -> Term {
        concat([text(format!("{}:", self.names(entity))), name])
    }

    /// A row's name from what leaves of its key hold.
    pub(super) fn name(&self, entity: EntityId, value: &dyn Fn(LeafId) -> Term) -> Term {
        joined(self.kernel, &self.kernel.key_leaves(entity), value)
    }

    /// The name of a row.
    pub(super) fn name_of_row(&self, entity: EntityId, row: &Term) -> Term {
        self.name(entity, &|leaf| nth(row.clone(), self.kernel.position(leaf)))
    }

    /// The name of the row that has a key, in key order.
    pub(super) fn name_of_key(&self, entity: EntityId, key: &Term) -> Term {
        let leaves = self.kernel.key_leaves(entity);
        self.name(entity, &|leaf| {
            let at = leaves.iter().position(|it| *it == leaf).unwrap_or_default();
            nth(key.clone(), at)
        })
    }

    /// The key of an index' set for values.
    pub(super) fn index_key(&self, name: &str, hash: &[LeafId], value: &dyn Fn(LeafId) -> Term) -> Term {
        let key = self.design.key(name);
        if hash.is_empty() {
            return text(key);
        }
        concat([text(format!("{key}:")), joined(self.kernel, hash, value)])
    }

    /// A row's place in an index: the set's key, and the member.
    pub(super) fn place(&self, entity: EntityId, index: &Index, row: &Term) -> (Term, Term) {
        let kernel = self.kernel;
        let raw = |leaf: LeafId| nth(row.clone(), kernel.position(leaf));
        let folded = |leaf: LeafId| {
            if kernel.leaves[leaf].ignore_case {
                encode(Codec::Folded, raw(leaf))
            } else {
                raw(leaf)
            }
        };
        let key = self.index_key(&index.name, &self.leaves(entity, &index.hash), &folded);
        let range = self.leaves(entity, &index.range);
        (
            key,
            member_of(ended(kernel, &range, &raw), self.name_of_row(entity, row)),
        )
    }

    /// The key of a group's set for values.
    pub(super) fn group_key(&self, group: &Group, values: Term) -> Term {
        let key = self.design.key(&group.name);
        concat([text(format!("{key}:")), encode(Codec::Digest, values)])
    }

    /// The rules of an entity whose values have sets of their own.
    pub(super) fn groups(&self, entity: EntityId) -> impl Iterator<Item = (RuleId, &'a Group)> + 'a {
        let rules = self.kernel.entities[entity].rules;
        let groups = self.hash(entity).groups.iter();
        groups.filter_map(move |group| rules.iter().nth(group.rule).map(|rule| (rule, group)))
    }

    /// How texts of fields, in order, become rows.
    pub(super) fn shape(&self, entity: EntityId) -> Arc<Shape> {
        let leaves = self.kernel.entities[entity].leaves.iter();
        let leaf = |leaf: LeafId| (Vec::new(), LeafCodec::One(types::stored(self.kernel, leaf)));
        Arc::new(Shape {
            entity,
            leaves: leaves.map(leaf).collect(),
        })
    }
}

/// An index' member.
pub(super) fn member_of(values: Term, name: Term) -> Term {
    concat([values, text("!"), name])
}
