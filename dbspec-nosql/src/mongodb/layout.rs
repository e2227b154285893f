//! Where rows lie: keys and documents from keys and rows.

use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, Kernel, LeafId, RuleId};
use dbspec_core::program::{Codec, Doc, Shape, Term};

use super::design::{Collection, Design, Field, Group, ID};
use super::types;
use crate::document::term::{concat, encode, is_set, nth, text};

/// A design, with the kernel that it is of.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) design: &'a Design,
}

impl<'a> Layout<'a> {
    pub(super) fn collection(&self, entity: EntityId) -> &'a Collection {
        &self.design.collections[entity.index() as usize]
    }

    pub(super) fn field(&self, leaf: LeafId) -> &'a Field {
        &self.collection(self.kernel.entity_of(leaf)).fields[self.kernel.position(leaf)]
    }

    /// The path that conditions and indexes speak of: that of the folded text, where letters are folded.
    pub(super) fn sought(&self, leaf: LeafId) -> &'a str {
        let field = self.field(leaf);
        field.folded.as_deref().unwrap_or(&field.path)
    }

    /// A value as conditions compare it.
    pub(super) fn seek(&self, leaf: LeafId, value: Term) -> Term {
        if self.field(leaf).folded.is_some() {
            encode(Codec::Folded, value)
        } else {
            self.value(leaf, value)
        }
    }

    /// A leaf's value as it is stored.
    pub(super) fn value(&self, leaf: LeafId, value: Term) -> Term {
        match types::stored(self.kernel, leaf) {
            Codec::Plain => value,
            codec => encode(codec, value),
        }
    }

    /// The leaf at a place of a row.
    pub(super) fn leaf(&self, entity: EntityId, place: usize) -> Option<LeafId> {
        self.kernel.entities[entity].leaves.iter().nth(place)
    }

    /// A document's `_id` from the values of the row's key, in key order.
    pub(super) fn id_of(&self, entity: EntityId, key: &Term) -> Term {
        let leaves = self.kernel.key_leaves(entity);
        self.id(entity, &|leaf| {
            let at = leaves.iter().position(|it| *it == leaf).unwrap_or_default();
            nth(key.clone(), at)
        })
    }

    /// The same from what leaves of the row's key hold.
    fn id(&self, entity: EntityId, value: &dyn Fn(LeafId) -> Term) -> Term {
        let leaves = self.kernel.key_leaves(entity);
        if let [one] = leaves.as_slice() {
            return self.value(*one, value(*one));
        }
        let member = |leaf: &LeafId| {
            let path = &self.field(*leaf).path;
            let name = path.rsplit('.').next().unwrap_or(path);
            (name.into(), self.value(*leaf, value(*leaf)))
        };
        Term::Record(leaves.iter().map(member).collect())
    }

    /// The document of a row.
    pub(super) fn document(&self, entity: EntityId, row: &Term) -> Doc {
        let kernel = self.kernel;
        let at = |leaf: LeafId| nth(row.clone(), kernel.position(leaf));
        let id = self.id(entity, &at);
        let mut members = vec![(ID.into(), row.clone(), Doc::Hole(id))];
        let collection = self.collection(entity);
        for (place, leaf) in kernel.entities[entity].leaves.iter().enumerate() {
            let field = &collection.fields[place];
            if !collection.key.contains(&place) {
                members.push((
                    field.path.as_str().into(),
                    at(leaf),
                    Doc::Hole(self.value(leaf, at(leaf))),
                ));
            }
            if let Some(folded) = &field.folded {
                let value = encode(Codec::Folded, at(leaf));
                members.push((folded.as_str().into(), at(leaf), Doc::Hole(value)));
            }
        }
        for (rule, group) in self.groups(entity) {
            let bound = Term::Bound(rule, Box::new(row.clone()));
            let digest = encode(Codec::Digest, bound.clone());
            members.push((group.field.as_str().into(), bound, Doc::Hole(digest)));
        }
        Doc::Some(members)
    }

    /// How documents become rows.
    pub(super) fn shape(&self, entity: EntityId) -> Arc<Shape> {
        let kernel = self.kernel;
        let leaf = |leaf: LeafId| {
            let path = self.field(leaf).path.split('.').map(Into::into).collect();
            (path, types::read(kernel, leaf))
        };
        Arc::new(Shape {
            entity,
            leaves: kernel.entities[entity].leaves.iter().map(leaf).collect(),
        })
    }

    /// The rules of an entity whose values stand together in a field.
    pub(super) fn groups(&self, entity: EntityId) -> impl Iterator<Item = (RuleId, &'a Group)> + 'a {
        let rules = self.kernel.entities[entity].rules;
        let groups = self.collection(entity).groups.iter();
        groups.filter_map(move |group| rules.iter().nth(group.rule).map(|rule| (rule, group)))
    }

    /// Whether a reference's leaves in a row, given as values, are all set.
    pub(super) fn is_whole(width: usize, of: &Term) -> Term {
        crate::document::term::all((0..width).map(|at| is_set(nth(of.clone(), at))))
    }
}

/// The `_id` of a lock.
pub(super) fn lock_id(tag: &str, values: Term) -> Term {
    concat([text(format!("{tag}#")), encode(Codec::Digest, values)])
}
