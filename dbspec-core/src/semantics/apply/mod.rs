//! Writes: what an operation changes, or what refuses it.
//!
//! An operation is done in phases on a [`View`] of the store:
//!
//! 1. **Edits**: what the operation says, defaults filled in; a declared write action by action.
//! 2. **Closure**: referential actions, to the end; references follow keys that change.
//! 3. **Derived fields**, of all rows that look at a changed one.
//! 4. **Judgement** of all rules on the end state, of all changed rows and of those that look at them.
//!
//! Each phase does what it can without what the store doesn't know, so that needs come many at a time. Rules on inserted rows
//! that need nothing but the row are judged before anything is asked.

mod act;
mod close;
mod derive;
mod edit;
mod judge;
mod order;

use std::collections::{BTreeMap, BTreeSet};

pub use judge::bound_values;
pub(in crate::semantics) use judge::{bound, breaks_alone, overlap};

use super::eval::{Env, Lack};
use super::view::View;
use super::{Breach, Changes, Context, Need, Operation, Reliance, RowKey, Stop, Store};
use crate::kernel::{EntityId, FieldId, Kernel, Refusal, VarId};
use crate::value::Value;

/// What an operation changes.
///
/// # Errors
/// [`Stop::Needs`] where the store must find out something first, [`Stop::Refused`] where rules are broken: then nothing
/// changes.
pub fn apply(
    kernel: &Kernel,
    store: &dyn Store,
    operation: &Operation,
    context: &Context,
) -> Result<Changes, Stop> {
    let mut run = Run::new(kernel, store, operation, context);
    run.edit(operation);
    // Later actions of a declared write may mend what looks broken while earlier ones wait.
    let certain = matches!(operation, Operation::Insert(_)) || run.needs.is_empty();
    let certain = certain.then(|| run.refused.clone());
    run.close();
    run.derive();
    run.judge();
    run.finish(certain)
}

/// The rows that would break rules if an operation were done unjudged, by reading the whole database: for messages. What
/// can't be seen in rows, such as two of one key, isn't among them.
///
/// # Errors
/// What the store must find out first.
pub fn would_break(
    kernel: &Kernel,
    store: &dyn Store,
    operation: &Operation,
    context: &Context,
) -> Result<Vec<Breach>, Vec<Need>> {
    let mut run = Run::new(kernel, store, operation, context);
    run.edit(operation);
    run.close();
    run.derive();
    if !run.needs.is_empty() {
        return Err(run.needs.into_iter().collect());
    }
    super::audit(kernel, &run.view, context)
}

struct Run<'a> {
    kernel: &'a Kernel,
    context: &'a Context,
    view: View<'a>,
    refused: BTreeSet<Refusal>,
    needs: BTreeSet<Need>,
    relied: BTreeSet<Reliance>,
    /// The variables of a declared write; `None` where one waits for a need.
    vars: Vec<Option<Value>>,
    /// Which rows variables hold, so that what is returned is their end state.
    bound: BTreeMap<VarId, (EntityId, RowKey)>,
    returns: Option<Vec<(Box<str>, crate::kernel::Expr)>>,
    returned: Value,
    /// How many ids were made.
    fresh: u64,
    /// How many numbers were taken of each sequence.
    taken: BTreeMap<FieldId, u64>,
    /// What stands for a number that the store must find out; no need speaks of these.
    waiting: BTreeSet<Value>,
    /// References that follow a key that changes: no change of theirs.
    followed: BTreeSet<(EntityId, RowKey, FieldId)>,
    /// Retention may remove what nobody else may.
    purging: bool,
}

impl<'a> Run<'a> {
    fn new(kernel: &'a Kernel, store: &'a dyn Store, operation: &Operation, context: &'a Context) -> Self {
        Self {
            kernel,
            context,
            view: View::new(kernel, store),
            refused: BTreeSet::new(),
            needs: BTreeSet::new(),
            relied: BTreeSet::new(),
            vars: Vec::new(),
            bound: BTreeMap::new(),
            returns: None,
            returned: Value::Null,
            fresh: 0,
            taken: BTreeMap::new(),
            waiting: BTreeSet::new(),
            followed: BTreeSet::new(),
            purging: matches!(operation, Operation::Purge(..)),
        }
    }

    fn env(&self) -> Env<'_> {
        Env {
            kernel: self.kernel,
            store: &self.view,
            context: self.context,
            vars: &self.vars,
        }
    }

    /// The value, or `None` with what it lacks noted.
    fn take<T>(&mut self, result: Result<T, Lack>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Lack::Needs(needs)) => {
                self.needs.extend(needs);
                None
            }
            Err(Lack::Invalid) => {
                self.refused.insert(Refusal::Invalid);
                None
            }
        }
    }

    /// What the store found, or `None` with the need noted.
    fn ask<T>(&mut self, found: super::Found<T>) -> Option<T> {
        self.take(found.map_err(Lack::from))
    }

    fn rely(&mut self, on: Reliance) {
        self.relied.insert(on);
    }

    /// The changes, or what stops them; `certain` is what the edits refused, where they were complete.
    fn finish(mut self, certain: Option<BTreeSet<Refusal>>) -> Result<Changes, Stop> {
        if !self.needs.is_empty() {
            if let Some(mut refused) = certain {
                refused.append(&mut self.broken_already());
                if !refused.is_empty() {
                    return Err(Stop::Refused(refused.into_iter().collect()));
                }
            }
            let waiting = std::mem::take(&mut self.waiting);
            let speaks_of_waiting = |need: &Need| match need {
                Need::Row(_, values)
                | Need::Children(_, values)
                | Need::Count(_, values)
                | Need::Same(_, values) => values.iter().any(|value| waiting.contains(value)),
                Need::All(_) | Need::Next(_) => false,
            };
            self.needs.retain(|need| !speaks_of_waiting(need));
            return Err(Stop::Needs(self.needs.into_iter().collect()));
        }
        if !self.refused.is_empty() {
            return Err(Stop::Refused(self.refused.into_iter().collect()));
        }
        self.give_back();
        if !self.needs.is_empty() || !self.refused.is_empty() {
            return Err(if self.needs.is_empty() {
                Stop::Refused(self.refused.into_iter().collect())
            } else {
                Stop::Needs(self.needs.into_iter().collect())
            });
        }
        let mut relied = self.view.reliances();
        relied.append(&mut self.relied);
        let read: BTreeSet<_> = relied
            .iter()
            .filter_map(|it| match it {
                Reliance::Unchanged(entity, key, Some(_)) => Some((*entity, key.clone())),
                Reliance::Unchanged(_, _, None)
                | Reliance::Exists(..)
                | Reliance::KeyFree(..)
                | Reliance::UniqueFree(..)
                | Reliance::SameChildren(..)
                | Reliance::SameValues(..) => None,
            })
            .collect();
        // What is unchanged is there.
        relied.retain(
            |it| !matches!(it, Reliance::Exists(entity, key, _) if read.contains(&(*entity, key.clone()))),
        );
        Ok(Changes {
            rows: order::sorted(self.kernel, self.view.into_pending()),
            relied: relied.into_iter().collect(),
            returned: self.returned,
        })
    }

    /// What a declared write returns, of the end state.
    fn give_back(&mut self) {
        let Some(returns) = self.returns.take() else {
            return;
        };
        for (var, (entity, key)) in std::mem::take(&mut self.bound) {
            let found = self
                .view
                .pending()
                .get(&(entity, key))
                .and_then(|it| it.after.clone());
            if let (Some(row), Some(slot)) = (found, self.vars.get_mut(crate::arena::Id::index(var) as usize))
            {
                *slot = Some(Value::List(row));
            }
        }
        let mut members = Vec::with_capacity(returns.len());
        for (name, expr) in returns {
            let value = self.env().value(&super::eval::Scope::NOTHING, &expr);
            if let Some(value) = self.take(value) {
                members.push((name, value));
            }
        }
        self.returned = Value::Map(members);
    }
}
