//! Rows and what finds them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, Filling, Kernel, RuleId, RuleKind};
use dbspec_core::semantics::{Changes, Found, Judged, Row, RowKey, Store, bound_values};
use dbspec_core::value::Value;

/// All rows, by key; found by references, and by the values of unique, at-most and overlap rules.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    kernel: Arc<Kernel>,
    /// By entity.
    rows: Vec<BTreeMap<RowKey, Row>>,
    /// By reference and the key that is named.
    children: BTreeMap<FieldId, BTreeMap<RowKey, Children>>,
    /// By rule and the values of the rows that it binds.
    groups: BTreeMap<RuleId, BTreeMap<Vec<Value>, Group>>,
    /// The last number of each sequence.
    numbers: BTreeMap<FieldId, i64>,
}

#[derive(Clone, Debug, Default)]
struct Children {
    keys: BTreeSet<RowKey>,
    /// How many of them aren't deleted softly.
    living: u64,
}

/// Keys of rows with the same values, by the start of the range where the rule has one.
type Group = BTreeSet<(Value, RowKey)>;

impl Tables {
    pub(crate) fn new(kernel: Arc<Kernel>) -> Self {
        let references = kernel
            .fields
            .ids()
            .filter(|field| kernel.target(*field).is_some());
        let rules = kernel.rules.ids().filter(|rule| kernel.groups(*rule));
        let sequences = kernel.rules.iter().filter_map(|(_, rule)| match &rule.kind {
            RuleKind::Default {
                field,
                filling: Filling::Sequence,
                ..
            } => Some((*field, 0)),
            _ => None,
        });
        Self {
            rows: vec![BTreeMap::new(); kernel.entities.len()],
            children: references.map(|it| (it, BTreeMap::new())).collect(),
            groups: rules.map(|it| (it, BTreeMap::new())).collect(),
            numbers: sequences.collect(),
            kernel,
        }
    }

    pub(crate) fn kernel(&self) -> &Arc<Kernel> {
        &self.kernel
    }

    pub(crate) fn rows(&self, entity: EntityId) -> &BTreeMap<RowKey, Row> {
        &self.rows[entity.index() as usize]
    }

    /// Does what was judged.
    pub(crate) fn commit(&mut self, changes: Changes) {
        for change in changes.rows {
            let rows = &mut self.rows[change.entity.index() as usize];
            let before = match &change.after {
                Some(after) => rows.insert(change.key.clone(), after.clone()),
                None => rows.remove(&change.key),
            };
            if let Some(row) = before {
                self.unlist(change.entity, &change.key, &row);
            }
            if let Some(row) = &change.after {
                self.list(change.entity, &change.key, row);
            }
        }
    }

    fn list(&mut self, entity: EntityId, key: &RowKey, row: &Row) {
        let kernel = &self.kernel;
        let living = u64::from(kernel.is_living(entity, row));
        for field in kernel.entities[entity].fields.iter() {
            if let (Some(children), Some(named)) =
                (self.children.get_mut(&field), kernel.referred(field, row))
            {
                let children = children.entry(named).or_default();
                children.keys.insert(key.clone());
                children.living += living;
            }
            if let Some(last) = self.numbers.get_mut(&field)
                && let Some(leaf) = kernel.fields[field].leaves.first()
                && let Value::Int(number) = row[kernel.position(leaf)]
            {
                *last = number.max(*last);
            }
        }
        for (rule, values, start) in bindings(kernel, entity, row) {
            if let Some(groups) = self.groups.get_mut(&rule) {
                groups.entry(values).or_default().insert((start, key.clone()));
            }
        }
    }

    fn unlist(&mut self, entity: EntityId, key: &RowKey, row: &Row) {
        let kernel = &self.kernel;
        let living = u64::from(kernel.is_living(entity, row));
        for field in kernel.entities[entity].fields.iter() {
            let (Some(children), Some(named)) = (self.children.get_mut(&field), kernel.referred(field, row))
            else {
                continue;
            };
            if let Some(them) = children.get_mut(&named) {
                them.keys.remove(key);
                them.living -= living;
                if them.keys.is_empty() {
                    children.remove(&named);
                }
            }
        }
        for (rule, values, start) in bindings(kernel, entity, row) {
            let Some(groups) = self.groups.get_mut(&rule) else {
                continue;
            };
            if let Some(group) = groups.get_mut(&values) {
                group.remove(&(start, key.clone()));
                if group.is_empty() {
                    groups.remove(&values);
                }
            }
        }
    }

    /// The rows of keys, in the order of the keys.
    fn pick<'k>(&self, entity: EntityId, keys: impl IntoIterator<Item = &'k RowKey>) -> Vec<Row> {
        let rows = self.rows(entity);
        keys.into_iter()
            .filter_map(|key| rows.get(key).cloned())
            .collect()
    }

    fn group(&self, rule: RuleId, values: &[Value]) -> Option<&Group> {
        self.groups.get(&rule)?.get(values)
    }
}

/// Where a row stands: for each rule that binds it, its values there, and the start of its range.
fn bindings(kernel: &Kernel, entity: EntityId, row: &Row) -> Vec<(RuleId, Vec<Value>, Value)> {
    let rules = kernel.entities[entity]
        .rules
        .iter()
        .filter(|rule| kernel.groups(*rule));
    rules
        .filter_map(|rule| {
            let start = match &kernel.rules[rule].kind {
                RuleKind::Overlap { range, .. } => row[kernel.position(range.0)].clone(),
                _ => Value::Null,
            };
            Some((rule, bound_values(kernel, rule, row)?, start))
        })
        .collect()
}

impl Store for Tables {
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>> {
        Ok(self.rows(entity).get(key).cloned())
    }

    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>> {
        let children = self.children.get(&via).and_then(|it| it.get(key));
        let keys = children.into_iter().flat_map(|it| &it.keys);
        Ok(self.pick(self.kernel.fields[via].entity, keys))
    }

    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        let children = self.children.get(&via).and_then(|it| it.get(key));
        Ok(children.map_or(0, |it| it.living))
    }

    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let entity = self.kernel.rules[rule].entity;
        let keys: BTreeSet<&RowKey> = self
            .group(rule, values)
            .into_iter()
            .flatten()
            .map(|(_, key)| key)
            .collect();
        Ok(self.pick(entity, keys))
    }

    fn same_over(&self, rule: RuleId, values: &[Value], [start, end]: [&Value; 2]) -> Found<Vec<Row>> {
        let Some(group) = self.group(rule, values) else {
            return Ok(Vec::new());
        };
        // Stored ranges don't overlap each other: of those that start before, only the last can reach so far.
        let from = (start.clone(), RowKey::new());
        let to = (end.clone(), RowKey::new());
        if from > to {
            return Ok(Vec::new());
        }
        let before = group.range(..&from).next_back();
        let within = group.range(&from..&to);
        let keys = before.into_iter().chain(within).map(|(_, key)| key);
        Ok(self.pick(self.kernel.rules[rule].entity, keys))
    }

    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        Ok(self.rows(entity).values().cloned().collect())
    }

    fn next(&self, field: FieldId, taken: u64) -> Found<i64> {
        let last = self.numbers.get(&field).copied().unwrap_or_default();
        Ok(last.saturating_add(1).saturating_add_unsigned(taken))
    }

    fn is_still(&self) -> bool {
        true
    }

    fn exists(&self, entity: EntityId, key: &[Value]) -> Found<Judged> {
        let there = self.rows(entity).contains_key(key);
        Ok(if there { Judged::Yes } else { Judged::No })
    }

    fn key_free(&self, entity: EntityId, key: &[Value]) -> Found<Judged> {
        let there = self.rows(entity).contains_key(key);
        Ok(if there { Judged::No } else { Judged::Yes })
    }
}
