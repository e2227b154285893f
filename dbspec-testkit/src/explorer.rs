//! Explores what may happen when clients run programs at the same time: every order of their requests, clients that stop
//! before any of them, replies that are lost before or after they took effect.
//!
//! Nothing is drawn and nothing is timed: machines and engine are copied at each fork, and each way is gone to its end.
//! Where two requests are [independent](Engine::commute), one order of them stands for both (sleep sets, after Godefroid).

use std::collections::BTreeSet;

use dbspec_core::kernel::Refusal;
use dbspec_core::program::machine::{Applied, Fault, Machine, Next, Reply, Verb};
use dbspec_core::value::Value;

use crate::fake::{Fake, Touch};

/// An engine that can be copied with all that it knows.
pub trait Engine: Clone {
    /// Serves what a client sends.
    fn serve(&mut self, client: usize, verb: &Verb) -> Reply;
    /// A client is gone.
    fn leave(&mut self, client: usize);
    /// Whether it makes no difference, to anybody and ever, which of two clients' next requests is served first.
    fn commute(&self, a: (usize, &Verb), b: (usize, &Verb)) -> bool {
        let _ = (a, b);
        false
    }
}

impl Engine for Fake {
    fn serve(&mut self, client: usize, verb: &Verb) -> Reply {
        Self::serve(self, client, verb)
    }
    fn leave(&mut self, client: usize) {
        Self::leave(self, client);
    }
    fn commute(&self, a: (usize, &Verb), b: (usize, &Verb)) -> bool {
        let (a, b) = (self.touch(a.0, a.1), self.touch(b.0, b.1));
        match (a, b) {
            (Touch::Own, _) | (_, Touch::Own) | (Touch::Reads, Touch::Reads) => true,
            (Touch::Changes, Touch::Changes | Touch::Reads) | (Touch::Reads, Touch::Changes) => false,
        }
    }
}

/// How a client ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was done.
    Done(Value),
    /// It was refused.
    Refused(Vec<Refusal>),
    /// It failed.
    Failed(Fault, Applied),
    /// It was stopped.
    Stopped,
}

/// What may go wrong on a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Troubles {
    /// So many clients at most are stopped.
    pub stops: u8,
    /// So many replies at most are lost.
    pub losses: u8,
}

impl Troubles {
    /// None: only the order varies.
    pub const NONE: Self = Self { stops: 0, losses: 0 };
}

/// What was explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// Ways gone to their end.
    pub ways: u64,
    /// How many of the clients that ended were done.
    pub done: u64,
    /// How many were refused.
    pub refused: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were stopped.
    pub stopped: u64,
    /// Whether there were more ways than were allowed.
    pub cut: bool,
}

/// Goes all ways, at most so many, and has each end judged: the engine and how each client ended.
///
/// # Errors
/// What `judge` says of the first end that isn't right.
pub fn explore<E: Engine>(
    engine: &E,
    machines: Vec<Machine>,
    troubles: Troubles,
    most: u64,
    mut judge: impl FnMut(&E, &[End]) -> Result<(), String>,
) -> Result<Explored, String> {
    let clients = machines.into_iter().map(|mut machine| {
        let next = machine.next(Reply::Start);
        Client::of(machine, next)
    });
    let mut explored = Explored::default();
    let mut open = vec![Way {
        engine: engine.clone(),
        clients: clients.collect(),
        asleep: BTreeSet::new(),
        troubles,
    }];
    while let Some(way) = open.pop() {
        if explored.ways >= most {
            explored.cut = true;
            break;
        }
        let ends: Vec<End> = way.clients.iter().filter_map(Client::end).collect();
        if ends.len() < way.clients.len() {
            way.forks(&mut open);
            continue;
        }
        explored.ways += 1;
        for end in &ends {
            match end {
                End::Done(_) => explored.done += 1,
                End::Refused(_) => explored.refused += 1,
                End::Failed(..) => explored.failed += 1,
                End::Stopped => explored.stopped += 1,
            }
        }
        judge(&way.engine, &ends)?;
    }
    Ok(explored)
}

/// Whether an engine is as some order of what was done leaves it, from its first state, each client after the other.
///
/// What may or may not have been done, since a client was stopped or its reply was lost, stands in the order or doesn't.
pub fn is_some_order<E: Engine>(
    first: &E,
    machines: &[Machine],
    last: &E,
    ends: &[End],
    same: impl Fn(&E, &E) -> bool,
) -> bool {
    let (mut done, mut perhaps) = (Vec::new(), Vec::new());
    for (at, end) in ends.iter().enumerate() {
        match end {
            End::Done(_) => done.push(at),
            End::Stopped | End::Failed(_, Applied::Unknown) => perhaps.push(at),
            End::Refused(_) | End::Failed(_, Applied::No) => {}
        }
    }
    let mut open: Vec<(E, Vec<usize>)> = subsets(&perhaps)
        .into_iter()
        .map(|some| (first.clone(), done.iter().copied().chain(some).collect()))
        .collect();
    while let Some((engine, left)) = open.pop() {
        if left.is_empty() && same(&engine, last) {
            return true;
        }
        for (place, at) in left.iter().enumerate() {
            let mut engine = engine.clone();
            if let Some(machine) = machines.get(*at)
                && is_done(&mut engine, *at, machine.clone())
            {
                let mut rest = left.clone();
                rest.remove(place);
                open.push((engine, rest));
            }
        }
    }
    false
}

/// Whether a client that is alone is done.
fn is_done<E: Engine>(engine: &mut E, client: usize, mut machine: Machine) -> bool {
    let mut reply = Reply::Start;
    loop {
        match machine.next(reply) {
            Next::Send(sent) => reply = engine.serve(client, &sent.verb),
            Next::Done(_) => return true,
            Next::Refused(_) | Next::Failed { .. } => return false,
        }
    }
}

fn subsets(of: &[usize]) -> Vec<Vec<usize>> {
    of.iter().fold(vec![Vec::new()], |mut all, at| {
        let with = all.iter().map(|some: &Vec<usize>| {
            let mut some = some.clone();
            some.push(*at);
            some
        });
        let with: Vec<Vec<usize>> = with.collect();
        all.extend(with);
        all
    })
}

/// A way so far.
#[derive(Clone)]
struct Way<E> {
    engine: E,
    clients: Vec<Client>,
    /// Clients whose next request has been served first on another way, and would come to the same here.
    asleep: BTreeSet<usize>,
    troubles: Troubles,
}

#[derive(Clone)]
enum Client {
    /// It has this to send.
    Sends(Box<Machine>, Verb),
    Ended(End),
}

impl Client {
    fn of(machine: Machine, next: Next) -> Self {
        match next {
            Next::Send(sent) => Self::Sends(Box::new(machine), sent.verb),
            Next::Done(value) => Self::Ended(End::Done(value)),
            Next::Refused(refusals) => Self::Ended(End::Refused(refusals)),
            Next::Failed { fault, applied } => Self::Ended(End::Failed(fault, applied)),
        }
    }

    fn end(&self) -> Option<End> {
        match self {
            Self::Sends(..) => None,
            Self::Ended(end) => Some(end.clone()),
        }
    }

    fn told(machine: &Machine, reply: Reply) -> Self {
        let mut machine = machine.clone();
        let next = machine.next(reply);
        Self::of(machine, next)
    }
}

impl<E: Engine> Way<E> {
    /// Adds all ways that go on from here.
    fn forks(mut self, open: &mut Vec<Self>) {
        for at in 0..self.clients.len() {
            let Client::Sends(machine, verb) = self.clients[at].clone() else {
                continue;
            };
            if self.asleep.contains(&at) {
                continue;
            }
            let (machine, verb) = (&*machine, &verb);
            let mut serve = self.clone();
            serve.asleep.retain(|other| match &self.clients[*other] {
                Client::Sends(_, theirs) => self.engine.commute((at, verb), (*other, theirs)),
                Client::Ended(_) => false,
            });
            let asleep = serve.asleep.clone();
            let reply = serve.engine.serve(at, verb);
            if self.troubles.losses > 0 {
                // It took effect, but nobody knows; or it never came.
                let lost = |engine: E| {
                    let mut way = Self {
                        engine,
                        asleep: asleep.clone(),
                        ..self.clone()
                    };
                    way.troubles.losses -= 1;
                    // Whoever loses a connection loses its transaction.
                    way.engine.leave(at);
                    way.clients[at] = Client::told(machine, Reply::Fault(Fault::Lost));
                    way
                };
                open.push(lost(serve.engine.clone()));
                open.push(lost(self.engine.clone()));
            }
            if self.troubles.stops > 0 {
                let mut stop = Self {
                    asleep: asleep.clone(),
                    ..self.clone()
                };
                stop.troubles.stops -= 1;
                stop.engine.leave(at);
                stop.clients[at] = Client::Ended(End::Stopped);
                open.push(stop);
            }
            serve.clients[at] = Client::told(machine, reply);
            open.push(serve);
            self.asleep.insert(at);
        }
    }
}
