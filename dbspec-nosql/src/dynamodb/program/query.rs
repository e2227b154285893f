//! Queries: candidates by the access path, judged, ordered and joined by the evaluator.
//!
//! Where the path gives the query's order, reading goes on until there are as many rows as are asked for, from where
//! the last page ended.

use std::sync::Arc;

use dbspec_core::backend::{Figures, Lowered};
use dbspec_core::kernel::{Cmp, EntityId, LeafId, Query, QueryId, Shape};
use dbspec_core::program::{Block, Flaw, Program, Purpose, Slot, Step, Term};
use dbspec_core::query::{CondSet, Sorted};
use dbspec_core::value::Value;

use super::need::{Fetching, until_known};
use super::request::{
    Consistency, Reading, Span, add, batch, document, key_term, pages, query as query_document, read, scan,
};
use super::{ANSWER, CANDIDATES, FREE, HELD, HIGH, LOW, NEEDS, NEXT, REPLY, ROWS, SEEN, X};
use crate::document::query::{Enough, Equal, Paging, after, enough, equal, resumes};
use crate::document::term::{
    any, by_given, concat, distinct, eval, filter, is_null, is_set, join, len, less, list, member, minus,
    number, slot, text,
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
    let mut steps = vec![
        Step::Set(SEEN, list([])),
        Step::Set(HELD, list([])),
        Step::Set(CANDIDATES, list([])),
    ];
    steps.extend(by_given(query, &|present| asking.fetch(present)));
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

    /// The candidates, where these conditions count.
    fn fetch(&self, present: CondSet) -> Block {
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
        let enough = enough(self.query, plan, cursor.as_ref());
        let backward = (plan.fit.sorted == Sorted::Backward).then_some(());
        let limit = match enough {
            Enough::All => None,
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

    /// The key at which the last page ended; `None` where the cursor doesn't tell.
    fn cursor(&self, plan: &Plan, index: Option<&Index>, given: &dyn Fn(LeafId) -> Term) -> Option<Term> {
        resumes(self.query, plan)?;
        let layout = self.layout;
        let entity = self.query.from;
        let equal: Vec<LeafId> = plan
            .path
            .columns
            .iter()
            .take(plan.fit.equal)
            .map(|(leaf, _)| *leaf)
            .collect();
        let after = |leaf: LeafId| after(self.query, leaf);
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
        let value = |leaf: LeafId| after(leaf).unwrap_or_else(|| given(leaf));
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
        let mut page = vec![read("Query", document(members), REPLY)];
        page.extend(add(layout, entity, items, CANDIDATES));
        page.push(Step::Set(NEXT, member(slot(REPLY), "LastEvaluatedKey")));
        let paging = Paging {
            candidates: CANDIDATES,
            answer: ANSWER,
            next: NEXT,
        };
        paging.until_enough(page, enough, self.answer(), cursor)
    }
}

/// The slot of a column's value.
fn value_slot(at: usize) -> Slot {
    Slot(FREE + u16::try_from(at).unwrap_or(u16::MAX - FREE))
}
