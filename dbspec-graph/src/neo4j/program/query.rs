//! Queries: candidates by one statement that says what it can, judged, ordered and joined by the evaluator.
//!
//! Where the statement says all conditions and the order, it also says how many rows are enough.

use std::fmt::Write as _;
use std::sync::Arc;

use dbspec_core::backend::{Figures, Lowered};
use dbspec_core::kernel::{Atom, Cmp, Dir, LeafId, Pred, Query, QueryId, Shape, Take};
use dbspec_core::program::terms::{arg, by_given, encode, eval, list, slot};
use dbspec_core::program::{Block, Codec, Doc, Flaw, JudgedByEngine, Program, Purpose, Step, Term};
use dbspec_core::query::CondSet;

use super::need::{Fetching, Locking, entity, until_known};
use super::request::{read, rows};
use super::{ANSWER, CANDIDATES, NEEDS, REPLY};
use crate::cypher::{node, property, quoted};
use crate::neo4j::design::Design;
use crate::neo4j::layout::Layout;
use crate::neo4j::path::{Plan, Via, order, plan, said};
use crate::neo4j::types;

/// Asks for one query.
struct Asking<'a> {
    layout: Layout<'a>,
    figures: Figures<'a>,
    query: &'a Query,
}

/// A statement as it grows.
#[derive(Clone, Default)]
struct Statement {
    pattern: String,
    tests: Vec<String>,
    parameters: Vec<(Box<str>, Doc)>,
}

impl Statement {
    /// A parameter for a value.
    fn bind(&mut self, value: Term) -> String {
        let name = format!("p{}", self.parameters.len());
        self.parameters.push((name.as_str().into(), Doc::Hole(value)));
        format!("${name}")
    }

    fn text(&self, end: &str) -> String {
        let mut text = format!("MATCH {}", self.pattern);
        if !self.tests.is_empty() {
            let _ = write!(text, " WHERE {}", self.tests.join(" AND "));
        }
        text.push_str(end);
        text
    }
}

/// The program of a query.
pub(super) fn program(lowered: &Lowered<Design>, id: QueryId) -> Result<Program, Flaw> {
    let kernel = lowered.kernel();
    let layout = super::layout(lowered);
    let query = &kernel.queries[id];
    let asking = Asking {
        layout,
        figures: Figures::new(kernel),
        query,
    };
    let fetching = Fetching {
        layout,
        locking: Locking::None,
        sequences: Vec::new(),
    };
    let mut steps = by_given(query, &|present| asking.fetch(present));
    let answer = Step::Answer {
        candidates: slot(CANDIDATES),
        needs: NEEDS,
        into: ANSWER,
    };
    steps.push(until_known(answer, &fetching));
    steps.push(Step::Return(slot(ANSWER)));
    Program::new(
        Arc::clone(kernel),
        Purpose::Query(id),
        steps,
        JudgedByEngine::default(),
    )
}

impl Asking<'_> {
    /// The candidates, where these conditions count.
    fn fetch(&self, present: CondSet) -> Block {
        let plan = plan(self.layout, &self.figures, self.query, present);
        let mut statement = Statement {
            pattern: node("n", &self.layout.node(self.query.from).label),
            ..Statement::default()
        };
        let mut whole = true;
        let found = plan
            .as_ref()
            .map_or(CondSet::default(), |plan| self.begin(plan, &mut statement));
        for at in present.without(found).iter() {
            if said(self.layout.kernel, self.query, at) {
                self.say(at, &mut statement);
            } else {
                whole = false;
            }
        }
        self.send(&statement, whole)
    }

    /// How the rows are found; the conditions that it says.
    fn begin(&self, plan: &Plan, statement: &mut Statement) -> CondSet {
        let layout = self.layout;
        let from = layout.node(self.query.from);
        let operand = |leaf: LeafId| {
            let cond = plan.fit.used.iter().find(|at| {
                let cond = &self.query.conds[*at];
                cond.leaf == Some(leaf) && cond.shape == Shape::Eq
            })?;
            Some((cond, eval(self.query.conds[cond].operand.as_ref()?)))
        };
        let columns: Option<Vec<(usize, Term)>> =
            plan.path.columns.iter().map(|(leaf, _)| operand(*leaf)).collect();
        match plan.path.via {
            Via::Key => CondSet::default(),
            Via::Group(at) => {
                let (Some(name), Some(given)) = (&from.groups[at].kept, columns) else {
                    return CondSet::default();
                };
                let said = given.iter().map(|(cond, _)| *cond).collect();
                let values = encode(Codec::Digest, list(given.into_iter().map(|(_, value)| value)));
                let value = statement.bind(values);
                statement.tests.push(format!("{} = {value}", property("n", name)));
                said
            }
            Via::Relationship(at) => {
                let Some(given) = columns else {
                    return CondSet::default();
                };
                let to = &from.relationships[at];
                let target = entity(to.to);
                let said = given.iter().map(|(cond, _)| *cond).collect();
                statement.pattern = format!(
                    "{}<-[:{}]-{}",
                    node("m", &layout.node(target).label),
                    quoted(&to.ty),
                    statement.pattern
                );
                for ((leaf, (_, value)), name) in plan.path.columns.iter().zip(given).zip(layout.key(target))
                {
                    let value = statement.bind(self.encoded(leaf.0, value));
                    statement.tests.push(format!("{} = {value}", property("m", name)));
                }
                said
            }
            Via::Index(at) => {
                // An index finds nodes that have all of its properties, and is taken where the statement says so.
                for place in &from.indexes[at].leaves {
                    let name = property("n", &from.properties[*place].name);
                    statement.tests.push(format!("{name} IS NOT NULL"));
                }
                CondSet::default()
            }
        }
    }

    fn encoded(&self, leaf: LeafId, value: Term) -> Term {
        let kernel = self.layout.kernel;
        encode(types::property(kernel, &kernel.leaves[leaf].ty), value)
    }

    /// A condition in Cypher. Nothing is equal to null, larger or smaller.
    fn say(&self, at: usize, statement: &mut Statement) {
        let cond = &self.query.conds[at];
        let Some(leaf) = cond.leaf else { return };
        let name = property("n", self.layout.property(leaf));
        let word = match cond.shape {
            Shape::Null => {
                statement.tests.push(format!("{name} IS NULL"));
                return;
            }
            Shape::In(_) => {
                let items = match &cond.pred {
                    Pred::Atom(Atom::In(_, all)) => list(all.iter().map(|it| self.encoded(leaf, eval(it)))),
                    Pred::Atom(Atom::InVar(_, var)) => {
                        let kernel = self.layout.kernel;
                        let each = types::property(kernel, &kernel.leaves[leaf].ty);
                        encode(Codec::Each(Box::new(each)), arg(*var))
                    }
                    Pred::Const(_)
                    | Pred::Atom(_)
                    | Pred::IsNull(_)
                    | Pred::Not(_)
                    | Pred::And(_)
                    | Pred::Or(_)
                    | Pred::Any(..) => return,
                };
                let items = statement.bind(items);
                statement.tests.push(format!("{name} IN {items}"));
                return;
            }
            Shape::Eq => "=",
            Shape::Range(Cmp::Lt) => "<",
            Shape::Range(Cmp::Le) => "<=",
            Shape::Range(Cmp::Gt) => ">",
            Shape::Range(Cmp::Ge) => ">=",
            Shape::Prefix => "STARTS WITH",
            Shape::Range(Cmp::Eq | Cmp::Ne) | Shape::Other => return,
        };
        let Some(operand) = &cond.operand else { return };
        let value = statement.bind(self.encoded(leaf, eval(operand)));
        statement.tests.push(format!("{name} {word} {value}"));
    }

    /// Sends the statement; where it says everything, with the order and how many rows are enough.
    fn send(&self, statement: &Statement, whole: bool) -> Block {
        let from = self.query.from;
        let ask = |text: String, parameters: Vec<(Box<str>, Doc)>| {
            vec![
                Step::Send(vec![read(text, parameters, REPLY)]),
                Step::Set(CANDIDATES, rows(self.layout, from)),
            ]
        };
        let plain = || {
            ask(
                statement.text(" RETURN properties(n)"),
                statement.parameters.clone(),
            )
        };
        let most = match self.query.take {
            Take::All => return plain(),
            Take::Limit(most) | Take::Page(most) => most,
        };
        let Some(order) = order(self.layout.kernel, self.query).filter(|_| whole) else {
            return plain();
        };
        let mut by = String::new();
        for (at, (leaf, dir)) in order.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let way = match dir {
                Dir::Asc => "",
                Dir::Desc => " DESC",
            };
            let _ = write!(by, "{comma}{}{way}", property("n", self.layout.property(*leaf)));
        }
        let end = format!(" RETURN properties(n) ORDER BY {by} LIMIT {most}");
        let first = ask(statement.text(&end), statement.parameters.clone());
        match self.query.take {
            Take::All | Take::Limit(_) => first,
            Take::Page(_) => vec![Step::When(
                Term::HasCursor,
                self.further(statement, &order)
                    .map_or_else(plain, |it| ask(it.text(&end), it.parameters)),
                first,
            )],
        }
    }

    /// The rows behind a cursor; `None` where one of the order's values may be null.
    fn further(&self, statement: &Statement, order: &[(LeafId, Dir)]) -> Option<Statement> {
        let kernel = self.layout.kernel;
        if order.iter().any(|(leaf, _)| kernel.leaves[*leaf].nullable) {
            return None;
        }
        let mut statement = statement.clone();
        let mut behind = String::new();
        let mut close = 0;
        for (at, (leaf, dir)) in order.iter().enumerate() {
            let name = property("n", self.layout.property(*leaf));
            let after = Term::After(u16::try_from(at).unwrap_or(u16::MAX));
            let value = statement.bind(self.encoded(*leaf, after));
            let word = match dir {
                Dir::Asc => ">",
                Dir::Desc => "<",
            };
            if at + 1 == order.len() {
                let _ = write!(behind, "{name} {word} {value}");
            } else {
                let _ = write!(behind, "({name} {word} {value} OR ({name} = {value} AND ");
                close += 2;
            }
        }
        behind.push_str(&")".repeat(close));
        // The first value bounds all others, so that an index may begin there.
        statement.tests.push(behind);
        Some(statement)
    }
}
