//! Derived fields: worked out again for every row that looks at a changed one.

use super::super::Store;
use super::super::depend::{self, Dependency};
use super::super::eval::{Scope, fits};
use super::Run;
use crate::kernel::{EntityId, Expr, FieldId, Refusal, RuleId, RuleKind};
use crate::value::Value;

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
                let affected = depend::affected(&self.env(), &self.view, *entity, ways);
                for key in self.take(affected).unwrap_or_default() {
                    changed |= self.work_out((*id, *entity, *field), value, ways, &key);
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Whether the value is another than before.
    fn work_out(
        &mut self,
        (rule, entity, field): (RuleId, EntityId, FieldId),
        value: &Expr,
        ways: &[Dependency],
        key: &[Value],
    ) -> bool {
        let kernel = self.kernel;
        let found = self.view.row(entity, key);
        let (Some(Some(row)), Some(leaf)) = (self.ask(found), kernel.fields[field].leaves.first()) else {
            return false;
        };
        // A row that can't be seen keeps what it had: what it owned went with it.
        if !ways.is_empty() && !kernel.is_living(entity, &row) {
            return false;
        }
        let value = self.env().value(&Scope::row(entity, &row), value);
        let Some(value) = self.take(value) else {
            return false;
        };
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
