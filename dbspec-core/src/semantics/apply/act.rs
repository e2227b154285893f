//! Declared writes, action by action.

use std::collections::BTreeMap;

use super::super::eval::{Lack, Scope, Truth, all};
use super::super::locate::Life;
use super::super::{Row, RowKey, Store};
use super::Run;
use crate::arena::Id;
use crate::kernel::{Action, Assign, EntityId, LeafId, Pred, Refusal, VarId, VarType, WriteId};
use crate::value::Value;

impl Run<'_> {
    pub(super) fn call(&mut self, write: WriteId, args: &[Value]) {
        let write = &self.kernel.writes[write];
        let params = usize::from(write.params);
        self.vars = write.vars.iter().map(|_| Some(Value::Null)).collect();
        for (slot, (var, arg)) in self.vars.iter_mut().zip(write.vars.iter().zip(args)).take(params) {
            let list_fits = match (&var.ty, arg) {
                (VarType::List { min, max, .. }, Value::List(items)) => {
                    items.len() >= *min as usize && max.is_none_or(|max| items.len() <= max as usize)
                }
                (
                    VarType::List { .. } | VarType::Scalar(_) | VarType::Ref(_) | VarType::Row(_),
                    Value::Null,
                ) => var.optional,
                (VarType::List { .. }, _) => false,
                (VarType::Scalar(_) | VarType::Ref(_) | VarType::Row(_), _) => true,
            };
            if !list_fits {
                self.refused.insert(Refusal::Invalid);
            }
            *slot = Some(arg.clone());
        }
        self.actions(&write.body);
    }

    fn actions(&mut self, actions: &[Action]) {
        for action in actions {
            self.action(action);
        }
    }

    fn action(&mut self, action: &Action) {
        match action {
            Action::Insert {
                entity,
                row,
                set,
                bind,
                or_skip,
            } => {
                self.unknown(*bind);
                let Some(given) = self.given(*entity, *row, set) else {
                    return;
                };
                if *or_skip && let Some(key) = self.given_key(*entity, &given) {
                    let found = self.view.row(*entity, &key);
                    match self.ask(found) {
                        None => return,
                        Some(Some(existing)) => return self.bind(*bind, *entity, key, existing),
                        Some(None) => {}
                    }
                }
                if let Some((key, row)) = self.insert(*entity, given) {
                    self.bind(*bind, *entity, key, row);
                }
            }
            Action::Upsert {
                entity,
                row,
                set,
                bind,
            } => {
                self.unknown(*bind);
                let Some(given) = self.given(*entity, *row, set) else {
                    return;
                };
                if let Some((key, row)) = self.upsert(*entity, given) {
                    self.bind(*bind, *entity, key, row);
                }
            }
            Action::Update {
                entity,
                filter,
                each,
                require,
                set,
                bind,
            } => {
                self.unknown(*bind);
                // All right sides see what was there before the first of the rows changes.
                let mut edits = Vec::new();
                for row in self.matched(*entity, filter, *each, require, Life::Living) {
                    let scope = Scope::row(*entity, &row);
                    let set = all(set
                        .iter()
                        .map(|it| Ok((it.leaf, self.env().value(&scope, &it.value)?))));
                    edits.extend(self.take(set).map(|set| (row, set)));
                }
                for (row, set) in edits {
                    let key = self.kernel.key_of(*entity, &row);
                    if let Some((key, row)) = self.update(*entity, &key, &row, set.into_iter().collect()) {
                        self.bind(*bind, *entity, key, row);
                    }
                }
            }
            Action::Delete {
                entity,
                filter,
                each,
                require,
            } => {
                for row in self.matched(*entity, filter, *each, require, Life::Living) {
                    self.delete(*entity, &self.kernel.key_of(*entity, &row));
                }
            }
            Action::Restore { entity, filter } => {
                for row in self.matched(*entity, filter, false, &[], Life::Deleted) {
                    self.restore(*entity, &self.kernel.key_of(*entity, &row));
                }
            }
            Action::Read { entity, filter, bind } => {
                self.unknown(Some(*bind));
                for row in self.matched(*entity, filter, false, &[], Life::Living) {
                    self.bind(Some(*bind), *entity, self.kernel.key_of(*entity, &row), row);
                }
            }
            Action::For { over, item, body } => {
                let Some(Some(Value::List(items))) = self.vars.get(over.index() as usize).cloned() else {
                    return;
                };
                for it in items {
                    if let Some(slot) = self.vars.get_mut(item.index() as usize) {
                        *slot = Some(it);
                    }
                    self.actions(body);
                }
            }
            Action::If {
                cond,
                then,
                otherwise,
            } => match self.judged(cond) {
                Some(true) => self.actions(then),
                Some(false) => self.actions(otherwise),
                None => {}
            },
            Action::Require { name, holds } => {
                if self.judged(holds) == Some(false) {
                    self.refused.insert(Refusal::Require(name.clone()));
                }
            }
            Action::Return(members) => self.returns = Some(members.clone()),
        }
    }

    /// Whether a condition without a row is true; an error refuses the write.
    fn judged(&mut self, pred: &Pred) -> Option<bool> {
        let truth = self.env().truth(&Scope::NOTHING, pred);
        match self.take(truth)? {
            Truth::Invalid => self.take(Err(Lack::Invalid)),
            truth => Some(truth == Truth::True),
        }
    }

    /// The rows that an action is about, all of which satisfy what it requires.
    fn matched(
        &mut self,
        entity: EntityId,
        filter: &Pred,
        each: bool,
        require: &[(Box<str>, Pred)],
        life: Life,
    ) -> Vec<Row> {
        let rows = self.env().locate(entity, filter, life);
        let Some(rows) = self.take(rows) else {
            return Vec::new();
        };
        if !each && rows.len() != 1 {
            self.refused.insert(Refusal::NotOne(entity));
            return Vec::new();
        }
        for row in &rows {
            for (name, holds) in require {
                let truth = self.env().truth(&Scope::row(entity, row), holds);
                if self.take(truth).is_some_and(|truth| truth != Truth::True) {
                    self.refused.insert(Refusal::Require(name.clone()));
                }
            }
        }
        rows
    }

    /// The values of a row to be inserted: a variable's, then those that are set.
    fn given(
        &mut self,
        entity: EntityId,
        row: Option<VarId>,
        set: &[Assign],
    ) -> Option<BTreeMap<LeafId, Value>> {
        let mut given = match row {
            None => BTreeMap::new(),
            Some(var) => match self.vars.get(var.index() as usize)? {
                Some(Value::List(values)) => self.by_leaf(entity, &values.clone()),
                Some(_) => BTreeMap::new(),
                None => return None,
            },
        };
        let values = all(set
            .iter()
            .map(|it| Ok((it.leaf, self.env().value(&Scope::NOTHING, &it.value)?))));
        given.extend(self.take(values)?);
        Some(given)
    }

    fn unknown(&mut self, var: Option<VarId>) {
        if let Some(slot) = var.and_then(|var| self.vars.get_mut(var.index() as usize)) {
            *slot = None;
        }
    }

    fn bind(&mut self, var: Option<VarId>, entity: EntityId, key: RowKey, row: Row) {
        let Some(var) = var else { return };
        if let Some(slot) = self.vars.get_mut(var.index() as usize) {
            *slot = Some(Value::List(row));
            self.bound.insert(var, (entity, key));
        }
    }
}
