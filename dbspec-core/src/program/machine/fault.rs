//! Replies: results, and what faults lead to.

use std::sync::Arc;

use super::super::{Replay, Request, Step, Then};
use super::run::step;
use super::{After, Applied, Ending, Fault, Flight, Frame, Kind, Machine, Next, Phase, Verb};
use crate::kernel::Refusal;
use crate::value::Value;

/// So many times something is sent again before the program fails.
const RESENDS: u32 = 6;
/// The wait before something is sent again, doubled each time.
const RESEND_MS: u32 = 20;

/// What several findings lead to together.
#[derive(Default)]
struct Found {
    again: bool,
    fail: bool,
    refused: Vec<Refusal>,
}

impl Found {
    fn add(&mut self, then: Then) {
        match then {
            Then::Refuse(refusal) => self.refused.push(refusal),
            Then::Again => self.again = true,
            Then::Ignore => {}
            Then::Fail => self.fail = true,
        }
    }
}

impl Machine {
    /// The requests on their way, as the program has them.
    fn requests<'p>(&self, program: &'p super::Program) -> &'p [Request] {
        match step(program, &self.frames) {
            Some(Step::Send(requests)) => requests,
            // The machine waits for calls at such a step alone.
            _ => &[],
        }
    }

    pub(super) fn results(&mut self, flight: &Flight, results: Vec<Value>) -> Next {
        let program = Arc::clone(&self.program);
        let requests = self.requests(&program);
        if results.len() != flight.calls.len() || results.len() != requests.len() {
            return self.broken("another number of results than of calls");
        }
        let mut found = Found::default();
        let mut changed = false;
        for (request, result) in requests.iter().zip(results) {
            if is_untouched(&result) {
                found.add(request.expect.none.clone().unwrap_or(Then::Ignore));
            } else {
                changed |= request.replay != Replay::Safe;
            }
            if let Some(slot) = request.into {
                self.set(slot, result);
            }
        }
        if changed && !self.only_reads() && !self.is_atomic() {
            self.changed += 1;
        }
        self.follow(found, Fault::Broken("a request touched no row".into()))
    }

    /// Goes on as findings say. Somebody else's change comes first: what was judged on may be stale.
    fn follow(&mut self, found: Found, fault: Fault) -> Next {
        if found.again {
            self.again_after_rollback(Fault::Conflict)
        } else if found.fail {
            self.fail(fault, Applied::No)
        } else if found.refused.is_empty() {
            self.advance();
            self.run()
        } else {
            self.refuse(found.refused)
        }
    }

    pub(super) fn fault(&mut self, flight: Flight, fault: Fault) -> Next {
        let program = Arc::clone(&self.program);
        let requests = self.requests(&program);
        let resendable = requests.iter().all(|it| it.replay != Replay::Never);
        let reads = self.only_reads() || requests.iter().all(|it| it.replay == Replay::Safe);
        let applied = if flight.lost && !reads && !self.is_atomic() {
            Applied::Unknown
        } else {
            Applied::No
        };
        let mut found = Found::default();
        match &fault {
            Fault::Constraint(name) => {
                let then = requests.iter().find_map(|it| it.expect.constraints.get(name));
                found.add(then.cloned().unwrap_or(Then::Fail));
            }
            Fault::Cancelled(items) => {
                let actions: Vec<_> = flight.actions.iter().flatten().collect();
                if actions.len() != items.len() || items.iter().all(Option::is_none) {
                    return self.fail(fault, applied);
                }
                for (action, item) in actions.into_iter().zip(items) {
                    let Some(item) = item else { continue };
                    match self.denied(action, item) {
                        Ok(then) => found.add(then),
                        Err(unfit) => return self.broken(unfit),
                    }
                }
            }
            Fault::Throttled => return self.resend(flight, fault, applied),
            // Whoever is at the same data may be the request itself, whose reply was lost.
            Fault::Conflict if flight.lost && resendable => return self.resend(flight, fault, applied),
            Fault::Conflict => found.add(Then::Again),
            // The session is gone, and with it what was done in the transaction.
            Fault::Lost if self.is_atomic() => found.add(Then::Again),
            Fault::Lost => {
                let flight = Flight { lost: true, ..flight };
                let applied = if reads { Applied::No } else { Applied::Unknown };
                return if resendable {
                    self.resend(flight, fault, applied)
                } else {
                    self.fail(fault, applied)
                };
            }
            Fault::Limit(_) => return self.fail(fault, applied),
            Fault::Broken(_) => {
                let applied = if reads || self.is_atomic() {
                    Applied::No
                } else {
                    Applied::Unknown
                };
                return self.fail(fault, applied);
            }
        }
        if found.again {
            return self.again_after_rollback(fault);
        }
        if found.fail {
            return self.fail(fault, applied);
        }
        self.follow(found, fault)
    }

    fn resend(&mut self, flight: Flight, fault: Fault, applied: Applied) -> Next {
        if flight.resent >= RESENDS {
            return self.fail(fault, applied);
        }
        self.wait_ms = RESEND_MS << flight.resent;
        let verb = Verb::Calls(flight.calls.clone());
        self.send(
            verb,
            Phase::Calls(Flight {
                resent: flight.resent + 1,
                ..flight
            }),
        )
    }

    pub(super) fn begin_fault(&mut self, fault: Fault, resent: u32) -> Next {
        let program = Arc::clone(&self.program);
        let begin = match step(&program, &self.frames) {
            Some(Step::Atomic { begin, .. }) => begin.clone(),
            // The machine begins a transaction at such a step alone.
            _ => return self.broken("no transaction begins here"),
        };
        match fault {
            Fault::Conflict | Fault::Throttled | Fault::Lost if resent < RESENDS => {
                self.wait_ms = RESEND_MS << resent;
                self.send(Verb::Begin(begin), Phase::Begin(resent + 1))
            }
            Fault::Conflict
            | Fault::Throttled
            | Fault::Lost
            | Fault::Constraint(_)
            | Fault::Cancelled(_)
            | Fault::Limit(_)
            | Fault::Broken(_) => self.fail(fault, Applied::No),
        }
    }

    pub(super) fn commit(&mut self, after: After) -> Next {
        self.send(Verb::Commit, Phase::Commit(after))
    }

    pub(super) fn committed(&mut self, after: After) -> Next {
        if !self.only_reads() {
            self.changed += 1;
        }
        self.leave_atomic();
        match after {
            After::Step => {
                self.advance();
                self.run()
            }
            After::Return(value) => self.end(Next::Done(value)),
        }
    }

    pub(super) fn commit_fault(&mut self, _: After, fault: Fault) -> Next {
        let found = match &fault {
            Fault::Constraint(name) => self
                .constraints()
                .and_then(|all| all.iter().find(|(it, _)| it == name))
                .map_or(Then::Fail, |(_, then)| then.clone()),
            Fault::Conflict | Fault::Throttled => Then::Again,
            Fault::Lost if self.only_reads() => Then::Again,
            Fault::Cancelled(_) | Fault::Limit(_) => Then::Fail,
            Fault::Lost | Fault::Broken(_) => {
                let applied = if self.only_reads() {
                    Applied::No
                } else {
                    Applied::Unknown
                };
                return self.fail(fault, applied);
            }
        };
        match found {
            Then::Refuse(refusal) => self.refuse(vec![refusal]),
            Then::Again => self.again_after_rollback(fault),
            // Nothing was committed, so that nothing can be ignored.
            Then::Ignore | Then::Fail => self.fail(fault, Applied::No),
        }
    }

    fn again_after_rollback(&mut self, fault: Fault) -> Next {
        if self.leave_atomic() {
            self.send(Verb::Rollback, Phase::Rollback(Box::new(Ending::Again(fault))))
        } else {
            self.again(fault)
        }
    }

    /// Another try of the innermost retry, or the end.
    pub(super) fn again(&mut self, fault: Fault) -> Next {
        let program = Arc::clone(&self.program);
        let at = self
            .frames
            .iter()
            .rposition(|frame| matches!(frame.kind, Kind::Retry { .. }));
        let around = at.and_then(|at| step(&program, &self.frames[..at]));
        let (
            Some(at),
            Some(Step::Retry {
                at_most, backoff_ms, ..
            }),
        ) = (at, around)
        else {
            return self.fail(fault, Applied::No);
        };
        self.frames.truncate(at + 1);
        let Some(Frame {
            kind:
                Kind::Retry {
                    tries,
                    slots,
                    changed,
                },
            at: first,
        }) = self.frames.last_mut()
        else {
            return self.fail(fault, Applied::No);
        };
        if *tries >= *at_most || *changed != self.changed {
            return self.fail(fault, Applied::No);
        }
        self.wait_ms = backoff_ms.saturating_mul(1u32.checked_shl(u32::from(*tries - 1)).unwrap_or(u32::MAX));
        *tries += 1;
        *first = 0;
        self.slots.clone_from(slots);
        self.known = super::Known::default();
        self.run()
    }
}

/// Whether a statement's result says that no row was touched.
fn is_untouched(result: &Value) -> bool {
    let Value::Map(members) = result else {
        return false;
    };
    let member = |name: &str| members.iter().find(|(it, _)| &**it == name).map(|(_, it)| it);
    match (member("touched"), member("rows")) {
        (Some(Value::Int(touched)), _) => *touched == 0,
        (_, Some(Value::List(rows))) => rows.is_empty(),
        _ => false,
    }
}
