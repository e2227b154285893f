//! A few rows as a store.

use std::collections::BTreeSet;

use crate::kernel::{EntityId, FieldId, Kernel, LeafId, RuleId, RuleKind};
use crate::semantics::{Breach, Context, Found, Row, RowKey, Store, audit, bound_values, fitted};
use crate::value::Value;

/// 2000-01-01T00:00:00Z.
pub(super) const NOW: i64 = 946_684_800_000_000;

/// A few rows, in the order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Place<'k> {
    pub(super) kernel: &'k Kernel,
    pub(super) rows: Vec<(EntityId, Row)>,
}

impl<'k> Place<'k> {
    /// These rows.
    pub(super) fn of(kernel: &'k Kernel, rows: Vec<(EntityId, Row)>) -> Self {
        Self { kernel, rows }
    }

    /// Where a row stands.
    pub(super) fn find(&self, entity: EntityId, key: &[Value]) -> Option<usize> {
        self.rows
            .iter()
            .position(|(it, row)| *it == entity && self.kernel.key_of(entity, row) == key)
    }

    /// A leaf's value of a row.
    pub(super) fn value(&self, at: usize, leaf: LeafId) -> &Value {
        self.rows
            .get(at)
            .and_then(|(_, row)| row.get(self.kernel.position(leaf)))
            .unwrap_or(&Value::Null)
    }

    /// Sets a leaf of a row.
    pub(super) fn set(&mut self, at: usize, leaf: LeafId, value: Value) {
        let position = self.kernel.position(leaf);
        if let Some(slot) = self.rows.get_mut(at).and_then(|(_, row)| row.get_mut(position)) {
            *slot = value;
        }
    }

    /// Sets all leaves of a field of a row.
    pub(super) fn set_field(&mut self, at: usize, field: FieldId, values: &[Value]) {
        for (leaf, value) in self.kernel.fields[field].leaves.iter().zip(values) {
            self.set(at, leaf, value.clone());
        }
    }

    fn of_entity(&self, entity: EntityId) -> Vec<Row> {
        let rows = self.rows.iter().filter(|(it, _)| *it == entity);
        let mut rows: Vec<Row> = rows.map(|(_, row)| row.clone()).collect();
        rows.sort_by_key(|row| self.kernel.key_of(entity, row));
        rows
    }

    fn context(&self) -> Context {
        Context {
            now: NOW,
            seed: 0,
            session: vec![Value::Null; self.kernel.session.len()],
        }
    }

    /// What is broken, once what is derived was worked out; but the target's own field stays as it is.
    pub(super) fn judge(&mut self, target: RuleId) -> Vec<Breach> {
        let mut found = self.audit();
        // What is derived may be derived from: each round settles one level.
        for _ in 0..4 {
            if !self.derive(&found, target) {
                break;
            }
            found = self.audit();
        }
        found
    }

    fn audit(&self) -> Vec<Breach> {
        // All rows are known, so there are no needs.
        audit(self.kernel, self, &self.context()).unwrap_or_default()
    }

    fn derive(&mut self, found: &[Breach], target: RuleId) -> bool {
        let mut changed = false;
        for breach in found.iter().filter(|it| it.rule != target) {
            let RuleKind::Derived { field, value, .. } = &self.kernel.rules[breach.rule].kind else {
                continue;
            };
            let Some(leaf) = self.kernel.fields[*field].leaves.first() else {
                continue;
            };
            let Some(at) = self.find(breach.entity, &breach.key) else {
                continue;
            };
            let row = &self.rows[at].1;
            let worked =
                crate::semantics::value_on(self.kernel, self, &self.context(), (breach.entity, row), value);
            if let Some(fitted) = worked.and_then(|it| fitted(self.kernel, leaf, &it)) {
                self.set(at, leaf, fitted);
                changed = true;
            }
        }
        changed
    }
}

impl Store for Place<'_> {
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>> {
        Ok(self.find(entity, key).map(|at| self.rows[at].1.clone()))
    }
    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>> {
        let mut rows = self.of_entity(self.kernel.fields[via].entity);
        rows.retain(|row| self.kernel.refers_to(via, row, key));
        Ok(rows)
    }
    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        let entity = self.kernel.fields[via].entity;
        let rows = self.children(via, key)?;
        let living = rows.iter().filter(|row| self.kernel.is_living(entity, row));
        Ok(living.count() as u64)
    }
    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let mut rows = self.of_entity(self.kernel.rules[rule].entity);
        rows.retain(|row| bound_values(self.kernel, rule, row).as_deref() == Some(values));
        Ok(rows)
    }
    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        Ok(self.of_entity(entity))
    }
    fn next(&self, _: FieldId, taken: u64) -> Found<i64> {
        Ok(i64::try_from(taken).unwrap_or(i64::MAX))
    }
    fn is_still(&self) -> bool {
        true
    }
}

/// The rows, each after those that it names, as far as there is no cycle.
pub(super) fn sorted(kernel: &Kernel, rows: &[(EntityId, Row)]) -> Vec<(EntityId, Row)> {
    let keys: Vec<(EntityId, RowKey)> = rows
        .iter()
        .map(|(entity, row)| (*entity, kernel.key_of(*entity, row)))
        .collect();
    let names = |at: usize| -> Vec<usize> {
        let (entity, row) = &rows[at];
        let fields = kernel.entities[*entity].fields.iter();
        let named = fields.filter_map(|field| Some((kernel.target(field)?, kernel.referred(field, row)?)));
        named
            .filter_map(|it| keys.iter().position(|key| *key == it))
            .collect()
    };
    let (mut done, mut order) = (BTreeSet::new(), Vec::with_capacity(rows.len()));
    for at in 0..rows.len() {
        let mut open = vec![(at, false)];
        while let Some((at, named)) = open.pop() {
            if named {
                order.push(rows[at].clone());
            } else if done.insert(at) {
                open.push((at, true));
                open.extend(names(at).into_iter().map(|it| (it, false)));
            }
        }
    }
    order
}
