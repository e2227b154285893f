//! Types that Rust or [`value`](crate::value) has already.

use super::{Mistyped, Typed};
use crate::value::{Decimal, Float, Value};

/// Any value, where nothing more is known of its type.
impl Typed for Value {
    fn value(&self) -> Value {
        self.clone()
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        Ok(value.clone())
    }
}

/// Null, or a value.
impl<T: Typed> Typed for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::value)
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        if value.is_null() {
            Ok(None)
        } else {
            T::of(value).map(Some)
        }
    }
}

impl Typed for bool {
    fn value(&self) -> Value {
        Value::Bool(*self)
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        match value {
            Value::Bool(it) => Ok(*it),
            other => Err(Mistyped::new("a boolean", other)),
        }
    }
}

macro_rules! integer {
    ($($ty:ty: $expected:literal)*) => {$(
        impl Typed for $ty {
            fn value(&self) -> Value {
                Value::Int(i64::from(*self))
            }
            fn of(value: &Value) -> Result<Self, Mistyped> {
                let Value::Int(it) = value else {
                    return Err(Mistyped::new($expected, value));
                };
                Self::try_from(*it).map_err(|_| Mistyped::new($expected, value))
            }
        }
    )*};
}

integer! {
    i16: "an integer of 16 bits"
    i32: "an integer of 32 bits"
    i64: "an integer"
}

impl Typed for Decimal {
    fn value(&self) -> Value {
        Value::Decimal(*self)
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        match value {
            Value::Decimal(it) => Ok(*it),
            other => Err(Mistyped::new("a decimal", other)),
        }
    }
}

impl Typed for Float {
    fn value(&self) -> Value {
        Value::Float(*self)
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        match value {
            Value::Float(it) => Ok(*it),
            other => Err(Mistyped::new("a float", other)),
        }
    }
}

impl Typed for String {
    fn value(&self) -> Value {
        Value::text(self.as_str())
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        match value {
            Value::Text(it) => Ok(it.to_string()),
            other => Err(Mistyped::new("a string", other)),
        }
    }
}
