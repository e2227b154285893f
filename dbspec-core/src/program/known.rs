//! What a program has learnt of what is stored: a store that answers with a need for the rest.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{JudgedByEngine, Unfit};
use crate::kernel::{EntityId, FieldId, Kernel, RuleId};
use crate::semantics::{Found, Judged, Need, Row, RowKey, Store};
use crate::value::Value;

/// What was learnt. A row stands here once, as it was read last, however many lists it is in: what is judged never
/// mixes two states of one row.
#[derive(Clone, Default)]
pub(super) struct Known {
    rows: BTreeMap<(EntityId, RowKey), Option<Row>>,
    children: BTreeMap<(FieldId, RowKey), BTreeSet<RowKey>>,
    counts: BTreeMap<(FieldId, RowKey), u64>,
    same: BTreeMap<(RuleId, Vec<Value>), BTreeSet<RowKey>>,
    whole: BTreeSet<EntityId>,
    numbers: BTreeMap<FieldId, Vec<i64>>,
    /// The needs that the program was given, by what it was given.
    asked: BTreeMap<Value, Need>,
}

impl Known {
    /// Notes that a need was given to the program in this form.
    pub(super) fn ask(&mut self, form: Value, need: Need) {
        self.asked.insert(form, need);
    }

    /// Learns what was found for a need that was given in this form: whether that wasn't known.
    pub(super) fn learn(&mut self, kernel: &Kernel, form: &Value, found: &Value) -> Result<bool, Unfit> {
        let need = self
            .asked
            .get(form)
            .cloned()
            .ok_or_else(|| Unfit::new("a need that was asked", form))?;
        Ok(match need {
            Need::Row(entity, key) => {
                let row = rows(kernel, entity, found)?;
                let row = match <[Row; 1]>::try_from(row) {
                    Ok([row]) => Some(row),
                    Err(none) if none.is_empty() => None,
                    Err(_) => return Err(Unfit::new("one row at most", found)),
                };
                self.rows.insert((entity, key), row).is_none()
            }
            Need::Children(via, key) => {
                let entity = kernel.fields[via].entity;
                let keys = self.keep(kernel, entity, found)?;
                self.children.insert((via, key), keys).is_none()
            }
            Need::Count(via, key) => {
                let count = integer(found).and_then(|it| u64::try_from(it).ok());
                let count = count.ok_or_else(|| Unfit::new("a count", found))?;
                self.counts.insert((via, key), count).is_none()
            }
            Need::Same(rule, values) => {
                let entity = kernel.rules[rule].entity;
                let keys = self.keep(kernel, entity, found)?;
                self.same.insert((rule, values), keys).is_none()
            }
            Need::All(entity) => {
                self.keep(kernel, entity, found)?;
                self.whole.insert(entity)
            }
            Need::Next(field) => {
                let unfit = || Unfit::new("numbers of a sequence", found);
                let numbers = match found {
                    Value::List(items) => items.iter().map(integer).collect::<Option<Vec<_>>>(),
                    one => integer(one).map(|it| vec![it]),
                };
                let numbers = numbers.filter(|it| !it.is_empty()).ok_or_else(unfit)?;
                self.numbers.entry(field).or_default().extend(numbers);
                // There are always more.
                false
            }
        })
    }

    fn keep(&mut self, kernel: &Kernel, entity: EntityId, found: &Value) -> Result<BTreeSet<RowKey>, Unfit> {
        let mut keys = BTreeSet::new();
        for row in rows(kernel, entity, found)? {
            let key = kernel.key_of(entity, &row);
            self.rows.insert((entity, key.clone()), Some(row));
            keys.insert(key);
        }
        Ok(keys)
    }

    /// All rows of an entity that were read.
    fn rows_of(&self, entity: EntityId) -> impl Iterator<Item = &Row> {
        // A key is never empty, so this is before all of them.
        self.rows
            .range((entity, Vec::new())..)
            .take_while(move |((of, _), _)| *of == entity)
            .filter_map(|(_, row)| row.as_ref())
    }

    fn those(&self, entity: EntityId, keys: &BTreeSet<RowKey>) -> Vec<Row> {
        keys.iter()
            .filter_map(|key| self.rows.get(&(entity, key.clone()))?.clone())
            .collect()
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Int(it) => Some(*it),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn rows(kernel: &Kernel, entity: EntityId, found: &Value) -> Result<Vec<Row>, Unfit> {
    let width = kernel.entities[entity].leaves.len();
    let Value::List(items) = found else {
        return Err(Unfit::new("a list of rows", found));
    };
    let row = |item: &Value| match item {
        Value::List(row) if row.len() == width => Ok(row.clone()),
        other => Err(Unfit::new("a row with one value per leaf", other)),
    };
    items.iter().map(row).collect()
}

/// The store that the evaluator runs on.
pub(super) struct Knowing<'a> {
    kernel: &'a Kernel,
    known: &'a Known,
    judged: &'a JudgedByEngine,
    /// How many numbers of a sequence the evaluator asked for beyond those that are known.
    lacking: RefCell<BTreeMap<FieldId, u64>>,
}

impl<'a> Knowing<'a> {
    pub(super) fn new(kernel: &'a Kernel, known: &'a Known, judged: &'a JudgedByEngine) -> Self {
        Self {
            kernel,
            known,
            judged,
            lacking: RefCell::default(),
        }
    }

    /// How many numbers a need for the next ones asks for.
    pub(super) fn count(&self, need: &Need) -> u64 {
        match need {
            Need::Next(field) => self.lacking.borrow().get(field).copied().unwrap_or(1),
            Need::Row(..) | Need::Children(..) | Need::Count(..) | Need::Same(..) | Need::All(_) => 1,
        }
    }
}

impl Store for Knowing<'_> {
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>> {
        match self.known.rows.get(&(entity, key.to_vec())) {
            Some(row) => Ok(row.clone()),
            None if self.known.whole.contains(&entity) => Ok(None),
            None => Err(Need::Row(entity, key.to_vec())),
        }
    }

    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>> {
        let entity = self.kernel.fields[via].entity;
        let names = |row: &Row| self.kernel.refers_to(via, row, key);
        if let Some(keys) = self.known.children.get(&(via, key.to_vec())) {
            let mut rows = self.known.those(entity, keys);
            rows.retain(names);
            return Ok(rows);
        }
        if self.known.whole.contains(&entity) {
            return Ok(self
                .known
                .rows_of(entity)
                .filter(|row| names(row))
                .cloned()
                .collect());
        }
        Err(Need::Children(via, key.to_vec()))
    }

    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        if let Some(count) = self.known.counts.get(&(via, key.to_vec())) {
            return Ok(*count);
        }
        let entity = self.kernel.fields[via].entity;
        match self.children(via, key) {
            Ok(rows) => Ok(rows
                .iter()
                .filter(|row| self.kernel.is_living(entity, row))
                .count() as u64),
            Err(_) => Err(Need::Count(via, key.to_vec())),
        }
    }

    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let entity = self.kernel.rules[rule].entity;
        let alike = |row: &Row| self.kernel.group_values(rule, row) == values;
        if let Some(keys) = self.known.same.get(&(rule, values.to_vec())) {
            let mut rows = self.known.those(entity, keys);
            rows.retain(alike);
            return Ok(rows);
        }
        if self.known.whole.contains(&entity) {
            return Ok(self
                .known
                .rows_of(entity)
                .filter(|row| alike(row))
                .cloned()
                .collect());
        }
        Err(Need::Same(rule, values.to_vec()))
    }

    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        if self.known.whole.contains(&entity) {
            Ok(self.known.rows_of(entity).cloned().collect())
        } else {
            Err(Need::All(entity))
        }
    }

    fn next(&self, field: FieldId, taken: u64) -> Found<i64> {
        let numbers = self.known.numbers.get(&field).map_or(&[][..], Vec::as_slice);
        let number = usize::try_from(taken).ok().and_then(|at| numbers.get(at));
        number.copied().ok_or_else(|| {
            let lacking = (taken + 1).saturating_sub(numbers.len() as u64);
            let mut all = self.lacking.borrow_mut();
            let most = all.entry(field).or_default();
            *most = lacking.max(*most);
            Need::Next(field)
        })
    }

    fn exists(&self, entity: EntityId, key: &[Value]) -> Found<Judged> {
        let mut references = self.kernel.references_to(entity);
        match self.row(entity, key) {
            Ok(row) => Ok(if row.is_some() { Judged::Yes } else { Judged::No }),
            Err(_) if references.all(|field| self.judged.exists.contains(&field)) => Ok(Judged::AtCommit),
            Err(need) => Err(need),
        }
    }

    fn key_free(&self, entity: EntityId, key: &[Value]) -> Found<Judged> {
        match self.row(entity, key) {
            Ok(row) => Ok(if row.is_some() { Judged::No } else { Judged::Yes }),
            Err(_) if self.judged.keys.contains(&entity) => Ok(Judged::AtCommit),
            Err(need) => Err(need),
        }
    }

    fn unique_free(&self, rule: RuleId, _: &[Value]) -> Found<Option<Judged>> {
        Ok(self.judged.unique.contains(&rule).then_some(Judged::AtCommit))
    }

    fn acts(&self, via: FieldId) -> bool {
        self.judged.actions.contains(&via)
    }

    fn judges(&self, rule: RuleId) -> bool {
        self.judged.rules.contains(&rule)
    }
}
