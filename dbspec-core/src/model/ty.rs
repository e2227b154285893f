//! Types as they are written.

use serde::{Deserialize, Serialize};

use super::name::{Name, Number};
use crate::span::Span;

/// A type, and whether its value may be null (`date?`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeExpr {
    /// What the type is.
    pub kind: TypeKind,
    /// Whether null is a value of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl TypeExpr {
    /// A type whose value is never null, from no text.
    pub fn new(kind: TypeKind) -> Self {
        Self {
            kind,
            optional: false,
            at: Span::NONE,
        }
    }

    /// The same type with null as a value.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// What a type is, whether or not it may be null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// A type that the language brings.
    Scalar(Scalar),
    /// An enum, a named type, a value type, or (in parameters) a row of an entity.
    Named(Name),
    /// `-> E`: a reference to a row.
    Reference(Name),
    /// `list<T>`: ordered, with repetition.
    List(Box<TypeExpr>),
    /// `set<T>`: unordered, without repetition.
    Set(Box<TypeExpr>),
    /// `map<string(n), T>`.
    Map {
        /// The type of the keys.
        key: Box<TypeExpr>,
        /// The type of the values.
        value: Box<TypeExpr>,
    },
    /// `range<T>`: half-open, with `.start` and `.end`.
    Range(Box<TypeExpr>),
    /// `json<T>`: JSON that holds a `T`.
    JsonOf(Box<TypeExpr>),
    /// `encrypted<T>`: readable with its key.
    Encrypted(Box<TypeExpr>),
}

/// A type that the language brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// True or false.
    Bool,
    /// A signed integer of 16 bits.
    Int16,
    /// A signed integer of 32 bits.
    Int32,
    /// A signed integer of 64 bits.
    Int64,
    /// `decimal(p, s)`: an exact number.
    Decimal {
        /// Digits in all, at most 38.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// A finite IEEE number of 64 bits.
    Float64,
    /// `string(n)`: Unicode of bounded length.
    String {
        /// The largest number of scalar values.
        max: u32,
    },
    /// Unicode without a stated bound.
    Text,
    /// `bytes(n)`: octets of bounded length.
    Bytes {
        /// The largest number of octets.
        max: u32,
    },
    /// A UUID.
    Uuid,
    /// A calendar day, years 1 to 9999.
    Date,
    /// A time of day in microseconds.
    Time,
    /// A UTC instant in microseconds.
    Timestamp,
    /// A signed length of time in microseconds.
    Duration,
    /// Any I-JSON value.
    Json,
    /// A point on the globe.
    Point,
    /// `vector(n)`: an embedding.
    Vector {
        /// The number of components.
        dimensions: u32,
    },
    /// A one-way hash; only `verify` looks at it.
    Hashed,
}

impl Scalar {
    /// The word that names it, without parameters.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Decimal {
                precision: _,
                scale: _,
            } => "decimal",
            Self::Float64 => "float64",
            Self::String { max: _ } => "string",
            Self::Text => "text",
            Self::Bytes { max: _ } => "bytes",
            Self::Uuid => "uuid",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
            Self::Json => "json",
            Self::Point => "point",
            Self::Vector { dimensions: _ } => "vector",
            Self::Hashed => "hashed",
        }
    }
}

/// `1..50`, `0..`, `-90..90`: the least and the greatest, both included. On a number it bounds the value, on text and
/// lists the size, on owned rows and inverses how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The least.
    pub min: Number,
    /// The greatest, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
    /// Where the bounds stand.
    #[serde(skip)]
    pub at: Span,
}

/// How many rows stand at the far end of a relationship: what is allowed, and what is usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fan {
    /// How many may be there (a rule).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// How many there are on average (a fact).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avg: Option<Number>,
    /// How many 99 of 100 have at most (a fact).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<Number>,
}

impl Fan {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.bounds.is_none() && self.avg.is_none() && self.p99.is_none()
    }
}
