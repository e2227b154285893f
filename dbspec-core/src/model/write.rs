//! Declared writes: what will be written, atomically.

use serde::{Deserialize, Serialize};

use super::access::{Param, Projection};
use super::expr::{Expr, Path};
use super::name::{FieldPath, Name};
use super::stats::Load;
use crate::span::Span;

/// `write place_order (…) { insert … for … return … rate 5/s }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
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
    /// What it does, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// How often and how fast.
    #[serde(default)]
    pub load: Load,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// One thing that a write does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// `insert Order as order { … }`, `insert line into order.lines`.
    Insert(Insert),
    /// `upsert Product by (sku) { … } set …`.
    Upsert(Upsert),
    /// `update Order where … require … set …`.
    Update(Update),
    /// `delete Order where …`.
    Delete(Delete),
    /// `restore Order where …`: brings softly deleted rows back.
    Restore(Restore),
    /// `read Order where … as order`.
    Read(Read),
    /// `for line in $lines { … }`.
    For(For),
    /// `if … { … } else { … }`.
    If(If),
    /// `require …`, not beside a matched row.
    Require(Require),
    /// `return order.id, order.number`.
    Return(Return),
}

impl Statement {
    /// Where it stands.
    pub fn at(&self) -> Span {
        match self {
            Self::Insert(it) => it.at,
            Self::Upsert(it) => it.at,
            Self::Update(it) => it.at,
            Self::Delete(it) => it.at,
            Self::Restore(it) => it.at,
            Self::Read(it) => it.at,
            Self::For(it) => it.at,
            Self::If(it) => it.at,
            Self::Require(it) => it.at,
            Self::Return(it) => it.at,
        }
    }
}

/// `insert Order as order { customer = $customer }`, `insert line into order.lines`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insert {
    /// What is inserted.
    pub row: InsertRow,
    /// `as order`: what later statements call the new row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Name>,
    /// `into order.lines`: among the rows of which owner or relation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<Path>,
    /// The values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Assign>,
    /// `or skip`: where the row exists, nothing happens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_skip: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// What an insert takes its row from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsertRow {
    /// An entity or relation (a new row), or a loop's variable (that row): check knows.
    Named(Name),
    /// `$order`: a parameter that is a row.
    Param(Name),
}

/// `quantity = $n`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assign {
    /// The field that is set.
    pub field: FieldPath,
    /// To what; it sees stored values when written.
    pub value: Expr,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `upsert Product by (sku) as p { sku = $sku  stock = $n } set stock = stock + $n`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upsert {
    /// The entity or relation.
    pub entity: Name,
    /// `by (sku)`: which key or unique rule finds the row; the key if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<FieldPath>,
    /// `as p`: what later statements call the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Name>,
    /// The values of a new row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Assign>,
    /// What changes in a row that exists; the values if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<Assign>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// Whether a statement is about one row or many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// Exactly one row must match.
    #[default]
    One,
    /// `each`: any number may match.
    Each,
}

/// `update Order where self == $order require version == $seen set status = shipped`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// The entity or relation.
    pub entity: Name,
    /// One row or each.
    #[serde(default)]
    pub matching: Matching,
    /// Which rows; all if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// `require`: what must be true of each matched row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<Expr>,
    /// What is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<Assign>,
    /// `or skip`: where no row matches, nothing happens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_skip: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `delete each Order where …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delete {
    /// The entity or relation.
    pub entity: Name,
    /// One row or each.
    #[serde(default)]
    pub matching: Matching,
    /// Which rows; all if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// `require`: what must be true of each matched row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<Expr>,
    /// `or skip`: where no row matches, nothing happens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_skip: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `restore Order where …`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restore {
    /// The entity.
    pub entity: Name,
    /// One row or each.
    #[serde(default)]
    pub matching: Matching,
    /// Which rows; all if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// `require`: what must be true of each matched row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<Expr>,
    /// `or skip`: where no row matches, nothing happens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_skip: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `read Order where self == $order as order`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The entity or relation.
    pub entity: Name,
    /// Which row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expr>,
    /// `require`: what must be true of the matched row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<Expr>,
    /// What later statements call it.
    pub alias: Name,
    /// `or skip`: where no row matches, the alias is null.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub or_skip: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `for line in $lines { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct For {
    /// What the body calls each.
    pub variable: Name,
    /// The list.
    pub list: Path,
    /// What is done with each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<Statement>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `if $gift { … } else { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct If {
    /// What must be true for the first block.
    pub condition: Expr,
    /// The first block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Statement>,
    /// What happens otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<Statement>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `require $quantity > 0`: else the write is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Require {
    /// What must be true.
    pub expr: Expr,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `return order.id, order.number`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// What is returned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Projection>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}
