//! Rules → constraints, or the programs' care with a query that finds what others did.

mod unique;

use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Audit, RuleOutcome};
use dbspec_core::kernel::{Expr, Filling, LeafId, LeafType, Nulls, RuleId, RuleKind, Scalar, SizeOf};

use super::{Body, Draft, Piece};
use crate::mysql::capability as cap;
use crate::mysql::design::Check;
use crate::mysql::types;
use crate::relational::express::{Express, Nothing};
use crate::relational::index::By;
use crate::relational::{Infix, Sql, audit, change, local};

/// Answers for a rule, but for references.
pub(super) fn lower(draft: &mut Draft<'_>, rule: RuleId) {
    let kernel = draft.kernel;
    let it = &kernel.rules[rule];
    match &it.kind {
        RuleKind::Type(leaf) if types::is_cut(&kernel.leaves[*leaf].ty) => {
            unsupported(draft, rule, cap::FRACTION);
        }
        RuleKind::Type(leaf) => {
            let column = Sql::column(&draft.column(*leaf).name);
            let holds = types::check(kernel, &kernel.leaves[*leaf].ty, &column);
            if let Some(holds) = holds.filter(|_| !local::sized(kernel, *leaf)) {
                let wish = draft.wish(it.entity, &draft.column(*leaf).name, "type");
                check(draft, rule, wish, holds, cap::CHECK);
            } else {
                let by = By::Named(draft.column_name(*leaf));
                draft.answer(rule, None, RuleOutcome::Enforced, by, cap::TYPE);
            }
        }
        RuleKind::Size { leaf, of, min, max } => {
            let column = Sql::column(&draft.column(*leaf).name);
            let end = match of {
                SizeOf::Characters | SizeOf::Bytes => "size",
                SizeOf::Items => "items",
                SizeOf::ItemCharacters => "item_size",
            };
            let wish = draft.wish(it.entity, &draft.column(*leaf).name, end);
            check(draft, rule, wish, size(&column, *of, *min, *max), cap::CHECK);
        }
        RuleKind::Required(field) => {
            let leaves = kernel.fields[*field].leaves;
            let required = leaves.iter().find(|leaf| !kernel.leaves[*leaf].nullable);
            // A value type whose members may all be null has nothing that is required by itself.
            let by = required.map_or(By::Nothing, |leaf| By::Named(draft.column_name(leaf)));
            draft.answer(rule, None, RuleOutcome::Enforced, by, cap::NOT_NULL);
        }
        RuleKind::Predicate { holds, on_write } => {
            let said = if *on_write {
                None
            } else {
                local::check(draft.on(), it.entity, holds)
            };
            if let Some(sql) = said {
                let wish = draft.wish(it.entity, &it.name, "check");
                check(draft, rule, wish, sql, cap::CHECK);
            } else {
                let text = audit::broken(draft.on(), it.entity, holds);
                guarded(draft, rule, text);
            }
        }
        RuleKind::Key(leaves) => unique::key(draft, rule, leaves),
        RuleKind::Unique {
            leaves,
            filter,
            nulls,
        } => unique::unique(draft, rule, leaves, (filter.as_ref(), *nulls)),
        // What they may do depends on the other rules.
        RuleKind::Reference { .. } => {}
        RuleKind::Bounds {
            owner,
            via,
            filter,
            min,
            max,
        } => {
            let text = audit::bounds(draft.on(), *owner, *via, filter.as_ref(), *min, *max);
            guarded(draft, rule, text);
        }
        RuleKind::AtMost { leaves, filter, max } => {
            let filter = filter.as_ref();
            let text = audit::repeated(draft.on(), it.entity, leaves, filter, *max, Nulls::Distinct);
            guarded(draft, rule, text);
        }
        RuleKind::Overlap { by, range, filter } => {
            let text = audit::overlapping(draft.on(), it.entity, by, *range, filter.as_ref());
            guarded(draft, rule, text);
        }
        RuleKind::Transition(moving) => {
            if !change::transition(kernel, draft, rule, moving) {
                past(draft, rule);
            }
        }
        RuleKind::Version(leaf) => {
            draft.column_mut(*leaf).default = Some(Sql::number(1));
            change::version(kernel, draft, rule, *leaf);
        }
        RuleKind::Derived { field, value, .. } => {
            let text = audit::stale(draft.on(), *field, value);
            guarded(draft, rule, text);
        }
        RuleKind::Default {
            field,
            filling,
            on_update,
            only,
        } => {
            let leaf = kernel.fields[*field].leaves.first();
            let simple = !on_update && only.is_none() && kernel.fields[*field].leaves.len() == 1;
            match leaf.filter(|_| simple) {
                Some(leaf) => default(draft, rule, leaf, filling),
                None => past(draft, rule),
            }
        }
        RuleKind::Policy { .. } => unsupported(draft, rule, cap::POLICY),
        RuleKind::KeepAtLeast { from, months, micros } => {
            if !change::kept(draft, rule, *from, (*months, *micros)) {
                past(draft, rule);
            }
        }
        RuleKind::KeepAtMost {
            from, months, micros, ..
        } => {
            let text = audit::past_time(draft.on(), *from, *months, *micros);
            let outcome = RuleOutcome::Audited {
                audit: Audit { text },
            };
            draft.answer(rule, None, outcome, By::Nothing, cap::RETENTION);
        }
        RuleKind::Secret(leaf) => match kernel.leaves[*leaf].ty {
            LeafType::Scalar(Scalar::Hashed) => {
                let name = draft.column(*leaf).name.clone();
                let wish = draft.wish(it.entity, &name, "hash");
                check(draft, rule, wish, types::hash(&Sql::column(name)), cap::HASHED);
            }
            LeafType::Scalar(_) | LeafType::List(_) => unsupported(draft, rule, cap::ENCRYPTION),
        },
        RuleKind::Assert { holds } => {
            let text = audit::broken(draft.on(), it.entity, holds);
            guarded(draft, rule, text);
        }
    }
}

fn piece(draft: &mut Draft<'_>, rule: RuleId, noun: &'static str, wish: String, body: Body) -> By {
    let it = &draft.kernel.rules[rule];
    draft.piece(Piece {
        entity: it.entity,
        element: it.element,
        noun,
        wish,
        body,
    })
}

fn check(draft: &mut Draft<'_>, rule: RuleId, wish: String, holds: Sql, line: LineId) {
    draft.note(draft.kernel.rules[rule].entity, &holds);
    // A constraint has to be a condition, which a column of truth values is as little as what a function yields.
    let holds = match holds {
        Sql::Column { .. } | Sql::Call(..) => holds.infix(Infix::Ne, Sql::number(0)),
        condition => condition,
    };
    let body = Body::Check(Check {
        name: String::new(),
        holds,
    });
    let by = piece(draft, rule, "check", wish, body);
    draft.answer(rule, None, RuleOutcome::Enforced, by, line);
}

/// The programs judge it; a query finds what others did.
fn guarded(draft: &mut Draft<'_>, rule: RuleId, text: Box<str>) {
    let outcome = RuleOutcome::Guarded {
        bound: None,
        audit: Audit { text },
    };
    draft.answer(rule, None, outcome, By::Nothing, cap::SERIALIZABLE);
}

/// The programs judge it against the row before, which nobody keeps.
fn past(draft: &mut Draft<'_>, rule: RuleId) {
    unseen(draft, rule, By::Nothing, cap::PAST_STATE);
}

/// The programs see to it; no query finds what others did.
fn unseen(draft: &mut Draft<'_>, rule: RuleId, by: By, line: LineId) {
    let outcome = RuleOutcome::Guarded {
        bound: None,
        audit: Audit {
            text: audit::nothing_left(),
        },
    };
    draft.answer(rule, None, outcome, by, line);
}

fn unsupported(draft: &mut Draft<'_>, rule: RuleId, line: LineId) {
    draft.answer(rule, None, RuleOutcome::Unsupported, By::Nothing, line);
}

fn size(column: &Sql, of: SizeOf, min: u32, max: Option<u32>) -> Sql {
    let bounded = |size: Sql| {
        let at_least = (min > 0).then(|| size.clone().infix(Infix::Ge, Sql::number(min)));
        let at_most = max.map(|max| size.infix(Infix::Le, Sql::number(max)));
        Sql::and(at_least.into_iter().chain(at_most))
    };
    match of {
        SizeOf::Characters => bounded(types::characters(column)),
        SizeOf::Bytes => bounded(types::bytes(column)),
        SizeOf::Items => bounded(types::items(column)),
        SizeOf::ItemCharacters => types::texts_within(column, min, max),
    }
}

/// A default of one column.
fn default(draft: &mut Draft<'_>, rule: RuleId, leaf: LeafId, filling: &Filling) {
    let kernel = draft.kernel;
    let sql = match filling {
        Filling::Sequence => {
            let wish = draft.wish(kernel.rules[rule].entity, &draft.column(leaf).name, "seq");
            let by = piece(draft, rule, "sequence", wish, Body::Sequence(leaf));
            return unseen(draft, rule, by, cap::SEQUENCE);
        }
        Filling::Uuid4 => Some(types::uuid4()),
        Filling::Uuid7 => Some(types::uuid7()),
        Filling::Session(_) => None,
        Filling::Expr(Expr::Value(value)) => match &kernel.leaves[leaf].ty {
            LeafType::Scalar(scalar) => Some(draft.on().words.literal(value, Some(scalar))),
            LeafType::List(_) => None,
        },
        Filling::Expr(expr) => {
            let mut nothing = Nothing;
            Express::new(draft.on(), &mut nothing).value(expr).ok()
        }
    };
    match sql {
        Some(sql) if sql != Sql::Null => {
            draft.column_mut(leaf).default = Some(sql);
            let by = By::Named(draft.column_name(leaf));
            draft.answer(rule, None, RuleOutcome::Enforced, by, cap::DEFAULT);
        }
        _ => past(draft, rule),
    }
}
