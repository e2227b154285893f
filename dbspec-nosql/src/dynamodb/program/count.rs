//! Counts: each row counts those that name it, so that nobody names what goes, and nobody comes unseen.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, LeafId};
use dbspec_core::program::{Doc, Slot, Term, Want};
use dbspec_core::value::Value;

use super::commit::{Rows, numeric};
use super::request::{Members, words};
use super::{SEEN, X};
use crate::document::term::{
    any, both, filter, is_null, is_set, len, list, map, member, minus, not, nth, same, slot, text, text_if,
};

/// A counter of the rows that name a row of the entity.
pub(super) struct Count<'a> {
    pub(super) field: FieldId,
    pub(super) attribute: &'a str,
    /// What a write may have seen of it.
    pub(super) want: Option<Want>,
    /// Whether rows that were deleted softly don't count.
    pub(super) living: Option<LeafId>,
}

impl<'a> Rows<'a> {
    pub(super) fn counts(&self) -> Vec<Count<'a>> {
        let kernel = self.kernel();
        let counters = &self.layout.item(self.entity).counters;
        let mut all = Vec::new();
        for (field, counter) in kernel.references_to(self.entity).zip(counters) {
            let count = Want::Count(field);
            all.push(Count {
                field,
                attribute: &counter.all,
                want: None,
                living: None,
            });
            let from = &kernel.entities[kernel.fields[field].entity];
            match (&counter.living, from.soft_delete) {
                (Some(attribute), Some(leaf)) => all.push(Count {
                    field,
                    attribute,
                    want: Some(count),
                    living: Some(leaf),
                }),
                (Some(_) | None, _) => {
                    if let Some(last) = all.last_mut() {
                        last.want = Some(count);
                    }
                }
            }
        }
        all
    }

    /// The key that a row of a reference's entity names.
    fn named(&self, field: FieldId, row: &Term) -> Term {
        let leaves = self.kernel().fields[field].leaves;
        list(
            leaves
                .iter()
                .map(|leaf| nth(row.clone(), self.kernel().position(leaf))),
        )
    }

    fn children(&self, field: FieldId) -> Slot {
        self.changes_of(self.kernel().fields[field].entity)
    }

    /// The slot of an entity's changes.
    pub(super) fn changes_of(&self, entity: EntityId) -> Slot {
        self.changes[entity.index() as usize]
    }

    /// How many changed rows name a key on one side of their change.
    pub(super) fn naming(&self, count: &Count<'_>, side: &str, key: &Term) -> Term {
        let row = member(slot(X), side);
        let names = same(self.named(count.field, &row), key.clone());
        let counts = match count.living {
            None => names,
            Some(leaf) => both(names, is_null(nth(row, self.kernel().position(leaf)))),
        };
        len(filter(slot(self.children(count.field)), X, counts))
    }

    /// What was seen of a counter; null where it wasn't looked at.
    pub(super) fn seen(&self, count: &Count<'_>, key: &Term) -> Term {
        let kernel = self.kernel();
        let mut wants: Vec<Want> = count.want.into_iter().collect();
        if count.living.is_none() {
            wants.push(Want::Children(count.field));
        }
        let is = wants
            .into_iter()
            .map(|want| same(member(slot(X), "want"), text(want.text(kernel))));
        let test = both(any(is), same(member(slot(X), "key"), key.clone()));
        member(nth(filter(slot(SEEN), X, test), 0), "count")
    }

    /// The keys of rows that changed ones name anew, or no longer, or that count them differently.
    pub(super) fn moved(&self) -> Vec<Term> {
        let kernel = self.kernel();
        let mut keys = Vec::new();
        for field in kernel.references_to(self.entity) {
            let from = &kernel.entities[kernel.fields[field].entity];
            let side = |side: &str| self.named(field, &member(slot(X), side));
            let mut differs = not(same(side("before"), side("after")));
            if let Some(leaf) = from.soft_delete {
                let at = kernel.position(leaf);
                let gone = |side: &str| is_null(nth(member(slot(X), side), at));
                let revived = not(same(gone("before"), gone("after")));
                differs = any([differs, revived]);
            }
            if self.layout.item(kernel.fields[field].entity).within.is_some() {
                // Any change of what stands in an item changes it.
                differs = Term::Value(Value::Bool(true));
            }
            let changes = || filter(slot(self.children(field)), X, differs.clone());
            keys.push(map(changes(), X, side("before")));
            keys.push(map(changes(), X, side("after")));
        }
        keys
    }

    /// `#c0 :c0, …`, with the counts' names and by how much they change.
    pub(super) fn adds(&self, of: &Term, names: &mut Members, values: &mut Members) -> String {
        let mut adds = Vec::new();
        for (at, count) in self.counts().iter().enumerate() {
            let delta = minus(self.naming(count, "after", of), self.naming(count, "before", of));
            names.push((format!("#c{at}").into(), words(count.attribute)));
            values.push((format!(":c{at}").into(), Doc::Hole(numeric(delta))));
            adds.push(format!("#c{at} :c{at}"));
        }
        adds.join(", ")
    }

    /// That counts are what was seen of them.
    pub(super) fn seen_pieces(&self, of: &Term, condition: &mut Vec<Term>, values: &mut Members) {
        for (at, count) in self.counts().iter().enumerate() {
            let seen = self.seen(count, of);
            condition.push(text_if(format!(" AND #c{at} = :s{at}"), is_set(seen.clone())));
            values.push((
                format!(":s{at}").into(),
                Doc::If(is_set(seen.clone()), Box::new(Doc::Hole(numeric(seen)))),
            ));
        }
    }
}
