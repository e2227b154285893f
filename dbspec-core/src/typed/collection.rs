//! Types made of others.

use std::collections::{BTreeMap, BTreeSet};

use super::{Mistyped, Typed, member, members};
use crate::value::Value;

fn items<T: Typed>(value: &Value) -> Result<impl Iterator<Item = Result<T, Mistyped>>, Mistyped> {
    match value {
        Value::List(items) => Ok(items
            .iter()
            .enumerate()
            .map(|(at, item)| T::of(item).map_err(|it| it.within(&format!("[{at}]"))))),
        other => Err(Mistyped::new("a list", other)),
    }
}

/// A list.
impl<T: Typed> Typed for Vec<T> {
    fn value(&self) -> Value {
        Value::List(self.iter().map(T::value).collect())
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        items(value)?.collect()
    }
}

/// A set.
impl<T: Typed + Ord> Typed for BTreeSet<T> {
    fn value(&self) -> Value {
        Value::List(self.iter().map(T::value).collect())
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        items(value)?.collect()
    }
}

/// A map.
impl<T: Typed> Typed for BTreeMap<String, T> {
    fn value(&self) -> Value {
        Value::Map(
            self.iter()
                .map(|(key, value)| (key.as_str().into(), value.value()))
                .collect(),
        )
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        let Value::Map(entries) = value else {
            return Err(Mistyped::new("a map", value));
        };
        let entries = entries.iter();
        entries
            .map(|(key, value)| {
                let value = T::of(value).map_err(|it| it.within(key))?;
                Ok((key.to_string(), value))
            })
            .collect()
    }
}

/// A half-open range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range<T> {
    /// Where it starts; within it.
    pub start: T,
    /// Where it ends; beyond it.
    pub end: T,
}

impl<T: Typed> Typed for Range<T> {
    fn value(&self) -> Value {
        members([("start", self.start.value()), ("end", self.end.value())])
    }
    fn of(value: &Value) -> Result<Self, Mistyped> {
        Ok(Self {
            start: member(value, "start")?,
            end: member(value, "end")?,
        })
    }
}
