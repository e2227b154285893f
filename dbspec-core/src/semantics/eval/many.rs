//! Walking along references.

use super::{Env, Here, Lack, Scope, all};
use crate::kernel::{EntityId, FieldId, Hop, Kernel, Many, Type};
use crate::semantics::Row;
use crate::value::Value;

/// What a way to many reaches.
pub(crate) enum Reached {
    /// Rows.
    Rows(EntityId, Vec<Row>),
    /// Items of collections.
    Items(Vec<Value>),
}

impl Kernel {
    /// The key that a row's reference names; `None` where one of its leaves is null.
    pub fn referred(&self, field: FieldId, row: &[Value]) -> Option<Vec<Value>> {
        let at = |leaf| {
            row.get(self.position(leaf))
                .filter(|value| !value.is_null())
                .cloned()
        };
        self.fields[field].leaves.iter().map(at).collect()
    }

    /// The key of a row.
    pub fn key_of(&self, entity: EntityId, row: &[Value]) -> Vec<Value> {
        let leaves = self.entities[entity]
            .key
            .iter()
            .flat_map(|field| self.fields[*field].leaves.iter());
        leaves
            .map(|leaf| row.get(self.position(leaf)).cloned().unwrap_or_default())
            .collect()
    }

    /// The entity that a reference names.
    pub fn target(&self, field: FieldId) -> Option<EntityId> {
        match self.fields[field].ty {
            Type::Ref(to) => Some(to),
            Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
        }
    }

    /// Whether a row is not deleted softly.
    pub fn is_living(&self, entity: EntityId, row: &[Value]) -> bool {
        let deleted = self.entities[entity]
            .soft_delete
            .and_then(|leaf| row.get(self.position(leaf)));
        deleted.is_none_or(Value::is_null)
    }
}

impl Env<'_> {
    /// The row that references lead to, one after the other; `None` where one is null or names nothing.
    pub(super) fn along(
        &self,
        mut entity: EntityId,
        mut row: Row,
        hops: &[FieldId],
    ) -> Result<Option<(EntityId, Row)>, Lack> {
        for hop in hops {
            let (Some(to), Some(key)) = (self.kernel.target(*hop), self.kernel.referred(*hop, &row)) else {
                return Ok(None);
            };
            let Some(next) = self.store.row(to, &key)? else {
                return Ok(None);
            };
            (entity, row) = (to, next);
        }
        Ok(Some((entity, row)))
    }

    /// The rows or items that a way reaches.
    pub(crate) fn reach(&self, scope: &Scope<'_>, many: &Many) -> Result<Reached, Lack> {
        let start = scope.out(many.up);
        let (mut entity, mut rows) = match start.here {
            Here::Row(entity, row) => (entity, vec![row.to_vec()]),
            Here::Nothing | Here::Item(_) | Here::Group(..) => return Ok(Reached::Items(Vec::new())),
        };
        for hop in &many.hops {
            (entity, rows) = self.hop(entity, &rows, *hop)?;
        }
        let Some(leaf) = many.items else {
            return Ok(Reached::Rows(entity, rows));
        };
        let at = self.kernel.position(leaf);
        let lists = rows
            .into_iter()
            .filter_map(|mut row| match row.get_mut(at).map(std::mem::take) {
                Some(Value::List(items)) => Some(items),
                Some(_) | None => None,
            });
        Ok(Reached::Items(lists.flatten().collect()))
    }

    /// How many rows a way of one step reaches, without reading them; `None` for other ways.
    pub(super) fn count(&self, scope: &Scope<'_>, many: &Many) -> Result<Option<u64>, Lack> {
        let (Here::Row(entity, row), [Hop::Many(via)], None) =
            (scope.out(many.up).here, many.hops.as_slice(), many.items)
        else {
            return Ok(None);
        };
        Ok(Some(self.store.count(*via, &self.kernel.key_of(entity, row))?))
    }

    /// All rows one step on.
    pub(crate) fn hop(&self, from: EntityId, rows: &[Row], hop: Hop) -> Result<(EntityId, Vec<Row>), Lack> {
        match hop {
            Hop::One(field) => {
                let to = self.kernel.target(field).unwrap_or(from);
                let found = all(rows
                    .iter()
                    .map(|row| Ok(self.along(from, row.clone(), &[field])?.map(|(_, row)| row))))?;
                Ok((to, found.into_iter().flatten().collect()))
            }
            Hop::Many(field) => {
                let to = self.kernel.fields[field].entity;
                let found = all(rows
                    .iter()
                    .map(|row| Ok(self.store.children(field, &self.kernel.key_of(from, row))?)))?;
                Ok((
                    to,
                    found
                        .into_iter()
                        .flatten()
                        .filter(|row| self.kernel.is_living(to, row))
                        .collect(),
                ))
            }
        }
    }
}
