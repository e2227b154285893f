//! Queries: candidates by an index, judged, ordered and joined by the evaluator.
//!
//! Where the index gives the query's order, reading goes on until there are as many rows as are asked for, from where
//! the last page ended.

use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::{Figures, Lowered};
use dbspec_core::kernel::{
    Atom, Cmp, EntityId, LeafId, Pred, Query, QueryId, Shape, Take, Term as OrderOf, VarId,
};
use dbspec_core::program::{Block, Flaw, JudgedByEngine, Program, Purpose, Slot, Step, Term};
use dbspec_core::query::{CondSet, Sorted};
use dbspec_core::value::Value;

use super::need::{Begin, begin, set_of, until_known};
use super::request::{Ranges, Reading, named, read, rows};
use super::{ANSWER, CANDIDATES, FREE, NAMES, NEEDS, NEXT, REPLY, ROWS, X};
use crate::document::segment::ended;
use crate::document::term::{
    any, both, concat, distinct, eval, filter, is_null, is_set, join, len, less, list, member, minus, nth,
    number, or_else, slot, text,
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

/// When enough rows have come.
enum Enough {
    /// Never: all are read.
    Never,
    /// When so many rows were read.
    Read(i64),
    /// When the answer has so many rows.
    Answered(i64),
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
    let mut optional: Vec<VarId> = query.conds.iter().filter_map(|cond| cond.when).collect();
    optional.sort_unstable();
    optional.dedup();
    let mut steps = vec![Step::Set(CANDIDATES, list([]))];
    steps.extend(asking.variants(&optional, &[]));
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

    /// One block for each combination of optional parameters.
    fn variants(&self, optional: &[VarId], given: &[VarId]) -> Block {
        let Some((var, rest)) = optional.split_first() else {
            return self.fetch(given);
        };
        let mut with = given.to_vec();
        with.push(*var);
        let at = u16::try_from(var.index()).unwrap_or(u16::MAX);
        vec![Step::When(
            is_null(Term::Arg(at)),
            self.variants(rest, given),
            self.variants(rest, &with),
        )]
    }

    fn fetch(&self, given: &[VarId]) -> Block {
        let counts = |when: Option<VarId>| when.is_none_or(|var| given.contains(&var));
        let conds = self.query.conds.iter().enumerate();
        let present: CondSet = conds
            .filter(|(_, it)| counts(it.when))
            .map(|(at, _)| at)
            .collect();
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
        let mut values: Block = Vec::new();
        let mut loops: Vec<(Term, Slot)> = Vec::new();
        for (at, (leaf, _)) in plan.path.columns.iter().take(plan.fit.equal).enumerate() {
            let place = value_slot(at);
            let cond = plan.fit.used.iter().map(|it| &self.query.conds[it]).find(|it| {
                it.leaf == Some(*leaf) && matches!(it.shape, Shape::Eq | Shape::In(_) | Shape::Null)
            });
            let Some(cond) = cond else { continue };
            match (cond.shape, &cond.operand, &cond.pred) {
                (Shape::Eq, Some(operand), _) => {
                    values.push(Step::Set(place, eval(operand)));
                    never.push(is_null(slot(place)));
                }
                (Shape::In(_), _, Pred::Atom(Atom::In(_, all))) => {
                    loops.push((list(all.iter().map(eval)), place));
                }
                (Shape::In(_), _, Pred::Atom(Atom::InVar(_, var))) => {
                    loops.push((Term::Arg(u16::try_from(var.index()).unwrap_or(u16::MAX)), place));
                }
                _ => values.push(Step::Set(place, Term::Value(Value::Null))),
            }
        }
        let mut block = values;
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
        let enough = self.enough(plan, cursor.is_some());
        let most = match enough {
            Enough::Never => number(0),
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

    fn enough(&self, plan: &Plan, resumes: bool) -> Enough {
        let most = match self.query.take {
            Take::All => return Enough::Never,
            Take::Limit(most) | Take::Page(most) => i64::try_from(most).unwrap_or(i64::MAX),
        };
        let pages = matches!(self.query.take, Take::Page(_));
        if plan.fit.sorted == Sorted::No || plan.fit.single || plan.fit.probes > 1 || most == 0 {
            Enough::Never
        } else if plan.fit.residual.is_empty() && (resumes || !pages) {
            Enough::Read(most)
        } else {
            Enough::Answered(most)
        }
    }

    /// The member at which the last page ended; `None` where the cursor doesn't tell.
    fn cursor(&self, plan: &Plan, given: &dyn Fn(LeafId) -> Term) -> Option<Term> {
        let pages = matches!(self.query.take, Take::Page(_));
        if !pages || plan.fit.sorted == Sorted::No || plan.fit.single {
            return None;
        }
        let layout = self.layout;
        let entity = self.query.from;
        let columns: Vec<LeafId> = plan.path.columns.iter().map(|(leaf, _)| *leaf).collect();
        let (equal, _) = columns.split_at(plan.fit.equal);
        let after = |leaf: LeafId| {
            self.query.order.iter().position(|it| match &it.term {
                OrderOf::Leaf(of) => *of == leaf,
                OrderOf::Expr(_) | OrderOf::Output(_) => false,
            })
        };
        let key = layout.kernel.key_leaves(entity);
        // An equality may have folded letters, which a member's name has not.
        let known = |leaf: &LeafId| {
            after(*leaf).is_some() || (equal.contains(leaf) && !layout.kernel.leaves[*leaf].ignore_case)
        };
        if !columns[plan.path.hash..].iter().chain(&key).all(known) {
            return None;
        }
        let value = |leaf: LeafId| match after(leaf) {
            Some(at) => Term::After(u16::try_from(at).unwrap_or(u16::MAX)),
            None => given(leaf),
        };
        let name = layout.name(entity, &value);
        Some(match plan.path.via {
            Via::Names | Via::Group(_) => name,
            Via::Index(_) => member_of(ended(layout.kernel, &columns[plan.path.hash..], &value), name),
        })
    }

    /// Reads page after page until there is enough.
    fn until_enough(&self, page: Step, enough: &Enough, cursor: Option<Term>) -> Block {
        let mut body = vec![
            page,
            Step::Set(NAMES, nth(slot(REPLY), 0)),
            Step::Set(NEXT, nth(slot(REPLY), 1)),
        ];
        body.extend(named(self.layout, self.query.from, Reading::ToAnswer));
        body.push(collect());
        let more = is_set(slot(NEXT));
        let again = match enough {
            Enough::Never => more,
            Enough::Read(most) => both(more, less(len(slot(CANDIDATES)), number(*most))),
            Enough::Answered(most) => {
                body.push(self.answer());
                both(more, less(len(member(slot(ANSWER), "rows")), number(*most)))
            }
        };
        let mut block = vec![Step::Set(NEXT, Term::Value(Value::Null))];
        if let Some(cursor) = cursor {
            block.push(Step::When(
                Term::HasCursor,
                vec![Step::Set(NEXT, cursor)],
                Vec::new(),
            ));
        }
        block.push(Step::Loop { body, again });
        block
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
