//! Rules that look at other rows → triggers that judge at the end of the transaction.
//!
//! Each first writes the row that is judged, or holds it: of two transactions that change what it looks at, one waits, and
//! then sees what the other did or fails as a conflict.

use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::kernel::{
    Atom, EntityId, Expr, Facet, FieldId, Hop, LeafId, LeafType, Many, Place, Pred, RuleId, RuleKind,
};

use super::{Body, Draft, Piece};
use crate::postgres::capability as cap;
use crate::postgres::design::{Act, Judges, Trigger};
use crate::relational::express::{Beyond, Express, Nothing};
use crate::relational::index::By;
use crate::relational::{Event, Infix, Select, Source, Sql, change, local};

/// The row that is judged.
const JUDGED: &str = "p";

/// Answers for bounds; `false` where no trigger can judge them.
pub(super) fn bounds(draft: &mut Draft<'_>, rule: RuleId) -> bool {
    let kernel = draft.kernel;
    let RuleKind::Bounds {
        owner,
        via,
        filter,
        min,
        max,
    } = &kernel.rules[rule].kind
    else {
        return false;
    };
    let (owner, via) = (*owner, *via);
    let many = kernel.fields[via].entity;
    let judging = Judging { draft, entity: owner };
    if filter
        .as_ref()
        .is_some_and(|it| local::filter(draft.ground(), many, it).is_none())
    {
        return false;
    }
    let Some((now, was)) =
        judging
            .counts(many, filter.as_ref(), "new")
            .zip(judging.counts(many, filter.as_ref(), "old"))
    else {
        return false;
    };
    let Some(counted) = judging.counts(many, filter.as_ref(), "m") else {
        return false;
    };
    let mut conditions = judging.joined(many, "m", via);
    conditions.push(counted);
    let count = Sql::Scalar(Box::new(Select {
        columns: vec![(Sql::call("count", [Sql::Number("*".into())]), None)],
        from: vec![Source::table(&draft.table(many).name, "m")],
        filter: Some(Sql::and(conditions)),
        ..Select::default()
    }));
    let few = (*min > 0).then(|| count.clone().infix(Infix::Lt, Sql::number(min)));
    let much = max.map(|max| count.infix(Infix::Gt, Sql::number(max)));
    let broken = Sql::and(
        judging
            .living()
            .into_iter()
            .chain([Sql::or(few.into_iter().chain(much))]),
    );
    let come = max.map(|_| Sql::and(judging.joined(many, "new", via)));
    let gone = (*min > 0).then(|| Sql::and(judging.joined(many, "old", via)));
    let affected = Sql::or(come.into_iter().chain(gone));
    let leaves = kernel.fields[via].leaves;
    let same = leaves.iter().map(|leaf| judging.same(leaf));
    let counts = (now != was).then(|| Sql::Not(Box::new(now.infix(Infix::Distinct, was))));
    let same = Sql::and(same.chain(counts));
    let acts = vec![
        Act::Unless(given_change(same)),
        judging.write(affected.clone()),
        judging.refuse(affected, broken.clone()),
    ];
    let mut events = vec![Event::Insert, Event::Update];
    if *min > 0 {
        events.push(Event::Delete);
    }
    let back = |leaf: LeafId| {
        let column = draft.column(leaf);
        Sql::and([
            Sql::of("old", column).not_null(),
            Sql::of("new", column).is_null(),
        ])
    };
    let mut itself = vec![judging.refuse(judging.is("new"), broken)];
    let mut comes = Vec::new();
    if *min > 0 {
        comes.push(Event::Insert);
    }
    if let Some(leaf) = kernel.entities[owner].soft_delete {
        comes.push(Event::Update);
        itself.insert(0, Act::Unless(given_change(Sql::Not(Box::new(back(leaf))))));
    }
    let name = change::stem(&kernel.rules[rule].name);
    let by = trigger(draft, rule, many, (name, "bounds"), (events, acts), None);
    if !comes.is_empty() {
        trigger(draft, rule, owner, (name, "bounded"), (comes, itself), Some(by));
    }
    draft.answer(rule, None, RuleOutcome::Enforced, by, cap::END_TRIGGER);
    true
}

/// Answers for a derived field; `false` where no trigger can judge it.
pub(super) fn derived(draft: &mut Draft<'_>, rule: RuleId, field: FieldId, value: &Expr) -> bool {
    let kernel = draft.kernel;
    let entity = kernel.fields[field].entity;
    let mut ways = Vec::new();
    let Some(leaf) = kernel.fields[field].leaves.first() else {
        return false;
    };
    if !(Ways { found: &mut ways }.expr(value, 0)) || Beyond::new(kernel, &[], entity).expr(value) {
        return false;
    }
    let LeafType::Scalar(scalar) = &kernel.leaves[leaf].ty else {
        return false;
    };
    let judging = Judging { draft, entity };
    let mut nothing = Nothing;
    let said = Express::new(draft.ground(), &mut nothing)
        .row(entity, Some(JUDGED))
        .value_as(value, Some(scalar));
    let Ok(said) = said else { return false };
    let mut stale = vec![Sql::of(JUDGED, draft.column(leaf)).infix(Infix::Distinct, said)];
    // A row that can't be seen keeps what it had.
    if !ways.is_empty() {
        stale.extend(judging.living());
    }
    let stale = Sql::and(stale);
    let itself = vec![
        Act::Unless(unchanged()),
        judging.refuse(judging.is("new"), stale.clone()),
    ];
    ways.sort_unstable();
    ways.dedup();
    let others: Vec<(EntityId, Vec<Act>)> = ways
        .iter()
        .map(|via| {
            let many = kernel.fields[*via].entity;
            let affected = Sql::or(["new", "old"].map(|row| Sql::and(judging.joined(many, row, *via))));
            let acts = vec![
                Act::Unless(unchanged()),
                judging.write(affected.clone()),
                judging.refuse(affected, stale.clone()),
            ];
            (many, acts)
        })
        .collect();
    let name = kernel.fields[field].name.clone();
    let events = vec![Event::Insert, Event::Update];
    let by = trigger(draft, rule, entity, (&name, "derived"), (events, itself), None);
    for (many, acts) in others {
        let events = vec![Event::Insert, Event::Update, Event::Delete];
        let words = format!("{}_{name}", kernel.entities[entity].name);
        trigger(draft, rule, many, (&words, "derived"), (events, acts), Some(by));
    }
    draft.answer(rule, None, RuleOutcome::Enforced, by, cap::END_TRIGGER);
    true
}

/// Answers for a reference that names living rows when it is set; `false` where no trigger can judge it.
pub(super) fn living(
    draft: &mut Draft<'_>,
    rule: RuleId,
    field: FieldId,
    to: EntityId,
    living: &Pred,
) -> bool {
    let kernel = draft.kernel;
    let entity = kernel.fields[field].entity;
    if local::filter(draft.ground(), to, living).is_none() {
        return false;
    }
    let judging = Judging { draft, entity: to };
    let mut nothing = Nothing;
    let lives = Express::new(draft.ground(), &mut nothing)
        .row(to, Some(JUDGED))
        .filter(living);
    let Ok(lives) = lives else { return false };
    let named = |row: &str| Sql::and(judging.joined(entity, row, field));
    let leaves = kernel.fields[field].leaves;
    let revived = kernel.entities[entity].soft_delete.map(|leaf| {
        let column = draft.column(leaf);
        Sql::or([
            Sql::of("old", column).is_null(),
            Sql::of("new", column).not_null(),
        ])
    });
    let same = Sql::and(leaves.iter().map(|leaf| judging.same(leaf)).chain(revived));
    let target = |filter: Sql| Select {
        from: vec![Source::table(&draft.table(to).name, JUDGED)],
        filter: Some(filter),
        ..Select::default()
    };
    // As it is in the end, if it still names that row.
    let still = kernel
        .key_leaves(entity)
        .into_iter()
        .chain(leaves.iter())
        .map(|leaf| Sql::of("t", draft.column(leaf)).infix(Infix::Eq, Sql::of("new", draft.column(leaf))));
    let found = target(Sql::and([named("t"), lives]));
    let dead = Sql::Not(Box::new(Sql::Exists(Box::new(found))));
    let acts = vec![
        Act::Unless(given_change(same)),
        Act::Hold(target(named("new"))),
        Act::Refuse(Select {
            from: vec![Source::table(&draft.table(entity).name, "t")],
            filter: Some(Sql::and(still.chain([dead]))),
            ..Select::default()
        }),
    ];
    let name = kernel.fields[field].name.clone();
    let events = vec![Event::Insert, Event::Update];
    let by = trigger(draft, rule, entity, (&name, "living"), (events, acts), None);
    draft.answer(
        rule,
        Some(Facet::Living),
        RuleOutcome::Enforced,
        by,
        cap::HELD_TRIGGER,
    );
    true
}

/// Adds a trigger; one that raises the name of another is that one's companion.
fn trigger(
    draft: &mut Draft<'_>,
    rule: RuleId,
    entity: EntityId,
    (words, end): (&str, &str),
    (events, acts): (Vec<Event>, Vec<Act>),
    raises: Option<By>,
) -> By {
    let wish = draft.wish(entity, words, end);
    let raises = raises.and_then(|by| match by {
        By::Piece(at) => Some(at),
        By::Nothing | By::Named(_) => None,
    });
    draft.piece(Piece {
        entity,
        element: draft.kernel.rules[rule].element,
        noun: "trigger",
        wish,
        body: Body::Trigger(
            Trigger {
                name: String::new(),
                raises: String::new(),
                events,
                judges: Judges::End(acts),
            },
            raises,
        ),
    })
}

/// That the trigger is for a change of a row.
fn changes() -> Sql {
    Sql::column("tg_op").infix(Infix::Eq, Sql::text("UPDATE"))
}

/// That the trigger is for a change of a row, of which something holds.
fn given_change(holds: Sql) -> Sql {
    Sql::and([changes(), holds])
}

/// That it is for one that changes nothing.
fn unchanged() -> Sql {
    let distinct = Sql::column("old").infix(Infix::Distinct, Sql::column("new"));
    given_change(Sql::Not(Box::new(distinct)))
}

/// What judges rows of an entity says, under the alias of the row.
struct Judging<'a, 'd> {
    draft: &'a Draft<'d>,
    entity: EntityId,
}

impl Judging<'_, '_> {
    /// That a reference of a row names the row that is judged.
    fn joined(&self, from: EntityId, row: &str, via: FieldId) -> Vec<Sql> {
        let mut nothing = Nothing;
        Express::new(self.draft.ground(), &mut nothing)
            .row(from, Some(row))
            .joined(Some(row), Some(JUDGED), via)
    }

    /// That the row that is judged is one that changed.
    fn is(&self, row: &str) -> Sql {
        let key = self.draft.kernel.key_leaves(self.entity);
        Sql::and(key.iter().map(|leaf| {
            let column = self.draft.column(*leaf);
            Sql::of(JUDGED, column).infix(Infix::Eq, Sql::of(row, column))
        }))
    }

    /// That a column is as before.
    fn same(&self, leaf: LeafId) -> Sql {
        let column = self.draft.column(leaf);
        let distinct = Sql::of("old", column).infix(Infix::Distinct, Sql::of("new", column));
        Sql::Not(Box::new(distinct))
    }

    fn living(&self) -> Option<Sql> {
        let leaf = self.draft.kernel.entities[self.entity].soft_delete?;
        Some(Sql::of(JUDGED, self.draft.column(leaf)).is_null())
    }

    /// That a row counts.
    fn counts(&self, entity: EntityId, filter: Option<&Pred>, row: &str) -> Option<Sql> {
        let mut nothing = Nothing;
        let mut express = Express::new(self.draft.ground(), &mut nothing).row(entity, Some(row));
        let filter = match filter {
            Some(filter) => Some(express.filter(filter).ok()?),
            None => None,
        };
        let deleted = self.draft.kernel.entities[entity].soft_delete;
        let living = deleted.map(|leaf| Sql::of(row, self.draft.column(leaf)).is_null());
        Some(Sql::and(living.into_iter().chain(filter)))
    }

    fn write(&self, filter: Sql) -> Act {
        let table = self.draft.table(self.entity);
        let key = self.draft.kernel.key_leaves(self.entity);
        let column = key.first().map_or("", |leaf| self.draft.column(*leaf));
        Act::Write {
            table: table.name.clone(),
            column: column.to_owned(),
            filter,
        }
    }

    /// Refuses where one of some rows is broken.
    fn refuse(&self, which: Sql, broken: Sql) -> Act {
        Act::Refuse(Select {
            from: vec![Source::table(&self.draft.table(self.entity).name, JUDGED)],
            filter: Some(Sql::and([which, broken])),
            ..Select::default()
        })
    }
}

/// Collects the references along which an expression looks at other rows, one step far.
struct Ways<'a> {
    found: &'a mut Vec<FieldId>,
}

impl Ways<'_> {
    /// Whether an expression looks no further; `depth`: how many scopes it stands in beyond the row.
    fn expr(&mut self, expr: &Expr, depth: u8) -> bool {
        match expr {
            Expr::Value(_) => true,
            Expr::At(place) => match place {
                Place::Leaf { via, .. } => via.is_empty(),
                Place::Item { .. } => true,
                Place::Var { .. } | Place::Session { .. } | Place::Output(_) | Place::Now | Place::Today => {
                    false
                }
            },
            Expr::Do(_, a, b) | Expr::Else(a, b) => self.expr(a, depth) && self.expr(b, depth),
            Expr::Neg(of) => self.expr(of, depth),
            Expr::Call(_, args) => args.iter().all(|arg| self.expr(arg, depth)),
            Expr::Aggregate { over, filter, of, .. } => {
                self.many(over, depth)
                    && filter.as_deref().is_none_or(|it| self.pred(it, depth + 1))
                    && of.as_deref().is_none_or(|it| self.expr(it, depth + 1))
            }
            Expr::Grouped { .. } => false,
        }
    }

    fn many(&mut self, many: &Many, depth: u8) -> bool {
        match many.hops.as_slice() {
            [] => true,
            [Hop::Many(via)] if many.up == depth => {
                self.found.push(*via);
                true
            }
            _ => false,
        }
    }

    fn pred(&mut self, pred: &Pred, depth: u8) -> bool {
        match pred {
            Pred::Const(_) => true,
            Pred::IsNull(of) => self.expr(of, depth),
            Pred::Not(of) => self.pred(of, depth),
            Pred::And(parts) | Pred::Or(parts) => parts.iter().all(|part| self.pred(part, depth)),
            Pred::Any(many, of) => self.many(many, depth) && self.pred(of, depth + 1),
            Pred::Atom(atom) => match atom {
                Atom::Cmp(_, a, b)
                | Atom::StartsWith(a, b)
                | Atom::EndsWith(a, b)
                | Atom::Contains(a, b)
                | Atom::Has(a, b) => self.expr(a, depth) && self.expr(b, depth),
                Atom::In(of, list) => self.expr(of, depth) && list.iter().all(|it| self.expr(it, depth)),
                Atom::Matches(of, _) | Atom::Holds(of) => self.expr(of, depth),
                Atom::Overlaps(ends) => ends.iter().all(|it| self.expr(it, depth)),
                Atom::InVar(..) | Atom::Verify(..) => false,
            },
        }
    }
}
