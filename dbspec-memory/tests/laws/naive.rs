//! A store that finds everything by reading everything, and a kernel that judges nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, Kernel, Pred, Refusal, RuleId, RuleKind};
use dbspec_core::semantics::{Changes, Found, Row, RowKey, Store};
use dbspec_core::value::Value;

/// Rows and the numbers that were taken, without any index.
#[derive(Clone)]
pub(crate) struct Naive {
    kernel: Arc<Kernel>,
    rows: Vec<BTreeMap<RowKey, Row>>,
    numbers: BTreeMap<FieldId, i64>,
}

impl Naive {
    pub(crate) fn new(kernel: &Arc<Kernel>) -> Self {
        Self {
            kernel: Arc::clone(kernel),
            rows: vec![BTreeMap::new(); kernel.entities.len()],
            numbers: BTreeMap::new(),
        }
    }

    pub(crate) fn commit(&mut self, changes: Changes) {
        for change in changes.rows {
            let Some(row) = change.after else {
                self.rows[change.entity.index() as usize].remove(&change.key);
                continue;
            };
            for leaf in self.kernel.entities[change.entity].leaves.iter() {
                if let Value::Int(number) = row[self.kernel.position(leaf)] {
                    let last = self.numbers.entry(self.kernel.leaves[leaf].field).or_default();
                    *last = number.max(*last);
                }
            }
            self.rows[change.entity.index() as usize].insert(change.key, row);
        }
    }

    pub(crate) fn rows(&self) -> Vec<Vec<Row>> {
        self.rows
            .iter()
            .map(|rows| rows.values().cloned().collect())
            .collect()
    }

    fn naming(&self, via: FieldId, key: &[Value]) -> Vec<Row> {
        let entity = self.kernel.fields[via].entity;
        let rows = self.rows[entity.index() as usize].values();
        rows.filter(|row| self.kernel.referred(via, row).as_deref() == Some(key))
            .cloned()
            .collect()
    }
}

impl Store for Naive {
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>> {
        Ok(self.rows[entity.index() as usize].get(key).cloned())
    }
    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>> {
        Ok(self.naming(via, key))
    }
    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        let entity = self.kernel.fields[via].entity;
        let rows = self.naming(via, key);
        Ok(rows
            .iter()
            .filter(|row| self.kernel.is_living(entity, row))
            .count() as u64)
    }
    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let rows = self.rows[self.kernel.rules[rule].entity.index() as usize].values();
        Ok(rows
            .filter(|row| self.kernel.group_values(rule, row) == values)
            .cloned()
            .collect())
    }
    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        Ok(self.rows[entity.index() as usize].values().cloned().collect())
    }
    fn next(&self, field: FieldId, taken: u64) -> Found<i64> {
        let last = self.numbers.get(&field).copied().unwrap_or_default();
        Ok(last.saturating_add(1).saturating_add_unsigned(taken))
    }
}

/// Whether a rule speaks of rows as they are, so that the whole-database checker finds it broken; and isn't one that
/// edits and closure rest on.
pub(crate) fn is_of_state(kernel: &Kernel, refusal: &Refusal) -> bool {
    let Refusal::Rule(rule) = refusal else {
        return false;
    };
    matches!(
        kernel.rules[*rule].kind,
        RuleKind::Size { .. }
            | RuleKind::Required(_)
            | RuleKind::Predicate { on_write: false, .. }
            | RuleKind::Unique { .. }
            | RuleKind::Bounds { .. }
            | RuleKind::AtMost { .. }
            | RuleKind::Overlap { .. }
            | RuleKind::Assert { .. }
            | RuleKind::Secret(_)
    )
}

/// The same model without those rules, and without rules of changing.
pub(crate) fn permissive(kernel: &Kernel) -> Kernel {
    let mut lax = kernel.clone();
    for id in kernel.rules.ids() {
        let drop = is_of_state(kernel, &Refusal::Rule(id))
            || matches!(
                kernel.rules[id].kind,
                RuleKind::Transition(_) | RuleKind::KeepAtLeast { .. }
            );
        if drop {
            lax.rules[id].kind = RuleKind::Predicate {
                holds: Pred::Const(true),
                on_write: false,
            };
        }
    }
    lax
}
