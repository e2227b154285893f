//! Requests: documents with holes, and what their faults mean.

use std::collections::BTreeMap;

use super::{Slot, Term};
use crate::kernel::Refusal;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What the engine's driver is asked to do: a statement, or the name of a call (`TransactWriteItems`).
    pub text: Box<str>,
    /// Its binds or its document.
    pub args: Doc,
    /// Where the reply goes: for a statement a list of rows (maps by column) and the count of rows touched as
    /// `{rows, touched}`, for a call its document.
    pub into: Option<Slot>,
    /// Whether it may be sent again when the reply was lost.
    pub replay: Replay,
    /// What its faults mean.
    pub expect: Expect,
}

/// Whether a request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It may: it reads, or takes numbers of a sequence, and changes nothing else.
    Safe,
    /// It may: it carries a token by which the engine knows it, or does the same again.
    Token,
    /// It may not.
    Never,
}

/// What the faults of a request mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// By the name of a constraint. In a transaction, also those that the engine judges at commit.
    pub constraints: BTreeMap<Box<str>, Then>,
    /// Where no row was touched.
    pub none: Option<Then>,
}

/// What happens then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// The program ends with a refusal.
    Refuse(Refusal),
    /// The enclosing [`Step::Retry`](super::Step::Retry) begins again.
    Again,
    /// The program goes on.
    Ignore,
    /// The program fails: this can't be.
    Fail,
}

/// A document with holes: a request's binds (a list), or its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doc {
    /// A term's value.
    Hole(Term),
    /// A list.
    List(Vec<Doc>),
    /// A map.
    Map(Vec<(Box<str>, Doc)>),
    /// A map whose members are left out where their term is null.
    Some(Vec<(Box<str>, Term, Doc)>),
    /// A list's items, spliced into the enclosing [`Doc::List`]: one document per item.
    Repeat {
        /// The list.
        over: Term,
        /// Where the item goes.
        item: Slot,
        /// The document of an item.
        doc: Box<Doc>,
    },
    /// The document of a name; where there is none, nothing (left out of the enclosing list).
    Switch(Term, BTreeMap<Box<str>, Doc>),
    /// Nothing, unless the term is true.
    If(Term, Box<Doc>),
    /// An action whose position among the request's actions counts: a fault at that position means this.
    Act(Box<Denial>, Box<Doc>),
}

/// What a fault at an action's position means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Always the same.
    Then(Then),
    /// The rule whose id a term gives, as an integer.
    Rule(Term),
    /// By what stood there: the first whose test over the item returned (in the slot; null where there was none) is
    /// true, else the last.
    ByItem(Slot, Vec<(Term, Then)>, Then),
}
