//! A store as an operation leaves it: what it changes so far laid over what is stored, with every read noted.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::eval::fold;
use super::{Found, Judged, Reliance, Row, RowKey, Store};
use crate::arena::Id;
use crate::kernel::{EntityId, FieldId, Kernel, LeafId, RuleId, RuleKind};
use crate::value::Value;

/// A row that the operation changes.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// As stored.
    pub(crate) before: Option<Row>,
    /// As it will be.
    pub(crate) after: Option<Row>,
    /// Whether the operation itself says so, rather than a referential action or a derived field.
    pub(crate) asked: bool,
    /// The key that the row had, where its key changes.
    pub(crate) from: Option<RowKey>,
    /// The key that the row gets, where its key changes.
    pub(crate) to: Option<RowKey>,
}

pub(crate) struct View<'a> {
    pub(crate) kernel: &'a Kernel,
    pub(crate) base: &'a dyn Store,
    pub(crate) pending: BTreeMap<(EntityId, RowKey), Pending>,
    reads: RefCell<Reads>,
}

#[derive(Default)]
struct Reads {
    rows: BTreeMap<(EntityId, RowKey), Option<Row>>,
    ranges: BTreeSet<Reliance>,
}

impl<'a> View<'a> {
    pub(crate) fn new(kernel: &'a Kernel, base: &'a dyn Store) -> Self {
        Self {
            kernel,
            base,
            pending: BTreeMap::new(),
            reads: RefCell::default(),
        }
    }

    /// The changed rows of an entity.
    pub(crate) fn pending_of(&self, entity: EntityId) -> impl Iterator<Item = (&RowKey, &Pending)> {
        let next = EntityId::new(entity.index() + 1);
        self.pending
            .range((entity, Vec::new())..(next, Vec::new()))
            .map(|((_, key), it)| (key, it))
    }

    /// What was read and isn't changed, and the ranges that were read.
    pub(crate) fn reliances(&self) -> BTreeSet<Reliance> {
        let reads = self.reads.borrow();
        let unchanged = reads.rows.iter().filter(|(at, _)| !self.pending.contains_key(*at));
        let unchanged = unchanged.map(|((entity, key), row)| Reliance::Unchanged(*entity, key.clone(), row.clone()));
        unchanged.chain(reads.ranges.iter().cloned()).collect()
    }

    fn note(&self, entity: EntityId, key: RowKey, row: Option<&Row>) {
        self.reads.borrow_mut().rows.insert((entity, key), row.cloned());
    }

    /// Whether a row comes into being with this operation, so that no stored row can name it.
    fn is_new(&self, entity: EntityId, key: &[Value]) -> bool {
        self.pending
            .get(&(entity, key.to_vec()))
            .is_some_and(|it| it.before.is_none())
    }

    /// Stored rows that aren't changed, with those that are as they will be.
    fn overlay(&self, entity: EntityId, stored: Vec<Row>, belongs: impl Fn(&[Value]) -> bool) -> Vec<Row> {
        let mut rows = BTreeMap::new();
        for row in stored {
            let key = self.kernel.key_of(entity, &row);
            if !self.pending.contains_key(&(entity, key.clone())) {
                self.note(entity, key.clone(), Some(&row));
                rows.insert(key, row);
            }
        }
        for (key, pending) in self.pending_of(entity) {
            if let Some(row) = pending.after.as_ref().filter(|row| belongs(row)) {
                rows.insert(key.clone(), row.clone());
            }
        }
        rows.into_values().collect()
    }

    /// Stored rows with these values in a rule's leaves that the operation doesn't change.
    pub(crate) fn others(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let entity = self.kernel.rules[rule].entity;
        let stored = self.base.same(rule, values)?;
        self.reads
            .borrow_mut()
            .ranges
            .insert(Reliance::SameValues(rule, values.to_vec()));
        Ok(stored
            .into_iter()
            .filter(|row| !self.pending.contains_key(&(entity, self.kernel.key_of(entity, row))))
            .collect())
    }
}

impl Kernel {
    /// The leaves by which the rows of a unique, at-most or overlap rule are grouped.
    pub fn grouping(&self, rule: RuleId) -> &[LeafId] {
        match &self.rules[rule].kind {
            RuleKind::Key(leaves) | RuleKind::Unique { leaves, .. } | RuleKind::AtMost { leaves, .. } => leaves,
            RuleKind::Overlap { by, .. } => by,
            RuleKind::Type(_)
            | RuleKind::Size { .. }
            | RuleKind::Required(_)
            | RuleKind::Predicate { .. }
            | RuleKind::Reference { .. }
            | RuleKind::Bounds { .. }
            | RuleKind::Transition(_)
            | RuleKind::Version(_)
            | RuleKind::Derived { .. }
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. }
            | RuleKind::Secret(_)
            | RuleKind::Assert { .. } => &[],
        }
    }

    /// A row's values in the leaves of a unique, at-most or overlap rule, folded where a leaf ignores case: what
    /// [`Store::same`] is asked with.
    pub fn group_values(&self, rule: RuleId, row: &[Value]) -> Vec<Value> {
        let value = |leaf: &LeafId| {
            let value = row.get(self.position(*leaf)).cloned().unwrap_or_default();
            if self.leaves[*leaf].ignore_case {
                fold(value)
            } else {
                value
            }
        };
        self.grouping(rule).iter().map(value).collect()
    }
}

impl Store for View<'_> {
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>> {
        if let Some(pending) = self.pending.get(&(entity, key.to_vec())) {
            return Ok(pending.after.clone());
        }
        let row = self.base.row(entity, key)?;
        self.note(entity, key.to_vec(), row.as_ref());
        Ok(row)
    }

    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>> {
        let stored = if self.kernel.target(via).is_some_and(|to| self.is_new(to, key)) {
            Vec::new()
        } else {
            let stored = self.base.children(via, key)?;
            self.reads
                .borrow_mut()
                .ranges
                .insert(Reliance::SameChildren(via, key.to_vec()));
            stored
        };
        let entity = self.kernel.fields[via].entity;
        Ok(self.overlay(entity, stored, |row| self.kernel.refers_to(via, row, key)))
    }

    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        let stored = if self.kernel.target(via).is_some_and(|to| self.is_new(to, key)) {
            0
        } else {
            let stored = self.base.count(via, key)?;
            self.reads
                .borrow_mut()
                .ranges
                .insert(Reliance::SameChildren(via, key.to_vec()));
            stored
        };
        let entity = self.kernel.fields[via].entity;
        let counts = |row: &Option<Row>| {
            row.as_ref()
                .is_some_and(|row| self.kernel.is_living(entity, row) && self.kernel.refers_to(via, row, key))
        };
        let (gone, come) = self.pending_of(entity).fold((0, 0), |(gone, come), (_, it)| {
            (
                gone + u64::from(counts(&it.before)),
                come + u64::from(counts(&it.after)),
            )
        });
        Ok((stored + come).saturating_sub(gone))
    }

    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let others = self.others(rule, values)?;
        let entity = self.kernel.rules[rule].entity;
        Ok(self.overlay(entity, others, |row| self.kernel.group_values(rule, row) == values))
    }

    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        let stored = self.base.all(entity)?;
        Ok(self.overlay(entity, stored, |_| true))
    }

    fn next(&self, field: FieldId, taken: u64) -> Found<i64> {
        self.base.next(field, taken)
    }

    fn exists(&self, entity: EntityId, key: &[Value]) -> Found<Judged> {
        match self.pending.get(&(entity, key.to_vec())) {
            Some(Pending { after: Some(_), .. }) => Ok(Judged::Yes),
            Some(Pending { after: None, .. }) => Ok(Judged::No),
            None => self.base.exists(entity, key),
        }
    }

    fn acts(&self, via: FieldId) -> bool {
        self.base.acts(via)
    }
}

impl Kernel {
    /// Whether a row's reference names a key.
    pub(crate) fn refers_to(&self, field: FieldId, row: &[Value], key: &[Value]) -> bool {
        let leaves = self.fields[field].leaves;
        leaves.len() == key.len()
            && leaves
                .iter()
                .zip(key)
                .all(|(leaf, part)| row.get(self.position(leaf)) == Some(part) && !part.is_null())
    }
}
