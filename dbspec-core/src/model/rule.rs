//! Rules: what must hold whenever a write is done.

use serde::{Deserialize, Serialize};

use super::entity::FieldList;
use super::expr::Expr;
use super::name::{FieldPath, Name};
use super::stats::Timespan;
use super::ty::TypeExpr;
use crate::span::Span;

/// `derive order_count: int64 = count(orders) staleness 10s`: a field that the writes keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derive {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The field's name.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// The field's type.
    pub ty: TypeExpr,
    /// What it is.
    pub expr: Expr,
    /// How late it may be; exact without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staleness: Option<Timespan>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `check adult: born <= date("2008-01-01")`: holds unless false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The rule's name.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// When it is judged.
    #[serde(default)]
    pub judged: Judged,
    /// What must not be false.
    pub expr: Expr,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// When a check is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// It holds at all times.
    #[default]
    Always,
    /// `on write`: it held when the row was written, not for ever.
    OnWrite,
}

/// `key (a, b)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The fields, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: FieldList,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `unique one_draft (customer) where status == draft`, `unique (a, b) nulls equal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// The fields, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: FieldList,
    /// How nulls compare.
    #[serde(default)]
    pub nulls: Nulls,
    /// Among which rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// How a unique rule compares nulls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nulls {
    /// A row with a null is like no other.
    #[default]
    Distinct,
    /// `nulls equal`.
    Equal,
}

/// `moves status { draft -> placed | cancelled, placed -> paid }`: binds updates that change the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The field.
    pub field: FieldPath,
    /// What may follow what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `draft -> placed | cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The label before.
    pub from: Name,
    /// The labels that may follow.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Name>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `no overlap (dock, during)`: no two rows with the same rest have ranges that meet. The last field is the range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoOverlap {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The fields that must be equal, and the range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: FieldList,
    /// Among which rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `exclusive pay (card, iban)`: exactly one is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusive {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The rule's name.
    pub name: Name,
    /// The fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: FieldList,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `at most 3 per (a, b) where …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtMost {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// How many rows.
    pub count: u64,
    /// With equal values of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: FieldList,
    /// Among which rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `determines (zip) -> (city)`: a functional dependency that the data has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Determines {
    /// Whoever agrees on these …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: FieldList,
    /// … agrees on those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: FieldList,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `assert books on Warehouse: total == sum(bins, total)`: a rule over several rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assert {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The rule's name.
    pub name: Name,
    /// Each row of which it is judged on.
    pub entity: Name,
    /// What must not be false.
    pub expr: Expr,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}
