//! Queries: access patterns, analysed once.

use super::{ElementId, EntityId, Expr, FacetId, FieldId, Hop, LeafId, Pred, Var, VarId};
use crate::arena::Run;

/// An access pattern.
///
/// `conds` are the top-level conjuncts of `where`; a condition marked `when $x` counts only if `$x` is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What the user wrote.
    pub element: ElementId,
    /// The name.
    pub name: Box<str>,
    /// Documentation.
    pub doc: Option<Box<str>>,
    /// The parameters.
    pub params: Vec<Var>,
    /// The entity that rows are from.
    pub from: EntityId,
    /// The subtype that rows are of, as a position in the entity's list; a condition says the same.
    pub subtype: Option<u16>,
    /// The top-level conjuncts, at most 64. The condition that rows are living is one of them.
    pub conds: Vec<Cond>,
    /// The order; total, the key last.
    pub order: Vec<OrderTerm>,
    /// How many rows are asked for.
    pub take: Take,
    /// What each row comes out as.
    pub output: Output,
    /// Related rows that come with each row.
    pub fetch: Vec<Fetch>,
    /// Whether reading everything is allowed.
    pub full_read: bool,
    /// Whether only what is committed now will do.
    pub strong: bool,
    /// How old the answer may be, in milliseconds.
    pub staleness_ms: Option<u64>,
    /// How often it is asked.
    pub rate: Rate,
    /// Its one outcome.
    pub facets: Run<FacetId>,
}

/// How often something happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Thousandths per second, on average.
    pub milli_per_second: Option<u64>,
    /// The same at the peak.
    pub peak_milli_per_second: Option<u64>,
    /// The stated 99th percentile of the answer time, in microseconds.
    pub p99_micros: Option<u64>,
}

/// A top-level conjunct of `where`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cond {
    /// What it is good for.
    pub shape: Shape,
    /// The leaf that it speaks of, where the shape is not [`Shape::Other`].
    pub leaf: Option<LeafId>,
    /// The other side, where the shape is `Eq`, `Range` or `Prefix`: free of leaves.
    pub operand: Option<Expr>,
    /// The predicate as a whole.
    pub pred: Pred,
    /// The optional parameter that it needs.
    pub when: Option<VarId>,
}

/// What a condition is good for to an access path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `leaf == operand`
    Eq,
    /// `leaf in […]`, so many values (a list parameter: its declared maximum).
    In(u32),
    /// `leaf < operand` and the like.
    Range(super::Cmp),
    /// `leaf starts with operand`
    Prefix,
    /// `leaf is null`
    Null,
    /// Anything else: judged on the row, or along paths.
    Other,
}

/// A term of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTerm {
    /// What is compared: an expression over the row, or an output of a group.
    pub term: Term,
    /// Which way. Ascending puts nulls last, descending first.
    pub dir: Dir,
}

/// What an order compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A plain leaf of the row.
    Leaf(LeafId),
    /// Anything else over the row.
    Expr(Expr),
    /// An output of a grouped query, or of one that is `distinct`.
    Output(u16),
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dir {
    /// Smallest first, nulls last.
    Asc,
    /// Largest first, nulls first.
    Desc,
}

/// How many rows are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// All.
    All,
    /// The first so many; the rest is never asked for.
    Limit(u64),
    /// So many at a time; a cursor goes on.
    Page(u64),
}

/// What each row comes out as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The row itself, all fields that may be shown.
    Row,
    /// Named expressions; without repeats, where it is distinct.
    Select {
        /// Name and expression.
        columns: Vec<(Box<str>, Expr)>,
        /// Whether equal outputs count once.
        distinct: bool,
    },
    /// Groups.
    Groups(Group),
}

/// A grouped query's outputs: the group keys first, then the aggregates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Group keys: name and expression over the row.
    pub by: Vec<(Box<str>, Expr)>,
    /// Aggregates: name and expression, with [`Expr::Grouped`] inside and `Place::Output` for keys.
    pub select: Vec<(Box<str>, Expr)>,
    /// Which groups are kept; speaks of outputs.
    pub having: Option<Pred>,
}

/// Related rows that come with each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The name under which they come: `lines`, `product`.
    pub name: Box<str>,
    /// The way: one reference (the row replaces its key), or to many (a list).
    pub hops: Vec<Hop>,
    /// The entity reached.
    pub entity: EntityId,
    /// The fields that come; `None`: all that may be shown.
    pub fields: Option<Vec<FieldId>>,
    /// The order among many; total.
    pub order: Vec<OrderTerm>,
    /// How many of them.
    pub limit: Option<u64>,
    /// What comes with each of them.
    pub fetch: Vec<Fetch>,
}

impl Fetch {
    /// Whether a list comes, rather than one row.
    pub fn many(&self) -> bool {
        self.hops.iter().any(|hop| matches!(hop, Hop::Many(_)))
    }
}
