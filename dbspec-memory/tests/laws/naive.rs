//! A store that finds everything by reading everything, and a kernel that judges nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, Kernel, Pred, Refusal, RuleId, RuleKind};
use dbspec_core::semantics::{Changes, Found, Operation, Row, RowKey, Store, bound_values};
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

/// Whether a rule speaks of rows as they are, so that the whole-database checker finds it broken, and isn't one that the
/// operation rests on: references carry what deleting does.
pub(crate) fn is_of_state(kernel: &Kernel, operation: &Operation, refusal: &Refusal) -> bool {
    let Refusal::Rule(rule) = refusal else {
        return false;
    };
    let goes = match operation {
        Operation::Delete(..) | Operation::Purge(..) | Operation::Call(..) => true,
        Operation::Insert(_) | Operation::Update { .. } | Operation::Upsert(..) | Operation::Restore(..) => {
            false
        }
    };
    match kernel.rules[*rule].kind {
        RuleKind::Reference { .. } => !goes,
        RuleKind::Size { .. }
        | RuleKind::Required(_)
        | RuleKind::Predicate { on_write: false, .. }
        | RuleKind::Unique { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Assert { .. }
        | RuleKind::Secret(_) => true,
        _ => false,
    }
}

/// The same model without those rules, and without rules of changing.
pub(crate) fn permissive(kernel: &Kernel, operation: &Operation) -> Kernel {
    let mut lax = kernel.clone();
    for id in kernel.rules.ids() {
        let drop = is_of_state(kernel, operation, &Refusal::Rule(id))
            || matches!(
                kernel.rules[id].kind,
                RuleKind::Transition(_) | RuleKind::KeepAtLeast { .. } | RuleKind::Predicate { .. }
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

/// The references by which rows that are new, or back, or name another row than before, name one that is deleted softly.
pub(crate) fn naming_the_dead(kernel: &Kernel, before: &Naive, after: &Naive) -> Vec<Refusal> {
    let mut broken = Vec::new();
    for (id, rule) in kernel.rules.iter() {
        let RuleKind::Reference {
            field,
            to,
            living: Some(_),
            ..
        } = &rule.kind
        else {
            continue;
        };
        for row in after.rows[rule.entity.index() as usize].values() {
            let Some(named) = kernel.referred(*field, row) else {
                continue;
            };
            let was = before.rows[rule.entity.index() as usize].get(&kernel.key_of(rule.entity, row));
            let same = was.is_some_and(|was| {
                let back = !kernel.is_living(rule.entity, was) && kernel.is_living(rule.entity, row);
                kernel.referred(*field, was).as_ref() == Some(&named) && !back
            });
            let target = after.rows[to.index() as usize].get(&named);
            if !same && target.is_some_and(|target| !kernel.is_living(*to, target)) {
                broken.push(Refusal::Rule(id));
            }
        }
    }
    broken
}

/// Whether indexes find what reading everything finds.
pub(crate) fn finds_the_same(kernel: &Kernel, indexed: &dyn Store, plain: &Naive) -> bool {
    let references = kernel
        .fields
        .ids()
        .filter_map(|field| Some((field, kernel.target(field)?)));
    let named = references.flat_map(|(field, to)| {
        plain.rows[to.index() as usize]
            .keys()
            .map(move |key| (field, key))
    });
    let by_reference = named.into_iter().all(|(field, key)| {
        indexed.children(field, key) == plain.children(field, key)
            && indexed.count(field, key) == plain.count(field, key)
    });
    let rules = kernel.rules.iter().filter(|(id, _)| kernel.groups(*id));
    let bound = rules.flat_map(|(id, rule)| {
        let rows = plain.rows[rule.entity.index() as usize].values();
        rows.filter_map(move |row| Some((id, bound_values(kernel, id, row)?)))
    });
    let by_rule = bound.into_iter().all(|(id, values)| {
        let binds = |row: &Row| bound_values(kernel, id, row).as_ref() == Some(&values);
        let plainly = plain
            .same(id, &values)
            .map(|rows| rows.into_iter().filter(binds).collect());
        indexed.same(id, &values) == plainly
    });
    by_reference && by_rule
}
