//! Who asks, and what they may.

use serde::{Deserialize, Serialize};

use super::entity::Field;
use super::expr::Expr;
use super::name::Name;
use crate::span::Span;

/// `session { customer: -> Customer?  staff: bool }`: set by the application, or bound to a login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// What is known of who asks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `role nurse is staff { read Patient  call admit }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// The roles whose grants it has too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<Name>,
    /// What it may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `read Customer, Order`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What may be done.
    pub verb: Verb,
    /// With what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<GrantObject>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `Customer` or `Customer (name, email)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantObject {
    /// An entity or relation; for `call`, an access or write.
    pub name: Name,
    /// Only these fields; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Name>,
}

/// What a role may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// See rows.
    Read,
    /// Add rows.
    Insert,
    /// Change rows.
    Update,
    /// Remove rows.
    Delete,
    /// Run a declared access or write.
    Call,
}

impl Verb {
    /// How it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Call => "call",
        }
    }
}

/// `policy own on Order, PaymentMethod for app read, update: customer == session.customer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// How it joins the role's other policies.
    #[serde(default)]
    pub kind: PolicyKind,
    /// The entities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Name>,
    /// The roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Name>,
    /// For what; everything if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verbs: Vec<Verb>,
    /// Which rows.
    pub expr: Expr,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// How a policy joins the others of its role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// One that permits is enough.
    #[default]
    Permit,
    /// `restrict policy`: each must permit.
    Restrict,
}
