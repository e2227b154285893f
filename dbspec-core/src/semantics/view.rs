//! A store as an operation leaves it: what it changes so far laid over what is stored, with every read noted.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::eval::fold;
use super::{Found, Judged, Reliance, Row, RowKey, Store};
use crate::arena::Id;
use crate::kernel::{EntityId, FieldId, Kernel, LeafId, RuleId, RuleKind};
use crate::value::Value;

/// A row, by its entity and key.
pub(crate) type At = (EntityId, RowKey);

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
    pending: BTreeMap<At, Pending>,
    /// The pending rows that have or had these values, by reference or rule.
    index: BTreeMap<(Group, Vec<Value>), BTreeSet<RowKey>>,
    reads: RefCell<Reads>,
}

/// What pending rows are found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Reference(FieldId),
    Rule(RuleId),
}

#[derive(Default)]
struct Reads {
    rows: BTreeMap<At, Option<Row>>,
    ranges: BTreeSet<Reliance>,
}

impl<'a> View<'a> {
    pub(crate) fn new(kernel: &'a Kernel, base: &'a dyn Store) -> Self {
        Self {
            kernel,
            base,
            pending: BTreeMap::new(),
            index: BTreeMap::new(),
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

    /// All changed rows.
    pub(crate) fn pending(&self) -> &BTreeMap<At, Pending> {
        &self.pending
    }

    pub(crate) fn into_pending(self) -> BTreeMap<At, Pending> {
        self.pending
    }

    /// Sets what becomes of a row.
    pub(crate) fn put(&mut self, at: At, pending: Pending) {
        self.take_out(&at);
        for group in self.groups(at.0, &pending) {
            self.index.entry(group).or_default().insert(at.1.clone());
        }
        self.pending.insert(at, pending);
    }

    /// Forgets that a row changes.
    pub(crate) fn take_out(&mut self, at: &At) -> Option<Pending> {
        let pending = self.pending.remove(at)?;
        for group in self.groups(at.0, &pending) {
            if let Some(keys) = self.index.get_mut(&group) {
                keys.remove(&at.1);
            }
        }
        Some(pending)
    }

    fn groups(&self, entity: EntityId, pending: &Pending) -> BTreeSet<(Group, Vec<Value>)> {
        let kernel = self.kernel;
        let mut groups = BTreeSet::new();
        for row in pending.before.iter().chain(&pending.after) {
            for field in kernel.entities[entity].fields.iter() {
                if kernel.target(field).is_some()
                    && let Some(key) = kernel.referred(field, row)
                {
                    groups.insert((Group::Reference(field), key));
                }
            }
            for rule in kernel.entities[entity].rules.iter() {
                if kernel.groups(rule) {
                    groups.insert((Group::Rule(rule), kernel.group_values(rule, row)));
                }
            }
        }
        groups
    }

    /// The pending rows that name a key, or did.
    fn naming(&self, via: FieldId, key: &[Value]) -> impl Iterator<Item = (&RowKey, &Pending)> {
        let entity = self.kernel.fields[via].entity;
        self.indexed(entity, Group::Reference(via), key)
    }

    /// The pending rows that have these values in a rule's leaves, or had.
    pub(crate) fn alike(&self, rule: RuleId, values: &[Value]) -> impl Iterator<Item = (&RowKey, &Pending)> {
        let entity = self.kernel.rules[rule].entity;
        self.indexed(entity, Group::Rule(rule), values)
    }

    fn indexed(
        &self,
        entity: EntityId,
        group: Group,
        values: &[Value],
    ) -> impl Iterator<Item = (&RowKey, &Pending)> {
        let keys = self.index.get(&(group, values.to_vec()));
        keys.into_iter()
            .flatten()
            .filter_map(move |key| Some((key, self.pending.get(&(entity, key.clone()))?)))
    }

    /// The row that a pending one was, whatever its key: what transitions compare with.
    pub(crate) fn origin<'v>(&'v self, entity: EntityId, pending: &'v Pending) -> Option<&'v Row> {
        match (&pending.from, &pending.to) {
            (Some(from), _) => self.pending.get(&(entity, from.clone()))?.before.as_ref(),
            (None, Some(_)) => None,
            (None, None) => pending.before.as_ref(),
        }
    }

    /// What was read and isn't changed, and the ranges that were read.
    pub(crate) fn reliances(&self) -> BTreeSet<Reliance> {
        let reads = self.reads.borrow();
        let unchanged = reads
            .rows
            .iter()
            .filter(|(at, _)| !self.pending.contains_key(*at));
        let unchanged =
            unchanged.map(|((entity, key), row)| Reliance::Unchanged(*entity, key.clone(), row.clone()));
        unchanged.chain(reads.ranges.iter().cloned()).collect()
    }

    fn note(&self, entity: EntityId, key: RowKey, row: Option<&Row>) {
        if self.base.is_still() {
            return;
        }
        self.reads.borrow_mut().rows.insert((entity, key), row.cloned());
    }

    fn note_range(&self, range: Reliance) {
        if self.base.is_still() {
            return;
        }
        self.reads.borrow_mut().ranges.insert(range);
    }

    /// Whether a row comes into being with this operation, so that no stored row can name it.
    fn is_new(&self, entity: EntityId, key: &[Value]) -> bool {
        self.pending
            .get(&(entity, key.to_vec()))
            .is_some_and(|it| it.before.is_none())
    }

    /// Stored rows that aren't changed, with those pending ones that are as they will be, in key order.
    fn overlay<'p>(
        &self,
        entity: EntityId,
        stored: Vec<Row>,
        pending: impl Iterator<Item = (&'p RowKey, &'p Pending)>,
    ) -> Vec<Row> {
        let mut rows = BTreeMap::new();
        for row in stored {
            let key = self.kernel.key_of(entity, &row);
            if !self.pending.contains_key(&(entity, key.clone())) {
                self.note(entity, key.clone(), Some(&row));
                rows.insert(key, row);
            }
        }
        rows.extend(pending.filter_map(|(key, it)| Some((key.clone(), it.after.clone()?))));
        rows.into_values().collect()
    }

    /// Stored rows with these values in a rule's leaves that the operation doesn't change.
    pub(crate) fn others(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let entity = self.kernel.rules[rule].entity;
        let stored = self.base.same(rule, values)?;
        self.note_range(Reliance::SameValues(rule, values.to_vec()));
        Ok(self.unchanged(entity, stored))
    }

    /// Those of them whose range may meet another.
    pub(crate) fn others_over(&self, rule: RuleId, values: &[Value], range: [&Value; 2]) -> Found<Vec<Row>> {
        let entity = self.kernel.rules[rule].entity;
        let stored = self.base.same_over(rule, values, range)?;
        self.note_range(Reliance::SameValues(rule, values.to_vec()));
        Ok(self.unchanged(entity, stored))
    }

    /// Those of stored rows that the operation doesn't change.
    fn unchanged(&self, entity: EntityId, mut stored: Vec<Row>) -> Vec<Row> {
        stored.retain(|row| {
            !self
                .pending
                .contains_key(&(entity, self.kernel.key_of(entity, row)))
        });
        stored
    }
}

impl Kernel {
    /// Whether a leaf is worked out from others.
    pub(crate) fn is_derived(&self, leaf: LeafId) -> bool {
        let field = self.leaves[leaf].field;
        let of = self.fields[field].entity;
        self.rules_of(of)
            .any(|(_, rule)| matches!(rule.kind, RuleKind::Derived { field: it, .. } if it == field))
    }

    /// Whether rows are grouped by a rule, so that a store is asked for those [alike](Store::same);
    /// [`Kernel::grouping`] says by what.
    pub fn groups(&self, rule: RuleId) -> bool {
        match &self.rules[rule].kind {
            RuleKind::Unique { .. } | RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => true,
            // Rows are found by their keys; but those that fold case may be the same under another.
            RuleKind::Key(leaves) => leaves.iter().any(|leaf| self.leaves[*leaf].ignore_case),
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
            | RuleKind::Assert { .. } => false,
        }
    }

    /// The leaves by which the rows of a key, unique, at-most or overlap rule are grouped.
    pub fn grouping(&self, rule: RuleId) -> &[LeafId] {
        match &self.rules[rule].kind {
            RuleKind::Key(leaves) | RuleKind::Unique { leaves, .. } | RuleKind::AtMost { leaves, .. } => {
                leaves
            }
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
            self.note_range(Reliance::SameChildren(via, key.to_vec()));
            stored
        };
        let entity = self.kernel.fields[via].entity;
        let pending = self.naming(via, key).filter(|(_, it)| {
            it.after
                .as_ref()
                .is_some_and(|row| self.kernel.refers_to(via, row, key))
        });
        Ok(self.overlay(entity, stored, pending))
    }

    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        let stored = if self.kernel.target(via).is_some_and(|to| self.is_new(to, key)) {
            0
        } else {
            let stored = self.base.count(via, key)?;
            self.note_range(Reliance::SameChildren(via, key.to_vec()));
            stored
        };
        let entity = self.kernel.fields[via].entity;
        let counts = |row: &Option<Row>| {
            row.as_ref()
                .is_some_and(|row| self.kernel.is_living(entity, row) && self.kernel.refers_to(via, row, key))
        };
        let (gone, come) = self.naming(via, key).fold((0, 0), |(gone, come), (_, it)| {
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
        let pending = self.alike(rule, values).filter(|(_, it)| {
            it.after
                .as_ref()
                .is_some_and(|row| self.kernel.group_values(rule, row) == values)
        });
        Ok(self.overlay(entity, others, pending))
    }

    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        let stored = self.base.all(entity)?;
        Ok(self.overlay(entity, stored, self.pending_of(entity)))
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

    fn judges(&self, rule: RuleId) -> bool {
        self.base.judges(rule)
    }
}
