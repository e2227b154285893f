//! Rules along references: that they name rows, what is shared, and bounds on how many name one row.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::depend::{self, Dependency};
use super::super::super::eval::{Lack, Scope, Truth, all};
use super::super::super::view::Pending;
use super::super::super::{Judged, Reliance, RowKey, Store};
use super::super::Run;
use crate::kernel::{EntityId, FieldId, Hop, LeafId, Pred, RuleId};

impl Run<'_> {
    /// A reference that is set anew names a row, a living one where that is asked.
    pub(super) fn judge_named(
        &mut self,
        id: RuleId,
        field: FieldId,
        to: EntityId,
        living: Option<&Pred>,
        unread: bool,
    ) {
        let kernel = self.kernel;
        let entity = kernel.fields[field].entity;
        let mut named: BTreeSet<RowKey> = BTreeSet::new();
        for (key, it) in self.view.pending_of(entity) {
            let Some(row) = &it.after else { continue };
            let Some(name) = kernel.referred(field, row) else {
                continue;
            };
            let before = self.view.origin(entity, it);
            let same = before.and_then(|row| kernel.referred(field, row)).as_ref() == Some(&name);
            let follows = self.followed.contains(&(entity, key.clone(), field));
            // What comes back is judged as if it were new.
            let revived =
                before.is_some_and(|row| !kernel.is_living(entity, row)) && kernel.is_living(entity, row);
            if !(same || follows) || (revived && living.is_some()) {
                named.insert(name);
            }
        }
        for key in named {
            let exists = match living {
                None if unread => {
                    let pending = self.view.pending().contains_key(&(to, key.clone()));
                    let exists = self.view.exists(to, &key);
                    match self.ask(exists) {
                        Some(Judged::Yes | Judged::AtCommit) if !pending => {
                            self.rely(Reliance::Exists(to, key, id));
                            continue;
                        }
                        Some(Judged::Yes | Judged::AtCommit) => Some(true),
                        Some(Judged::No) => Some(false),
                        None => None,
                    }
                }
                living => {
                    let found = self.view.row(to, &key);
                    self.ask(found).and_then(|row| match (row, living) {
                        (Some(row), Some(living)) => {
                            let truth = self.env().truth(&Scope::row(to, &row), living);
                            self.take(truth).map(|truth| truth == Truth::True)
                        }
                        (row, _) => Some(row.is_some()),
                    })
                }
            };
            if exists == Some(false) {
                self.refuse(id);
            }
        }
    }

    /// Both ends have the same values, whichever of them changes.
    pub(super) fn judge_shared(
        &mut self,
        id: RuleId,
        field: FieldId,
        to: EntityId,
        shared: &[(LeafId, LeafId)],
    ) {
        if shared.is_empty() {
            return;
        }
        let kernel = self.kernel;
        let entity = kernel.fields[field].entity;
        let way = Dependency {
            hops: vec![Hop::One(field)],
            reads: shared.iter().map(|(_, there)| *there).collect(),
        };
        let affected = depend::affected(&self.env(), &self.view, entity, &[way]);
        let Some(keys) = self.take(affected) else { return };
        let broken = keys.iter().map(|key| {
            let Some(row) = self.view.row(entity, key)? else {
                return Ok(false);
            };
            let mut own: Vec<LeafId> = kernel.fields[field].leaves.iter().collect();
            own.extend(shared.iter().map(|(here, _)| *here));
            let itself = self.view.pending().get(&(entity, key.clone()));
            let untouched = |it: &Pending| {
                it.before
                    .as_ref()
                    .is_some_and(|before| !own.iter().any(|leaf| self.differ(*leaf, before, &row)))
            };
            let Some(name) = kernel.referred(field, &row) else {
                return Ok(false);
            };
            let target_changes = self.view.pending().contains_key(&(to, name.clone()));
            if itself.is_some_and(untouched) && !target_changes {
                return Ok(false);
            }
            let Some(target) = self.view.row(to, &name)? else {
                return Ok(false);
            };
            let differs = |(here, there): &(LeafId, LeafId)| {
                row[kernel.position(*here)] != target[kernel.position(*there)]
            };
            Ok(shared.iter().any(differs))
        });
        let broken: Vec<Result<bool, Lack>> = broken.collect();
        self.refuse_if(id, broken);
    }

    /// No reference is left to a row that goes.
    pub(super) fn judge_left(&mut self, id: RuleId, field: FieldId, to: EntityId) {
        if self.view.acts(field) {
            return;
        }
        let gone = self
            .view
            .pending_of(to)
            .filter(|(_, it)| it.after.is_none() && it.to.is_none());
        let left: Vec<Result<bool, Lack>> = gone
            .map(|(key, _)| Ok(!self.view.children(field, key)?.is_empty()))
            .collect();
        self.refuse_if(id, left);
    }

    /// How many rows name one row.
    pub(super) fn judge_bounds(
        &mut self,
        id: RuleId,
        owner: EntityId,
        via: FieldId,
        filter: Option<&Pred>,
        (min, max): (u32, Option<u32>),
    ) {
        if self.view.judges(id) {
            return;
        }
        let counted = self.counted(via, filter);
        let Some(mut counted) = self.take(counted) else {
            return;
        };
        let kernel = self.kernel;
        let mut fresh = BTreeSet::new();
        for (key, it) in self.view.pending_of(owner) {
            let Some(row) = &it.after else { continue };
            let was = it.before.as_ref().is_some_and(|row| kernel.is_living(owner, row));
            if !was && kernel.is_living(owner, row) {
                counted.entry(key.clone()).or_default();
                fresh.insert(key.clone());
            }
        }
        let broken = counted.into_iter().map(|(key, (gone, come))| {
            let new = fresh.contains(&key);
            let may_exceed = max.is_some() && (new || come > gone);
            let may_lack = min > 0 && (new || gone > come);
            if !(may_exceed || may_lack) {
                return Ok(false);
            }
            let there = match self.view.pending().get(&(owner, key.clone())) {
                Some(it) => it.after.as_ref().is_some_and(|row| kernel.is_living(owner, row)),
                None if kernel.entities[owner].soft_delete.is_some() => {
                    let row = self.view.row(owner, &key)?;
                    row.is_some_and(|row| kernel.is_living(owner, &row))
                }
                None => true,
            };
            if !there {
                return Ok(false);
            }
            let count = if filter.is_none() {
                self.view.count(via, &key)?
            } else {
                let rows = self.view.children(via, &key)?;
                let counts = all(rows.iter().map(|row| self.counts(via, filter, row)))?;
                counts.into_iter().filter(|it| *it).count() as u64
            };
            Ok((may_lack && count < u64::from(min))
                || (may_exceed && max.is_some_and(|max| count > u64::from(max))))
        });
        let broken: Vec<Result<bool, Lack>> = broken.collect();
        self.refuse_if(id, broken);
    }

    fn counts(&self, via: FieldId, filter: Option<&Pred>, row: &[crate::value::Value]) -> Result<bool, Lack> {
        let entity = self.kernel.fields[via].entity;
        if !self.kernel.is_living(entity, row) {
            return Ok(false);
        }
        filter.map_or(Ok(true), |filter| {
            self.env().is_true(&Scope::row(entity, row), filter)
        })
    }

    /// How many changed rows named each key and counted before, and how many will.
    fn counted(&self, via: FieldId, filter: Option<&Pred>) -> Result<BTreeMap<RowKey, (u64, u64)>, Lack> {
        let mut counted: BTreeMap<RowKey, (u64, u64)> = BTreeMap::new();
        for (_, it) in self.view.pending_of(self.kernel.fields[via].entity) {
            for (row, gone, come) in [(&it.before, 1, 0), (&it.after, 0, 1)] {
                let Some(row) = row else { continue };
                if let Some(key) = self.kernel.referred(via, row)
                    && self.counts(via, filter, row)?
                {
                    let of = counted.entry(key).or_default();
                    *of = (of.0 + gone, of.1 + come);
                }
            }
        }
        Ok(counted)
    }
}
