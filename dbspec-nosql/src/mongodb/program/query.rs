//! Queries: candidates by an index, judged, ordered and joined by the evaluator.
//!
//! Where the index gives the query's order, reading goes on until there are as many rows as are asked for.

use std::sync::Arc;

use dbspec_core::backend::{Figures, Lowered};
use dbspec_core::kernel::{Cmp, Dir, LeafId, Query, QueryId, Shape, Take, Term as OrderOf};
use dbspec_core::program::{Block, Codec, Doc, Flaw, JudgedByEngine, Program, Purpose, Slot, Step, Term};
use dbspec_core::query::{CondSet, Sorted};
use dbspec_core::value::Value;

use super::need::until_known;
use super::request::{Finding, document, find, one};
use super::{ANSWER, BEGIN_READING, CANDIDATES, FREE, NEEDS, ROWS, X};
use crate::document::query::{Enough, Equal, enough, equal};
use crate::document::term::{
    any, both, by_given, concat, distinct, encode, eval, filter, is_null, is_set, join, len, less, list, map,
    member, not, number, slot, text,
};
use crate::document::walk::Ways;
use crate::mongodb::design::Design;
use crate::mongodb::layout::Layout;
use crate::mongodb::path::{Plan, Via, plan};
use crate::mongodb::types;

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
    let ways = Ways::of_query(query);
    let alone = ways.one.is_empty() && ways.many.is_empty() && query.take == Take::All;
    let body = if alone {
        steps
    } else {
        // What several requests read shall be of one moment.
        vec![Step::Retry {
            at_most: 5,
            backoff_ms: 5,
            body: vec![Step::Atomic {
                begin: BEGIN_READING.into(),
                body: steps,
            }],
        }]
    };
    Program::new(
        Arc::clone(kernel),
        Purpose::Query(id),
        body,
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
        until_known(self.layout, answer)
    }

    /// The candidates, where these conditions count.
    fn fetch(&self, present: CondSet) -> Block {
        if let Some(plan) = plan(self.layout, &self.figures, self.query, present) {
            self.by_plan(&plan)
        } else {
            let mut block = find(self.layout, self.query.from, Finding::all(document(Vec::new())));
            block.push(Step::Set(CANDIDATES, slot(ROWS)));
            block
        }
    }

    /// The first columns get their values, then rows are read.
    fn by_plan(&self, plan: &Plan) -> Block {
        let layout = self.layout;
        let mut block: Block = Vec::new();
        let mut never = Vec::new();
        let mut sought_by: Vec<(LeafId, Doc)> = Vec::new();
        let mut values = Vec::new();
        for (at, leaf, equal) in equal(self.query, plan) {
            let place = value_slot(at);
            match equal {
                Equal::OneOf(all) => {
                    let set = filter(distinct(all), X, is_set(slot(X)));
                    block.push(Step::Set(place, set));
                    let sought = map(slot(place), X, layout.seek(leaf, slot(X)));
                    sought_by.push((leaf, one("$in", Doc::Hole(sought))));
                    values.push(slot(place));
                }
                Equal::Value(operand) => {
                    block.push(Step::Set(place, eval(operand)));
                    never.push(is_null(slot(place)));
                    sought_by.push((leaf, Doc::Hole(layout.seek(leaf, slot(place)))));
                    values.push(list([slot(place)]));
                }
                Equal::Null => {
                    sought_by.push((leaf, Doc::Hole(Term::Value(Value::Null))));
                    values.push(list([Term::Value(Value::Null)]));
                }
            }
        }
        let mut finding = Finding::all(document(Vec::new()));
        match plan.path.via {
            Via::Group(at) => {
                let group = &layout.collection(self.query.from).groups[at];
                finding.filter = one(
                    &group.field,
                    one("$in", Doc::Hole(digests(layout, plan, &values))),
                );
            }
            Via::Id | Via::Index(_) => {
                let mut members: Vec<(Box<str>, Doc)> = sought_by
                    .into_iter()
                    .map(|(leaf, doc)| (layout.sought(leaf).into(), doc))
                    .collect();
                members.extend(self.range(plan, &mut never));
                if let Via::Index(at) = plan.path.via {
                    // A partial index is used where the filter says what it holds.
                    let index = &layout.collection(self.query.from).indexes[at];
                    for path in &index.present {
                        if !members.iter().any(|(it, _)| **it == **path) {
                            members.push((
                                path.as_str().into(),
                                one("$exists", Doc::Hole(Term::Value(Value::Bool(true)))),
                            ));
                        }
                    }
                }
                finding.filter = Doc::Map(members);
            }
        }
        let read = self.until_enough(plan, finding);
        // Nothing is equal to null.
        block.push(Step::When(any(never), Vec::new(), read));
        block
    }

    /// The condition on the column behind the equal ones.
    fn range(&self, plan: &Plan, never: &mut Vec<Term>) -> Option<(Box<str>, Doc)> {
        let layout = self.layout;
        let (leaf, _) = plan.path.columns.get(plan.fit.equal)?;
        let mut members: Vec<(&str, Doc)> = Vec::new();
        for at in plan.fit.used.iter() {
            let cond = &self.query.conds[at];
            let Some(operand) = cond.operand.as_ref().filter(|_| cond.leaf == Some(*leaf)) else {
                continue;
            };
            let value = eval(operand);
            let sought = Doc::Hole(layout.seek(*leaf, value.clone()));
            match cond.shape {
                Shape::Range(Cmp::Ge) => members.push(("$gte", sought)),
                Shape::Range(Cmp::Gt) => members.push(("$gt", sought)),
                Shape::Range(Cmp::Lt) => members.push(("$lt", sought)),
                Shape::Range(Cmp::Le) => members.push(("$lte", sought)),
                Shape::Prefix => {
                    let most = types::longest_prefixed(layout.kernel, *leaf).unwrap_or_default();
                    let last = concat([
                        layout.seek(*leaf, value.clone()),
                        text(char::MAX.to_string().repeat(most)),
                    ]);
                    members.extend([("$gte", sought), ("$lte", Doc::Hole(last))]);
                }
                Shape::Range(Cmp::Eq | Cmp::Ne) | Shape::Eq | Shape::In(_) | Shape::Null | Shape::Other => {
                    continue;
                }
            }
            never.push(is_null(value));
        }
        if members.is_empty() {
            return None;
        }
        // Two conditions may ask the same of one end.
        let path = layout.sought(*leaf);
        let all = members.into_iter().map(|(word, doc)| one(path, one(word, doc)));
        Some(("$and".into(), Doc::List(all.collect())))
    }

    /// The order of the index, in the query's direction.
    fn sort(&self, plan: &Plan) -> Vec<(Box<str>, i64)> {
        if plan.fit.single || self.query.order.is_empty() {
            return Vec::new();
        }
        let turn = match plan.fit.sorted {
            Sorted::Forward => 1,
            Sorted::Backward => -1,
            Sorted::No => return Vec::new(),
        };
        let columns = plan.path.columns.iter();
        columns
            .map(|(leaf, dir)| {
                let order = match dir {
                    Dir::Asc => 1,
                    Dir::Desc => -1,
                };
                (self.layout.sought(*leaf).into(), order * turn)
            })
            .collect()
    }

    /// Where the last page ended, by the first term of the order: what is before need not be read again.
    fn resume(&self, plan: &Plan) -> Option<(Box<str>, Doc)> {
        let order = self.query.order.first()?;
        let OrderOf::Leaf(leaf) = &order.term else {
            return None;
        };
        let layout = self.layout;
        if layout.kernel.leaves[*leaf].nullable || !types::in_keys(layout.kernel, *leaf) || plan.fit.single {
            return None;
        }
        let word = match order.dir {
            Dir::Asc => "$gte",
            Dir::Desc => "$lte",
        };
        let value = Doc::Hole(layout.seek(*leaf, Term::After(0)));
        Some((layout.sought(*leaf).into(), one(word, value)))
    }

    /// Reads until there is enough.
    fn until_enough(&self, plan: &Plan, mut finding: Finding) -> Block {
        let enough = enough(self.query, plan, None);
        let entity = self.query.from;
        let collect = Step::Set(CANDIDATES, join([slot(CANDIDATES), slot(ROWS)]));
        finding.sort = self.sort(plan);
        match enough {
            Enough::All => {
                let mut block = find(self.layout, entity, finding);
                block.push(collect);
                block
            }
            Enough::Read(most) => {
                finding.limit = Some(number(most));
                let mut block = find(self.layout, entity, finding);
                block.push(collect);
                block
            }
            Enough::Answered(most) => {
                finding.limit = Some(number(most));
                finding.skip = Some(len(slot(CANDIDATES)));
                if let (Take::Page(_), Some((path, doc))) = (self.query.take, self.resume(plan)) {
                    let from = Doc::If(Term::HasCursor, Box::new(Doc::Map(vec![(path, doc)])));
                    finding.filter = one("$and", Doc::List(vec![finding.filter, from]));
                }
                let mut body = find(self.layout, entity, finding);
                body.push(collect);
                body.push(self.answer());
                // A page that isn't full is the last.
                let more = not(less(len(slot(ROWS_OF_PAGE)), number(most)));
                let lacks = less(len(member(slot(ANSWER), "rows")), number(most));
                body.insert(body.len() - 1, Step::Set(ROWS_OF_PAGE, slot(ROWS)));
                vec![Step::Loop {
                    body,
                    again: both(more, lacks),
                }]
            }
        }
    }
}

/// The rows of the last page: the answer's needs bring others.
const ROWS_OF_PAGE: Slot = Slot(FREE);

/// The slot of a column's value.
fn value_slot(at: usize) -> Slot {
    Slot(FREE + 1 + u16::try_from(at).unwrap_or(u16::MAX - FREE - 1))
}

/// The digests of all combinations of the columns' values. Each is folded where its leaf folds.
fn digests(layout: Layout<'_>, plan: &Plan, values: &[Term]) -> Term {
    let folded = |at: usize, value: Term| {
        let leaf = plan.path.columns[at].0;
        if layout.kernel.leaves[leaf].ignore_case {
            encode(Codec::Folded, value)
        } else {
            value
        }
    };
    let own: Vec<Term> = (0..values.len())
        .map(|at| folded(at, crate::document::term::nth(values[at].clone(), 0)))
        .collect();
    list([encode(Codec::Digest, list(own))])
}
