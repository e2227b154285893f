//! Queries: candidates by the access path, judged, ordered and joined by the evaluator.
//!
//! Where the path gives the query's order, reading goes on until there are as many rows as are asked for, from where
//! the last page ended.

use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::{Figures, Lowered};
use dbspec_core::kernel::{
    Atom, Cmp, EntityId, LeafId, Pred, Query, QueryId, Shape, Take, Term as OrderOf, VarId,
};
use dbspec_core::program::{Block, Flaw, Program, Purpose, Slot, Step, Term};
use dbspec_core::query::{CondSet, Sorted};
use dbspec_core::value::Value;

use super::need::{Fetching, until_known};
use super::request::{
    Consistency, Reading, Span, add, batch, document, key_term, pages, query as query_document, read, scan,
};
use super::{ANSWER, CANDIDATES, FREE, HELD, HIGH, LOW, NEEDS, NEXT, REPLY, ROWS, SEEN, X};
use crate::document::term::{
    any, both, concat, distinct, eval, filter, is_null, is_set, join, len, less, list, member, minus, number,
    slot, text,
};
use crate::dynamodb::design::{Design, Index};
use crate::dynamodb::layout::{Layout, string};
use crate::dynamodb::path::{Plan, Via, plan};
use crate::dynamodb::types;

/// Asks for one query.
struct Asking<'a> {
    layout: Layout<'a>,
    figures: Figures<'a>,
    query: &'a Query,
    fetching: Fetching<'a>,
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
    let layout = super::layout(lowered);
    let query = &kernel.queries[id];
    let consistency = if query.strong {
        Consistency::Strong
    } else {
        Consistency::Eventual
    };
    let asking = Asking {
        layout,
        figures: Figures::new(kernel),
        query,
        fetching: Fetching {
            layout,
            consistency,
            sequences: Vec::new(),
        },
    };
    let mut optional: Vec<VarId> = query.conds.iter().filter_map(|cond| cond.when).collect();
    optional.sort_unstable();
    optional.dedup();
    let mut steps = vec![
        Step::Set(SEEN, list([])),
        Step::Set(HELD, list([])),
        Step::Set(CANDIDATES, list([])),
    ];
    steps.extend(asking.variants(&optional, &[]));
    steps.push(asking.answer());
    steps.push(Step::Return(slot(ANSWER)));
    Program::new(
        Arc::clone(kernel),
        Purpose::Query(id),
        steps,
        dbspec_core::program::JudgedByEngine::default(),
    )
}

impl Asking<'_> {
    fn answer(&self) -> Step {
        let answer = Step::Answer {
            candidates: slot(CANDIDATES),
            needs: NEEDS,
            into: ANSWER,
        };
        until_known(answer, &self.fetching)
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
            let members = scan(self.layout, entity, Vec::new(), self.fetching.consistency);
            let mut block = pages(self.layout, entity, "Scan", members);
            block.push(Step::Set(CANDIDATES, slot(ROWS)));
            block
        }
    }

    /// The first columns get their values, then rows are read.
    fn by_plan(&self, plan: &Plan) -> Block {
        let mut never = Vec::new();
        let mut values: Vec<(usize, Step)> = Vec::new();
        let mut loops: Vec<(Term, Slot)> = Vec::new();
        for (at, (leaf, _)) in plan.path.columns.iter().take(plan.fit.equal).enumerate() {
            let place = value_slot(at);
            let cond = plan.fit.used.iter().map(|it| &self.query.conds[it]).find(|it| {
                it.leaf == Some(*leaf) && matches!(it.shape, Shape::Eq | Shape::In(_) | Shape::Null)
            });
            let Some(cond) = cond else { continue };
            match (cond.shape, &cond.operand, &cond.pred) {
                (Shape::Eq, Some(operand), _) => {
                    values.push((at, Step::Set(place, eval(operand))));
                    never.push(is_null(slot(place)));
                }
                (Shape::In(_), _, Pred::Atom(Atom::In(_, all))) => {
                    loops.push((list(all.iter().map(eval)), place));
                }
                (Shape::In(_), _, Pred::Atom(Atom::InVar(_, var))) => {
                    loops.push((Term::Arg(u16::try_from(var.index()).unwrap_or(u16::MAX)), place));
                }
                _ => values.push((at, Step::Set(place, Term::Value(Value::Null)))),
            }
        }
        let mut block: Block = values.into_iter().map(|(_, step)| step).collect();
        let mut read = match plan.path.via {
            Via::Guard(at) => self.by_guard(at, plan),
            Via::Owner => self.by_owner(plan),
            Via::Table | Via::Index(_) => self.by_key(plan),
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

    fn by_guard(&self, at: usize, plan: &Plan) -> Block {
        let guard = &self.layout.item(self.query.from).guards[at];
        let values = list((0..plan.path.columns.len()).map(|at| slot(value_slot(at))));
        let mut block = self.fetching.guarded(self.query.from, guard, values);
        block.push(Step::Set(CANDIDATES, join([slot(CANDIDATES), slot(ROWS)])));
        block
    }

    /// The rows stand in the item of their owner, whose key is given.
    fn by_owner(&self, plan: &Plan) -> Block {
        let columns = &plan.path.columns;
        let given = |leaf: LeafId| {
            let at = columns.iter().position(|(it, _)| *it == leaf);
            slot(value_slot(at.unwrap_or_default()))
        };
        let key = key_term(self.layout.key(self.query.from, &given));
        let consistency = self.fetching.consistency;
        let mut block = batch(self.layout, self.query.from, list([key]), consistency);
        block.push(Step::Set(CANDIDATES, join([slot(CANDIDATES), slot(ROWS)])));
        block
    }

    fn by_key(&self, plan: &Plan) -> Block {
        let entity = self.query.from;
        let layout = self.layout;
        let item = layout.item(entity);
        let columns: Vec<LeafId> = plan.path.columns.iter().map(|(leaf, _)| *leaf).collect();
        let given = |leaf: LeafId| {
            let at = columns.iter().position(|it| *it == leaf).unwrap_or_default();
            slot(value_slot(at))
        };
        let (index, tag) = match plan.path.via {
            Via::Table | Via::Owner | Via::Guard(_) => (None, item.tag.as_deref()),
            Via::Index(at) => (Some(&layout.table(entity).indexes[item.indexes[at].index]), None),
        };
        let hash = layout.hash(&columns[..plan.path.hash], &given);
        let begin = layout.range(tag, &columns[plan.path.hash..plan.fit.equal], &given);
        let begins = tag.is_some() || plan.fit.equal > plan.path.hash;
        let (mut block, span, is_empty) = self.span(plan, begin, begins);
        let cursor = self.cursor(plan, index, &given);
        let enough = self.enough(plan, cursor.is_some());
        let backward = (plan.fit.sorted == Sorted::Backward).then_some(());
        let limit = match enough {
            Enough::Never => None,
            Enough::Read(most) => Some(minus(number(most), len(slot(CANDIDATES)))),
            Enough::Answered(most) => Some(number(most)),
        };
        let reading = Reading {
            entity,
            index,
            hash,
            span,
            backward,
            limit,
            consistency: self.fetching.consistency,
        };
        let read = self.until_enough(entity, reading, &enough, cursor);
        block.push(Step::When(is_empty, Vec::new(), read));
        block
    }

    /// Which part of a partition is read: the steps that find its ends, and whether it is empty.
    fn span(&self, plan: &Plan, begin: Term, begins: bool) -> (Block, Span, Term) {
        let never = Term::Value(Value::Bool(false));
        let Some((leaf, _)) = plan.path.columns.get(plan.fit.equal) else {
            let span = if begins { Span::Begins(begin) } else { Span::All };
            return (Vec::new(), span, never);
        };
        let kernel = self.layout.kernel;
        let segment = |operand: Term| types::segment(kernel, *leaf, operand);
        let (mut low, mut high, mut prefix, mut nulls) = (None, None, None, Vec::new());
        for at in plan.fit.used.iter() {
            let cond = &self.query.conds[at];
            let Some(operand) = cond.operand.as_ref().filter(|_| cond.leaf == Some(*leaf)) else {
                continue;
            };
            let value = eval(operand);
            let at = |end: &str| concat([begin.clone(), text("0"), segment(value.clone()), text(end)]);
            match cond.shape {
                Shape::Range(Cmp::Ge) => low = Some(at("")),
                Shape::Range(Cmp::Gt) => low = Some(at("$")),
                Shape::Range(Cmp::Lt) => high = Some(at("")),
                Shape::Range(Cmp::Le) => high = Some(at("$")),
                Shape::Prefix => prefix = Some(at("")),
                Shape::Range(Cmp::Eq | Cmp::Ne) | Shape::Eq | Shape::In(_) | Shape::Null | Shape::Other => {
                    continue;
                }
            }
            nulls.push(is_null(value));
        }
        let is_null = any(nulls);
        if let Some(prefix) = prefix {
            return (vec![Step::Set(LOW, prefix)], Span::Begins(slot(LOW)), is_null);
        }
        if low.is_none() && high.is_none() {
            let span = if begins { Span::Begins(begin) } else { Span::All };
            return (Vec::new(), span, never);
        }
        // Between the ends of what isn't null.
        let end = |digit: &str| concat([begin.clone(), text(digit)]);
        let ends = vec![
            Step::Set(LOW, low.unwrap_or_else(|| end("0"))),
            Step::Set(HIGH, high.unwrap_or_else(|| end("1"))),
        ];
        let is_empty = any([is_null, less(slot(HIGH), slot(LOW))]);
        (ends, Span::Between(slot(LOW), slot(HIGH)), is_empty)
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

    /// The key at which the last page ended; `None` where the cursor doesn't tell.
    fn cursor(&self, plan: &Plan, index: Option<&Index>, given: &dyn Fn(LeafId) -> Term) -> Option<Term> {
        let pages = matches!(self.query.take, Take::Page(_));
        if !pages || plan.fit.sorted == Sorted::No || plan.fit.single {
            return None;
        }
        let layout = self.layout;
        let entity = self.query.from;
        let equal: Vec<LeafId> = plan
            .path
            .columns
            .iter()
            .take(plan.fit.equal)
            .map(|(leaf, _)| *leaf)
            .collect();
        let after = |leaf: LeafId| {
            self.query.order.iter().position(|it| match &it.term {
                OrderOf::Leaf(of) => *of == leaf,
                OrderOf::Expr(_) | OrderOf::Output(_) => false,
            })
        };
        let item = layout.item(entity);
        let mut needed = plan
            .path
            .columns
            .iter()
            .map(|(leaf, _)| *leaf)
            .collect::<Vec<_>>();
        needed.extend(layout.leaves(entity, &item.hash));
        needed.extend(layout.leaves(entity, &item.range));
        // A cursor has what a row has, while an equality may have folded letters.
        let known = |leaf: &LeafId| after(*leaf).is_some() || equal.contains(leaf);
        if !needed.iter().all(known) {
            return None;
        }
        let value = |leaf: LeafId| match after(leaf) {
            Some(at) => Term::After(u16::try_from(at).unwrap_or(u16::MAX)),
            None => given(leaf),
        };
        let mut key: Vec<(Box<str>, Term)> = layout
            .key(entity, &value)
            .into_iter()
            .map(|(name, term)| (name.into(), string(term)))
            .collect();
        if let Some(index) = index {
            let columns: Vec<LeafId> = plan.path.columns.iter().map(|(leaf, _)| *leaf).collect();
            let (hash, range) = columns.split_at(plan.path.hash);
            key.push((index.hash.as_str().into(), string(layout.hash(hash, given))));
            if let Some(name) = &index.range {
                key.push((name.as_str().into(), string(layout.range(None, range, &value))));
            }
        }
        Some(Term::Record(key))
    }

    /// Reads page after page until there is enough.
    fn until_enough(
        &self,
        entity: EntityId,
        reading: Reading<'_>,
        enough: &Enough,
        cursor: Option<Term>,
    ) -> Block {
        let layout = self.layout;
        let mut members = query_document(layout, reading);
        members.push((
            "ExclusiveStartKey",
            dbspec_core::program::Doc::If(
                is_set(slot(NEXT)),
                Box::new(dbspec_core::program::Doc::Hole(slot(NEXT))),
            ),
        ));
        let items = member(slot(REPLY), "Items");
        let mut body = vec![read("Query", document(members), REPLY)];
        body.extend(add(layout, entity, items, CANDIDATES));
        body.push(Step::Set(NEXT, member(slot(REPLY), "LastEvaluatedKey")));
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

/// The slot of a column's value.
fn value_slot(at: usize) -> Slot {
    Slot(FREE + u16::try_from(at).unwrap_or(u16::MAX - FREE))
}
