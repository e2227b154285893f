//! Access patterns: what will be read.

use serde::{Deserialize, Serialize};

use super::expr::Expr;
use super::name::{FieldPath, Name};
use super::stats::{Load, Timespan};
use super::ty::{Fan, TypeExpr};
use crate::span::Span;

/// `access orders_of_customer (customer: -> Customer, since: timestamp?) { from Order where … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// What it is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// `from …`, then each `also from …`: at least one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// `group by`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<Expr>,
    /// `having`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub having: Option<Expr>,
    /// `select`; empty for the whole row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub select: Vec<Projection>,
    /// `distinct`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub distinct: bool,
    /// `order by`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<OrderTerm>,
    /// `page 20` or `limit 100`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// `with lines, lines.product`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<Fetch>,
    /// `with deleted`: softly deleted rows too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// How often and how fast.
    #[serde(default)]
    pub load: Load,
    /// `rows 25`: how many rows it usually returns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// `staleness 5s`: how old an answer may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staleness: Option<Timespan>,
    /// `consistency strong`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency: Option<Consistency>,
    /// `full read`: it reads everything, and may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub full_read: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `since: timestamp?`, `lines: list<OrderLine> 1..50`: what an access or a write is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Its name, without `$`.
    pub name: Name,
    /// Its type; `-> E` is a reference, `E` alone a row.
    pub ty: TypeExpr,
    /// Its value's or size's bounds, and its usual size.
    #[serde(default)]
    pub fan: Fan,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `from Order where …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The entity or relation.
    pub entity: Name,
    /// The conditions, all of which must be true.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<Condition>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// A top-level condition of a `where`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What must be true.
    pub expr: Expr,
    /// `when $since`: it counts only if that parameter is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Name>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `count() as orders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    /// What is returned.
    pub expr: Expr,
    /// Under which name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Name>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `placed_at desc`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTerm {
    /// What is ordered by.
    pub expr: Expr,
    /// Which way.
    #[serde(default)]
    pub direction: Direction,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// Which way an order goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Least first, nulls last.
    #[default]
    Ascending,
    /// `desc`: greatest first, nulls first.
    Descending,
}

/// How many rows are returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// `page 20`: goes on by cursor.
    Page(u64),
    /// `limit 100`: ends.
    Limit(u64),
}

/// `with lines (quantity) order by line_no desc limit 5`: related rows that come along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// The relationships from the source on; each prefix comes along too.
    pub path: FieldPath,
    /// The fields that come along; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldPath>,
    /// In which order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<OrderTerm>,
    /// At most how many for each row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// What a read may miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consistency {
    /// It sees every write that was acknowledged before.
    Strong,
    /// It may miss the latest writes.
    Eventual,
}
