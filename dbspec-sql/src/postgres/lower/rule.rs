//! Rules → constraints, or the programs' care with a query that finds what others did.

mod unique;

use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Audit, RuleOutcome};
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::kernel::{Expr, Filling, LeafId, LeafType, Nulls, Pred, RuleId, RuleKind, Scalar, SizeOf};

use super::{Body, Draft, Piece, end, reference};
use crate::postgres::capability as cap;
use crate::postgres::design::{Check, Exclusion};
use crate::postgres::options::Extension;
use crate::postgres::types;
use crate::relational::express::{Express, Nothing};
use crate::relational::index::By;
use crate::relational::{Infix, Sql};
use crate::relational::{audit, change, local};

/// A bound of the length of a collection's texts that one regular expression still says well.
const LONGEST: u32 = 2_550;

/// Answers for a rule.
pub(super) fn lower(draft: &mut Draft<'_>, rule: RuleId) {
    let kernel = draft.kernel;
    let it = &kernel.rules[rule];
    match &it.kind {
        RuleKind::Type(leaf) => {
            let column = Sql::column(draft.column(*leaf));
            let holds = types::check(kernel, &kernel.leaves[*leaf].ty, &column);
            if let Some(holds) = holds.filter(|_| !local::sized(kernel, *leaf)) {
                let wish = draft.wish(it.entity, draft.column(*leaf), "type");
                check(draft, rule, wish, holds, cap::CHECK);
            } else {
                let by = By::Named(draft.column_name(*leaf));
                draft.answer(rule, None, RuleOutcome::Enforced, by, cap::TYPE);
            }
        }
        RuleKind::Size { leaf, of, min, max } => {
            let column = Sql::column(draft.column(*leaf));
            if let Some(holds) = size(&column, *of, *min, *max) {
                let end = match of {
                    SizeOf::Characters | SizeOf::Bytes => "size",
                    SizeOf::Items => "items",
                    SizeOf::ItemCharacters => "item_size",
                };
                let wish = draft.wish(it.entity, draft.column(*leaf), end);
                check(draft, rule, wish, holds, cap::CHECK);
            } else {
                let text = audit::sizes(draft.ground(), *leaf, *min, *max);
                guarded(draft, rule, text);
            }
        }
        RuleKind::Required(field) => {
            let leaves = kernel.fields[*field].leaves;
            let required = leaves.iter().find(|leaf| !kernel.leaves[*leaf].nullable);
            // A value type whose members may all be null has nothing that is required by itself.
            let by = required.map_or(By::Nothing, |leaf| By::Named(draft.column_name(leaf)));
            draft.answer(rule, None, RuleOutcome::Enforced, by, cap::NOT_NULL);
        }
        RuleKind::Predicate { holds, on_write } => {
            let local = if *on_write {
                None
            } else {
                local::check(draft.ground(), it.entity, holds)
            };
            if let Some(sql) = local {
                let wish = draft.wish(it.entity, &it.name, "check");
                check(draft, rule, wish, sql, cap::CHECK);
            } else {
                let text = audit::broken(draft.ground(), it.entity, holds);
                guarded(draft, rule, text);
            }
        }
        RuleKind::Key(leaves) => unique::key(draft, rule, leaves),
        RuleKind::Unique {
            leaves,
            filter,
            nulls,
        } => unique::unique(draft, rule, leaves, filter.as_ref(), *nulls),
        RuleKind::Reference { .. } => reference::lower(draft, rule),
        RuleKind::Bounds {
            owner,
            via,
            filter,
            min,
            max,
        } => {
            if !end::bounds(draft, rule) {
                let text = audit::bounds(draft.ground(), *owner, *via, filter.as_ref(), *min, *max);
                guarded(draft, rule, text);
            }
        }
        RuleKind::AtMost { leaves, filter, max } => {
            let text = audit::repeated(
                draft.ground(),
                it.entity,
                leaves,
                filter.as_ref(),
                *max,
                Nulls::Distinct,
            );
            guarded(draft, rule, text);
        }
        RuleKind::Overlap { by, range, filter } => overlap(draft, rule, by, *range, filter.as_ref()),
        RuleKind::Transition(moving) => {
            if !change::transition(kernel, draft, rule, moving) {
                past(draft, rule);
            }
        }
        RuleKind::Version(leaf) => {
            let index = dbspec_core::arena::Id::index(it.entity) as usize;
            draft.tables[index].columns[kernel.position(*leaf)].default = Some(Sql::number(1));
            change::version(kernel, draft, rule, *leaf);
        }
        RuleKind::Derived { field, value, .. } => {
            if !end::derived(draft, rule, *field, value) {
                let text = audit::stale(draft.ground(), *field, value);
                guarded(draft, rule, text);
            }
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
            let audit = Audit {
                text: audit::past_time(draft.ground(), *from, *months, *micros),
            };
            draft.answer(
                rule,
                None,
                RuleOutcome::Audited { audit },
                By::Nothing,
                cap::RETENTION,
            );
        }
        RuleKind::Secret(leaf) => match kernel.leaves[*leaf].ty {
            LeafType::Scalar(Scalar::Hashed) => {
                let holds = types::hash(&Sql::column(draft.column(*leaf)));
                let wish = draft.wish(it.entity, draft.column(*leaf), "hash");
                check(draft, rule, wish, holds, cap::HASHED);
            }
            LeafType::Scalar(_) | LeafType::List(_) => unsupported(draft, rule, cap::ENCRYPTION),
        },
        RuleKind::Assert { holds } => {
            let text = audit::broken(draft.ground(), it.entity, holds);
            guarded(draft, rule, text);
        }
    }
}

/// Records when unique constraints are judged.
pub(super) fn decide(draft: &Draft<'_>, cx: &mut Lowering<'_>) {
    for piece in &draft.pieces {
        let Body::Unique(unique) = &piece.body else {
            continue;
        };
        if !unique.deferred {
            continue;
        }
        let (table, columns) = (&draft.table(piece.entity).name, unique.columns.join(", "));
        cx.decisions.push(Decision {
            element: piece.element,
            code: "unique-deferred",
            chosen: format!("UNIQUE on {table} ({columns}), judged at the end of the transaction").into(),
            cost: None,
            alternatives: vec![Alternative {
                what: "UNIQUE, judged row by row".into(),
                cost: None,
                why_not: "two rows couldn't swap their values in one write; inserts and updates of 100,000 rows take as \
                          long, but for updates to values that other rows still have: these are judged twice"
                    .into(),
            }],
            turned_on: Vec::new(),
            flips: "a reference to these columns; `ON CONFLICT` on them by other clients".into(),
            line: Some(cap::UNIQUE),
        });
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
    let body = Body::Check(Check {
        name: String::new(),
        holds,
    });
    let by = piece(draft, rule, "check", wish, body);
    draft.answer(rule, None, RuleOutcome::Enforced, by, line);
}

/// The programs judge it; a query finds what others did.
pub(super) fn guarded(draft: &mut Draft<'_>, rule: RuleId, text: Box<str>) {
    let outcome = RuleOutcome::Guarded {
        bound: None,
        audit: Audit { text },
    };
    draft.answer(rule, None, outcome, By::Nothing, cap::SERIALIZABLE);
}

/// The programs judge it against the row before, which nobody keeps.
fn past(draft: &mut Draft<'_>, rule: RuleId) {
    let outcome = RuleOutcome::Guarded {
        bound: None,
        audit: Audit {
            text: audit::nothing_left(),
        },
    };
    draft.answer(rule, None, outcome, By::Nothing, cap::PAST_STATE);
}

fn unsupported(draft: &mut Draft<'_>, rule: RuleId, line: LineId) {
    draft.answer(rule, None, RuleOutcome::Unsupported, By::Nothing, line);
}

fn size(column: &Sql, of: SizeOf, min: u32, max: Option<u32>) -> Option<Sql> {
    let bounded = |size: Sql| {
        let at_least = (min > 0).then(|| size.clone().infix(Infix::Ge, Sql::number(min)));
        let at_most = max.map(|max| size.infix(Infix::Le, Sql::number(max)));
        Sql::and(at_least.into_iter().chain(at_most))
    };
    match of {
        SizeOf::Characters => Some(bounded(types::characters(column))),
        SizeOf::Bytes => Some(bounded(types::bytes(column))),
        SizeOf::Items => Some(bounded(types::items(column))),
        SizeOf::ItemCharacters => {
            let fits = |it: u32| (it <= LONGEST).then_some(it);
            let least = match min {
                0 => None,
                min => Some(types::length_at_least("@", fits(min)?)),
            };
            let most = match max {
                None => None,
                Some(max) => Some(types::length_at_most("@", fits(max)?)),
            };
            let parts: Vec<String> = least.into_iter().chain(most).collect();
            Some(if parts.is_empty() {
                Sql::Bool(true)
            } else {
                types::no_item_but(column, &parts.join(" && "))
            })
        }
    }
}

/// A filter of an index or a constraint.
pub(super) fn local_filter(
    draft: &Draft<'_>,
    entity: dbspec_core::kernel::EntityId,
    filter: &Pred,
) -> Option<Sql> {
    local::filter(draft.ground(), entity, filter)
}

fn overlap(
    draft: &mut Draft<'_>,
    rule: RuleId,
    by: &[LeafId],
    range: (LeafId, LeafId),
    filter: Option<&Pred>,
) {
    let kernel = draft.kernel;
    let entity = kernel.rules[rule].entity;
    let condition = match filter {
        None => Some(Sql::Bool(true)),
        Some(filter) => local_filter(draft, entity, filter),
    };
    let gist = by.is_empty() || draft.options.btree_gist == Extension::Available;
    let function = match kernel.leaves[range.0].ty {
        LeafType::Scalar(Scalar::Date) => Some("daterange"),
        LeafType::Scalar(Scalar::Timestamp) => Some("tstzrange"),
        LeafType::Scalar(Scalar::Int16 | Scalar::Int32) => Some("int4range"),
        LeafType::Scalar(Scalar::Int64 | Scalar::Duration) => Some("int8range"),
        LeafType::Scalar(Scalar::Decimal { .. }) => Some("numrange"),
        LeafType::Scalar(_) | LeafType::List(_) => None,
    };
    // `btree_gist` has an operator class for booleans since 16 alone.
    let classes = by.iter().all(|leaf| {
        !matches!(
            kernel.leaves[*leaf].ty,
            LeafType::Scalar(Scalar::Bool) | LeafType::List(_)
        )
    });
    let (Some(condition), Some(function), true, true) = (condition, function, gist, classes) else {
        let text = audit::overlapping(draft.ground(), entity, by, range, filter);
        return guarded(draft, rule, text);
    };
    let (equal, ends) = {
        let mut nothing = Nothing;
        let express = Express::new(draft.ground(), &mut nothing);
        let equal: Vec<Sql> = by.iter().map(|leaf| express.compared(None, *leaf)).collect();
        (equal, [express.leaf(None, range.0), express.leaf(None, range.1)])
    };
    // A range with a null end would be endless.
    let set = [range.0, range.1]
        .into_iter()
        .zip(&ends)
        .filter(|(leaf, _)| kernel.leaves[*leaf].nullable)
        .map(|(_, end)| end.clone().not_null());
    let condition = Sql::and(set.chain([condition]));
    let line = if by.is_empty() {
        cap::EXCLUDE
    } else {
        cap::EXCLUDE_GIST
    };
    if !by.is_empty() && draft.extensions.is_empty() {
        draft.extensions.push("btree_gist".to_owned());
    }
    let [start, end] = ends;
    let end = match kernel.leaves[range.0].ty {
        LeafType::Scalar(Scalar::Int16) => [start.cast("integer"), end.cast("integer")],
        LeafType::Scalar(_) | LeafType::List(_) => [start, end],
    };
    let body = Body::Exclusion(Exclusion {
        name: String::new(),
        equal,
        range: Sql::call(function, end),
        filter: Some(condition).filter(|it| *it != Sql::Bool(true)),
    });
    let wish = draft.wish(entity, &kernel.rules[rule].name, "excl");
    let by = piece(draft, rule, "exclusion", wish, body);
    draft.answer(rule, None, RuleOutcome::Enforced, by, line);
}

/// A default of one column.
fn default(draft: &mut Draft<'_>, rule: RuleId, leaf: LeafId, filling: &Filling) {
    let kernel = draft.kernel;
    let entity = kernel.rules[rule].entity;
    let sql = match filling {
        Filling::Sequence => {
            let wish = draft.wish(entity, draft.column(leaf), "seq");
            let by = piece(draft, rule, "sequence", wish, Body::Sequence(leaf));
            return draft.answer(rule, None, RuleOutcome::Enforced, by, cap::SEQUENCE);
        }
        Filling::Uuid4 => Some(Sql::call("gen_random_uuid", [])),
        Filling::Uuid7 => Some(types::uuid7(draft.options.version)),
        Filling::Session(_) => None,
        Filling::Expr(Expr::Value(value)) => {
            let scalar = match &kernel.leaves[leaf].ty {
                LeafType::Scalar(scalar) => Some(scalar),
                LeafType::List(_) => None,
            };
            scalar.map(|scalar| draft.ground().words.literal(value, Some(scalar)))
        }
        Filling::Expr(expr) => {
            let mut nothing = Nothing;
            Express::new(draft.ground(), &mut nothing).value(expr).ok()
        }
    };
    match sql {
        Some(sql) if sql != Sql::Null => {
            let at = kernel.position(leaf);
            let index = dbspec_core::arena::Id::index(entity) as usize;
            draft.tables[index].columns[at].default = Some(sql);
            let by = By::Named(draft.column_name(leaf));
            draft.answer(rule, None, RuleOutcome::Enforced, by, cap::DEFAULT);
        }
        _ => past(draft, rule),
    }
}
