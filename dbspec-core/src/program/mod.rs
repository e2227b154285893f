//! Programs: what is sent to an engine to answer a query or do a write, as data.
//!
//! A program is steps over slots. The [machine](machine::Machine) runs it without I/O: it yields requests and is given
//! replies, so that everything can be tested, stopped and interleaved without an engine. `now`, seeds and retries'
//! waiting times are given or told, never taken.
//!
//! # How writes work
//!
//! A write's program is a loop around core's evaluator ([`semantics`](crate::semantics)): [`Step::Judge`] runs it on
//! what is known so far. As long as it has needs, the program fetches them (`switch` over [`Want`]) and
//! [`Step::Learn`]s the rows; then the changes and what they relied on are in slots, as values that the engine's
//! requests repeat over. What the evaluator read or took for granted is locked, or a condition of the request.
//!
//! # How queries work
//!
//! Where the engine has a query language, one request asks it all and [`Step::Return`] decodes the reply. Where it
//! hasn't, the program fetches candidates by the access path, learns them and lets [`Step::Answer`] judge, order and
//! join them with the evaluator, with needs fetched as above.
//!
//! # Values in slots
//!
//! A need is a map `{want, entity, key}`: `want` is the text of its [`Want`] (`row Order`, `children Order.customer`).
//! A change is `{do, entity, key, before, after}` with `do` like `insert Order`, a reliance `{rely, …}` with `rely`
//! like `exists Customer`. Rows in slots are lists by leaf, decoded from replies by [`Shape`]s.

pub mod machine;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::kernel::{EntityId, FieldId, Kernel, QueryId, Refusal, RuleId};
use crate::value::Value;

/// A slot of a program, which holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

/// Which evaluation a program is for; what it asks the evaluator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A query.
    Query(QueryId),
    /// Any write: the operation is given when the machine is made.
    Write,
}

/// A program.
#[derive(Clone, Debug)]
pub struct Program {
    /// The kernel that its evaluations speak of.
    pub kernel: Arc<Kernel>,
    /// What it is for.
    pub purpose: Purpose,
    /// The steps.
    pub steps: Block,
    /// How many slots it has.
    pub slots: u16,
    /// What the engine judges at commit, so that the evaluator needn't read it.
    pub judged: JudgedByEngine,
}

/// What an engine judges at commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JudgedByEngine {
    /// References whose `Exists` facet it judges.
    pub exists: std::collections::BTreeSet<FieldId>,
    /// Keys (by entity) and unique rules that it judges.
    pub keys: std::collections::BTreeSet<EntityId>,
    /// Unique rules that it judges.
    pub unique: std::collections::BTreeSet<RuleId>,
    /// References whose delete action it carries out by itself.
    pub actions: std::collections::BTreeSet<FieldId>,
    /// Rules (overlap, at-most, bounds) that it judges wholly, so that the evaluator skips them.
    pub rules: std::collections::BTreeSet<RuleId>,
    /// Sequences that it numbers itself when a row is inserted, without a request before: none for most engines.
    pub sequences: std::collections::BTreeSet<FieldId>,
}

/// Steps in sequence.
pub type Block = Vec<Step>;

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A slot gets a value.
    Set(Slot, Term),
    /// Ends the program with a refusal, unless the term is true.
    Refuse {
        /// The refusal.
        with: Refusal,
        /// The condition.
        unless: Term,
    },
    /// Requests that may go out at once; replies come in order.
    Send(Vec<Request>),
    /// One block or the other: true, or anything else.
    When(Term, Block, Block),
    /// By a text: the block of that name; none is a fault of the program.
    Switch(Term, BTreeMap<Box<str>, Block>),
    /// For each item of a list.
    Each {
        /// The list.
        over: Term,
        /// Where the item goes.
        item: Slot,
        /// What is done.
        body: Block,
    },
    /// Again and again, until the term is not true; each round sends at least one request or ends.
    Loop {
        /// What is done.
        body: Block,
        /// Whether to go on.
        again: Term,
    },
    /// What is inside is tried again from its start where a request's fault says so; what was learnt is forgotten.
    Retry {
        /// At most so many times.
        at_most: u16,
        /// The waiting time before the second try, doubled each time.
        backoff_ms: u32,
        /// What is done.
        body: Block,
    },
    /// One transaction of the engine: begun, and committed or rolled back, on one session.
    Atomic {
        /// How it begins, in the engine's words: `BEGIN ISOLATION LEVEL SERIALIZABLE`.
        begin: Box<str>,
        /// What is done.
        body: Block,
    },
    /// Runs the evaluator's [`apply`](crate::semantics::apply) on what is known. A refusal ends the program.
    Judge {
        /// Gets the needs: an empty list when the evaluation is done.
        needs: Slot,
        /// Gets the changes: a list.
        changes: Slot,
        /// Gets the reliances: a list.
        relied: Slot,
        /// Gets what the operation returns.
        returned: Slot,
    },
    /// The evaluator now knows the answer to a need.
    Learn {
        /// The need, as [`Step::Judge`] gave it.
        need: Term,
        /// For a row: a list of none or one row; for rows: the list; for a count or a sequence: the number.
        found: Term,
    },
    /// Runs the evaluator's [`answer`](crate::semantics::answer) on candidates and what is known.
    Answer {
        /// The candidates: a list of rows of the query's entity.
        candidates: Term,
        /// Gets the needs: an empty list when the answer is complete.
        needs: Slot,
        /// Gets the answer: `{rows, next}`.
        into: Slot,
    },
    /// Ends the program with a value.
    Return(Term),
}

/// A value worked out from slots and what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A constant.
    Value(Value),
    /// A slot.
    Slot(Slot),
    /// An argument of the query, or the cursor's value at a position.
    Arg(u16),
    /// The cursor's value at a position; null without a cursor.
    After(u16),
    /// Whether the query goes on after a cursor.
    HasCursor,
    /// A kernel expression without leaves (over parameters, session, now), worked out by the evaluator.
    Eval(Box<crate::kernel::Expr>),
    /// A kernel predicate without leaves, true where it is true.
    Test(Box<crate::kernel::Pred>),
    /// The instant of the request.
    Now,
    /// A text that is new for each request and try, and the same when the request is sent again: a client token.
    Token,
    /// The item of a list at a position; null beyond its end.
    Nth(Box<Term>, u16),
    /// The member of a map; null where there is none.
    Member(Box<Term>, Box<str>),
    /// The value in the form in which an engine holds it.
    Encode(Codec, Box<Term>),
    /// The value that an engine's form stands for.
    Decode(Codec, Box<Term>),
    /// A row from a reply's map (or list, by position), leaf by leaf.
    DecodeRow(Arc<Shape>, Box<Term>),
    /// All rows of a reply's list.
    DecodeRows(Arc<Shape>, Box<Term>),
    /// What a row (by leaf) has in the leaves of a unique or at-most rule, letters folded where the leaf folds them:
    /// a list; null where the rule doesn't bind the row, since its filter isn't true, a null makes it distinct, or the
    /// row is null.
    Bound(RuleId, Box<Term>),
    /// Texts joined; null counts as nothing.
    Concat(Vec<Term>),
    /// A list.
    List(Vec<Term>),
    /// Lists joined.
    Join(Vec<Term>),
    /// How many items a list has.
    Len(Box<Term>),
    /// Whether the first is null.
    IsNull(Box<Term>),
    /// Whether it isn't true.
    Not(Box<Term>),
    /// Whether both are equal.
    Same(Box<Term>, Box<Term>),
    /// Whether the first is smaller.
    Less(Box<Term>, Box<Term>),
    /// Both are true.
    Both(Box<Term>, Box<Term>),
    /// Integers added.
    Plus(Box<Term>, Box<Term>),
    /// Integers subtracted.
    Minus(Box<Term>, Box<Term>),
    /// The items of a list for which a term over the item's slot is true.
    Filter(Box<Term>, Slot, Box<Term>),
    /// A term worked out for each item.
    Map(Box<Term>, Slot, Box<Term>),
    /// A list without repeats, sorted.
    Distinct(Box<Term>),
    /// A list cut into lists of at most so many.
    Chunks(Box<Term>, u16),
}

/// How a value stands in an engine, where that is not the driver's matter. Each keeps equality, and order where noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codec {
    /// A number as decimal text: `1.50`.
    NumberText,
    /// A UUID, date, time, timestamp or duration as text of fixed width (ordered): `2026-01-31T09:00:00.000000Z`.
    FixedText,
    /// An integer or decimal as text of fixed width whose order is the number's: sign, then digits.
    OrderedText {
        /// Digits in all.
        digits: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// Bytes as base64.
    Base64,
    /// An enum's label; decoded with its rank.
    Label(Vec<Box<str>>, bool),
    /// A JSON document as text.
    JsonText,
    /// A text with ASCII letters made small.
    Folded,
    /// A segment of a composite key: escaped, so that `#` can separate segments and order is kept.
    Segment,
    /// The SHA-256 of a text, as hexadecimal text.
    Sha256,
    /// The value as it is.
    Plain,
    /// A text that is never empty: the empty one as a single U+0000, which no text of a model has. Order is kept.
    NonEmpty,
    /// The SHA-256 of any value's canonical form, as hexadecimal text: equal values (rows, keys) have equal ones.
    Digest,
    /// The value by a codec in a map of one member, its type: `{"S": "…"}`. Null stays null.
    Tagged(Box<str>, Box<Codec>),
    /// A list, item by item.
    Each(Box<Codec>),
    /// A map (a value type), member by member, each by its codec; null members are left out.
    Members(Vec<(Box<str>, Codec)>),
}

/// How a reply's map (or list) becomes a row: one entry per leaf of the entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The entity.
    pub entity: EntityId,
    /// For each leaf: where it stands (names from the outside in), and how.
    pub leaves: Vec<(Vec<Box<str>>, LeafCodec)>,
}

/// How a leaf stands in a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeafCodec {
    /// One value.
    One(Codec),
    /// A list of values.
    Many(Codec),
    /// A list of value types, member by member.
    Groups(Vec<(Box<str>, Codec)>),
    /// Not stored: this constant.
    Constant(Value),
}

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
    /// It reads, or does the same again.
    Safe,
    /// It carries a token by which the engine knows it.
    Token,
    /// Never.
    Never,
}

/// What the faults of a request mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expect {
    /// By the name of a constraint.
    pub constraints: BTreeMap<Box<str>, Then>,
    /// Where no row was touched.
    pub none: Option<Then>,
}

/// What happens then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// The program ends with a refusal.
    Refuse(Refusal),
    /// The enclosing [`Step::Retry`] begins again.
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
    /// A list's items, spliced into the enclosing list: one document per item.
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
    /// An action whose position in the request counts: a fault at that position means this.
    Act(Box<Denial>, Box<Doc>),
}

/// What a fault at an action's position means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Always the same.
    Then(Then),
    /// The rule whose id a term gives, as an integer.
    Rule(Term),
    /// By what stood there: the first whose test over the item returned (in the slot) is true, else the last.
    ByItem(Slot, Vec<(Term, Then)>, Then),
}
