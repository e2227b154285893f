//! Rules of how rows change → triggers that compare a row before and after, or look at one that goes.

use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::kernel::{
    EntityId, Facet, FieldId, Kernel, LeafId, LeafType, Moving, OnDelete, RuleId, RuleKind, Scalar, Type,
};

use super::{Body, Draft, Piece};
use crate::postgres::capability as cap;
use crate::postgres::design::{Event, Judges, Trigger};
use crate::relational::{Infix, Sql};

/// A column before and after.
fn before(draft: &Draft<'_>, leaf: LeafId) -> Sql {
    Sql::of("old", draft.column(leaf))
}

fn after(draft: &Draft<'_>, leaf: LeafId) -> Sql {
    Sql::of("new", draft.column(leaf))
}

/// That a column is another than before.
fn differs(draft: &Draft<'_>, leaf: LeafId) -> Sql {
    before(draft, leaf).infix(Infix::Distinct, after(draft, leaf))
}

/// That a test is not true, null counting as false.
fn not_true(test: Sql) -> Sql {
    Sql::Not(Box::new(Sql::call("coalesce", [test, Sql::Bool(false)])))
}

fn current() -> Sql {
    Sql::call("pg_current_xact_id", []).cast("xid")
}

/// Whether a field is a reference that follows a key which may change: then its value changes with that.
pub(super) fn follows(kernel: &Kernel, field: FieldId) -> bool {
    let is_ref = match kernel.fields[field].ty {
        Type::Ref(_) => true,
        Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => false,
    };
    is_ref
        && kernel.fields[field].leaves.iter().any(|leaf| {
            let mut at = leaf;
            while let Some(to) = kernel.leaves[at].refers {
                at = to;
                if kernel.fields[kernel.leaves[at].field].mutable {
                    return true;
                }
            }
            false
        })
}

/// Whether the key of an entity may change: its row is then deleted and inserted.
fn moves_away(kernel: &Kernel, entity: EntityId) -> bool {
    let key = &kernel.entities[entity].key;
    key.iter()
        .any(|field| kernel.fields[*field].mutable || follows(kernel, *field))
}

fn derived(kernel: &Kernel, entity: EntityId) -> Vec<FieldId> {
    let of = |rule: &RuleKind| match rule {
        RuleKind::Derived { field, .. } => Some(*field),
        _ => None,
    };
    kernel
        .rules_of(entity)
        .filter_map(|(_, rule)| of(&rule.kind))
        .collect()
}

/// The name of a rule without the word that says what it is: `status` of `status.moves`.
pub(super) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn refuse(draft: &mut Draft<'_>, rule: RuleId, facet: Option<Facet>, event: Event, end: &str, refused: Sql) {
    let it = &draft.kernel.rules[rule];
    let wish = draft.wish(it.entity, stem(&it.name), end);
    let by = draft.piece(Piece {
        entity: it.entity,
        element: it.element,
        noun: "trigger",
        wish,
        body: Body::Trigger(
            Trigger {
                name: String::new(),
                raises: String::new(),
                events: vec![event],
                judges: Judges::Change(refused),
            },
            None,
        ),
    });
    draft.answer(rule, facet, RuleOutcome::Enforced, by, cap::TRIGGER);
}

/// Answers for a transition; `false` where no trigger can judge it.
pub(super) fn transition(draft: &mut Draft<'_>, rule: RuleId, moving: &Moving) -> bool {
    let kernel = draft.kernel;
    let entity = kernel.rules[rule].entity;
    match moving {
        Moving::Leaf(leaf, moves) => {
            let LeafType::Scalar(scalar @ Scalar::Enum(labels)) = &kernel.leaves[*leaf].ty else {
                return false;
            };
            let labels = &kernel.enums[*labels];
            let literal = |at: u16| {
                let label = labels.labels.get(usize::from(at))?;
                let value = labels.value(label)?;
                Some(draft.ground().words.literal(&value, Some(scalar)))
            };
            let mut allowed = Vec::new();
            for (from, to) in moves {
                let (Some(from), Some(to)) = (literal(*from), literal(*to)) else {
                    return false;
                };
                allowed.push(Sql::and([
                    before(draft, *leaf).infix(Infix::Eq, from),
                    after(draft, *leaf).infix(Infix::Eq, to),
                ]));
            }
            let refused = Sql::and([differs(draft, *leaf), not_true(Sql::or(allowed))]);
            refuse(draft, rule, None, Event::Update, "moves", refused);
        }
        Moving::Frozen(field) => {
            if follows(kernel, *field) {
                return false;
            }
            let leaves = kernel.fields[*field].leaves;
            let refused = Sql::or(leaves.iter().map(|leaf| differs(draft, leaf)));
            refuse(draft, rule, None, Event::Update, "frozen", refused);
        }
        Moving::AppendOnly => {
            let derived = derived(kernel, entity);
            let kept = kernel.entities[entity].leaves.iter().filter(|leaf| {
                let field = kernel.leaves[*leaf].field;
                !derived.contains(&field) && !follows(kernel, field)
            });
            let refused = Sql::or(kept.map(|leaf| differs(draft, leaf)));
            refuse(
                draft,
                rule,
                Some(Facet::Update),
                Event::Update,
                "updated",
                refused,
            );
            // Retention may take what is past its time.
            let past = kernel.rules_of(entity).filter_map(|(_, it)| match it.kind {
                RuleKind::KeepAtMost {
                    from, months, micros, ..
                } => past(draft, from, months, micros),
                _ => None,
            });
            let refused = not_true(Sql::or(past));
            refuse(
                draft,
                rule,
                Some(Facet::Delete),
                Event::Delete,
                "deleted",
                refused,
            );
        }
    }
    true
}

/// That a row which goes was kept for longer than a time.
fn past(draft: &Draft<'_>, from: LeafId, months: u32, micros: i64) -> Option<Sql> {
    match &draft.kernel.leaves[from].ty {
        LeafType::Scalar(scalar) => {
            let from = before(draft, from);
            Some(draft.ground().words.past(from, scalar, months, micros))
        }
        LeafType::List(_) => None,
    }
}

/// Answers for how long rows are kept.
pub(super) fn kept(draft: &mut Draft<'_>, rule: RuleId, from: LeafId, months: u32, micros: i64) -> bool {
    let Some(past) = past(draft, from, months, micros) else {
        return false;
    };
    let refused = Sql::and([before(draft, from).not_null(), Sql::Not(Box::new(past))]);
    refuse(draft, rule, None, Event::Delete, "kept", refused);
    true
}

/// Answers for a version: it begins at 1 and rises by one, but not by what follows from changes elsewhere.
pub(super) fn version(draft: &mut Draft<'_>, rule: RuleId, leaf: LeafId) {
    let kernel = draft.kernel;
    let it = &kernel.rules[rule];
    let entity = it.entity;
    let derived = derived(kernel, entity);
    let nulled: Vec<FieldId> = kernel
        .rules_of(entity)
        .filter_map(|(_, rule)| match rule.kind {
            RuleKind::Reference {
                field,
                on_delete: OnDelete::SetNull,
                ..
            } => Some(field),
            _ => None,
        })
        .collect();
    let same = |leaf: LeafId| {
        let field = kernel.leaves[leaf].field;
        let same = Sql::Not(Box::new(differs(draft, leaf)));
        if nulled.contains(&field) {
            Sql::or([same, after(draft, leaf).is_null()])
        } else {
            same
        }
    };
    let asked = kernel.entities[entity].leaves.iter().filter(|at| {
        let field = kernel.leaves[*at].field;
        *at != leaf && !derived.contains(&field) && !follows(kernel, field)
    });
    let unasked = Sql::or([
        Sql::call("pg_trigger_depth", []).infix(Infix::Gt, Sql::number(0)),
        Sql::of("old", "xmin").infix(Infix::Eq, current()),
        Sql::and(asked.map(same)),
    ]);
    let risen = before(draft, leaf).infix(Infix::Add, Sql::number(1));
    let refused = Sql::and([
        after(draft, leaf).infix(Infix::Distinct, risen),
        Sql::or([differs(draft, leaf), Sql::Not(Box::new(unasked))]),
    ]);
    refuse(draft, rule, None, Event::Update, "risen", refused);
    if !moves_away(kernel, entity) {
        let wish = draft.wish(entity, stem(&it.name), "begun");
        let raises = draft.pieces.len() - 1;
        let begun = after(draft, leaf).infix(Infix::Distinct, Sql::number(1));
        draft.piece(Piece {
            entity,
            element: it.element,
            noun: "trigger",
            wish,
            body: Body::Trigger(
                Trigger {
                    name: String::new(),
                    raises: String::new(),
                    events: vec![Event::Insert],
                    judges: Judges::Change(begun),
                },
                Some(raises),
            ),
        });
    }
}
