//! Rows and parameters as the outside writes them: JSON, one object a row.
//!
//! - An object by field name. Null and absent are the same. A field that isn't the entity's is an error.
//! - Decimals, and integers beyond 2^53, are strings; either form is read where it is exact. Bytes are base64, UUIDs, dates,
//!   times, timestamps and durations text, an enum's value its label, a point `[longitude, latitude]`.
//! - A reference is its key; a key of several leaves is an object by the names of the key's fields. Owned rows carry
//!   `owner`, rows of a relation its ends.
//! - A value type is an object by its members, a range `{start, end}`, a list or set an array, a map an object.
//!
//! What is read has the type of its leaf, but need not fit it: `300` for an `int16` that is bounded by 200, or a string that
//! is too long, are for the rules to judge.

mod cursor;
mod params;
mod print;
mod read;
mod units;

pub use cursor::{cursor_json, parse_cursor};
pub use params::{args_of, param_json, session_of};
pub use print::{key_json, row_json, value_json};
pub use read::{key_of, row_of, rows_of};
pub use units::units;

use std::collections::BTreeMap;
use std::fmt;

use crate::kernel::LeafId;
use crate::value::Value;

/// A row as it is given: what is absent gets its default.
pub type Given = BTreeMap<LeafId, Value>;

/// JSON that isn't what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Misfit {
    /// The line, counted from 1, where there are several.
    pub line: Option<usize>,
    /// The way to the place, as users write it: `address.street`, `lines[0].quantity`; empty for the whole.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.problem.fmt(f)
    }
}

/// What is wrong with a piece of JSON. No value that is given is repeated, since it may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// Another kind of value.
    #[error("expected {expected}, found {found}")]
    Type {
        /// What should stand there.
        expected: String,
        /// What does.
        found: &'static str,
    },
    /// No such field, member or parameter.
    #[error("there is no `{name}` here{}", among(.known))]
    Unknown {
        /// The name that is given.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A parameter that must be given isn't.
    #[error("`{0}` is missing")]
    Missing(String),
    /// No label of the enum.
    #[error("no label of `{name}`, which has {}", labels.join(", "))]
    Label {
        /// The enum.
        name: String,
        /// Its labels.
        labels: Vec<String>,
    },
}

fn among(names: &[String]) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!("; there are {}", names.join(", "))
    }
}

impl Misfit {
    fn new(problem: Problem) -> Self {
        Self {
            line: None,
            path: String::new(),
            problem,
        }
    }

    fn expected(expected: impl Into<String>, found: &serde_json::Value) -> Self {
        Self::new(Problem::Type {
            expected: expected.into(),
            found: kind(found),
        })
    }

    /// The same, within a member.
    fn within(mut self, name: &str) -> Self {
        let join = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("{name}{join}{}", self.path);
        self
    }

    /// The same, within an item.
    fn at(mut self, index: usize) -> Self {
        let join = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("[{index}]{join}{}", self.path);
        self
    }

    fn on(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }
}

fn kind(json: &serde_json::Value) -> &'static str {
    match json {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a boolean",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a string",
        serde_json::Value::Array(_) => "an array",
        serde_json::Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
