//! All rules, judged once on the end state: of the rows that change, and of those that look at them.
//!
//! A rule is judged only where the operation may have broken it; what is stored satisfies all rules already. Deleted
//! softly, a row keeps its own rules, but those that look at others sleep until it is restored.
//!
//! Policies aren't judged: they bind roles, and who asks has none here. What retention does is not an operation either.

mod change;
mod group;
mod refer;
mod row;

use std::collections::BTreeSet;

use super::super::depend;
use super::super::eval::{Lack, Scope, Truth, all};
use super::super::{Row, Store};
use super::Run;
use crate::kernel::{EntityId, FieldId, Moving, Pred, Refusal, RuleId, RuleKind};

pub use group::bound_values;
pub(in crate::semantics) use group::{bound, overlap};
pub(in crate::semantics) use row::breaks_alone;

/// Whether changes of other entities' rows may break a rule.
fn looks_elsewhere(kind: &RuleKind) -> bool {
    match kind {
        RuleKind::Predicate { holds, .. } => depend::walks(holds),
        RuleKind::Assert { .. } | RuleKind::Reference { .. } | RuleKind::Bounds { .. } => true,
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Required(_)
        | RuleKind::Key(_)
        | RuleKind::Unique { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Secret(_) => false,
    }
}

impl Run<'_> {
    pub(super) fn judge(&mut self) {
        let changed: BTreeSet<EntityId> = self.view.pending().keys().map(|(entity, _)| *entity).collect();
        for (id, rule) in self.kernel.rules.iter() {
            let entity = rule.entity;
            if !changed.contains(&entity) && !looks_elsewhere(&rule.kind) {
                continue;
            }
            match &rule.kind {
                RuleKind::Size { .. } | RuleKind::Required(_) | RuleKind::Secret(_) => {
                    self.judge_alone(id, entity);
                }
                RuleKind::Predicate { holds, on_write } => self.judge_predicate(id, entity, holds, *on_write),
                RuleKind::Assert { holds } => self.judge_predicate(id, entity, holds, false),
                RuleKind::Key(leaves) => self.judge_key(id, entity, leaves),
                RuleKind::Unique { .. } => self.judge_unique(id, entity),
                RuleKind::AtMost { max, .. } => self.judge_at_most(id, entity, *max),
                RuleKind::Overlap { range, .. } => self.judge_overlap(id, entity, *range),
                RuleKind::Reference {
                    field,
                    to,
                    on_delete: _,
                    living,
                    shared,
                } => {
                    self.judge_named(id, *field, *to, living.as_ref(), shared.is_empty());
                    self.judge_shared(id, *field, *to, shared);
                    self.judge_left(id, *field, *to);
                }
                RuleKind::Bounds {
                    owner,
                    via,
                    filter,
                    min,
                    max,
                } => self.judge_bounds(id, *owner, *via, filter.as_ref(), (*min, *max)),
                RuleKind::Transition(Moving::Leaf(leaf, moves)) => self.judge_moves(id, entity, *leaf, moves),
                RuleKind::Transition(Moving::Frozen(field)) => self.judge_frozen(id, entity, *field),
                RuleKind::Transition(Moving::AppendOnly) => self.judge_append_only(id, entity),
                RuleKind::KeepAtLeast { from, months, micros } => {
                    self.judge_kept(id, entity, *from, (*months, *micros));
                }
                // Fitted when set, seen to by the edits and by the derivation, or not judged here at all.
                RuleKind::Type(_)
                | RuleKind::Version(_)
                | RuleKind::Derived { .. }
                | RuleKind::Default { .. }
                | RuleKind::Policy { .. }
                | RuleKind::KeepAtMost { .. } => {}
            }
        }
    }

    fn refuse(&mut self, rule: RuleId) {
        self.refused.insert(Refusal::Rule(rule));
    }

    /// Refuses where one of these is broken; what they lack is noted.
    fn refuse_if(&mut self, rule: RuleId, broken: Vec<Result<bool, Lack>>) {
        let mut any = false;
        for it in broken {
            any |= self.take(it).unwrap_or(false);
        }
        if any {
            self.refuse(rule);
        }
    }

    /// A rule that needs nothing but the row.
    fn judge_alone(&mut self, id: RuleId, entity: EntityId) {
        let kernel = self.kernel;
        if let RuleKind::Required(field) = &kernel.rules[id].kind
            && self.is_ill(*field)
        {
            return;
        }
        let mut pending = self.view.pending_of(entity);
        let broken =
            pending.any(|(_, it)| it.after.as_ref().is_some_and(|row| breaks_alone(kernel, id, row)));
        drop(pending);
        if broken {
            self.refuse(id);
        }
    }

    /// Whether a value of another type was given for a field and left out: that it is missing now is no news.
    fn is_ill(&self, field: FieldId) -> bool {
        let kernel = self.kernel;
        let ill =
            |rule: &RuleKind| matches!(rule, RuleKind::Type(leaf) if kernel.leaves[*leaf].field == field);
        let mut rules = kernel.rules_of(kernel.fields[field].entity);
        rules.any(|(id, rule)| ill(&rule.kind) && self.refused.contains(&Refusal::Rule(id)))
    }

    fn judge_predicate(&mut self, id: RuleId, entity: EntityId, holds: &Pred, on_write: bool) {
        let truths = if depend::walks(holds) {
            let ways = depend::of_pred(self.kernel, holds);
            let affected = depend::affected(&self.env(), &self.view, entity, &ways);
            let Some(mut keys) = self.take(affected) else {
                return;
            };
            if on_write {
                keys.retain(|key| {
                    self.view
                        .pending()
                        .get(&(entity, key.clone()))
                        .is_some_and(|it| it.asked)
                });
            }
            let truths = keys.iter().map(|key| match self.view.row(entity, key)? {
                Some(row) if self.kernel.is_living(entity, &row) => {
                    self.env().truth(&Scope::row(entity, &row), holds)
                }
                Some(_) | None => Ok(Truth::True),
            });
            all(truths)
        } else {
            let written = self
                .view
                .pending_of(entity)
                .filter(|(_, it)| it.asked || !on_write);
            let rows = written.filter_map(|(_, it)| it.after.as_ref());
            all(rows.map(|row| self.env().truth(&Scope::row(entity, row), holds)))
        };
        let truths = self.take(truths).unwrap_or_default();
        if truths.contains(&Truth::False) {
            self.refuse(id);
        }
        if truths.contains(&Truth::Invalid) {
            self.refused.insert(Refusal::Invalid);
        }
    }

    /// The rules that rows break by themselves, whatever is still to be found out; derived fields and numbers of
    /// sequences aren't known yet.
    pub(super) fn broken_already(&self) -> BTreeSet<Refusal> {
        let kernel = self.kernel;
        let mut broken = BTreeSet::new();
        if self.view.pending().values().any(|it| it.after.is_none()) {
            // What goes may change what stays.
            return broken;
        }
        for ((entity, _), it) in self.view.pending() {
            let Some(row) = &it.after else { continue };
            for (id, rule) in kernel.rules_of(*entity) {
                let breaks = match &rule.kind {
                    RuleKind::Size { .. } | RuleKind::Secret(_) => breaks_alone(kernel, id, row),
                    RuleKind::Required(field) => {
                        !kernel.fields[*field]
                            .leaves
                            .iter()
                            .any(|leaf| kernel.is_derived(leaf))
                            && !self.is_ill(*field)
                            && breaks_alone(kernel, id, row)
                    }
                    RuleKind::Predicate {
                        holds,
                        on_write: false,
                    } if !depend::walks(holds) => {
                        let open = depend::own_leaves(kernel, holds).into_iter().any(|leaf| {
                            kernel.is_derived(leaf) || self.waiting.contains(&row[kernel.position(leaf)])
                        });
                        !open && self.env().truth(&Scope::row(*entity, row), holds) == Ok(Truth::False)
                    }
                    RuleKind::Predicate { .. }
                    | RuleKind::Type(_)
                    | RuleKind::Key(_)
                    | RuleKind::Unique { .. }
                    | RuleKind::Reference { .. }
                    | RuleKind::Bounds { .. }
                    | RuleKind::AtMost { .. }
                    | RuleKind::Overlap { .. }
                    | RuleKind::Transition(_)
                    | RuleKind::Version(_)
                    | RuleKind::Derived { .. }
                    | RuleKind::Default { .. }
                    | RuleKind::Policy { .. }
                    | RuleKind::KeepAtLeast { .. }
                    | RuleKind::KeepAtMost { .. }
                    | RuleKind::Assert { .. } => false,
                };
                if breaks {
                    broken.insert(Refusal::Rule(id));
                }
            }
        }
        broken
    }

    /// Whether two rows differ in a leaf.
    fn differ(&self, leaf: crate::kernel::LeafId, before: &Row, after: &Row) -> bool {
        let at = self.kernel.position(leaf);
        before.get(at) != after.get(at)
    }
}
