//! Retention: how long rows are kept.

use serde::{Deserialize, Serialize};

use super::name::{FieldPath, Name};
use super::stats::Period;
use super::write::Assign;
use crate::span::Span;

/// `keep Delivery at most 3 years from during.end then delete`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// The entity.
    pub entity: Name,
    /// Its rows or its history.
    #[serde(default)]
    pub what: KeepWhat,
    /// Which way.
    pub bound: KeepBound,
    /// How long.
    pub period: Period,
    /// From which instant or day of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<FieldPath>,
    /// What then happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<KeepThen>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// What is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepWhat {
    /// The rows.
    #[default]
    Rows,
    /// `history`: their earlier states.
    History,
}

/// Which way a retention binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepBound {
    /// Not removed before.
    AtLeast,
    /// Removed after.
    AtMost,
}

/// What happens when the time is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepThen {
    /// The row is removed.
    Delete,
    /// The row is written elsewhere and removed.
    Archive,
    /// `clear (name = "-")`: fields are overwritten.
    Clear(Vec<Assign>),
}
