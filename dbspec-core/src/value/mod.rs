//! Values: what a leaf holds, what a parameter is, what a program carries.
//!
//! Equality and order are the model's (code points for strings, exact decimals, ordered enums by declaration) and
//! total, so that values can be keys. Null sorts after everything else; what a query's order does with nulls is the
//! query's matter.

mod civil;
mod decimal;
mod json;
mod secret;
mod uuid;

use std::cmp::Ordering;

pub use civil::{
    DAY, NotCivil, add_months, civil, days, is_date, is_timestamp, parse_date, parse_duration, parse_time,
    parse_timestamp, print_date, print_duration, print_time, print_time_fixed, print_timestamp,
    print_timestamp_fixed,
};
pub use decimal::{Decimal, NotDecimal, Overflow};
pub use json::{NotJson, canonical_json};
pub use secret::{ROUNDS, hash_secret, verify_secret};
pub use uuid::{NotUuid, parse_uuid, print_uuid, uuid4, uuid7};

/// Any value of the model, or of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A boolean.
    Bool(bool),
    /// An integer of any declared width, worked out as 64 bits.
    Int(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// A finite float; never -0.
    Float(Float),
    /// A string without NUL.
    Text(Box<str>),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A UUID.
    Uuid([u8; 16]),
    /// Days since 1970-01-01, for years 1 to 9999.
    Date(i32),
    /// Microseconds since midnight, below 86,400,000,000.
    Time(i64),
    /// Microseconds since 1970-01-01T00:00:00Z, for years 1 to 9999.
    Timestamp(i64),
    /// A length of time in microseconds.
    Duration(i64),
    /// A label of an enum.
    Enum(Label),
    /// A JSON document (I-JSON), as canonical text: object keys sorted, no white space.
    Json(Box<str>),
    /// A list; also a row (one value per leaf, in the entity's order) and a reference (one value per key leaf).
    List(Vec<Value>),
    /// Named members, in order: a request's document, a reply's row, a member of a list of value types.
    Map(Vec<(Box<str>, Value)>),
    /// Absent; the same as null.
    #[default]
    Null,
}

/// A label of an enum: compared by rank where the enum is ordered, by label where it is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// The position in the declaration, where the enum is `ordered`.
    pub rank: Option<u16>,
    /// The label's text.
    pub text: Box<str>,
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank
            .cmp(&other.rank)
            .then_with(|| self.text.cmp(&other.text))
    }
}

/// A finite float without negative zero, so that it has a total order and an equality.
#[derive(Clone, Copy, Debug)]
pub struct Float(f64);

impl Float {
    /// The float, if it is finite; -0 becomes 0.
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Float {}
impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}
impl std::hash::Hash for Float {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl Value {
    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A text value.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }
}
