//! Rows, plainly kept and plainly searched; when what was last changed; what a condition is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::kernel::{EntityId, FieldId, Filling, Kernel, RuleId, RuleKind};
use dbspec_core::program::{Act, Rely, Want};
use dbspec_core::semantics::{self, Breach, Context, Found, Row, RowKey, Store, bound_values};
use dbspec_core::value::Value;

/// What an engine stores.
#[derive(Clone, Debug)]
pub struct State {
    kernel: Arc<Kernel>,
    rows: BTreeMap<(EntityId, RowKey), Row>,
    numbers: BTreeMap<FieldId, i64>,
    /// How many changes were made together so far.
    clock: i64,
    /// When the rows that name a key last changed.
    children: BTreeMap<(FieldId, RowKey), i64>,
    /// When the rows with the same values in a rule's leaves last changed.
    groups: BTreeMap<(RuleId, Vec<Value>), i64>,
}

impl State {
    pub(super) fn new(kernel: Arc<Kernel>) -> Self {
        Self {
            kernel,
            rows: BTreeMap::new(),
            numbers: BTreeMap::new(),
            clock: 0,
            children: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    pub(super) fn kernel(&self) -> &Arc<Kernel> {
        &self.kernel
    }

    /// All rows, by entity and key.
    pub fn rows(&self) -> &BTreeMap<(EntityId, RowKey), Row> {
        &self.rows
    }

    /// The keys of an entity's rows.
    pub fn keys(&self, entity: EntityId) -> Vec<RowKey> {
        let of = self.rows.keys().filter(|(it, _)| *it == entity);
        of.map(|(_, key)| key.clone()).collect()
    }

    /// The rules that stored rows break.
    pub fn audit(&self, context: &Context) -> Vec<Breach> {
        // It knows every row.
        semantics::audit(&self.kernel, self, context).unwrap_or_default()
    }

    /// Does what the evaluator says.
    pub fn commit(&mut self, changes: &[semantics::Change]) {
        let actions: Vec<_> = changes
            .iter()
            .map(|it| Action::Change(it.entity, it.key.clone(), it.before.clone(), it.after.clone()))
            .collect();
        self.change(&actions);
    }

    pub(super) fn clock(&self) -> i64 {
        self.clock
    }

    fn of(&self, entity: EntityId) -> impl Iterator<Item = &Row> {
        self.rows
            .range((entity, Vec::new())..)
            .take_while(move |((of, _), _)| *of == entity)
            .map(|(_, row)| row)
    }

    fn names(&self, via: FieldId, row: &[Value], key: &[Value]) -> bool {
        self.kernel.referred(via, row).as_deref() == Some(key)
    }

    /// What stands in an action's way: what is there, null if nothing; `None` where the action may be done. `at` is when
    /// sets of rows were read.
    pub(super) fn denies(&self, action: &Action, at: i64) -> Option<Value> {
        let stored = |entity: EntityId, key: &RowKey| self.rows.get(&(entity, key.clone()));
        let item = |row: Option<&Row>| row.cloned().map_or(Value::Null, Value::List);
        let unless = |holds: bool, row: Option<&Row>| (!holds).then(|| item(row));
        match action {
            Action::Change(entity, key, before, _) => {
                let row = stored(*entity, key);
                unless(row == before.as_ref(), row)
            }
            Action::Blind(..) => None,
            Action::Exists(entity, key) => {
                let row = stored(*entity, key);
                unless(row.is_some(), row)
            }
            Action::Free(entity, key) => {
                let row = stored(*entity, key);
                unless(row.is_none(), row)
            }
            Action::Unchanged(entity, key, read) => {
                let row = stored(*entity, key);
                unless(row == read.as_ref(), row)
            }
            Action::Unique(rule, values, key) => {
                let entity = self.kernel.rules[*rule].entity;
                let same = |row: &&Row| {
                    bound_values(&self.kernel, *rule, row).as_ref() == Some(values)
                        && self.kernel.key_of(entity, row) != *key
                };
                let other = self.of(entity).find(same);
                unless(other.is_none(), other)
            }
            Action::Children(via, key) => {
                let changed = self.children.get(&(*via, key.clone()));
                unless(changed.is_none_or(|it| *it <= at), None)
            }
            Action::Same(rule, values) => {
                let changed = self.groups.get(&(*rule, values.clone()));
                unless(changed.is_none_or(|it| *it <= at), None)
            }
        }
    }

    /// Makes changes together.
    pub(super) fn change(&mut self, actions: &[Action]) {
        self.clock += 1;
        for action in actions {
            let (entity, key, before, after) = match action {
                Action::Change(entity, key, before, after) => (entity, key, before.clone(), after),
                Action::Blind(entity, key, after) => {
                    let before = self.rows.get(&(*entity, key.clone())).cloned();
                    (entity, key, before, after)
                }
                Action::Exists(..)
                | Action::Free(..)
                | Action::Unique(..)
                | Action::Unchanged(..)
                | Action::Children(..)
                | Action::Same(..) => continue,
            };
            let kernel = Arc::clone(&self.kernel);
            for row in before.iter().chain(after) {
                for field in kernel.entities[*entity].fields.iter() {
                    if let Some(named) = kernel.target(field).and_then(|_| kernel.referred(field, row)) {
                        self.children.insert((field, named), self.clock);
                    }
                }
                for (rule, _) in kernel.rules_of(*entity) {
                    if kernel.groups(rule) {
                        let values = kernel.group_values(rule, row);
                        self.groups.insert((rule, values), self.clock);
                    }
                }
            }
            match after {
                Some(row) => {
                    self.count(*entity, row);
                    self.rows.insert((*entity, key.clone()), row.clone());
                }
                None => {
                    self.rows.remove(&(*entity, key.clone()));
                }
            }
        }
    }

    /// Sequences go on behind the largest number.
    fn count(&mut self, entity: EntityId, row: &Row) {
        for (_, rule) in self.kernel.rules_of(entity) {
            if let RuleKind::Default {
                field,
                filling: Filling::Sequence,
                ..
            } = &rule.kind
                && let Some(leaf) = self.kernel.fields[*field].leaves.first()
                && let Value::Int(number) = row[self.kernel.position(leaf)]
            {
                let last = self.numbers.entry(*field).or_default();
                *last = number.max(*last);
            }
        }
    }
}

impl Store for State {
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>> {
        Ok(self.rows.get(&(entity, key.to_vec())).cloned())
    }

    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>> {
        let entity = self.kernel.fields[via].entity;
        let named = self.of(entity).filter(|row| self.names(via, row, key));
        Ok(named.cloned().collect())
    }

    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        let entity = self.kernel.fields[via].entity;
        let named = self.of(entity).filter(|row| self.names(via, row, key));
        Ok(named.filter(|row| self.kernel.is_living(entity, row)).count() as u64)
    }

    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        let entity = self.kernel.rules[rule].entity;
        let same = |row: &&Row| self.kernel.group_values(rule, row) == values;
        Ok(self.of(entity).filter(same).cloned().collect())
    }

    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        Ok(self.of(entity).cloned().collect())
    }

    fn next(&self, field: FieldId, taken: u64) -> Found<i64> {
        let last = self.numbers.get(&field).copied().unwrap_or(0);
        // The last number there is stays the last: what has it is refused.
        Ok(last
            .saturating_add(1)
            .saturating_add(i64::try_from(taken).unwrap_or(0)))
    }
}

/// A change, or a condition.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Change(EntityId, RowKey, Option<Row>, Option<Row>),
    /// A change whatever there is.
    Blind(EntityId, RowKey, Option<Row>),
    Exists(EntityId, RowKey),
    Free(EntityId, RowKey),
    Unique(RuleId, Vec<Value>, RowKey),
    Unchanged(EntityId, RowKey, Option<Row>),
    Children(FieldId, RowKey),
    Same(RuleId, Vec<Value>),
}

/// What the texts of needs, changes and reliances mean.
#[derive(Debug, Default)]
pub(super) struct Words {
    wants: BTreeMap<Box<str>, Want>,
    acts: BTreeMap<Box<str>, Act>,
    relies: BTreeMap<Box<str>, Rely>,
}

impl Words {
    pub(super) fn of(kernel: &Kernel) -> Self {
        let mut words = Self::default();
        let entities = kernel.entities.ids();
        for id in entities {
            for want in [Want::Row(id), Want::All(id)] {
                words.wants.insert(want.text(kernel), want);
            }
            for act in [Act::Insert(id), Act::Update(id), Act::Delete(id)] {
                words.acts.insert(act.text(kernel), act);
            }
            for rely in [Rely::Exists(id), Rely::Free(id), Rely::Unchanged(id)] {
                words.relies.insert(rely.text(kernel), rely);
            }
        }
        for id in kernel.fields.ids() {
            for want in [Want::Children(id), Want::Count(id), Want::Next(id)] {
                words.wants.insert(want.text(kernel), want);
            }
            let rely = Rely::Children(id);
            words.relies.insert(rely.text(kernel), rely);
        }
        for id in kernel.rules.ids() {
            let want = Want::Same(id);
            words.wants.insert(want.text(kernel), want);
            for rely in [Rely::Unique(id), Rely::Same(id)] {
                words.relies.insert(rely.text(kernel), rely);
            }
        }
        words
    }

    /// What is found for a need.
    pub(super) fn find(&self, state: &State, need: &Value) -> Option<Value> {
        let key = || list(need, "key");
        let rows = |found: Found<Vec<Row>>| {
            let rows = found.ok()?.into_iter().map(Value::List);
            Some(Value::List(rows.collect()))
        };
        match self.wants.get(text(need, "want")?)? {
            Want::Row(entity) => rows(state.row(*entity, key()?).map(|it| it.into_iter().collect())),
            Want::Children(via) => rows(state.children(*via, key()?)),
            Want::Count(via) => {
                let count = state.count(*via, key()?).ok()?;
                Some(Value::Int(i64::try_from(count).ok()?))
            }
            Want::Same(rule) => rows(state.same(*rule, list(need, "values")?)),
            Want::All(entity) => rows(state.all(*entity)),
            Want::Next(field) => {
                let last = state.numbers.get(field).copied().unwrap_or(0);
                let first = last.saturating_sub(count(need)?).saturating_add(1);
                Some(Value::List((first..=last).map(Value::Int).collect()))
            }
        }
    }

    /// Whether a need asks for numbers of a sequence.
    pub(super) fn takes_numbers(&self, need: &Value) -> bool {
        let want = text(need, "want").and_then(|it| self.wants.get(it));
        matches!(want, Some(Want::Next(_)))
    }

    /// Takes the numbers that a need asks for, if it asks for numbers.
    pub(super) fn take_numbers(&self, state: &mut State, need: &Value) -> bool {
        let want = text(need, "want").and_then(|it| self.wants.get(it));
        let (Some(Want::Next(field)), Some(count)) = (want, count(need)) else {
            return false;
        };
        let last = state.numbers.entry(*field).or_default();
        *last = last.saturating_add(count);
        true
    }

    /// The action of a change or a reliance.
    pub(super) fn action(&self, of: &Value) -> Option<Action> {
        let key = || list(of, "key").map(<[Value]>::to_vec);
        let values = || list(of, "values").map(<[Value]>::to_vec);
        let row = |name| match member(of, name) {
            Value::List(row) => Some(row.clone()),
            _ => None,
        };
        if let Some(act) = text(of, "do") {
            let (Act::Insert(entity) | Act::Update(entity) | Act::Delete(entity)) = self.acts.get(act)?;
            return Some(match member(of, "blind") {
                Value::Bool(true) => Action::Blind(*entity, key()?, row("after")),
                _ => Action::Change(*entity, key()?, row("before"), row("after")),
            });
        }
        Some(match self.relies.get(text(of, "rely")?)? {
            Rely::Exists(entity) => Action::Exists(*entity, key()?),
            Rely::Free(entity) => Action::Free(*entity, key()?),
            Rely::Unique(rule) => Action::Unique(*rule, values()?, key()?),
            Rely::Unchanged(entity) => Action::Unchanged(*entity, key()?, row("row")),
            Rely::Children(via) => Action::Children(*via, key()?),
            Rely::Same(rule) => Action::Same(*rule, values()?),
        })
    }
}

/// The member of a map; null where there is none.
pub(super) fn member<'v>(of: &'v Value, name: &str) -> &'v Value {
    match of {
        Value::Map(members) => members
            .iter()
            .find(|(it, _)| &**it == name)
            .map_or(&Value::Null, |(_, it)| it),
        _ => &Value::Null,
    }
}

fn text<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
    match member(of, name) {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn list<'v>(of: &'v Value, name: &str) -> Option<&'v [Value]> {
    match member(of, name) {
        Value::List(items) => Some(items),
        _ => None,
    }
}

fn count(need: &Value) -> Option<i64> {
    match member(need, "count") {
        Value::Int(count) => Some(*count),
        _ => None,
    }
}
