//! Steps, one after the other, until something must be sent or the program ends.

use super::super::known::Knowing;
use super::super::words::{change_value, need_value, reliance_value};
use super::super::{Program, Step, Term, Unfit};
use super::{After, Flight, Frame, Kind, Machine, Next, Phase, Task, Verb};
use crate::semantics::{self, Candidates, Need, Stop};
use crate::value::Value;
use std::sync::Arc;

/// What a step leads to.
enum Flow {
    /// The next step.
    On,
    /// A block, entered already.
    In,
    /// Something to be sent, or the end.
    Out(Next),
}

/// The block that the innermost frame is in.
fn block<'p>(program: &'p Program, frames: &[Frame]) -> &'p [Step] {
    let mut block = program.steps();
    for pair in frames.windows(2) {
        let [outer, inner] = pair else { break };
        block = match (block.get(outer.at), &inner.kind) {
            (Some(Step::When(_, then, _)), Kind::Then) => then,
            (Some(Step::When(_, _, otherwise)), Kind::Otherwise) => otherwise,
            (Some(Step::Switch(_, blocks)), Kind::Case(name)) => {
                blocks.get(name).map_or(&[][..], Vec::as_slice)
            }
            (
                Some(
                    Step::Each { body, .. }
                    | Step::Loop { body, .. }
                    | Step::Retry { body, .. }
                    | Step::Atomic { body, .. },
                ),
                _,
            ) => body,
            // Frames are entered at these steps alone.
            _ => &[],
        };
    }
    block
}

/// The step that the innermost frame is at.
pub(super) fn step<'p>(program: &'p Program, frames: &[Frame]) -> Option<&'p Step> {
    block(program, frames).get(frames.last()?.at)
}

impl Machine {
    pub(super) fn run(&mut self) -> Next {
        let program = Arc::clone(&self.program);
        loop {
            let flow = match step(&program, &self.frames) {
                Some(step) => self.step(step),
                None => self.leave(&program),
            };
            match flow {
                Ok(Flow::On) => self.advance(),
                Ok(Flow::In) => {}
                Ok(Flow::Out(next)) => return next,
                Err(unfit) => return self.broken(unfit),
            }
        }
    }

    pub(super) fn advance(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at += 1;
        }
    }

    /// The end of a block.
    fn leave(&mut self, program: &Program) -> Result<Flow, Unfit> {
        let Some(Frame { kind, .. }) = self.frames.last() else {
            return Ok(Flow::Out(self.end(Next::Done(Value::Null))));
        };
        match kind {
            Kind::Whole => return Ok(Flow::Out(self.end(Next::Done(Value::Null)))),
            Kind::Atomic { .. } => return Ok(Flow::Out(self.commit(After::Step))),
            Kind::Then | Kind::Otherwise | Kind::Case(_) | Kind::Retry { .. } => {
                self.frames.pop();
                return Ok(Flow::On);
            }
            Kind::Each(_) | Kind::Loop { .. } => {}
        }
        let around = step(program, &self.frames[..self.frames.len() - 1]);
        match (around, self.frames.pop()) {
            (
                Some(Step::Each { item, .. }),
                Some(Frame {
                    kind: Kind::Each(mut items),
                    ..
                }),
            ) => {
                let Some(value) = items.next() else {
                    return Ok(Flow::On);
                };
                self.set(*item, value);
                self.enter(Kind::Each(items));
                Ok(Flow::In)
            }
            (
                Some(Step::Loop { again, .. }),
                Some(Frame {
                    kind: Kind::Loop { moved },
                    ..
                }),
            ) => {
                if !self.holds(again)? {
                    return Ok(Flow::On);
                }
                if self.moved() == moved {
                    return Ok(Flow::Out(
                        self.broken("a round of a loop sends and learns nothing"),
                    ));
                }
                self.enter(Kind::Loop { moved: self.moved() });
                Ok(Flow::In)
            }
            // Frames are entered at these steps alone.
            _ => Ok(Flow::On),
        }
    }

    /// How often something was sent or learnt.
    fn moved(&self) -> u64 {
        self.sent + self.learnt
    }

    fn step(&mut self, step: &Step) -> Result<Flow, Unfit> {
        match step {
            Step::Set(slot, term) => {
                let value = self.value(term)?;
                self.set(*slot, value);
            }
            Step::Refuse { with, unless } => {
                if !self.holds(unless)? {
                    return Ok(Flow::Out(self.refuse(vec![with.clone()])));
                }
            }
            Step::Limit { says, unless } => {
                if !self.holds(unless)? {
                    let limit = super::Fault::Limit(says.clone());
                    return Ok(Flow::Out(self.fail(limit, super::Applied::No)));
                }
            }
            Step::Send(requests) => {
                let (mut calls, mut actions) = (Vec::new(), Vec::new());
                for request in requests {
                    let (call, acts) = self.build(request)?;
                    calls.push(call);
                    actions.push(acts);
                }
                if let Some(constraints) = self.constraints() {
                    let all = requests.iter().flat_map(|it| &it.expect.constraints);
                    let new: Vec<_> = all
                        .filter(|(name, _)| !constraints.iter().any(|(it, _)| it == *name))
                        .map(|(name, then)| (name.clone(), then.clone()))
                        .collect();
                    constraints.extend(new);
                }
                if calls.is_empty() {
                    return Ok(Flow::On);
                }
                let flight = Flight {
                    calls: calls.clone(),
                    actions,
                    resent: 0,
                    lost: false,
                };
                return Ok(Flow::Out(self.send(Verb::Calls(calls), Phase::Calls(flight))));
            }
            Step::When(term, ..) => {
                let holds = self.holds(term)?;
                self.enter(if holds { Kind::Then } else { Kind::Otherwise });
                return Ok(Flow::In);
            }
            Step::Switch(term, blocks) => {
                let name = match self.value(term)? {
                    Value::Text(name) if blocks.contains_key(&name) => name,
                    other => return Err(Unfit::new("the name of a block", &other)),
                };
                self.enter(Kind::Case(name));
                return Ok(Flow::In);
            }
            Step::Each { over, item, .. } => {
                let mut items = self.list(over)?.into_iter();
                let Some(first) = items.next() else {
                    return Ok(Flow::On);
                };
                self.set(*item, first);
                self.enter(Kind::Each(items));
                return Ok(Flow::In);
            }
            Step::Loop { .. } => {
                self.enter(Kind::Loop { moved: self.moved() });
                return Ok(Flow::In);
            }
            Step::Retry { .. } => {
                self.enter(Kind::Retry {
                    tries: 1,
                    slots: self.slots.clone(),
                    changed: self.changed,
                });
                return Ok(Flow::In);
            }
            Step::Atomic { begin, .. } => {
                return Ok(Flow::Out(self.send(Verb::Begin(begin.clone()), Phase::Begin(0))));
            }
            Step::Judge {
                needs,
                changes,
                relied,
                returned,
            } => return Ok(self.judge([*needs, *changes, *relied, *returned])),
            Step::Learn { need, found } => {
                let (need, found) = (self.value(need)?, self.value(found)?);
                let kernel = Arc::clone(self.program.kernel());
                self.learnt += u64::from(self.known.learn(&kernel, &need, &found)?);
            }
            Step::Answer {
                candidates,
                needs,
                into,
            } => return self.answer(candidates, *needs, *into),
            Step::Return(term) => {
                let value = self.value(term)?;
                return Ok(Flow::Out(if self.is_atomic() {
                    self.commit(After::Return(value))
                } else {
                    self.end(Next::Done(value))
                }));
            }
        }
        Ok(Flow::On)
    }

    /// What constraints of the transaction mean, if the program is in one.
    pub(super) fn constraints(&mut self) -> Option<&mut Vec<(Box<str>, super::Then)>> {
        self.frames.iter_mut().find_map(|frame| match &mut frame.kind {
            Kind::Atomic { constraints } => Some(constraints),
            Kind::Whole
            | Kind::Then
            | Kind::Otherwise
            | Kind::Case(_)
            | Kind::Each(_)
            | Kind::Loop { .. }
            | Kind::Retry { .. } => None,
        })
    }

    fn judge(&mut self, [needs, changes, relied, returned]: [super::Slot; 4]) -> Flow {
        let program = Arc::clone(&self.program);
        let kernel = program.kernel();
        let Task::Write(operation) = &self.task else {
            return Flow::Out(self.broken("a judgement in a query"));
        };
        let store = Knowing::new(kernel, &self.known, program.judged());
        let outcome = semantics::apply(kernel, &store, operation, &self.context);
        let asked = match &outcome {
            Err(Stop::Needs(lacking)) => asked(&store, kernel, lacking),
            Err(Stop::Refused(_)) | Ok(_) => Vec::new(),
        };
        match outcome {
            Ok(made) => {
                let rows = made.rows.iter().map(|it| change_value(kernel, it)).collect();
                let facts = made.relied.iter().map(|it| reliance_value(kernel, it)).collect();
                self.set(needs, Value::List(Vec::new()));
                self.set(changes, Value::List(rows));
                self.set(relied, Value::List(facts));
                self.set(returned, made.returned);
                Flow::On
            }
            Err(Stop::Needs(_)) => self.lack(needs, asked),
            Err(Stop::Refused(refusals)) => Flow::Out(self.refuse(refusals)),
        }
    }

    fn answer(&mut self, candidates: &Term, needs: super::Slot, into: super::Slot) -> Result<Flow, Unfit> {
        let program = Arc::clone(&self.program);
        let kernel = program.kernel();
        let rows = match self.value(candidates)? {
            Value::Null => None,
            Value::List(items) => Some(items.into_iter().map(row).collect::<Result<Vec<_>, _>>()?),
            other => return Err(Unfit::new("a list of rows", &other)),
        };
        let Task::Query(query) = &self.task else {
            return Ok(Flow::Out(self.broken("an answer in a write")));
        };
        let store = Knowing::new(kernel, &self.known, program.judged());
        let start = rows
            .as_ref()
            .map_or(Candidates::All, |rows| Candidates::Rows(rows));
        match semantics::answer(kernel, &store, start, query, &self.context) {
            Ok(answer) => {
                self.set(needs, Value::List(Vec::new()));
                let next = answer.next.map_or(Value::Null, Value::List);
                let members = [("rows", Value::List(answer.rows)), ("next", next)];
                let members = members.map(|(name, value)| (name.into(), value));
                self.set(into, Value::Map(members.into()));
                Ok(Flow::On)
            }
            Err(lacking) => {
                let asked = asked(&store, kernel, &lacking);
                Ok(self.lack(needs, asked))
            }
        }
    }

    /// The program is told what the evaluator lacks.
    fn lack(&mut self, slot: super::Slot, asked: Vec<(Value, Need)>) -> Flow {
        if asked.is_empty() {
            return Flow::Out(self.broken("the evaluator lacks what it can't name"));
        }
        let mut needs = Vec::with_capacity(asked.len());
        for (form, need) in asked {
            needs.push(form.clone());
            self.known.ask(form, need);
        }
        self.set(slot, Value::List(needs));
        Flow::On
    }
}

fn asked(store: &Knowing<'_>, kernel: &crate::kernel::Kernel, needs: &[Need]) -> Vec<(Value, Need)> {
    needs
        .iter()
        .map(|need| (need_value(kernel, need, store.count(need)), need.clone()))
        .collect()
}

fn row(item: Value) -> Result<Vec<Value>, Unfit> {
    match item {
        Value::List(row) => Ok(row),
        other => Err(Unfit::new("a row", &other)),
    }
}
