//! Queries: candidates by an index, judged, ordered and joined by the evaluator.
//!
//! Where the index gives the query's order, reading goes on until there are as many rows as are asked for, from where
//! the last page ended.

use std::sync::Arc;

use dbspec_core::backend::{Figures, Lowered};
use dbspec_core::kernel::{Cmp, EntityId, LeafId, Query, QueryId, Shape};
use dbspec_core::program::{Block, Flaw, JudgedByEngine, Program, Purpose, Slot, Step, Term};
use dbspec_core::query::{CondSet, Sorted};
use dbspec_core::value::Value;

use super::need::{Begin, begin, set_of, until_known};
use super::request::{Ranges, Reading, named, read, rows};
use super::{ANSWER, CANDIDATES, FREE, NAMES, NEEDS, NEXT, REPLY, ROWS, X};
use crate::document::query::{Enough, Equal, Paging, after, enough, equal, resumes};
use crate::document::segment::ended;
use crate::document::term::{
    any, by_given, concat, distinct, eval, filter, is_null, is_set, join, len, list, minus, nth, number,
    or_else, slot, text,
};
use crate::redis::design::Design;
use crate::redis::layout::{Layout, member_of};
use crate::redis::path::{Plan, Via, plan};
use crate::redis::types;

/// Asks for one query.
struct Asking<'a> {
    layout: Layout<'a>,
    figures: Figures<'a>,
    query: &'a Query,
}

/// The program of a query.
pub(super) fn program(lowered: &Lowered<Design>, id: QueryId) -> Result<Program, Flaw> {
    let kernel = lowered.kernel();
    let query = &kernel.queries[id];
    let asking = Asking {
        layout: super::layout(lowered),
        figures: Figures::new(kernel),
        query,
    };
    let mut steps = vec![Step::Set(CANDIDATES, list([]))];
    steps.extend(by_given(query, &|present| asking.fetch(present)));
    steps.push(asking.answer());
    steps.push(Step::Return(slot(ANSWER)));
    Program::new(
        Arc::clone(kernel),
        Purpose::Query(id),
        steps,
        JudgedByEngine::default(),
    )
}

impl Asking<'_> {
    fn answer(&self) -> Step {
        let answer = Step::Answer {
            candidates: slot(CANDIDATES),
            needs: NEEDS,
            into: ANSWER,
        };
        until_known(self.layout, answer, Reading::ToAnswer)
    }

    /// The candidates, where these conditions count.
    fn fetch(&self, present: CondSet) -> Block {
        if let Some(plan) = plan(self.layout, &self.figures, self.query, present) {
            self.by_plan(&plan)
        } else {
            let entity = self.query.from;
            self.all_of(entity, text(self.layout.names(entity)))
        }
    }

    /// All rows that a set names.
    fn all_of(&self, entity: EntityId, key: Term) -> Block {
        let ranges = Ranges {
            over: list([Term::Value(Value::Null)]),
            key,
            low: text("-"),
            high: text("+"),
        };
        let mut block = ranges.rows(self.layout, entity, Reading::ToAnswer);
        block.push(collect());
        block
    }

    /// The first columns get their values, then rows are read.
    fn by_plan(&self, plan: &Plan) -> Block {
        let mut never = Vec::new();
        let mut block: Block = Vec::new();
        let mut loops: Vec<(Term, Slot)> = Vec::new();
        for (at, _, equal) in equal(self.query, plan) {
            let place = value_slot(at);
            match equal {
                Equal::Value(operand) => {
                    block.push(Step::Set(place, eval(operand)));
                    never.push(is_null(slot(place)));
                }
                Equal::OneOf(all) => loops.push((all, place)),
                Equal::Null => block.push(Step::Set(place, Term::Value(Value::Null))),
            }
        }
        let mut read = match plan.path.via {
            Via::Group(at) => self.by_group(at, plan),
            Via::Names | Via::Index(_) => self.by_key(plan),
        };
        for (over, item) in loops.into_iter().rev() {
            read = vec![Step::Each {
                over: filter(distinct(over), X, is_set(slot(X))),
                item,
                body: read,
            }];
        }
        // Nothing is equal to null.
        block.push(Step::When(any(never), Vec::new(), read));
        block
    }

    fn by_group(&self, at: usize, plan: &Plan) -> Block {
        let group = &self.layout.hash(self.query.from).groups[at];
        let values = list((0..plan.path.columns.len()).map(|at| slot(value_slot(at))));
        self.all_of(self.query.from, self.layout.group_key(group, values))
    }

    fn by_key(&self, plan: &Plan) -> Block {
        let entity = self.query.from;
        let layout = self.layout;
        let columns: Vec<LeafId> = plan.path.columns.iter().map(|(leaf, _)| *leaf).collect();
        let given = |leaf: LeafId| {
            let at = columns.iter().position(|it| *it == leaf).unwrap_or_default();
            slot(value_slot(at))
        };
        let begin = match begin(layout, &plan.path, &columns[..plan.fit.equal], &given) {
            Begin::One(name) => {
                let key = layout.row_named(entity, name);
                let mut block = rows(layout, entity, list([key]), Reading::ToAnswer);
                block.push(collect());
                return block;
            }
            Begin::All => text(""),
            Begin::With(begin) => begin,
        };
        let (low, high, is_empty) = self.span(plan, &begin);
        let cursor = self.cursor(plan, &given);
        let enough = enough(self.query, plan, cursor.as_ref());
        let most = match enough {
            Enough::All => number(0),
            Enough::Read(most) => minus(number(most), len(slot(CANDIDATES))),
            Enough::Answered(most) => number(most),
        };
        let direction = if plan.fit.sorted == Sorted::Backward {
            "down"
        } else {
            "up"
        };
        let key = list([set_of(layout, entity, &plan.path, &given)]);
        let after = or_else(slot(NEXT), text(""), X);
        let page = read(
            "dbspec_page",
            key,
            vec![low, high, text(direction), most, after],
            REPLY,
        );
        let read = self.until_enough(page, &enough, cursor);
        vec![Step::When(is_empty, Vec::new(), read)]
    }

    /// The ends of what is read among members that begin so, and whether nothing is between them.
    fn span(&self, plan: &Plan, begin: &Term) -> (Term, Term, Term) {
        let kernel = self.layout.kernel;
        let from = |it: Term| concat([text("["), it]);
        let to = |it: Term| concat([text("("), it]);
        let behind = |it: Term| concat([text("~"), it]);
        let whole = || (from(begin.clone()), behind(begin.clone()));
        let never = Term::Value(Value::Bool(false));
        let Some((leaf, _)) = plan.path.columns.get(plan.fit.equal) else {
            let (low, high) = whole();
            return (low, high, never);
        };
        // In an index what isn't null begins with a 0; a key is never null.
        let mark = match plan.path.via {
            Via::Names | Via::Group(_) => "",
            Via::Index(_) => "0",
        };
        let begin = || concat([begin.clone(), text(mark)]);
        let (mut low, mut high, mut nulls) = (None, None, Vec::new());
        for at in plan.fit.used.iter() {
            let cond = &self.query.conds[at];
            let Some(operand) = cond.operand.as_ref().filter(|_| cond.leaf == Some(*leaf)) else {
                continue;
            };
            let value = eval(operand);
            let at = |end: &str| concat([begin(), types::segment(kernel, *leaf, value.clone()), text(end)]);
            match cond.shape {
                Shape::Range(Cmp::Ge) => low = Some(from(at(""))),
                Shape::Range(Cmp::Gt) => low = Some(from(at("$"))),
                Shape::Range(Cmp::Lt) => high = Some(to(at(""))),
                Shape::Range(Cmp::Le) => high = Some(to(at("$"))),
                Shape::Prefix => {
                    low = Some(from(at("")));
                    high = Some(behind(at("")));
                }
                Shape::Range(Cmp::Eq | Cmp::Ne) | Shape::Eq | Shape::In(_) | Shape::Null | Shape::Other => {
                    continue;
                }
            }
            nulls.push(is_null(value));
        }
        if low.is_none() && high.is_none() {
            let (low, high) = whole();
            return (low, high, never);
        }
        let low = low.unwrap_or_else(|| from(begin()));
        let high = high.unwrap_or_else(|| behind(begin()));
        (low, high, any(nulls))
    }

    /// The member at which the last page ended; `None` where the cursor doesn't tell.
    fn cursor(&self, plan: &Plan, given: &dyn Fn(LeafId) -> Term) -> Option<Term> {
        resumes(self.query, plan)?;
        let layout = self.layout;
        let entity = self.query.from;
        let columns: Vec<LeafId> = plan.path.columns.iter().map(|(leaf, _)| *leaf).collect();
        let (equal, _) = columns.split_at(plan.fit.equal);
        let after = |leaf: LeafId| after(self.query, leaf);
        let key = layout.kernel.key_leaves(entity);
        // An equality may have folded letters, which a member's name has not.
        let known = |leaf: &LeafId| {
            after(*leaf).is_some() || (equal.contains(leaf) && !layout.kernel.leaves[*leaf].ignore_case)
        };
        if !columns[plan.path.hash..].iter().chain(&key).all(known) {
            return None;
        }
        let value = |leaf: LeafId| after(leaf).unwrap_or_else(|| given(leaf));
        let name = layout.name(entity, &value);
        Some(match plan.path.via {
            Via::Names | Via::Group(_) => name,
            Via::Index(_) => member_of(ended(layout.kernel, &columns[plan.path.hash..], &value), name),
        })
    }

    /// Reads page after page until there is enough.
    fn until_enough(&self, reading: Step, enough: &Enough, cursor: Option<Term>) -> Block {
        let mut page = vec![
            reading,
            Step::Set(NAMES, nth(slot(REPLY), 0)),
            Step::Set(NEXT, nth(slot(REPLY), 1)),
        ];
        page.extend(named(self.layout, self.query.from, Reading::ToAnswer));
        page.push(collect());
        let paging = Paging {
            candidates: CANDIDATES,
            answer: ANSWER,
            next: NEXT,
        };
        paging.until_enough(page, enough, self.answer(), cursor)
    }
}

/// What was read joins the candidates.
fn collect() -> Step {
    Step::Set(CANDIDATES, join([slot(CANDIDATES), slot(ROWS)]))
}

/// The slot of a column's value.
fn value_slot(at: usize) -> Slot {
    Slot(FREE + u16::try_from(at).unwrap_or(u16::MAX - FREE))
}
