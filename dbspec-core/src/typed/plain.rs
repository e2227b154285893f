//! Types that the model has and Rust hasn't.

use std::fmt;
use std::str::FromStr;

use super::{Mistyped, Typed};
use crate::value::{self, Float, NotCivil, NotJson, NotUuid, Value};

macro_rules! plain {
    ($(
        $(#[$doc:meta])*
        $name:ident($(#[$inner_doc:meta])* $inner:ty) is $expected:literal, prints $print:expr, parses $parse:expr => $error:ty;
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($(#[$inner_doc])* pub $inner);

        impl Typed for $name {
            fn value(&self) -> Value {
                Value::$name(self.0)
            }
            fn of(value: &Value) -> Result<Self, Mistyped> {
                match value {
                    Value::$name(it) => Ok(Self(*it)),
                    other => Err(Mistyped::new($expected, other)),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&$print(self.0))
            }
        }

        impl FromStr for $name {
            type Err = $error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $parse(text).map(Self)
            }
        }
    )*};
}

plain! {
    /// A UUID.
    Uuid(/// Its bytes, most significant first.
        [u8; 16]) is "a UUID", prints print_uuid, parses value::parse_uuid => NotUuid;
    /// A date.
    Date(/// Days since 1970-01-01, for years 1 to 9999.
        i32) is "a date", prints value::print_date, parses value::parse_date => NotCivil;
    /// A time of day.
    Time(/// Microseconds since midnight.
        i64) is "a time", prints value::print_time, parses value::parse_time => NotCivil;
    /// An instant.
    Timestamp(/// Microseconds since 1970-01-01T00:00:00Z, for years 1 to 9999.
        i64) is "a timestamp", prints value::print_timestamp, parses value::parse_timestamp => NotCivil;
    /// A length of time.
    Duration(/// In microseconds.
        i64) is "a duration", prints value::print_duration, parses value::parse_duration => NotCivil;
}

fn print_uuid(bytes: [u8; 16]) -> String {
    value::print_uuid(&bytes)
}

/// Bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl Typed for Bytes {
    fn value(&self) -> Value {
        Value::Bytes(self.0.as_slice().into())
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        match value {
            Value::Bytes(it) => Ok(Self(it.to_vec())),
            other => Err(Mistyped::new("bytes", other)),
        }
    }
}

/// A JSON document (I-JSON), as canonical text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json(Box<str>);

impl Json {
    /// A document.
    ///
    /// # Errors
    /// What isn't I-JSON: numbers that aren't held exactly everywhere.
    pub fn new(document: &serde_json::Value) -> Result<Self, NotJson> {
        value::canonical_json(document).map(|text| Self(text.into()))
    }

    /// The canonical text: keys sorted, no white space.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Typed for Json {
    fn value(&self) -> Value {
        Value::Json(self.0.clone())
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        match value {
            Value::Json(it) => Ok(Self(it.clone())),
            other => Err(Mistyped::new("a JSON document", other)),
        }
    }
}

/// A point on earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// In degrees, east positive.
    pub longitude: Float,
    /// In degrees, north positive.
    pub latitude: Float,
}

impl Typed for Point {
    fn value(&self) -> Value {
        Value::List(vec![self.longitude.value(), self.latitude.value()])
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        match value {
            Value::List(of) => match of.as_slice() {
                [longitude, latitude] => Ok(Self {
                    longitude: Float::of(longitude)?,
                    latitude: Float::of(latitude)?,
                }),
                _ => Err(Mistyped::new("a point", value)),
            },
            other => Err(Mistyped::new("a point", other)),
        }
    }
}
