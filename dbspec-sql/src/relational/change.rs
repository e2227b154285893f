//! Rules of how rows change → triggers that compare a row before and after, or look at one that goes.

use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::kernel::{
    EntityId, Facet, FieldId, Kernel, LeafId, LeafType, Moving, OnDelete, RuleId, RuleKind, Scalar, Type,
};
use serde::{Deserialize, Serialize};

use super::index::By;
use super::{Ground, Infix, Sql};

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A row that comes.
    Insert,
    /// A row that changes.
    Update,
    /// A row that goes.
    Delete,
}

impl Event {
    /// How it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// A trigger that refuses a change.
pub(crate) struct Refusing {
    /// The rule.
    pub(crate) rule: RuleId,
    /// How its name ends.
    pub(crate) end: &'static str,
    /// Which change it is for.
    pub(crate) event: Event,
    /// What is true of `old` and `new` where it is refused.
    pub(crate) refused: Sql,
    /// The trigger by whose name it is refused; none: its own.
    pub(crate) raises: Option<By>,
}

/// A design that gets triggers.
pub(crate) trait Changing {
    /// What translations stand on.
    fn ground(&self) -> Ground<'_>;
    /// Makes a trigger.
    fn refuse(&mut self, trigger: Refusing) -> By;
    /// Answers for a rule: all its facets, or one.
    fn answer(&mut self, rule: RuleId, facet: Option<Facet>, outcome: RuleOutcome, by: By, line: LineId);
    /// The line of triggers.
    fn line(&self) -> LineId;
    /// What tells updates that follow from others, so that they are none of a row by itself: any of these is true.
    fn follows(&self) -> Vec<Sql>;
}

/// A column before and after.
fn before(on: Ground<'_>, leaf: LeafId) -> Sql {
    Sql::of("old", on.column(leaf))
}

fn after(on: Ground<'_>, leaf: LeafId) -> Sql {
    Sql::of("new", on.column(leaf))
}

/// That a column is another than before.
fn differs(on: Ground<'_>, leaf: LeafId) -> Sql {
    on.words.differs(before(on, leaf), after(on, leaf))
}

/// That a test is not true, null counting as false.
fn not_true(test: Sql) -> Sql {
    Sql::Not(Box::new(Sql::call("coalesce", [test, Sql::Bool(false)])))
}

/// Whether a field is a reference that follows a key which may change: then its value changes with that.
pub(crate) fn follows(kernel: &Kernel, field: FieldId) -> bool {
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
pub(crate) fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn refuse(
    draft: &mut dyn Changing,
    (rule, facet): (RuleId, Option<Facet>),
    event: Event,
    end: &'static str,
    refused: Sql,
) -> By {
    let by = draft.refuse(Refusing {
        rule,
        end,
        event,
        refused,
        raises: None,
    });
    let line = draft.line();
    draft.answer(rule, facet, RuleOutcome::Enforced, by, line);
    by
}

/// Answers for a transition; `false` where no trigger can judge it.
pub(crate) fn transition(kernel: &Kernel, draft: &mut dyn Changing, rule: RuleId, moving: &Moving) -> bool {
    let entity = kernel.rules[rule].entity;
    match moving {
        Moving::Leaf(leaf, moves) => {
            let LeafType::Scalar(scalar @ Scalar::Enum(labels)) = &kernel.leaves[*leaf].ty else {
                return false;
            };
            let labels = &kernel.enums[*labels];
            let on = draft.ground();
            let literal = |at: u16| {
                let label = labels.labels.get(usize::from(at))?;
                let value = labels.value(label)?;
                Some(on.words.literal(&value, Some(scalar)))
            };
            let mut allowed = Vec::new();
            for (from, to) in moves {
                let (Some(from), Some(to)) = (literal(*from), literal(*to)) else {
                    return false;
                };
                allowed.push(Sql::and([
                    before(on, *leaf).infix(Infix::Eq, from),
                    after(on, *leaf).infix(Infix::Eq, to),
                ]));
            }
            let refused = Sql::and([differs(on, *leaf), not_true(Sql::or(allowed))]);
            refuse(draft, (rule, None), Event::Update, "moves", refused);
        }
        Moving::Frozen(field) => {
            if follows(kernel, *field) {
                return false;
            }
            let on = draft.ground();
            let leaves = kernel.fields[*field].leaves;
            let refused = Sql::or(leaves.iter().map(|leaf| differs(on, leaf)));
            refuse(draft, (rule, None), Event::Update, "frozen", refused);
        }
        Moving::AppendOnly => {
            let on = draft.ground();
            let derived = derived(kernel, entity);
            let kept = kernel.entities[entity].leaves.iter().filter(|leaf| {
                let field = kernel.leaves[*leaf].field;
                !derived.contains(&field) && !follows(kernel, field)
            });
            let updated = Sql::or(kept.map(|leaf| differs(on, leaf)));
            // Retention may take what is past its time.
            let past = kernel.rules_of(entity).filter_map(|(_, it)| match it.kind {
                RuleKind::KeepAtMost {
                    from, months, micros, ..
                } => past(on, from, months, micros),
                _ => None,
            });
            let deleted = not_true(Sql::or(past));
            for (facet, event, end, refused) in [
                (Facet::Update, Event::Update, "updated", updated),
                (Facet::Delete, Event::Delete, "deleted", deleted),
            ] {
                refuse(draft, (rule, Some(facet)), event, end, refused);
            }
        }
    }
    true
}

/// That a row which goes was kept for longer than a time.
fn past(on: Ground<'_>, from: LeafId, months: u32, micros: i64) -> Option<Sql> {
    match &on.kernel.leaves[from].ty {
        LeafType::Scalar(scalar) => Some(on.words.past(before(on, from), scalar, months, micros)),
        LeafType::List(_) => None,
    }
}

/// Answers for how long rows are kept; `false` where no trigger can judge it.
pub(crate) fn kept(
    draft: &mut dyn Changing,
    rule: RuleId,
    from: LeafId,
    (months, micros): (u32, i64),
) -> bool {
    let on = draft.ground();
    // A row whose key changes goes and comes again.
    if moves_away(on.kernel, on.kernel.rules[rule].entity) {
        return false;
    }
    let Some(past) = past(on, from, months, micros) else {
        return false;
    };
    let refused = Sql::and([before(on, from).not_null(), Sql::Not(Box::new(past))]);
    refuse(draft, (rule, None), Event::Delete, "kept", refused);
    true
}

/// Answers for a version: it begins at 1 and rises by one, but not by what follows from changes elsewhere.
pub(crate) fn version(kernel: &Kernel, draft: &mut dyn Changing, rule: RuleId, leaf: LeafId) {
    let entity = kernel.rules[rule].entity;
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
    let on = draft.ground();
    let changed = |leaf: LeafId| {
        let differs = differs(on, leaf);
        if nulled.contains(&kernel.leaves[leaf].field) {
            Sql::and([differs, after(on, leaf).not_null()])
        } else {
            differs
        }
    };
    let asked = kernel.entities[entity].leaves.iter().filter(|at| {
        let field = kernel.leaves[*at].field;
        *at != leaf && !derived.contains(&field) && !follows(kernel, field)
    });
    let asked = Sql::or(asked.map(changed));
    let by_itself = draft.follows().into_iter().map(|it| Sql::Not(Box::new(it)));
    let risen = before(on, leaf).infix(Infix::Add, Sql::number(1));
    let refused = Sql::and([
        on.words.differs(after(on, leaf), risen),
        Sql::or([differs(on, leaf), Sql::and(by_itself.chain([asked]))]),
    ]);
    let begun = on.words.differs(after(on, leaf), Sql::number(1));
    let by = refuse(draft, (rule, None), Event::Update, "risen", refused);
    if !moves_away(kernel, entity) {
        draft.refuse(Refusing {
            rule,
            end: "begun",
            event: Event::Insert,
            refused: begun,
            raises: Some(by),
        });
    }
}
