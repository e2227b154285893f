//! The whole-database checker: all rules that stored rows break, found the plain way.
//!
//! It reads everything and is told nothing of changes, so that it can witness what [`apply`](super::apply()) lets
//! through. Rules of changing (transitions, what holds when written, retention) and of asking (policies) can't be seen
//! in rows.

use std::collections::BTreeMap;

use super::apply::{bound, breaks_alone, overlap};
use super::eval::{Env, Lack, Scope, Truth, fits};
use super::{Context, Need, Row, RowKey, Store};
use crate::kernel::{EntityId, Expr, FieldId, Kernel, Pred, RuleId, RuleKind};
use crate::value::Value;

/// A rule that a row breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The rule.
    pub rule: RuleId,
    /// The entity of the row.
    pub entity: EntityId,
    /// The key of the row; of a bound, the key of the row that is named.
    pub key: RowKey,
}

/// All rules that stored rows break, in order.
///
/// # Errors
/// What the store must find out first.
pub fn audit(kernel: &Kernel, store: &dyn Store, context: &Context) -> Result<Vec<Breach>, Vec<Need>> {
    let audit = Audit {
        env: Env {
            kernel,
            store,
            context,
            vars: &[],
        },
    };
    let mut found = Vec::new();
    for (id, rule) in kernel.rules.iter() {
        audit
            .rule(id, rule.entity, &rule.kind, &mut found)
            .map_err(|lack| match lack {
                Lack::Needs(needs) => needs,
                Lack::Invalid => Vec::new(),
            })?;
    }
    found.sort();
    found.dedup();
    Ok(found)
}

struct Audit<'a> {
    env: Env<'a>,
}

impl Audit<'_> {
    fn rule(
        &self,
        id: RuleId,
        entity: EntityId,
        kind: &RuleKind,
        found: &mut Vec<Breach>,
    ) -> Result<(), Lack> {
        let kernel = self.env.kernel;
        let rows = self.env.store.all(entity)?;
        let mut breach = |entity: EntityId, key: RowKey| {
            found.push(Breach {
                rule: id,
                entity,
                key,
            });
        };
        match kind {
            RuleKind::Key(_) | RuleKind::Unique { .. } => {
                for (_, group) in self.groups(id, &rows)? {
                    group
                        .iter()
                        .skip(1)
                        .for_each(|row| breach(entity, kernel.key_of(entity, row)));
                }
            }
            RuleKind::AtMost { max, .. } => {
                for (_, group) in self.groups(id, &rows)? {
                    let over = group.iter().skip(*max as usize);
                    over.for_each(|row| breach(entity, kernel.key_of(entity, row)));
                }
            }
            RuleKind::Overlap { range, .. } => {
                for (_, group) in self.groups(id, &rows)? {
                    for (at, row) in group.iter().enumerate() {
                        if group[..at]
                            .iter()
                            .any(|other| overlap(kernel, *range, row, other))
                        {
                            breach(entity, kernel.key_of(entity, row));
                        }
                    }
                }
            }
            RuleKind::Bounds {
                owner,
                via,
                filter,
                min,
                max,
            } => {
                for row in self.env.store.all(*owner)? {
                    let key = kernel.key_of(*owner, &row);
                    let mut count = 0;
                    for child in &rows {
                        let counts = kernel.is_living(entity, child) && kernel.refers_to(*via, child, &key);
                        count += u32::from(counts && self.holds(entity, child, filter.as_ref())?);
                    }
                    let within = *min <= count && max.is_none_or(|max| count <= max);
                    if kernel.is_living(*owner, &row) && !within {
                        breach(*owner, key);
                    }
                }
            }
            RuleKind::Type(_)
            | RuleKind::Size { .. }
            | RuleKind::Required(_)
            | RuleKind::Predicate { .. }
            | RuleKind::Reference { .. }
            | RuleKind::Transition(_)
            | RuleKind::Version(_)
            | RuleKind::Derived { .. }
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. }
            | RuleKind::Secret(_)
            | RuleKind::Assert { .. } => {
                for row in &rows {
                    if self.breaks(id, entity, kind, row)? {
                        breach(entity, kernel.key_of(entity, row));
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a row by itself, or with what it looks at, breaks a rule.
    fn breaks(&self, id: RuleId, entity: EntityId, kind: &RuleKind, row: &Row) -> Result<bool, Lack> {
        let kernel = self.env.kernel;
        match kind {
            RuleKind::Type(leaf) => {
                let value = &row[kernel.position(*leaf)];
                Ok(fits(kernel, &kernel.leaves[*leaf].ty, value.clone()).as_ref() != Some(value))
            }
            RuleKind::Size { .. } | RuleKind::Required(_) | RuleKind::Secret(_) => {
                Ok(breaks_alone(kernel, id, row))
            }
            RuleKind::Predicate { on_write: true, .. } => Ok(false),
            RuleKind::Predicate {
                holds,
                on_write: false,
            }
            | RuleKind::Assert { holds } => {
                if super::depend::walks(holds) && !kernel.is_living(entity, row) {
                    return Ok(false);
                }
                let truth = self.env.truth(&Scope::row(entity, row), holds)?;
                Ok(matches!(truth, Truth::False | Truth::Invalid))
            }
            RuleKind::Reference {
                field, to, shared, ..
            } => {
                let Some(key) = kernel.referred(*field, row) else {
                    return Ok(false);
                };
                let Some(target) = self.env.store.row(*to, &key)? else {
                    return Ok(true);
                };
                Ok(shared
                    .iter()
                    .any(|(here, there)| row[kernel.position(*here)] != target[kernel.position(*there)]))
            }
            RuleKind::Version(leaf) => Ok(!matches!(row[kernel.position(*leaf)], Value::Int(1..))),
            RuleKind::Derived { field, value, .. } => {
                Ok(kernel.is_living(entity, row) && self.differs(entity, row, *field, value)?)
            }
            RuleKind::Key(_)
            | RuleKind::Unique { .. }
            | RuleKind::AtMost { .. }
            | RuleKind::Overlap { .. }
            | RuleKind::Bounds { .. }
            | RuleKind::Transition(_)
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. } => Ok(false),
        }
    }

    /// Whether a derived field holds another value than it should.
    fn differs(&self, entity: EntityId, row: &Row, field: FieldId, value: &Expr) -> Result<bool, Lack> {
        let kernel = self.env.kernel;
        let Some(leaf) = kernel.fields[field].leaves.first() else {
            return Ok(false);
        };
        let value = match self.env.value(&Scope::row(entity, row), value) {
            Err(Lack::Invalid) => return Ok(true),
            other => other?,
        };
        Ok(fits(kernel, &kernel.leaves[leaf].ty, value).as_ref() != Some(&row[kernel.position(leaf)]))
    }

    fn holds(&self, entity: EntityId, row: &Row, filter: Option<&Pred>) -> Result<bool, Lack> {
        filter.map_or(Ok(true), |filter| {
            self.env.is_true(&Scope::row(entity, row), filter)
        })
    }

    /// The rows that a rule binds, by their values.
    fn groups<'r>(&self, id: RuleId, rows: &'r [Row]) -> Result<BTreeMap<Vec<Value>, Vec<&'r Row>>, Lack> {
        let mut groups: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
        for row in rows {
            if let Some(values) = bound(&self.env, id, row)? {
                groups.entry(values).or_default().push(row);
            }
        }
        Ok(groups)
    }
}
