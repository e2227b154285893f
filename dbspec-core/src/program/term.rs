//! Terms: values worked out from slots and what was given.

use std::sync::Arc;

use super::{Codec, Slot};
use crate::kernel::{EntityId, RuleId};
use crate::value::Value;

/// A value worked out from slots and what was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A constant.
    Value(Value),
    /// A slot.
    Slot(Slot),
    /// An argument of the query.
    Arg(u16),
    /// The cursor's value at a position; null without a cursor.
    After(u16),
    /// Whether the query goes on after a cursor.
    HasCursor,
    /// A kernel expression without leaves (over parameters, session, now), worked out by the evaluator; null where it
    /// is invalid.
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
    /// What a row (by leaf) has in the leaves of a key, unique, at-most or overlap rule, letters folded where the leaf folds them:
    /// a list; null where the rule doesn't bind the row, since its filter isn't true, a null makes it distinct, or the
    /// row is null.
    Bound(RuleId, Box<Term>),
    /// Texts joined; null counts as nothing.
    Concat(Vec<Term>),
    /// A list.
    List(Vec<Term>),
    /// A map.
    Record(Vec<(Box<str>, Term)>),
    /// Lists joined.
    Join(Vec<Term>),
    /// How many items a list has.
    Len(Box<Term>),
    /// Whether it is null.
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
    /// A list cut into lists of at most so many items, at least one.
    Chunks(Box<Term>, u16),
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
