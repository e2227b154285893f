//! Engines: where the model goes, what was decided by hand, how it is operated.

use serde::{Deserialize, Serialize};

use super::access::Direction;
use super::expr::Expr;
use super::name::{FieldPath, Name, Number};
use super::stats::Timespan;
use crate::span::Span;

/// `target main: postgres 17`, `target neo4j 5.26 community`, `target redis 8.0 { cluster }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// `main:`; the engine's name without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The engine: text to the core.
    pub engine: Name,
    /// The version as it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// `community`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Name>,
    /// `{ replica_set }`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Setting>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl Target {
    /// What the rest of the model calls it.
    pub fn called(&self) -> &Name {
        self.name.as_ref().unwrap_or(&self.engine)
    }
}

/// A version as it is written: numbers joined by dots.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version {
    /// Such as `8.0.17`.
    pub text: String,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `replica_set`, `recovery_point 5m`, `storage = ssd`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// What is set.
    pub name: Name,
    /// To what; without, it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<SettingValue>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingValue {
    /// `3`.
    Number(Number),
    /// `5m`.
    Time(Timespan),
    /// `"eu-north-1"`.
    Text(String),
    /// `= ssd`.
    Word(Name),
}

/// `operate { recovery_point 5m  recovery_time 1h }`, `operate main { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operate {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The target; all without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Name>,
    /// What is asked of operations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `prefer embed Order.lines on mongodb`: a decision taken by hand, refused where impossible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefer {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Which way: `embed`, `reference`, …
    pub choice: Name,
    /// About which element.
    pub element: FieldPath,
    /// On which targets; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Name>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `place Wishlist on neo4j`: the target that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Entities and relations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub what: Vec<Name>,
    /// The target.
    pub on: Name,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `cache orders_of_customer on redis ttl 60s`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cache {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The access.
    pub access: Name,
    /// The target that holds the answers.
    pub on: Name,
    /// How long an answer may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Timespan>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `feed Product to neo4j from main staleness 5s`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Entities and relations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub what: Vec<Name>,
    /// The target that gets a copy.
    pub to: Name,
    /// The target that holds the rows.
    pub from: Name,
    /// How late the copy may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staleness: Option<Timespan>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `index (a, b desc) on main`: a hint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexHint {
    /// The fields, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<IndexField>,
    /// On which targets; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Name>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// A field of an index, and which way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexField {
    /// The field.
    pub field: FieldPath,
    /// Which way.
    #[serde(default)]
    pub direction: Direction,
}

/// `@stored("T_ORD") on mysql`: a name in a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The name there.
    pub name: String,
    /// On which targets; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Name>,
}

/// `rows Country (code, name) { ("SE", "Sweden") }`: reference data, migrated with the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The entity.
    pub entity: Name,
    /// The fields of the tuples; those of the entity, in order, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldPath>,
    /// The tuples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Row>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `("SE", "Sweden")`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Row {
    /// One value a field.
    pub values: Vec<Expr>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}
