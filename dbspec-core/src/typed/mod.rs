//! Rust types that stand for the model's: what the code that `dbspec::build` writes is made of.
//!
//! A [`Typed`] goes to a [`Value`] and comes from one, in the form in which rows come out of queries and references are
//! written ([`shown`](crate::semantics::shown)): a row is a map by field name, a reference its key. A [`Query`] or [`Write`] is
//! its own arguments; a [`New`] is a row to be inserted.
//!
//! ```
//! use dbspec_core::typed::{Date, Typed};
//!
//! let born: Date = "2001-02-03".parse()?;
//! assert_eq!(Date::of(&born.value())?, born);
//! assert!(bool::of(&born.value()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod call;
mod collection;
mod plain;
mod scalar;

pub use call::{New, NotOfModel, Query, Write};
pub use collection::Range;
pub use plain::{Bytes, Date, Duration, Json, Point, Time, Timestamp, Uuid};

use std::fmt;

use crate::value::Value;

/// A Rust type that stands for one of the model's.
pub trait Typed: Sized {
    /// The value.
    fn value(&self) -> Value;
    /// What a value stands for.
    ///
    /// # Errors
    /// A value of another type.
    fn of(value: &Value) -> Result<Self, Mistyped>;
}

/// A value that isn't of the type that it should have. The value itself is not repeated, since it may be secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mistyped {
    /// The way to the place, as users write it: `address.street`; empty for the whole.
    pub path: String,
    /// What should stand there.
    pub expected: &'static str,
    /// What does.
    pub found: &'static str,
}

impl fmt::Display for Mistyped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl Mistyped {
    /// Another value where `expected` should stand.
    pub fn new(expected: &'static str, found: &Value) -> Self {
        Self {
            path: String::new(),
            expected,
            found: kind(found),
        }
    }

    /// The same, within a member.
    #[must_use]
    pub fn within(mut self, name: &str) -> Self {
        let join = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("{name}{join}{}", self.path);
        self
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "a boolean",
        Value::Int(_) => "an integer",
        Value::Decimal(_) => "a decimal",
        Value::Float(_) => "a float",
        Value::Text(_) => "a string",
        Value::Bytes(_) => "bytes",
        Value::Uuid(_) => "a UUID",
        Value::Date(_) => "a date",
        Value::Time(_) => "a time",
        Value::Timestamp(_) => "a timestamp",
        Value::Duration(_) => "a duration",
        Value::Enum(_) => "a label",
        Value::Json(_) => "a JSON document",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Null => "null",
    }
}

/// A map of members by name.
pub fn members<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Map(
        members
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect(),
    )
}

/// A map of those members that aren't null: what is absent gets its default.
pub fn given<const N: usize>(members: [(&str, Value); N]) -> Value {
    let given = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Map(given.map(|(name, value)| (name.into(), value)).collect())
}

/// A member of a map; one that it hasn't is null.
///
/// # Errors
/// What is no map, or a member of another type.
pub fn member<T: Typed>(of: &Value, name: &str) -> Result<T, Mistyped> {
    let Value::Map(members) = of else {
        return Err(Mistyped::new("a map", of));
    };
    let found = members.iter().find(|(it, _)| **it == *name);
    T::of(found.map_or(&Value::Null, |(_, value)| value)).map_err(|it| it.within(name))
}

/// The only member of a key: as it is, or as a member of the row that stands in the key's place.
///
/// # Errors
/// A value of another type.
pub fn only<T: Typed>(of: &Value, name: &str) -> Result<T, Mistyped> {
    match of {
        Value::Map(members) if members.iter().any(|(it, _)| **it == *name) => member(of, name),
        other => T::of(other),
    }
}

/// The text of a label.
///
/// # Errors
/// What is no label.
pub fn label(of: &Value) -> Result<&str, Mistyped> {
    match of {
        Value::Enum(label) => Ok(&label.text),
        other => Err(Mistyped::new("a label", other)),
    }
}

#[cfg(test)]
mod tests;
