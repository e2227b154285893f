//! Rules over rows with the same values: keys, unique, at most, overlap.

use std::collections::BTreeSet;

use super::super::super::Context;
use super::super::super::eval::{Env, Lack, Rowless, Scope};
use super::super::super::{Judged, Reliance, Row, RowKey, Store};
use super::super::Run;
use crate::kernel::{EntityId, Kernel, LeafId, Nulls, Pred, RuleId, RuleKind};
use crate::value::Value;

/// What a row has in the leaves of a unique, at-most or overlap rule, folded; `None` where the rule doesn't bind it.
pub(in crate::semantics) fn bound(
    env: &Env<'_>,
    rule: RuleId,
    row: &[Value],
) -> Result<Option<Vec<Value>>, Lack> {
    let kernel = env.kernel;
    let it = &kernel.rules[rule];
    let (filter, nulls_bind) = match &it.kind {
        RuleKind::Key(_) => (None, false),
        RuleKind::Unique { filter, nulls, .. } => (filter.as_ref(), *nulls == Nulls::Equal),
        RuleKind::AtMost { filter, .. } => (filter.as_ref(), false),
        RuleKind::Overlap { range, filter, .. } => {
            let at = |leaf: LeafId| &row[kernel.position(leaf)];
            // A range that doesn't begin before it ends holds no point; nulls come last.
            if at(range.0) >= at(range.1) || at(range.1).is_null() {
                return Ok(None);
            }
            (filter.as_ref(), false)
        }
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Required(_)
        | RuleKind::Predicate { .. }
        | RuleKind::Reference { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Secret(_)
        | RuleKind::Assert { .. } => return Ok(None),
    };
    let values = kernel.group_values(rule, row);
    if !nulls_bind && values.iter().any(Value::is_null) {
        return Ok(None);
    }
    let binds = |filter: &Pred| env.is_true(&Scope::row(it.entity, row), filter);
    Ok(filter.map_or(Ok(true), binds)?.then_some(values))
}

/// What a row has in the leaves of a unique, at-most or overlap rule, letters folded where a leaf folds them; `None`
/// where the rule doesn't bind the row: its filter isn't true, or a null makes it distinct.
pub fn bound_values(kernel: &Kernel, rule: RuleId, row: &[Value]) -> Option<Vec<Value>> {
    let context = Context {
        now: 0,
        seed: 0,
        session: Vec::new(),
    };
    let env = Env {
        kernel,
        store: &Rowless,
        context: &context,
        vars: &[],
    };
    bound(&env, rule, row).ok().flatten()
}

/// Whether two rows' half-open ranges share a point.
pub(in crate::semantics) fn overlap(
    kernel: &Kernel,
    range: (LeafId, LeafId),
    a: &[Value],
    b: &[Value],
) -> bool {
    let at = |row: &[Value], leaf: LeafId| row[kernel.position(leaf)].clone();
    at(a, range.0) < at(b, range.1) && at(b, range.0) < at(a, range.1)
}

/// A row that a rule binds now.
struct Bound {
    key: RowKey,
    values: Vec<Value>,
    /// Whether the rule bound it before, with the same values.
    already: bool,
}

impl Run<'_> {
    /// The changed rows that a rule binds on the end state.
    fn bound_by(&mut self, rule: RuleId, entity: EntityId) -> Vec<Bound> {
        let env = self.env();
        let mut found = Vec::new();
        for (key, it) in self.view.pending_of(entity) {
            let Some(after) = &it.after else { continue };
            found.push(bound(&env, rule, after).and_then(|values| {
                let Some(values) = values else { return Ok(None) };
                let before = it.before.as_ref().map(|row| bound(&env, rule, row)).transpose()?;
                Ok(Some(Bound {
                    key: key.clone(),
                    already: before.flatten().as_ref() == Some(&values),
                    values,
                }))
            }));
        }
        found
            .into_iter()
            .filter_map(|it| self.take(it).flatten())
            .collect()
    }

    pub(super) fn judge_key(&mut self, id: RuleId, entity: EntityId, leaves: &[LeafId]) {
        let new = self
            .view
            .pending_of(entity)
            .filter(|(_, it)| it.before.is_none() && it.after.is_some());
        let keys: Vec<RowKey> = new.map(|(key, _)| key.clone()).collect();
        for key in keys {
            let free = self.view.base.key_free(entity, &key);
            match self.ask(free) {
                Some(Judged::No) => self.refuse(id),
                Some(Judged::Yes | Judged::AtCommit) => self.rely(Reliance::KeyFree(entity, key, id)),
                None => {}
            }
        }
        if leaves.iter().any(|leaf| self.kernel.leaves[*leaf].ignore_case) {
            self.judge_unique(id, entity);
        }
    }

    pub(super) fn judge_unique(&mut self, id: RuleId, entity: EntityId) {
        let mut seen = BTreeSet::new();
        for it in self.bound_by(id, entity) {
            if !seen.insert(it.values.clone()) {
                self.refuse(id);
            }
            if it.already {
                continue;
            }
            let free = self.view.base.unique_free(id, &it.values);
            match self.ask(free) {
                Some(Some(Judged::Yes | Judged::AtCommit)) => {
                    self.rely(Reliance::UniqueFree(id, it.values, it.key));
                    continue;
                }
                Some(Some(Judged::No) | None) => {}
                None => continue,
            }
            // The one that has the values may be changed or gone by the end.
            if self
                .others(id, &it.values)
                .is_some_and(|others| !others.is_empty())
            {
                self.refuse(id);
            }
        }
    }

    /// The stored rows that a rule binds with these values and that stay as they are.
    fn others(&mut self, id: RuleId, values: &[Value]) -> Option<Vec<Row>> {
        let others = self.view.others(id, values);
        let others = self.ask(others)?;
        self.still_bound(id, values, others)
    }

    fn still_bound(&mut self, id: RuleId, values: &[Value], rows: Vec<Row>) -> Option<Vec<Row>> {
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let found = bound(&self.env(), id, &row);
            if self.take(found)?.as_deref() == Some(values) {
                kept.push(row);
            }
        }
        Some(kept)
    }

    pub(super) fn judge_at_most(&mut self, id: RuleId, entity: EntityId, max: u32) {
        if self.view.judges(id) {
            return;
        }
        let bound = self.bound_by(id, entity);
        let groups: BTreeSet<_> = bound
            .iter()
            .filter(|it| !it.already)
            .map(|it| &it.values)
            .collect();
        for values in groups {
            let here = bound.iter().filter(|it| it.values == *values).count();
            if let Some(others) = self.others(id, values)
                && others.len() + here > max as usize
            {
                self.refuse(id);
            }
        }
    }

    pub(super) fn judge_overlap(&mut self, id: RuleId, entity: EntityId, range: (LeafId, LeafId)) {
        if self.view.judges(id) {
            return;
        }
        let kernel = self.kernel;
        let mut here: Vec<(Vec<Value>, Row)> = Vec::new();
        for it in self.bound_by(id, entity) {
            let pending = self.view.pending().get(&(entity, it.key));
            let (before, Some(row)) =
                pending.map_or((None, None), |it| (it.before.as_ref(), it.after.clone()))
            else {
                continue;
            };
            let moved = |before: &Row| {
                [range.0, range.1]
                    .iter()
                    .any(|leaf| self.differ(*leaf, before, &row))
            };
            if it.already && !before.is_some_and(moved) {
                here.push((it.values, row));
                continue;
            }
            let ends = [&row[kernel.position(range.0)], &row[kernel.position(range.1)]];
            let others = self.view.others_over(id, &it.values, ends);
            let others = self
                .ask(others)
                .and_then(|others| self.still_bound(id, &it.values, others));
            if others.is_some_and(|others| others.iter().any(|other| overlap(kernel, range, &row, other))) {
                self.refuse(id);
            }
            here.push((it.values, row));
        }
        // Among themselves: sorted by start, a row that overlaps any later one overlaps the next.
        let start = kernel.position(range.0);
        here.sort_by(|a, b| (&a.0, &a.1[start]).cmp(&(&b.0, &b.1[start])));
        let meet = |pair: &[(Vec<Value>, Row)]| {
            pair[0].0 == pair[1].0 && overlap(kernel, range, &pair[0].1, &pair[1].1)
        };
        if here.windows(2).any(meet) {
            self.refuse(id);
        }
    }
}
