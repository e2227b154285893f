//! Predicates that speak of one row alone, for constraints and indexes.

use dbspec_core::kernel::{EntityId, Kernel, LeafId, LeafType, Pred, RuleKind, Scalar, SizeOf};
use dbspec_core::pred::Test;

use super::express::{Express, Nothing, may_err};
use super::{Ground, Sql};

/// A predicate as a constraint; `None` where it speaks of more than the row.
pub(crate) fn check(on: Ground<'_>, entity: EntityId, holds: &Pred) -> Option<Sql> {
    let test = holds.not_false(&|place| on.kernel.nullable(place));
    let sql = row(on, entity, &test)?;
    // Null holds in a constraint; what can't be worked out must not.
    Some(if may_err(&test) {
        Sql::call("coalesce", [sql, Sql::Bool(false)])
    } else {
        sql
    })
}

/// A filter of an index or a constraint; `None` where it speaks of more than the row.
pub(crate) fn filter(on: Ground<'_>, entity: EntityId, filter: &Pred) -> Option<Sql> {
    row(on, entity, &filter.is_true(&|place| on.kernel.nullable(place)))
}

/// A test on columns of the row alone.
fn row(on: Ground<'_>, entity: EntityId, test: &Test) -> Option<Sql> {
    let mut nothing = Nothing;
    let sql = Express::new(on, &mut nothing).row(entity, None).test(test).ok()?;
    sql.is_local().then_some(sql)
}

/// Whether a rule of its own says how long a text or how many bytes a leaf may hold, as its type does.
pub(crate) fn sized(kernel: &Kernel, leaf: LeafId) -> bool {
    let limit = match &kernel.leaves[leaf].ty {
        LeafType::Scalar(Scalar::String { max } | Scalar::Bytes { max }) => *max,
        LeafType::Scalar(_) | LeafType::List(_) => return false,
    };
    kernel.rules_of(kernel.entity_of(leaf)).any(|(_, rule)| {
        matches!(&rule.kind, RuleKind::Size { leaf: it, of: SizeOf::Characters | SizeOf::Bytes, max: Some(max), .. }
            if *it == leaf && *max <= limit)
    })
}
