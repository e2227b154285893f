//! How rows may change and when they may go.

use super::super::super::view::Pending;
use super::super::super::{Row, RowKey};
use super::super::Run;
use crate::kernel::{EntityId, FieldId, LeafId, LeafType, RuleId, RuleKind, Scalar};
use crate::value::{self, DAY, Value};

impl Run<'_> {
    /// Rows that were and will be, before and after; wherever their key is now.
    fn updates(&self, entity: EntityId) -> impl Iterator<Item = (&RowKey, &Row, &Row)> {
        self.view.pending_of(entity).filter_map(move |(key, it)| {
            let after = it.after.as_ref()?;
            Some((key, self.view.origin(entity, it)?, after))
        })
    }

    pub(super) fn judge_moves(&mut self, id: RuleId, entity: EntityId, leaf: LeafId, moves: &[(u16, u16)]) {
        let LeafType::Scalar(Scalar::Enum(labels)) = &self.kernel.leaves[leaf].ty else {
            return;
        };
        let labels = &self.kernel.enums[*labels].labels;
        let at = self.kernel.position(leaf);
        let rank = |row: &Row| match row.get(at) {
            Some(Value::Enum(label)) => labels.iter().position(|it| *it == label.text),
            _ => None,
        };
        let goes = |before: &Row, after: &Row| match (rank(before), rank(after)) {
            (Some(from), Some(to)) => moves
                .iter()
                .any(|it| (usize::from(it.0), usize::from(it.1)) == (from, to)),
            (None, _) | (_, None) => false,
        };
        if self
            .updates(entity)
            .any(|(_, before, after)| self.differ(leaf, before, after) && !goes(before, after))
        {
            self.refuse(id);
        }
    }

    pub(super) fn judge_frozen(&mut self, id: RuleId, entity: EntityId, field: FieldId) {
        let leaves = self.kernel.fields[field].leaves;
        if self.updates(entity).any(|(key, before, after)| {
            leaves.iter().any(|leaf| self.differ(leaf, before, after))
                && !self.followed.contains(&(entity, key.clone(), field))
        }) {
            self.refuse(id);
        }
    }

    /// Nothing changes but what follows from changes elsewhere: derived fields, and references to a key that changes. Nothing
    /// goes but what retention takes: rows past the time for which they are kept at most.
    pub(super) fn judge_append_only(&mut self, id: RuleId, entity: EntityId) {
        let kernel = self.kernel;
        let leaves = kernel.entities[entity].leaves;
        let changed = self.updates(entity).any(|(key, before, after)| {
            leaves.iter().any(|leaf| {
                self.differ(leaf, before, after)
                    && !kernel.is_derived(leaf)
                    && !self
                        .followed
                        .contains(&(entity, key.clone(), kernel.leaves[leaf].field))
            })
        });
        let times: Vec<_> = kernel
            .rules_of(entity)
            .filter_map(|(_, rule)| match rule.kind {
                RuleKind::KeepAtMost {
                    from, months, micros, ..
                } => Some((from, months, micros)),
                _ => None,
            })
            .collect();
        let over = |row: &Row| {
            let begun = |from: LeafId| !row[kernel.position(from)].is_null();
            times
                .iter()
                .any(|(from, months, micros)| begun(*from) && !self.is_early(row, *from, (*months, *micros)))
        };
        let taken = self.removed(entity).any(|row| !(self.purging && over(row)));
        if changed || taken {
            self.refuse(id);
        }
    }

    /// Rows that really go.
    fn removed(&self, entity: EntityId) -> impl Iterator<Item = &Row> {
        let pending = self.view.pending_of(entity);
        pending.filter_map(|(_, it)| match it {
            Pending {
                before: Some(row),
                after: None,
                to: None,
                ..
            } => Some(row),
            Pending { .. } => None,
        })
    }

    pub(super) fn judge_kept(
        &mut self,
        id: RuleId,
        entity: EntityId,
        from: LeafId,
        (months, micros): (u32, i64),
    ) {
        if self
            .removed(entity)
            .any(|row| self.is_early(row, from, (months, micros)))
        {
            self.refuse(id);
        }
    }

    /// Whether the time for which a row is kept runs.
    fn is_early(&self, row: &Row, from: LeafId, (months, micros): (u32, i64)) -> bool {
        let from = match row.get(self.kernel.position(from)) {
            Some(Value::Date(day)) => i64::from(*day) * DAY,
            Some(Value::Timestamp(at)) => *at,
            // It has not begun to run.
            _ => return false,
        };
        let until = value::add_months(from, months).and_then(|it| it.checked_add(micros));
        until.is_none_or(|until| self.context.now < until)
    }
}
