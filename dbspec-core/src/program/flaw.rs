//! What makes steps no program: found when a program is made, so that a machine never runs into it.

use std::collections::BTreeSet;

use super::{Denial, Doc, Purpose, Replay, Request, Slot, Step, Term, Then};
use crate::kernel::{EntityId, Kernel};
use crate::program::{LeafCodec, Shape};

/// Why steps are no program: a fault of the backend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A loop whose body has no request would go round for ever.
    #[error("a loop sends nothing")]
    IdleLoop,
    /// The last step is none that ends the program.
    #[error("the program doesn't end with a return")]
    OpenEnd,
    /// A slot is read that nothing sets.
    #[error("slot {} is read, but never set", .0.0)]
    Unset(Slot),
    /// [`Step::Judge`] in a query, [`Step::Answer`] or an argument in a write.
    #[error("{0} in a program of another purpose")]
    Purpose(&'static str),
    /// Several requests at once of which one may not be sent again: a fault wouldn't say which was done.
    #[error("a request that changes something isn't sent alone: {0}")]
    NotAlone(Box<str>),
    /// A fault shall be tried again where no [`Step::Retry`] is around.
    #[error("nothing is around {0} that would try again")]
    NoRetry(Box<str>),
    /// A transaction or a retry within a transaction.
    #[error("{0} within a transaction")]
    Nested(&'static str),
    /// [`Doc::Repeat`] outside of a list.
    #[error("a document repeats outside of a list: {0}")]
    Unspliced(Box<str>),
    /// A codec that works one way is decoded.
    #[error("a codec that works one way is decoded")]
    OneWay,
    /// A shape hasn't got one entry per leaf.
    #[error("a shape has {found} leaves, its entity {expected}")]
    Shape {
        /// The entity.
        entity: EntityId,
        /// Its leaves.
        expected: usize,
        /// The shape's.
        found: usize,
    },
}

/// How many slots the steps have.
pub(super) fn inspect(kernel: &Kernel, purpose: Purpose, steps: &[Step]) -> Result<u16, Flaw> {
    let mut inspection = Inspection {
        kernel,
        purpose,
        set: BTreeSet::new(),
        read: BTreeSet::new(),
    };
    inspection.block(steps, Around::default())?;
    if !ends(steps) {
        return Err(Flaw::OpenEnd);
    }
    let Inspection { set, read, .. } = inspection;
    if let Some(slot) = read.difference(&set).next() {
        return Err(Flaw::Unset(*slot));
    }
    Ok(set.last().map_or(0, |it| it.0.saturating_add(1)))
}

/// Whether a block always ends the program.
fn ends(block: &[Step]) -> bool {
    match block.last() {
        Some(Step::Return(_)) => true,
        Some(Step::Retry { body, .. } | Step::Atomic { body, .. }) => ends(body),
        Some(Step::When(_, then, otherwise)) => ends(then) && ends(otherwise),
        Some(Step::Switch(_, blocks)) => blocks.values().all(|block| ends(block)),
        Some(
            Step::Set(..)
            | Step::Refuse { .. }
            | Step::Limit { .. }
            | Step::Send(_)
            | Step::Each { .. }
            | Step::Loop { .. }
            | Step::Judge { .. }
            | Step::Learn { .. }
            | Step::Answer { .. },
        )
        | None => false,
    }
}

/// Whether a block has a request anywhere.
fn sends(block: &[Step]) -> bool {
    block.iter().any(|step| match step {
        Step::Send(requests) => !requests.is_empty(),
        Step::When(_, then, otherwise) => sends(then) || sends(otherwise),
        Step::Switch(_, blocks) => blocks.values().any(|block| sends(block)),
        Step::Each { body, .. } | Step::Loop { body, .. } | Step::Retry { body, .. } => sends(body),
        Step::Atomic { .. } => true,
        Step::Set(..)
        | Step::Refuse { .. }
        | Step::Limit { .. }
        | Step::Judge { .. }
        | Step::Learn { .. }
        | Step::Answer { .. }
        | Step::Return(_) => false,
    })
}

/// What steps stand in.
#[derive(Clone, Copy, Default)]
struct Around {
    retry: bool,
    atomic: bool,
}

struct Inspection<'k> {
    kernel: &'k Kernel,
    purpose: Purpose,
    set: BTreeSet<Slot>,
    read: BTreeSet<Slot>,
}

impl Inspection<'_> {
    fn block(&mut self, block: &[Step], around: Around) -> Result<(), Flaw> {
        block.iter().try_for_each(|step| self.step(step, around))
    }

    fn step(&mut self, step: &Step, around: Around) -> Result<(), Flaw> {
        match step {
            Step::Set(slot, term) => {
                self.set.insert(*slot);
                self.term(term)
            }
            Step::Refuse { unless, .. } | Step::Limit { unless, .. } => self.term(unless),
            Step::Send(requests) => self.requests(requests, around),
            Step::When(term, then, otherwise) => {
                self.term(term)?;
                self.block(then, around)?;
                self.block(otherwise, around)
            }
            Step::Switch(term, blocks) => {
                self.term(term)?;
                blocks.values().try_for_each(|block| self.block(block, around))
            }
            Step::Each { over, item, body } => {
                self.set.insert(*item);
                self.term(over)?;
                self.block(body, around)
            }
            Step::Loop { body, again } => {
                if !sends(body) {
                    return Err(Flaw::IdleLoop);
                }
                self.block(body, around)?;
                self.term(again)
            }
            Step::Retry { body, .. } => {
                if around.atomic {
                    return Err(Flaw::Nested("a retry"));
                }
                self.block(
                    body,
                    Around {
                        retry: true,
                        ..around
                    },
                )
            }
            Step::Atomic { body, .. } => {
                if around.atomic {
                    return Err(Flaw::Nested("a transaction"));
                }
                self.block(
                    body,
                    Around {
                        atomic: true,
                        ..around
                    },
                )
            }
            Step::Judge {
                needs,
                changes,
                relied,
                returned,
            } => {
                self.set.extend([*needs, *changes, *relied, *returned]);
                match self.purpose {
                    Purpose::Write => Ok(()),
                    Purpose::Query(_) => Err(Flaw::Purpose("a judgement")),
                }
            }
            Step::Learn { need, found } => {
                self.term(need)?;
                self.term(found)
            }
            Step::Answer {
                candidates,
                needs,
                into,
            } => {
                self.set.extend([*needs, *into]);
                self.term(candidates)?;
                self.query_only("an answer")
            }
            Step::Return(term) => self.term(term),
        }
    }

    fn query_only(&self, what: &'static str) -> Result<(), Flaw> {
        match self.purpose {
            Purpose::Query(_) => Ok(()),
            Purpose::Write => Err(Flaw::Purpose(what)),
        }
    }

    fn requests(&mut self, requests: &[Request], around: Around) -> Result<(), Flaw> {
        for request in requests {
            let alone = requests.len() == 1 || around.atomic;
            match request.replay {
                Replay::Safe => {}
                Replay::Token | Replay::Never if alone => {}
                Replay::Token | Replay::Never => return Err(Flaw::NotAlone(request.text.clone())),
            }
            self.set.extend(request.into);
            let thens = request.expect.constraints.values().chain(&request.expect.none);
            for then in thens {
                retried(then, request, around)?;
            }
            self.doc(&request.args, Place::One, request, around)?;
        }
        Ok(())
    }

    fn doc(&mut self, doc: &Doc, place: Place, request: &Request, around: Around) -> Result<(), Flaw> {
        match doc {
            Doc::Hole(term) => self.term(term),
            Doc::List(items) => items
                .iter()
                .try_for_each(|item| self.doc(item, Place::List, request, around)),
            Doc::Map(members) => members
                .iter()
                .try_for_each(|(_, member)| self.doc(member, Place::One, request, around)),
            Doc::Some(members) => members.iter().try_for_each(|(_, term, member)| {
                self.term(term)?;
                self.doc(member, Place::One, request, around)
            }),
            Doc::Repeat { over, item, doc } => {
                self.set.insert(*item);
                self.term(over)?;
                match place {
                    Place::List => self.doc(doc, place, request, around),
                    Place::One => Err(Flaw::Unspliced(request.text.clone())),
                }
            }
            Doc::Switch(term, docs) => {
                self.term(term)?;
                docs.values()
                    .try_for_each(|doc| self.doc(doc, place, request, around))
            }
            Doc::If(term, doc) => {
                self.term(term)?;
                self.doc(doc, place, request, around)
            }
            Doc::Act(denial, doc) => {
                match &**denial {
                    Denial::Then(then) => retried(then, request, around)?,
                    Denial::Rule(term) => self.term(term)?,
                    Denial::ByItem(slot, tests, otherwise) => {
                        self.set.insert(*slot);
                        for (test, then) in tests {
                            self.term(test)?;
                            retried(then, request, around)?;
                        }
                        retried(otherwise, request, around)?;
                    }
                }
                self.doc(doc, place, request, around)
            }
        }
    }

    fn term(&mut self, term: &Term) -> Result<(), Flaw> {
        match term {
            Term::Value(_) | Term::Now | Term::Token => Ok(()),
            Term::Slot(slot) => {
                self.read.insert(*slot);
                Ok(())
            }
            Term::Arg(_) | Term::After(_) | Term::HasCursor => self.query_only("an argument"),
            Term::Eval(_) | Term::Test(_) => self.query_only("an expression over arguments"),
            Term::Nth(of, _)
            | Term::Member(of, _)
            | Term::Encode(_, of)
            | Term::Bound(_, of)
            | Term::Len(of)
            | Term::IsNull(of)
            | Term::Not(of)
            | Term::Distinct(of)
            | Term::Chunks(of, _) => self.term(of),
            Term::Decode(codec, of) => {
                if codec.is_one_way() {
                    return Err(Flaw::OneWay);
                }
                self.term(of)
            }
            Term::DecodeRow(shape, of) | Term::DecodeRows(shape, of) => {
                self.shape(shape)?;
                self.term(of)
            }
            Term::Concat(terms) | Term::List(terms) | Term::Join(terms) => {
                terms.iter().try_for_each(|term| self.term(term))
            }
            Term::Record(members) => members.iter().try_for_each(|(_, term)| self.term(term)),
            Term::Same(a, b) | Term::Less(a, b) | Term::Both(a, b) | Term::Plus(a, b) | Term::Minus(a, b) => {
                self.term(a)?;
                self.term(b)
            }
            Term::Filter(over, slot, of) | Term::Map(over, slot, of) => {
                self.set.insert(*slot);
                self.term(over)?;
                self.term(of)
            }
        }
    }

    fn shape(&self, shape: &Shape) -> Result<(), Flaw> {
        let expected = self.kernel.entities[shape.entity].leaves.len();
        if shape.leaves.len() != expected {
            return Err(Flaw::Shape {
                entity: shape.entity,
                expected,
                found: shape.leaves.len(),
            });
        }
        let one_way = |(_, leaf): &(Vec<Box<str>>, LeafCodec)| match leaf {
            LeafCodec::One(codec) | LeafCodec::Many(codec) => codec.is_one_way(),
            LeafCodec::Groups(members) => members.iter().any(|(_, codec)| codec.is_one_way()),
            LeafCodec::Constant(_) => false,
        };
        if shape.leaves.iter().any(one_way) {
            return Err(Flaw::OneWay);
        }
        Ok(())
    }
}

/// Where a document stands.
#[derive(Clone, Copy)]
enum Place {
    /// Where several may stand.
    List,
    /// Where one stands.
    One,
}

fn retried(then: &Then, request: &Request, around: Around) -> Result<(), Flaw> {
    match then {
        Then::Again if !around.retry => Err(Flaw::NoRetry(request.text.clone())),
        Then::Again | Then::Refuse(_) | Then::Ignore | Then::Fail => Ok(()),
    }
}
