//! Which rows a filter of a write means, without reading everything where a key, a unique rule or a reference says.

use std::collections::BTreeMap;

use super::Row;
use super::eval::{Env, Here, Lack, Scope, all, fits, fold};
use crate::kernel::{Atom, Cmp, EntityId, Expr, Func, LeafId, Place, Pred, RuleKind};
use crate::value::Value;

/// Which rows a write's filter chooses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// Those that aren't deleted softly.
    Living,
    /// Those that are.
    Deleted,
}

/// What a filter says leaves are equal to.
#[derive(Default)]
struct Equal {
    plain: BTreeMap<LeafId, Value>,
    /// Leaves that fold case.
    folded: BTreeMap<LeafId, Value>,
}

impl Env<'_> {
    /// The rows that satisfy a filter, in key order.
    pub(super) fn locate(&self, entity: EntityId, filter: &Pred, life: Life) -> Result<Vec<Row>, Lack> {
        let mut equal = Equal::default();
        self.equalities(filter, &mut equal)?;
        let rows = self.candidates(entity, &equal)?;
        let kept = all(rows.into_iter().map(|row| {
            let scope = Scope {
                here: Here::Row(entity, &row),
                outer: None,
            };
            let fits = (life == Life::Living) == self.kernel.is_living(entity, &row);
            let keep = fits && self.is_true(&scope, filter)?;
            Ok(keep.then_some(row))
        }))?;
        Ok(kept.into_iter().flatten().collect())
    }

    /// A superset of the rows that satisfy all of these, in key order.
    pub(super) fn found(&self, entity: EntityId, preds: &[&Pred]) -> Result<Vec<Row>, Lack> {
        let mut equal = Equal::default();
        all(preds.iter().map(|pred| self.equalities(pred, &mut equal)))?;
        self.candidates(entity, &equal)
    }

    fn candidates(&self, entity: EntityId, equal: &Equal) -> Result<Vec<Row>, Lack> {
        let kernel = self.kernel;
        let values = |leaves: &mut dyn Iterator<Item = LeafId>| -> Option<Vec<Value>> {
            leaves.map(|leaf| equal.plain.get(&leaf).cloned()).collect()
        };
        if let Some(key) = values(&mut kernel.key_leaves(entity).into_iter()) {
            return Ok(self.store.row(entity, &key)?.into_iter().collect());
        }
        for (id, rule) in kernel.rules_of(entity) {
            if let RuleKind::Unique {
                leaves, filter: None, ..
            } = &rule.kind
            {
                let value = |leaf: &LeafId| match (equal.plain.get(leaf), kernel.leaves[*leaf].ignore_case) {
                    (Some(value), true) => Some(fold(value.clone())),
                    (Some(value), false) => Some(value.clone()),
                    (None, true) => equal.folded.get(leaf).cloned(),
                    (None, false) => None,
                };
                if let Some(values) = leaves.iter().map(value).collect::<Option<Vec<Value>>>() {
                    return Ok(self.store.same(id, &values)?);
                }
            }
        }
        for field in kernel.entities[entity].fields.iter() {
            if kernel.target(field).is_some()
                && let Some(key) = values(&mut kernel.fields[field].leaves.iter())
            {
                return Ok(self.store.children(field, &key)?);
            }
        }
        Ok(self.store.all(entity)?)
    }

    /// The leaves that a conjunction says are equal to something known.
    fn equalities(&self, pred: &Pred, equal: &mut Equal) -> Result<(), Lack> {
        match pred {
            Pred::And(parts) => {
                all(parts.iter().map(|part| self.equalities(part, equal)))?;
            }
            Pred::Atom(Atom::Cmp(Cmp::Eq, a, b)) => {
                for (leaf, other) in [(a, b), (b, a)] {
                    let (leaf, known) = match leaf {
                        Expr::At(place) => (place, &mut equal.plain),
                        Expr::Call(Func::Lower, args) => match args.as_slice() {
                            [Expr::At(place)] => (place, &mut equal.folded),
                            _ => continue,
                        },
                        _ => continue,
                    };
                    let Place::Leaf { up: 0, via, leaf } = leaf else {
                        continue;
                    };
                    if !via.is_empty() || reads_rows(other) {
                        continue;
                    }
                    match self.value(&Scope::NOTHING, other) {
                        Ok(value) => {
                            known.extend(
                                fits(self.kernel, &self.kernel.leaves[*leaf].ty, value)
                                    .map(|value| (*leaf, value)),
                            );
                        }
                        Err(Lack::Invalid) => {}
                        Err(lack) => return Err(lack),
                    }
                }
            }
            Pred::Const(_) | Pred::Atom(_) | Pred::IsNull(_) | Pred::Not(_) | Pred::Or(_) | Pred::Any(..) => {
            }
        }
        Ok(())
    }
}

/// Whether an expression speaks of a row.
pub(super) fn reads_rows(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) => false,
        Expr::At(place) => matches!(place, Place::Leaf { .. } | Place::Item { .. } | Place::Output(_)),
        Expr::Do(_, a, b) | Expr::Else(a, b) => reads_rows(a) || reads_rows(b),
        Expr::Neg(of) => reads_rows(of),
        Expr::Call(_, args) => args.iter().any(reads_rows),
        Expr::Aggregate { .. } | Expr::Grouped { .. } => true,
    }
}
