//! What a row comes out as, with the rows that come with it.

use super::super::Row;
use super::super::eval::{Env, Lack, Scope, all};
use crate::kernel::{EntityId, Expr, Fetch, Field, FieldId, Kernel, LeafType, ListKind, Query, Scalar, Type};
use crate::value::Value;

type Members = Vec<(Box<str>, Value)>;

/// Whether a field may be shown: secrets never come out.
pub fn is_shown(kernel: &Kernel, field: FieldId) -> bool {
    kernel.fields[field]
        .leaves
        .iter()
        .all(|leaf| match &kernel.leaves[leaf].ty {
            LeafType::Scalar(Scalar::Hashed | Scalar::Encrypted { .. }) => false,
            LeafType::Scalar(_) | LeafType::List(_) => true,
        })
}

/// A row as it comes out: a [`Value::Map`] of all fields that may be shown, by name and in order.
///
/// A field of several leaves is a map (a reference by the names of its target's key fields, a value type by its members, a
/// range by `start` and `end`), and null where all its leaves are.
pub fn shown(kernel: &Kernel, entity: EntityId, row: &[Value]) -> Value {
    let fields = kernel.entities[entity].fields.iter();
    Value::Map(members(kernel, row, fields))
}

fn members(kernel: &Kernel, row: &[Value], fields: impl Iterator<Item = FieldId>) -> Members {
    fields
        .filter(|field| is_shown(kernel, *field))
        .map(|field| {
            (
                kernel.fields[field].name.clone(),
                whole(kernel, row, &kernel.fields[field]),
            )
        })
        .collect()
}

/// A field's value, its leaves put together.
fn whole(kernel: &Kernel, row: &[Value], field: &Field) -> Value {
    let values = field
        .leaves
        .iter()
        .map(|leaf| row.get(kernel.position(leaf)).cloned().unwrap_or_default());
    composed(kernel, &field.ty, &mut values.into_iter())
}

/// A key as it comes out of a reference: its value, where it is one, else a map by the names of the key's fields.
pub fn composed_key(kernel: &Kernel, entity: EntityId, key: &[Value]) -> Value {
    composed(kernel, &Type::Ref(entity), &mut key.iter().cloned())
}

/// Takes as many values as a type has leaves.
fn composed(kernel: &Kernel, ty: &Type, values: &mut dyn Iterator<Item = Value>) -> Value {
    let mut of = |name: &str, ty: &Type| (Box::from(name), composed(kernel, ty, values));
    match ty {
        Type::Scalar(_) => values.next().unwrap_or_default(),
        Type::List(list) => collection(list.kind, values.next().unwrap_or_default()),
        Type::Range(scalar) => {
            let scalar = Type::Scalar(scalar.clone());
            unless_null(vec![of("start", &scalar), of("end", &scalar)])
        }
        Type::Group(members) => unless_null(members.iter().map(|it| of(&it.name, &it.ty)).collect()),
        Type::Ref(to) => {
            let fields = kernel.entities[*to]
                .key
                .iter()
                .map(|field| &kernel.fields[*field]);
            match kernel.entities[*to].key.as_slice() {
                [only] => composed(kernel, &kernel.fields[*only].ty, values),
                _ => unless_null(fields.map(|it| of(&it.name, &it.ty)).collect()),
            }
        }
    }
}

/// What is all null within is null.
fn unless_null(members: Members) -> Value {
    if members.iter().all(|(_, value)| value.is_null()) {
        Value::Null
    } else {
        Value::Map(members)
    }
}

/// A map by its keys; other collections as they are.
fn collection(kind: ListKind, value: Value) -> Value {
    match (kind, value) {
        (ListKind::Map { .. }, Value::List(entries)) => {
            Value::Map(entries.into_iter().filter_map(entry).collect())
        }
        (ListKind::List | ListKind::Set | ListKind::Map { .. }, value) => value,
    }
}

fn entry(entry: Value) -> Option<(Box<str>, Value)> {
    let Value::Map(members) = entry else { return None };
    match <[(Box<str>, Value); 2]>::try_from(members) {
        Ok([(_, Value::Text(key)), (_, value)]) => Some((key, value)),
        Ok(_) | Err(_) => None,
    }
}

impl Env<'_> {
    /// A row with what comes with it.
    pub(super) fn printed(&self, query: &Query, row: &Row) -> Result<Value, Lack> {
        let printed = members(self.kernel, row, self.kernel.entities[query.from].fields.iter());
        self.with(query.from, row, printed, &query.fetch)
    }

    /// Columns of a row, with what comes with it.
    pub(super) fn selected(
        &self,
        query: &Query,
        columns: &[(Box<str>, Expr)],
        row: &Row,
    ) -> Result<Value, Lack> {
        let scope = Scope::row(query.from, row);
        let printed = all(columns
            .iter()
            .map(|(name, expr)| Ok((name.clone(), self.out(&scope, expr)?))))?;
        self.with(query.from, row, printed, &query.fetch)
    }

    fn with(
        &self,
        entity: EntityId,
        row: &Row,
        mut printed: Members,
        fetch: &[Fetch],
    ) -> Result<Value, Lack> {
        let fetched = all(fetch.iter().map(|fetch| self.fetched(entity, row, fetch)))?;
        for (fetch, value) in fetch.iter().zip(fetched) {
            // A row takes the place of its key.
            match printed.iter().position(|(name, _)| *name == fetch.name) {
                Some(at) => printed[at].1 = value,
                None => printed.push((fetch.name.clone(), value)),
            }
        }
        Ok(Value::Map(printed))
    }

    fn fetched(&self, mut entity: EntityId, row: &Row, fetch: &Fetch) -> Result<Value, Lack> {
        let mut rows = vec![row.clone()];
        for hop in &fetch.hops {
            (entity, rows) = self.hop(entity, &rows, *hop)?;
        }
        let ordered = if fetch.many() {
            self.ordered(&fetch.order, entity, rows.iter().collect())?
                .into_iter()
                .map(|it| it.of)
                .collect()
        } else {
            rows.iter().collect::<Vec<_>>()
        };
        let most = fetch
            .limit
            .and_then(|it| usize::try_from(it).ok())
            .unwrap_or(usize::MAX);
        let kept = ordered.into_iter().take(most);
        let printed = all(kept.map(|row| {
            let printed = match &fetch.fields {
                Some(fields) => members(self.kernel, row, fields.iter().copied()),
                None => members(self.kernel, row, self.kernel.entities[entity].fields.iter()),
            };
            self.with(entity, row, printed, &fetch.fetch)
        }))?;
        Ok(if fetch.many() {
            Value::List(printed)
        } else {
            printed.into_iter().next().unwrap_or_default()
        })
    }
}
