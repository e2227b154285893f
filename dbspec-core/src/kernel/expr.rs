//! Expressions and predicates, typed and resolved.

use super::{FieldId, LeafId, VarId};
use crate::value::Value;

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A leaf of a row in scope, reached along references to one.
    Leaf {
        /// How many scopes out: 0 is the innermost (a quantifier, an aggregate), 1 the next.
        up: u8,
        /// References followed from that row, usually none. Null if one of them is.
        via: Vec<FieldId>,
        /// The leaf of the row so reached.
        leaf: LeafId,
    },
    /// A parameter or variable.
    Var {
        /// Which.
        var: VarId,
        /// The position in it, where it holds a row (leaf by leaf) or a reference (key leaf by key leaf).
        at: Option<u16>,
    },
    /// A member of the session.
    Session {
        /// Which member.
        member: u16,
        /// The key leaf of it, where it is a reference.
        at: Option<u16>,
    },
    /// The item that a quantifier over a collection is at.
    Item {
        /// How many scopes out.
        up: u8,
        /// The member, where items are value types.
        member: Option<Box<str>>,
    },
    /// An output of a grouped query, in its `having` and order.
    Output(u16),
    /// The instant of the request.
    Now,
    /// The date of the request, in UTC.
    Today,
}

/// A value worked out from others. Null if an operand is, but for `Else` and aggregates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// A constant.
    Value(Value),
    /// A place.
    At(Place),
    /// Arithmetic: integers as 64 bits, exact decimals, floats.
    Do(Op, Box<Expr>, Box<Expr>),
    /// The negative.
    Neg(Box<Expr>),
    /// The first, or the second where the first is null.
    Else(Box<Expr>, Box<Expr>),
    /// A function.
    Call(Func, Vec<Expr>),
    /// An aggregate along references to many. `sum` and `count` over nothing are 0, the others null.
    Aggregate {
        /// Which.
        how: Aggregate,
        /// The rows; opens a scope.
        over: Many,
        /// The rows that count, in the new scope.
        filter: Option<Box<Pred>>,
        /// What is aggregated, in the new scope; `None` for `count`.
        of: Option<Box<Expr>>,
    },
    /// An aggregate over the rows of a group, in a grouped query's outputs.
    Grouped {
        /// Which.
        how: Aggregate,
        /// The rows that count.
        filter: Option<Box<Pred>>,
        /// What is aggregated; `None` for `count`.
        of: Option<Box<Expr>>,
    },
}

/// Arithmetic. Overflow and division by zero refuse a write and are unknown in a `where`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `+`; also date + duration and the like.
    Add,
    /// `-`
    Sub,
    /// `*`: scales add.
    Mul,
    /// `/`: the larger scale + 6, half-even; integers divide as decimals of scale 0.
    Div,
}

/// Functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Func {
    /// The date of a timestamp, in UTC.
    Date,
    /// The year of a date or timestamp.
    Year,
    /// The month, 1 to 12.
    Month,
    /// The day of the month.
    Day,
    /// The hour of a timestamp or time.
    Hour,
    /// A string's length in scalar values.
    Length,
    /// A collection's number of items.
    Size,
    /// ASCII letters made small.
    Lower,
    /// ASCII letters made large.
    Upper,
    /// The absolute value.
    Abs,
}

/// Aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// How many rows, or values that aren't null.
    Count,
    /// The sum: decimal(38, s) or int64.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The exact quotient of sum and count, half-even, at the scale + 6.
    Avg,
}

/// A way from a row to many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Many {
    /// The scope that it starts in.
    pub up: u8,
    /// The hops, at least one of them [`Hop::Many`]; or none, where `items` is a collection of the start row itself.
    pub hops: Vec<Hop>,
    /// A collection leaf of the row so reached, whose items are meant instead of rows.
    pub items: Option<LeafId>,
}

/// A step along a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hop {
    /// To the row that a reference names.
    One(FieldId),
    /// To the rows whose reference names this one; living ones, where they are deleted softly.
    Many(FieldId),
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cmp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl Cmp {
    /// The comparison that holds exactly where this one doesn't.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Eq => Self::Ne,
            Self::Ne => Self::Eq,
            Self::Lt => Self::Ge,
            Self::Le => Self::Gt,
            Self::Gt => Self::Le,
            Self::Ge => Self::Lt,
        }
    }

    /// The comparison with its sides swapped.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Eq => Self::Eq,
            Self::Ne => Self::Ne,
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
        }
    }
}

/// What a predicate is made of: unknown where an operand is null.
///
/// Operands that fold case say so by [`Func::Lower`] around them, written out by `check`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Atom {
    /// A comparison. References compare leaf by leaf, joined by `and`.
    Cmp(Cmp, Expr, Expr),
    /// One of a list of values, none of them null.
    In(Expr, Vec<Expr>),
    /// One of the items of a list parameter.
    InVar(Expr, VarId),
    /// A string begins with another.
    StartsWith(Expr, Expr),
    /// A string ends with another.
    EndsWith(Expr, Expr),
    /// A string contains another.
    Contains(Expr, Expr),
    /// The whole of a string follows a pattern.
    Matches(Expr, Pattern),
    /// A boolean field is true.
    Holds(Expr),
    /// A collection leaf has an item.
    Has(Expr, Expr),
    /// Two half-open ranges share a point: start, end, start, end.
    Overlaps(Box<[Expr; 4]>),
    /// A secret is the one that was hashed.
    Verify(Expr, Expr),
}

/// A pattern of our small regular language (classes, repetition, alternation), as written; always the whole string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(pub Box<str>);

/// A three-valued predicate, as the user means it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pred {
    /// True or false.
    Const(bool),
    /// An atom.
    Atom(Atom),
    /// Whether an expression is null; never unknown.
    IsNull(Expr),
    /// Not.
    Not(Box<Pred>),
    /// All of them.
    And(Vec<Pred>),
    /// One of them.
    Or(Vec<Pred>),
    /// One of the rows (or items) reached satisfies the predicate, which stands in a new scope.
    Any(Many, Box<Pred>),
}
