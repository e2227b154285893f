//! Referential actions to their end, and references that follow a key.

use std::collections::BTreeSet;

use super::super::{RowKey, Store};
use super::Run;
use crate::kernel::{EntityId, FieldId, Kernel, OnDelete, RuleId, RuleKind};
use crate::value::Value;

impl Kernel {
    /// The rule of a reference: its id, what deleting does, the condition on the named row, what is shared.
    pub(crate) fn reference(&self, field: FieldId) -> Option<(RuleId, OnDelete)> {
        self.rules_of(self.fields[field].entity)
            .find_map(|(id, rule)| match &rule.kind {
                RuleKind::Reference {
                    field: it, on_delete, ..
                } if *it == field => Some((id, *on_delete)),
                _ => None,
            })
    }
}

impl Run<'_> {
    pub(super) fn close(&mut self) {
        let mut done: BTreeSet<(EntityId, RowKey)> = BTreeSet::new();
        loop {
            let next: Vec<_> = self
                .view
                .pending()
                .iter()
                .filter(|(at, it)| it.after.is_none() && !done.contains(*at))
                .map(|(at, it)| (at.clone(), it.to.clone()))
                .collect();
            if next.is_empty() {
                return;
            }
            for ((entity, key), to) in next {
                match to {
                    Some(new) => self.follow(entity, &key, &new),
                    None => self.act(entity, &key),
                }
                done.insert((entity, key));
            }
        }
    }

    /// What deleting a row does to those that name it.
    fn act(&mut self, entity: EntityId, key: &[Value]) {
        let kernel = self.kernel;
        for field in kernel
            .references_to(entity)
            .filter(|field| !self.view.acts(*field))
            .collect::<Vec<_>>()
        {
            let from = kernel.fields[field].entity;
            let Some((_, on_delete)) = kernel.reference(field) else {
                continue;
            };
            let found = self.view.children(field, key);
            for row in self.ask(found).unwrap_or_default() {
                let child = kernel.key_of(from, &row);
                match on_delete {
                    // Judged at the end, when all that goes is gone.
                    OnDelete::Restrict => {}
                    OnDelete::Cascade => self.remove(from, &child),
                    OnDelete::SetNull => {
                        let mut changed = row.clone();
                        for leaf in kernel.fields[field].leaves.iter() {
                            changed[kernel.position(leaf)] = Value::Null;
                        }
                        self.replace(from, &child, &row, changed, false);
                    }
                }
            }
        }
    }

    /// References follow a key that changes.
    fn follow(&mut self, entity: EntityId, old: &[Value], new: &[Value]) {
        let kernel = self.kernel;
        for field in kernel.references_to(entity).collect::<Vec<_>>() {
            let from = kernel.fields[field].entity;
            let found = self.view.children(field, old);
            for row in self.ask(found).unwrap_or_default() {
                let mut changed = row.clone();
                for (leaf, part) in kernel.fields[field].leaves.iter().zip(new) {
                    changed[kernel.position(leaf)] = part.clone();
                }
                let key = self.replace(from, &kernel.key_of(from, &row), &row, changed, false);
                self.followed.insert((from, key, field));
            }
        }
    }
}
