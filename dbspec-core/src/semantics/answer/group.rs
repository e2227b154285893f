//! Groups, and outputs without repeats.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Row;
use super::super::eval::{Env, Here, Lack, Scope, all};
use crate::kernel::{EntityId, Expr, Group};
use crate::value::Value;

impl Env<'_> {
    /// Each combination of outputs once.
    pub(super) fn distinct(
        &self,
        entity: EntityId,
        columns: &[(Box<str>, Expr)],
        rows: &[&Row],
    ) -> Result<Vec<Vec<Value>>, Lack> {
        let outputs = all(rows.iter().map(|row| {
            let scope = Scope::row(entity, row);
            all(columns.iter().map(|(_, expr)| self.out(&scope, expr)))
        }))?;
        Ok(outputs.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
    }

    /// The outputs of each group that is kept: its keys, then its aggregates. Without keys there is one group, of all
    /// rows, be there any or not.
    pub(super) fn grouped(
        &self,
        entity: EntityId,
        group: &Group,
        rows: Vec<&Row>,
    ) -> Result<Vec<Vec<Value>>, Lack> {
        let keys = all(rows.iter().map(|row| {
            let scope = Scope::row(entity, row);
            all(group.by.iter().map(|(_, expr)| self.out(&scope, expr)))
        }))?;
        let mut groups: BTreeMap<Vec<Value>, Vec<Row>> = BTreeMap::new();
        if group.by.is_empty() {
            groups.insert(Vec::new(), Vec::new());
        }
        for (key, row) in keys.into_iter().zip(rows) {
            groups.entry(key).or_default().push(row.clone());
        }
        let outputs = all(groups.iter().map(|(key, rows)| {
            let mut outputs = key.clone();
            for (_, expr) in &group.select {
                let scope = Scope {
                    here: Here::Group(entity, rows, &outputs),
                    outer: None,
                };
                let value = self.out(&scope, expr)?;
                outputs.push(value);
            }
            let scope = Scope {
                here: Here::Group(entity, rows, &outputs),
                outer: None,
            };
            let kept = match &group.having {
                None => true,
                Some(having) => self.is_true(&scope, having)?,
            };
            Ok(kept.then_some(outputs))
        }))?;
        Ok(outputs.into_iter().flatten().collect())
    }
}
