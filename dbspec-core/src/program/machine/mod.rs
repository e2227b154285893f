//! The machine: runs a program without I/O.
//!
//! It is told replies and says what to send next; whoever drives it sends, waits as long as he is told to, and
//! translates what the engine's driver says. It never gives up a transaction without rolling it back, and sends again
//! only what may be sent again.
//!
//! A position in a program is a path of frames, from the outermost block in; nothing recurses over data.

mod build;
mod eval;
mod fault;
mod run;
mod wire;

use std::fmt;
use std::sync::Arc;

pub use wire::{Applied, Call, Fault, Next, Reply, Sent, Verb};

use super::known::Known;
use super::request::Then;
use super::{Program, Slot};
use crate::kernel::Refusal;
use crate::semantics::{Asked, Context, Operation};
use crate::value::Value;
use build::Action;

/// Runs a program: one query or one write.
#[derive(Clone)]
pub struct Machine {
    program: Arc<Program>,
    task: Task,
    context: Context,
    slots: Vec<Value>,
    known: Known,
    /// Where the program is: one frame per block, the outermost first; never empty.
    frames: Vec<Frame>,
    phase: Phase,
    /// How long the next request waits.
    wait_ms: u32,
    /// How many requests were made, for tokens.
    requests: u64,
    /// How many times something was sent.
    sent: u64,
    /// How many times something was learnt that wasn't known.
    learnt: u64,
    /// How many requests and transactions have changed something.
    changed: u64,
}

/// What is to be done.
#[derive(Clone)]
enum Task {
    Query(Asked),
    Write(Operation),
}

/// A block that the program is in.
#[derive(Clone)]
struct Frame {
    /// The step that it is at.
    at: usize,
    kind: Kind,
}

/// Which block of the step around it a frame is.
#[derive(Clone)]
enum Kind {
    /// The whole program.
    Whole,
    /// The first block of a [`When`](super::Step::When).
    Then,
    /// Its second.
    Otherwise,
    /// A block of a [`Switch`](super::Step::Switch).
    Case(Box<str>),
    /// An [`Each`](super::Step::Each), and the items that are left.
    Each(std::vec::IntoIter<Value>),
    /// A [`Loop`](super::Step::Loop).
    Loop {
        /// What had been sent or learnt when the round began.
        moved: u64,
    },
    /// A [`Retry`](super::Step::Retry).
    Retry {
        /// How many times it was tried.
        tries: u16,
        /// The slots as they were before.
        slots: Vec<Value>,
        /// What had been changed before.
        changed: u64,
    },
    /// An [`Atomic`](super::Step::Atomic) that has begun.
    Atomic {
        /// What the constraints mean that its requests may break, at commit too.
        constraints: Vec<(Box<str>, Then)>,
    },
}

/// What the machine waits for.
#[derive(Clone)]
enum Phase {
    /// To be started.
    Ready,
    /// Replies to requests.
    Calls(Flight),
    /// A transaction's beginning; sent again so many times.
    Begin(u32),
    /// A transaction's commit.
    Commit(After),
    /// A transaction's end without effect.
    Rollback(Box<Ending>),
    /// Nothing: it is over.
    Over,
}

/// What follows a commit.
#[derive(Clone)]
enum After {
    /// The next step.
    Step,
    /// The program's end, with a value.
    Return(Value),
}

/// What follows a rollback.
#[derive(Clone)]
enum Ending {
    /// Another try.
    Again(Fault),
    /// The program's end.
    Over(Next),
}

/// Requests that are on their way.
#[derive(Clone)]
struct Flight {
    calls: Vec<Call>,
    /// What the actions of the calls mean, call by call.
    actions: Vec<Vec<Action>>,
    /// How many times they were sent again.
    resent: u32,
    /// Whether a reply was lost, so that they may have been done.
    lost: bool,
}

impl Machine {
    /// A machine that answers a query.
    pub fn query(program: Arc<Program>, asked: Asked, context: Context) -> Self {
        Self::new(program, Task::Query(asked), context)
    }

    /// A machine that does a write.
    pub fn write(program: Arc<Program>, operation: Operation, context: Context) -> Self {
        Self::new(program, Task::Write(operation), context)
    }

    fn new(program: Arc<Program>, task: Task, context: Context) -> Self {
        Self {
            slots: vec![Value::Null; usize::from(program.slots())],
            program,
            task,
            context,
            known: Known::default(),
            frames: vec![Frame {
                at: 0,
                kind: Kind::Whole,
            }],
            phase: Phase::Ready,
            wait_ms: 0,
            requests: 0,
            sent: 0,
            learnt: 0,
            changed: 0,
        }
    }

    /// Goes on with a reply, the first of which is [`Reply::Start`]. What comes is sent, or ends the program.
    pub fn next(&mut self, reply: Reply) -> Next {
        match (std::mem::replace(&mut self.phase, Phase::Over), reply) {
            (Phase::Ready, Reply::Start) => self.run(),
            (Phase::Begin(_), Reply::Done) => {
                self.enter(Kind::Atomic {
                    constraints: Vec::new(),
                });
                self.run()
            }
            (Phase::Begin(resent), Reply::Fault(fault)) => self.begin_fault(fault, resent),
            (Phase::Calls(flight), Reply::Results(results)) => self.results(&flight, results),
            (Phase::Calls(flight), Reply::Fault(fault)) => self.fault(flight, fault),
            (Phase::Commit(after), Reply::Done) => self.committed(after),
            (Phase::Commit(after), Reply::Fault(fault)) => self.commit_fault(after, fault),
            // A transaction whose rollback fails is ended by the engine when its session ends.
            (Phase::Rollback(ending), Reply::Done | Reply::Fault(_)) => match *ending {
                Ending::Again(fault) => self.again(fault),
                Ending::Over(next) => next,
            },
            (Phase::Over, _) => self.broken("the program is over"),
            (
                Phase::Ready | Phase::Begin(_) | Phase::Calls(_) | Phase::Commit(_) | Phase::Rollback(_),
                Reply::Start | Reply::Done | Reply::Results(_) | Reply::Fault(_),
            ) => self.broken("a reply to something else"),
        }
    }

    /// Whether the program changes nothing.
    fn only_reads(&self) -> bool {
        matches!(self.task, Task::Query(_))
    }

    fn send(&mut self, verb: Verb, phase: Phase) -> Next {
        self.phase = phase;
        self.sent += 1;
        Next::Send(Sent {
            after_ms: std::mem::take(&mut self.wait_ms),
            verb,
        })
    }

    /// Ends the program; a transaction is rolled back first.
    fn end(&mut self, next: Next) -> Next {
        if self.leave_atomic() {
            self.send(Verb::Rollback, Phase::Rollback(Box::new(Ending::Over(next))))
        } else {
            self.phase = Phase::Over;
            next
        }
    }

    fn refuse(&mut self, mut refusals: Vec<Refusal>) -> Next {
        refusals.sort();
        refusals.dedup();
        self.end(Next::Refused(refusals))
    }

    fn fail(&mut self, fault: Fault, applied: Applied) -> Next {
        let applied = if self.changed > 0 {
            Applied::Unknown
        } else {
            applied
        };
        self.end(Next::Failed { fault, applied })
    }

    /// What can't be: a fault of the program or of the driver.
    fn broken(&mut self, says: impl fmt::Display) -> Next {
        self.fail(Fault::Broken(says.to_string().into()), Applied::No)
    }

    /// Leaves the transaction, if the program is in one.
    fn leave_atomic(&mut self) -> bool {
        let at = self
            .frames
            .iter()
            .position(|frame| matches!(frame.kind, Kind::Atomic { .. }));
        if let Some(at) = at {
            self.frames.truncate(at);
        }
        at.is_some()
    }

    fn is_atomic(&self) -> bool {
        let mut frames = self.frames.iter();
        frames.any(|frame| matches!(frame.kind, Kind::Atomic { .. }))
    }

    fn enter(&mut self, kind: Kind) {
        self.frames.push(Frame { at: 0, kind });
    }

    fn set(&mut self, slot: Slot, value: Value) {
        if let Some(it) = self.slots.get_mut(usize::from(slot.0)) {
            *it = value;
        }
    }
}

/// Where it is, without any value: values may be secrets.
impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Ready => "ready",
            Phase::Begin(_) => "begins a transaction",
            Phase::Calls(_) => "waits for replies",
            Phase::Commit(_) => "commits",
            Phase::Rollback(_) => "rolls back",
            Phase::Over => "over",
        };
        let at: Vec<_> = self.frames.iter().map(|frame| frame.at).collect();
        f.debug_struct("Machine")
            .field("purpose", &self.program.purpose())
            .field("phase", &phase)
            .field("at", &at)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
