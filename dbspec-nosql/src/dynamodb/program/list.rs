//! Lists of rows in their owner's item: what becomes of them, and that they are what was read.

use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::program::{Codec, Doc, Slot, Term};

use super::commit::Rows;
use super::held::Held;
use super::request::{Consistency, Members, document, words};
use super::{LINE, X, Y};
use crate::document::term::{
    any, both, encode, filter, is_set, join, map, member, none, not, nth, number, same, slot, some, text,
    text_if,
};
use crate::dynamodb::design::Within;
use crate::dynamodb::layout::{Layout, string};
use crate::dynamodb::types;

/// A list of rows in the items of their owners.
pub(super) struct Listed<'a> {
    layout: Layout<'a>,
    entity: EntityId,
    within: &'a Within,
    /// The slot of the changes of its rows.
    changes: Slot,
    pub(super) held: Held<'a>,
}

impl<'a> Rows<'a> {
    /// The lists in an item of the entity.
    pub(super) fn lists(&self) -> Vec<Listed<'a>> {
        let layout = self.layout;
        let one = |entity: &EntityId| {
            Some(Listed {
                layout,
                entity: *entity,
                within: layout.item(*entity).within.as_ref()?,
                changes: self.changes_of(*entity),
                held: Held::of(layout, *entity, Consistency::Strong)?,
            })
        };
        self.lists.iter().filter_map(one).collect()
    }

    /// That the lists of an item are what was read of them.
    pub(super) fn held_pieces(
        &self,
        of: &Term,
        condition: &mut Vec<Term>,
        names: &mut Members,
        values: &mut Members,
    ) {
        for (at, list) in self.lists().iter().enumerate() {
            let matters = || list.matters(of);
            condition.push(text_if(format!(" AND #h{at} = :o{at}"), matters()));
            names.push((
                format!("#h{at}").into(),
                Doc::If(matters(), Box::new(words(&list.within.digest))),
            ));
            let digest = Doc::Hole(string(encode(Codec::Digest, list.held.rows(of))));
            values.push((format!(":o{at}").into(), Doc::If(matters(), Box::new(digest))));
        }
    }

    /// What sets the lists of a new item. The names of their digests are given here.
    pub(super) fn new_lists(&self, of: &Term, names: &mut Members, values: &mut Members) -> Vec<Term> {
        let mut sets = Vec::new();
        for (at, list) in self.lists().iter().enumerate() {
            names.push((format!("#h{at}").into(), words(&list.within.digest)));
            names.push((format!("#l{at}").into(), words(&list.within.list)));
            values.extend(list.values(at, of));
            sets.push(text(format!(", #l{at} = :l{at}, #h{at} = :h{at}")));
        }
        sets
    }

    /// What sets the lists of an item that are changed, after what begins it. The names of their digests are those of
    /// [`Rows::held_pieces`].
    pub(super) fn list_sets(
        &self,
        of: &Term,
        begin: &str,
        names: &mut Members,
        values: &mut Members,
    ) -> Vec<Term> {
        let lists = self.lists();
        let mut sets = Vec::new();
        for (at, list) in lists.iter().enumerate() {
            let changes = || list.changes(of);
            let before = || any(lists[..at].iter().map(|it| it.changes(of)));
            names.push((
                format!("#l{at}").into(),
                Doc::If(changes(), Box::new(words(&list.within.list))),
            ));
            let given = list.values(at, of).into_iter();
            values.extend(given.map(|(name, value)| (name, Doc::If(changes(), Box::new(value)))));
            sets.push(text_if(begin, both(changes(), not(before()))));
            sets.push(text_if(", ", both(changes(), before())));
            sets.push(text_if(format!("#l{at} = :l{at}, #h{at} = :h{at}"), changes()));
        }
        if begin == "SET " && !lists.is_empty() {
            sets.push(text_if(" ", any(lists.iter().map(|it| it.changes(of)))));
        }
        sets
    }
}

impl<'a> Listed<'a> {
    fn kernel(&self) -> &'a Kernel {
        self.layout.kernel
    }

    /// Whether rows of an owner come, change or go.
    fn changes(&self, of: &Term) -> Term {
        let owner = self.held.owner_of(&member(slot(X), "key"));
        some(filter(slot(self.changes), X, same(owner, of.clone())))
    }

    /// Whether it counts what an owner's list was.
    pub(super) fn matters(&self, of: &Term) -> Term {
        any([is_set(self.held.held(of)), self.changes(of)])
    }

    /// Whether the owner wasn't there when it was read.
    pub(super) fn absent(&self, of: &Term) -> Term {
        same(member(self.held.held(of), "there"), number(0))
    }

    /// The rows that a write leaves in an owner's list.
    fn left(&self, of: &Term) -> Term {
        let changed = filter(
            slot(self.changes),
            Y,
            same(member(slot(Y), "key"), self.held.key_in(&slot(X))),
        );
        let kept = filter(self.held.rows(of), X, none(changed));
        let owner = self.held.owner_of(&self.held.key_in(&slot(X)));
        let own = both(is_set(slot(X)), same(owner, of.clone()));
        let come = filter(map(slot(self.changes), X, member(slot(X), "after")), X, own);
        join([kept, come])
    }

    /// The values of the list and its digest.
    fn values(&self, at: usize, of: &Term) -> [(Box<str>, Doc); 2] {
        let rows = Doc::Repeat {
            over: self.left(of),
            item: LINE,
            doc: Box::new(document(vec![("M", self.row())])),
        };
        let list = document(vec![("L", Doc::List(vec![rows]))]);
        let digest = string(encode(Codec::Digest, self.left(of)));
        [
            (format!(":l{at}").into(), list),
            (format!(":h{at}").into(), Doc::Hole(digest)),
        ]
    }

    /// A row's attributes, but for those of its owner's key.
    fn row(&self) -> Doc {
        let kernel = self.kernel();
        let item = self.layout.item(self.entity);
        let leaves = kernel.entities[self.entity].leaves.iter().zip(&item.attributes);
        let own = leaves
            .enumerate()
            .filter(|(at, _)| !item.hash.contains(at) && !item.range.contains(at));
        let members = own.map(|(at, (leaf, attribute))| {
            let value = nth(slot(LINE), at);
            let form = Doc::Hole(encode(
                types::attribute(kernel, &kernel.leaves[leaf].ty),
                value.clone(),
            ));
            (
                attribute.name.as_str().into(),
                Doc::If(is_set(value), Box::new(form)),
            )
        });
        Doc::Map(members.collect())
    }
}
