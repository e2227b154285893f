//! Owners' items that were read, for the rows that stand in them.
//!
//! An owner's item is read once in a try, and what it had is held: a write asks at its commit that the list is still the
//! same, whichever of its rows it looked at.

use dbspec_core::kernel::{EntityId, LeafId};
use dbspec_core::program::{Block, Rely, Step, Term};
use dbspec_core::value::Value;

use super::need::Fetching;
use super::request::{Consistency, add, items, key_term, pages, scan};
use super::{HELD, ITEMS, MEMBERS, NEED, OWNER, OWNERS, ROWS, SOME, X, Y};
use crate::document::term::{
    all, both, distinct, filter, is_set, join, len, list, map, member, none, nth, record, same, slot, text,
};
use crate::dynamodb::layout::{Layout, string_of};

/// The owners' items in which an entity's rows stand.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    layout: Layout<'a>,
    entity: EntityId,
    consistency: Consistency,
}

impl<'a> Held<'a> {
    /// `None` where the rows have items of their own.
    pub(super) fn of(layout: Layout<'a>, entity: EntityId, consistency: Consistency) -> Option<Self> {
        layout.item(entity).within.as_ref()?;
        Some(Self {
            layout,
            entity,
            consistency,
        })
    }

    fn word(self) -> Term {
        text(Rely::Unchanged(self.entity).text(self.layout.kernel))
    }

    /// How many values name the owner.
    fn width(self) -> usize {
        let item = self.layout.item(self.entity);
        item.hash.len() + item.range.len()
    }

    /// The owner's key, of a row's key.
    pub(super) fn owner_of(self, key: &Term) -> Term {
        list((0..self.width()).map(|at| nth(key.clone(), at)))
    }

    /// The key of a row.
    pub(super) fn key_in(self, row: &Term) -> Term {
        let kernel = self.layout.kernel;
        let leaves = kernel.key_leaves(self.entity);
        list(leaves.iter().map(|leaf| nth(row.clone(), kernel.position(*leaf))))
    }

    /// What is held of an owner; null where it wasn't read. The owner's key must not speak of the second scratch slot.
    pub(super) fn held(self, owner: &Term) -> Term {
        let is = both(
            same(member(slot(Y), "of"), self.word()),
            same(member(slot(Y), "key"), owner.clone()),
        );
        nth(filter(slot(HELD), Y, is), 0)
    }

    /// The rows that an owner had.
    pub(super) fn rows(self, owner: &Term) -> Term {
        join([member(self.held(owner), "rows")])
    }

    /// The keys of owners that were read.
    pub(super) fn owners(self) -> Term {
        let own = filter(slot(HELD), X, same(member(slot(X), "of"), self.word()));
        map(own, X, member(slot(X), "key"))
    }

    /// Reads the owners that aren't held yet.
    fn hold(self, owners: Term) -> Block {
        // A row that breaks rules may name none.
        let is_whole = all((0..self.width()).map(|at| is_set(nth(slot(X), at))));
        let is_held = filter(self.owners_by_y(), Y, same(slot(Y), slot(X)));
        let key = |owner: Term| self.layout.key_of(self.entity, &owner);
        let keys = map(slot(OWNERS), X, key_term(key(slot(X))));
        let parts = key(slot(OWNER)).into_iter();
        let own = all(parts.map(|(name, value)| same(string_of(slot(X), name), value)));
        let found = || filter(slot(ITEMS), X, own.clone());
        let mut each = vec![Step::Set(ROWS, list([]))];
        each.extend(add(self.layout, self.entity, found(), ROWS));
        let held = record([
            ("of", self.word()),
            ("key", slot(OWNER)),
            ("rows", slot(ROWS)),
            ("there", len(found())),
        ]);
        each.push(Step::Set(HELD, join([slot(HELD), list([held])])));
        let mut block = vec![
            Step::Set(OWNERS, filter(distinct(owners), X, both(is_whole, none(is_held)))),
            Step::Set(ITEMS, list([])),
        ];
        block.extend(items(
            self.layout,
            self.entity,
            (keys, self.consistency),
            |items| vec![Step::Set(ITEMS, join([slot(ITEMS), items]))],
        ));
        block.push(Step::Each {
            over: slot(OWNERS),
            item: OWNER,
            body: each,
        });
        block
    }

    /// The keys of owners that were read, looked through by the second scratch slot.
    fn owners_by_y(self) -> Term {
        let own = filter(slot(HELD), Y, same(member(slot(Y), "of"), self.word()));
        map(own, Y, member(slot(Y), "key"))
    }

    /// The rows of these keys.
    pub(super) fn row(self) -> Block {
        let owners = map(slot(SOME), X, self.owner_of(&member(slot(X), "key")));
        let mut block = self.hold(owners);
        let there = self.rows(&self.owner_of(&member(slot(NEED), "key")));
        let found = filter(there, X, same(self.key_in(&slot(X)), member(slot(NEED), "key")));
        block.extend(Fetching::each(Vec::new(), found));
        block
    }

    /// The rows that name these: their owners, or others that are looked for in all owners. What is read of others is
    /// noted.
    pub(super) fn children(
        self,
        leaves: &[LeafId],
        notes: impl FnOnce(Vec<(&'static str, Term)>) -> Block,
    ) -> Block {
        let kernel = self.layout.kernel;
        let by_owner = kernel.key_leaves(self.entity).starts_with(leaves) && leaves.len() == self.width();
        if by_owner {
            let mut block = self.hold(map(slot(SOME), X, member(slot(X), "key")));
            let found = self.rows(&member(slot(NEED), "key"));
            block.extend(Fetching::each(Vec::new(), found));
            return block;
        }
        let named = |row: Term| list(leaves.iter().map(|leaf| nth(row.clone(), kernel.position(*leaf))));
        let is_one = || same(named(slot(X)), member(slot(NEED), "key"));
        let mut block = self.scanned(is_one());
        block.push(Step::Set(ROWS, filter(slot(ROWS), X, is_one())));
        block.extend(notes(vec![("count", len(slot(ROWS)))]));
        Fetching::each(block, slot(ROWS))
    }

    /// All rows.
    pub(super) fn all(self) -> Block {
        Fetching::each(self.scanned(Term::Value(Value::Bool(true))), slot(ROWS))
    }

    /// Reads all owners, then holds those of which a row passes a test: their rows.
    fn scanned(self, test: Term) -> Block {
        let members = scan(self.layout, self.entity, Vec::new(), self.consistency);
        let mut block = pages(self.layout, self.entity, "Scan", members);
        let owners = map(
            filter(slot(ROWS), X, test),
            X,
            self.owner_of(&self.key_in(&slot(X))),
        );
        block.push(Step::Set(MEMBERS, distinct(owners)));
        block.extend(self.hold(slot(MEMBERS)));
        block.push(Step::Set(ROWS, list([])));
        block.push(Step::Each {
            over: slot(MEMBERS),
            item: OWNER,
            body: vec![Step::Set(ROWS, join([slot(ROWS), self.rows(&slot(OWNER))]))],
        });
        block
    }
}
