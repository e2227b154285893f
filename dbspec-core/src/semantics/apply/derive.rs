//! Derived fields: worked out again for every row that looks at a changed one.

use std::collections::BTreeSet;

use super::super::depend::{self, Dependency};
use super::super::eval::{Lack, Scope, fits};
use super::super::{Row, RowKey, Store};
use super::Run;
use crate::kernel::{EntityId, FieldId, Refusal, RuleId, RuleKind};

/// Derived fields may depend on derived fields, but not in circles: so many rounds are never needed.
const ROUNDS: usize = 64;

impl Run<'_> {
    pub(super) fn derive(&mut self) {
        let kernel = self.kernel;
        let rules: Vec<_> = kernel
            .rules
            .iter()
            .filter_map(|(id, rule)| match &rule.kind {
                RuleKind::Derived { field, value, .. } => {
                    Some((id, rule.entity, *field, value, depend::of_expr(kernel, value)))
                }
                _ => None,
            })
            .collect();
        for _ in 0..ROUNDS {
            let mut changed = false;
            for (id, entity, field, value, ways) in &rules {
                for key in self.affected(*entity, ways) {
                    changed |= self.work_out(*id, *entity, *field, value, &key);
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// The keys of the rows of an entity that change, or look along these ways at a row that does.
    pub(super) fn affected(&mut self, entity: EntityId, ways: &[Dependency]) -> BTreeSet<RowKey> {
        let mut keys: BTreeSet<RowKey> = self
            .view
            .pending_of(entity)
            .filter(|(_, it)| it.after.is_some())
            .map(|(key, _)| key.clone())
            .collect();
        for way in ways {
            let Some(end) = way.end(self.kernel) else { continue };
            let seen: Vec<Row> = self
                .view
                .pending_of(end)
                .filter(|(_, it)| way.sees(self.kernel, end, it))
                .flat_map(|(_, it)| it.before.iter().chain(&it.after).cloned())
                .collect();
            for row in seen {
                let starts = depend::starts(&self.env(), &way.hops, &row);
                keys.extend(self.take(starts).unwrap_or_default());
            }
        }
        keys
    }

    /// Whether the value is another than before.
    fn work_out(
        &mut self,
        rule: RuleId,
        entity: EntityId,
        field: FieldId,
        value: &crate::kernel::Expr,
        key: &[crate::value::Value],
    ) -> bool {
        let kernel = self.kernel;
        let found = self.view.row(entity, key);
        let (Some(Some(row)), Some(leaf)) = (self.ask(found), kernel.fields[field].leaves.first()) else {
            return false;
        };
        let value = match self.env().value(&Scope::row(entity, &row), value) {
            Err(Lack::Invalid) => {
                self.refused.insert(Refusal::Invalid);
                return false;
            }
            other => self.take(other),
        };
        let Some(value) = value else { return false };
        let Some(value) = fits(kernel, &kernel.leaves[leaf].ty, value) else {
            self.refused.insert(Refusal::Rule(rule));
            return false;
        };
        let at = kernel.position(leaf);
        if row[at] == value {
            return false;
        }
        let mut changed = row.clone();
        changed[at] = value;
        self.replace(entity, key, &row, changed, false);
        true
    }
}
