//! What an operation says, row by row, with defaults filled in.

use std::collections::BTreeMap;

use super::super::eval::{Scope, Truth, fits};
use super::super::view::Pending;
use super::super::{Operation, Row, RowKey, Store};
use super::Run;
use crate::kernel::{EntityId, FieldId, Filling, LeafId, LeafType, Refusal, RuleKind};
use crate::value::{self, Value};

impl Run<'_> {
    pub(super) fn edit(&mut self, operation: &Operation) {
        match operation {
            Operation::Insert(rows) => {
                // Owned rows without an owner belong to the last row of their owner's entity before them.
                let mut latest: BTreeMap<EntityId, RowKey> = BTreeMap::new();
                for (entity, given) in rows {
                    let mut given = given.clone();
                    self.adopt(*entity, &mut given, &latest);
                    if let Some((key, _)) = self.insert(*entity, given) {
                        if self.returned.is_null() {
                            self.returned = Value::List(key.clone());
                        }
                        latest.insert(*entity, key);
                    }
                }
            }
            Operation::Update {
                entity,
                key,
                set,
                version,
            } => {
                let Some(row) = self.only(*entity, key, true) else {
                    return;
                };
                if let (Some(leaf), Some(version)) = (self.kernel.entities[*entity].version, version)
                    && row[self.kernel.position(leaf)] != Value::Int(*version)
                {
                    self.refuse_where(
                        *entity,
                        |kind| matches!(kind, RuleKind::Version(it) if *it == leaf),
                    );
                }
                self.update(*entity, key, &row, set.clone());
            }
            Operation::Upsert(entity, given) => {
                self.upsert(*entity, given.clone());
            }
            Operation::Delete(entity, key) => {
                if self.only(*entity, key, true).is_some() {
                    self.delete(*entity, key);
                }
            }
            Operation::Purge(entity, key) => {
                let soft = self.kernel.entities[*entity].soft_delete.is_some();
                if self.only(*entity, key, !soft).is_some() {
                    self.remove(*entity, key);
                }
            }
            Operation::Restore(entity, key) => {
                if self.only(*entity, key, false).is_some() {
                    self.restore(*entity, key);
                }
            }
            Operation::Call(write, args) => self.call(*write, args),
        }
    }

    /// The row of a key, living or deleted softly; refused where there is none such.
    fn only(&mut self, entity: EntityId, key: &[Value], living: bool) -> Option<Row> {
        let found = self.view.row(entity, key);
        let row = self
            .ask(found)?
            .filter(|row| self.kernel.is_living(entity, row) == living);
        if row.is_none() {
            self.refused.insert(Refusal::NotOne(entity));
        }
        row
    }

    pub(super) fn refuse_where(&mut self, entity: EntityId, which: impl Fn(&RuleKind) -> bool) {
        let rules: Vec<_> = self
            .kernel
            .rules_of(entity)
            .filter(|(_, rule)| which(&rule.kind))
            .map(|(id, _)| id)
            .collect();
        if rules.is_empty() {
            self.refused.insert(Refusal::Invalid);
        }
        self.refused.extend(rules.into_iter().map(Refusal::Rule));
    }

    fn adopt(
        &self,
        entity: EntityId,
        given: &mut BTreeMap<LeafId, Value>,
        latest: &BTreeMap<EntityId, RowKey>,
    ) {
        let it = &self.kernel.entities[entity];
        let (Some(owner), Some(field)) = (it.owner, it.fields.first()) else {
            return;
        };
        let leaves = self.kernel.fields[field].leaves;
        if leaves
            .iter()
            .any(|leaf| given.get(&leaf).is_some_and(|value| !value.is_null()))
        {
            return;
        }
        if let Some(key) = latest.get(&owner) {
            given.extend(leaves.iter().zip(key.iter().cloned()));
        }
    }

    /// A value as its leaf holds it; what doesn't fit breaks the leaf's type.
    fn fitted(&mut self, leaf: LeafId, value: Value) -> Option<Value> {
        let fitted = fits(self.kernel, &self.kernel.leaves[leaf].ty, value);
        if fitted.is_none() {
            let entity = self.kernel.entity_of(leaf);
            self.refuse_where(entity, |kind| matches!(kind, RuleKind::Type(it) if *it == leaf));
        }
        fitted
    }

    /// A new row with its defaults, and its key.
    pub(super) fn insert(
        &mut self,
        entity: EntityId,
        given: BTreeMap<LeafId, Value>,
    ) -> Option<(RowKey, Row)> {
        let row = self.filled(entity, given)?;
        let key = self.kernel.key_of(entity, &row);
        let at = (entity, key.clone());
        let mut pending = self.view.pending().get(&at).cloned().unwrap_or(Pending {
            before: None,
            after: None,
            asked: true,
            from: None,
            to: None,
        });
        if pending.after.is_some() {
            self.refuse_where(entity, |kind| matches!(kind, RuleKind::Key(_)));
            return None;
        }
        pending.after = Some(row.clone());
        pending.asked = true;
        self.view.put(at, pending);
        Some((key, row))
    }

    /// A row with its defaults, but for derived fields.
    pub(super) fn filled(&mut self, entity: EntityId, given: BTreeMap<LeafId, Value>) -> Option<Row> {
        let kernel = self.kernel;
        let it = &kernel.entities[entity];
        let mut row = vec![Value::Null; it.leaves.len()];
        for (leaf, value) in given {
            if let (Some(at), Some(value)) = (it.leaves.position(leaf), self.fitted(leaf, value)) {
                row[at] = value;
            }
        }
        for leaf in it.leaves.iter() {
            // An absent collection that must be there is empty.
            let at = kernel.position(leaf);
            if row[at].is_null()
                && !kernel.leaves[leaf].nullable
                && matches!(&kernel.leaves[leaf].ty, LeafType::List(_))
            {
                row[at] = Value::List(Vec::new());
            }
        }
        self.defaults(entity, &mut row, false)?;
        if let Some(leaf) = it.version {
            row[kernel.position(leaf)] = Value::Int(1);
        }
        Some(row)
    }

    /// Fills what is absent in a new row, or what every update sets. `None` where something must be found out first.
    fn defaults(&mut self, entity: EntityId, row: &mut Row, updating: bool) -> Option<()> {
        let kernel = self.kernel;
        let mut complete = Some(());
        for (_, rule) in kernel.rules_of(entity) {
            let RuleKind::Default {
                field,
                filling,
                on_update,
                only,
            } = &rule.kind
            else {
                continue;
            };
            let leaves = kernel.fields[*field].leaves;
            let absent = leaves.iter().all(|leaf| row[kernel.position(leaf)].is_null());
            if if updating { !on_update } else { !absent } {
                continue;
            }
            if let Some(only) = only {
                let truth = self.env().truth(&Scope::row(entity, row), only);
                match self.take(truth) {
                    Some(Truth::True) => {}
                    Some(Truth::False | Truth::Unknown | Truth::Invalid) => continue,
                    None => {
                        complete = None;
                        continue;
                    }
                }
            }
            match self.filling(entity, *field, filling, row) {
                Some(values) => {
                    for (leaf, value) in leaves.iter().zip(values) {
                        if let Some(value) = self.fitted(leaf, value) {
                            row[kernel.position(leaf)] = value;
                        }
                    }
                }
                None => complete = None,
            }
        }
        complete
    }

    fn filling(
        &mut self,
        entity: EntityId,
        field: FieldId,
        filling: &Filling,
        row: &[Value],
    ) -> Option<Vec<Value>> {
        let width = self.kernel.fields[field].leaves.len();
        match filling {
            Filling::Expr(expr) => {
                let value = self.env().value(&Scope::row(entity, row), expr);
                self.take(value).map(|value| vec![value])
            }
            Filling::Session(member) => Some(match self.context.session.get(usize::from(*member)) {
                Some(Value::List(values)) if values.len() == width => values.clone(),
                Some(value) if width == 1 => vec![value.clone()],
                Some(_) | None => vec![Value::Null; width],
            }),
            Filling::Uuid7 => {
                self.fresh += 1;
                Some(vec![Value::Uuid(value::uuid7(
                    self.context.now,
                    self.context.seed,
                    self.fresh - 1,
                ))])
            }
            Filling::Uuid4 => {
                self.fresh += 1;
                Some(vec![Value::Uuid(value::uuid4(self.context.seed, self.fresh - 1))])
            }
            Filling::Sequence => {
                let taken = self.taken.entry(field).or_insert(0);
                let (number, at) = (self.view.next(field, *taken), *taken);
                *taken += 1;
                let number = self.ask(number).map(Value::Int).unwrap_or_else(|| {
                    // Stands for the number, different for each, while the rest goes on.
                    let stand_in = Value::Int(i64::from(i16::MIN) + 1 + i64::try_from(at).unwrap_or(0));
                    self.waiting.insert(stand_in.clone());
                    stand_in
                });
                Some(vec![number])
            }
        }
    }

    /// A row changes as asked: defaults of updates follow, the version rises once.
    pub(super) fn update(
        &mut self,
        entity: EntityId,
        key: &[Value],
        row: &Row,
        set: BTreeMap<LeafId, Value>,
    ) -> Option<(RowKey, Row)> {
        let kernel = self.kernel;
        let mut changed = row.clone();
        for (leaf, value) in set {
            if Some(leaf) == kernel.entities[entity].version {
                continue;
            }
            if let (Some(at), Some(value)) = (
                kernel.entities[entity].leaves.position(leaf),
                self.fitted(leaf, value),
            ) {
                changed[at] = value;
            }
        }
        self.defaults(entity, &mut changed, true)?;
        self.raise_version(entity, key, row, &mut changed);
        let new = self.replace(entity, key, row, changed.clone(), true);
        Some((new, changed))
    }

    /// The version after an update, however many the operation makes: one more than what is stored; a new row keeps 1.
    fn raise_version(&self, entity: EntityId, key: &[Value], row: &Row, changed: &mut Row) {
        let Some(leaf) = self.kernel.entities[entity].version else {
            return;
        };
        let at = self.kernel.position(leaf);
        let stored = match self.view.pending().get(&(entity, key.to_vec())) {
            Some(pending) => self.view.origin(entity, pending),
            None => Some(row),
        };
        if let Some(Value::Int(version)) = stored.map(|row| &row[at]) {
            changed[at] = Value::Int(version.saturating_add(1));
        }
    }

    /// A row gets other values; under another key, if that is what changed.
    pub(super) fn replace(
        &mut self,
        entity: EntityId,
        key: &[Value],
        old: &Row,
        row: Row,
        asked: bool,
    ) -> RowKey {
        let at = (entity, key.to_vec());
        let new = self.kernel.key_of(entity, &row);
        let mut pending = self.view.pending().get(&at).cloned().unwrap_or_else(|| Pending {
            before: Some(old.clone()),
            after: Some(old.clone()),
            asked: false,
            from: None,
            to: None,
        });
        pending.asked |= asked;
        if new == key {
            pending.after = Some(row);
            self.view.put(at, pending);
            return new;
        }
        let asked = pending.asked;
        let from = pending
            .from
            .take()
            .or_else(|| pending.before.is_some().then(|| key.to_vec()));
        if pending.before.is_some() {
            pending.after = None;
            pending.to = Some(new.clone());
            self.view.put(at.clone(), pending);
        } else {
            // It came here by this operation: nothing is left of it here, and what it came from goes on to the new key.
            self.view.take_out(&at);
        }
        if let Some(old) = from.as_ref().filter(|from| **from != at.1) {
            let origin = (entity, old.clone());
            if let Some(mut pending) = self.view.pending().get(&origin).cloned() {
                pending.to = Some(new.clone());
                self.view.put(origin, pending);
            }
        }
        let there = (entity, new.clone());
        let mut moved = self.view.pending().get(&there).cloned().unwrap_or(Pending {
            before: None,
            after: None,
            asked,
            from: None,
            to: None,
        });
        if moved.after.is_some() || (moved.to.is_some() && from.as_ref() != Some(&new)) {
            // Two rows of one key, or one that takes the place of a row whose references are on their way elsewhere.
            self.refuse_where(entity, |kind| matches!(kind, RuleKind::Key(_)));
        }
        moved.after = Some(row);
        moved.asked |= asked;
        if from.as_ref() == Some(&new) {
            // Back where it was.
            moved.to = None;
        } else {
            moved.from = from;
        }
        self.view.put(there, moved);
        new
    }

    /// Inserts a row, or updates the one that has its key.
    pub(super) fn upsert(
        &mut self,
        entity: EntityId,
        given: BTreeMap<LeafId, Value>,
    ) -> Option<(RowKey, Row)> {
        let key = self.given_key(entity, &given);
        let existing = match key {
            Some(key) => {
                let found = self.view.row(entity, &key);
                // A row that was deleted softly can't be seen: its key is taken, though.
                let living = |row: &Row| self.kernel.is_living(entity, row);
                self.ask(found)?.filter(living).map(|row| (key, row))
            }
            None => None,
        };
        let upserted = match existing {
            Some((key, row)) => self.update(entity, &key, &row, given),
            None => self.insert(entity, given),
        };
        if let Some((key, _)) = &upserted
            && self.returned.is_null()
        {
            self.returned = Value::List(key.clone());
        }
        upserted
    }

    /// The key that is given, where all of it is.
    pub(super) fn given_key(&self, entity: EntityId, given: &BTreeMap<LeafId, Value>) -> Option<RowKey> {
        let part = |leaf: LeafId| {
            let value = given.get(&leaf).filter(|value| !value.is_null())?;
            fits(self.kernel, &self.kernel.leaves[leaf].ty, value.clone())
        };
        self.kernel.key_leaves(entity).into_iter().map(part).collect()
    }

    /// A row goes: softly, where its entity says so.
    pub(super) fn delete(&mut self, entity: EntityId, key: &[Value]) {
        match self.kernel.entities[entity].soft_delete {
            Some(_) => self.set_deleted(
                entity,
                key,
                &Value::Timestamp(self.context.now),
                &Value::Null,
                true,
            ),
            None => self.remove(entity, key),
        }
    }

    /// A row that was deleted softly comes back, with the owned rows that went with it.
    pub(super) fn restore(&mut self, entity: EntityId, key: &[Value]) {
        let Some(leaf) = self.kernel.entities[entity].soft_delete else {
            return;
        };
        let found = self.view.row(entity, key);
        if let Some(Some(row)) = self.ask(found) {
            let went = row[self.kernel.position(leaf)].clone();
            self.set_deleted(entity, key, &Value::Null, &went, true);
        }
    }

    /// Sets when a row was deleted, and the same for the owned rows that now have `was`.
    fn set_deleted(&mut self, entity: EntityId, key: &[Value], at: &Value, was: &Value, asked: bool) {
        let kernel = self.kernel;
        let Some(leaf) = kernel.entities[entity].soft_delete else {
            return;
        };
        let found = self.view.row(entity, key);
        let Some(Some(row)) = self.ask(found) else { return };
        let mut changed = row.clone();
        if asked {
            if self.defaults(entity, &mut changed, true).is_none() {
                return;
            }
            self.raise_version(entity, key, &row, &mut changed);
        }
        changed[kernel.position(leaf)] = at.clone();
        self.replace(entity, key, &row, changed, asked);
        for owned in kernel.owned_by(entity) {
            let it = &kernel.entities[owned];
            let (Some(field), Some(leaf)) = (it.fields.first(), it.soft_delete) else {
                continue;
            };
            let found = self.view.children(field, key);
            for child in self.ask(found).unwrap_or_default() {
                if child[kernel.position(leaf)] == *was {
                    self.set_deleted(owned, &kernel.key_of(owned, &child), at, was, false);
                }
            }
        }
    }

    /// A row goes for good.
    pub(super) fn remove(&mut self, entity: EntityId, key: &[Value]) {
        let at = (entity, key.to_vec());
        if let Some(mut pending) = self.view.pending().get(&at).cloned() {
            if let Some(origin) = pending.from.take().map(|from| (entity, from))
                && let Some(mut old) = self.view.pending().get(&origin).cloned()
            {
                // The row that it was before its key changed goes.
                old.to = None;
                self.view.put(origin, old);
            }
            if pending.before.is_none() {
                self.view.take_out(&at);
            } else {
                pending.after = None;
                self.view.put(at, pending);
            }
            return;
        }
        let found = self.view.row(entity, key);
        if let Some(Some(row)) = self.ask(found) {
            self.view.put(
                at,
                Pending {
                    before: Some(row),
                    after: None,
                    asked: true,
                    from: None,
                    to: None,
                },
            );
        }
    }

    /// The values of a row of a variable, by leaf; nulls are absent.
    pub(super) fn by_leaf(&self, entity: EntityId, row: &[Value]) -> BTreeMap<LeafId, Value> {
        let leaves = self.kernel.entities[entity].leaves;
        leaves
            .iter()
            .zip(row)
            .filter(|(_, value)| !value.is_null())
            .map(|(leaf, value)| (leaf, value.clone()))
            .collect()
    }
}
