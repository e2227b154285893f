//! Rows in the order that references need.

use std::collections::BTreeMap;

use super::Given;
use crate::kernel::{EntityId, FieldId, Kernel, RuleKind};
use crate::semantics::{RowKey, fitted};
use crate::value::Value;

/// Rows cut into as small units as can be written one after the other: what a row names stands in its own unit or in
/// one before, and rows that need each other (a cycle of references, an owner that must have rows) are in one.
///
/// The order is that of the rows given, as far as references leave it.
pub fn units(kernel: &Kernel, rows: Vec<(EntityId, Given)>) -> Vec<Vec<(EntityId, Given)>> {
    let needs = needs(kernel, &rows);
    let mut rows: Vec<Option<(EntityId, Given)>> = rows.into_iter().map(Some).collect();
    components(&needs)
        .into_iter()
        .map(|mut unit| {
            unit.sort_unstable();
            unit.into_iter().filter_map(|at| rows[at].take()).collect()
        })
        .collect()
}

/// For each row, the positions of the rows that must be there with it or before it.
fn needs(kernel: &Kernel, rows: &[(EntityId, Given)]) -> Vec<Vec<usize>> {
    let value = |given: &Given, leaf| fitted(kernel, leaf, given.get(&leaf)?).filter(|it| !it.is_null());
    let mut at: BTreeMap<(EntityId, RowKey), usize> = BTreeMap::new();
    for (position, (entity, given)) in rows.iter().enumerate() {
        let key: Option<Vec<Value>> = kernel
            .key_leaves(*entity)
            .into_iter()
            .map(|leaf| value(given, leaf))
            .collect();
        if let Some(key) = key {
            at.insert((*entity, key), position);
        }
    }
    let references: BTreeMap<EntityId, Vec<(FieldId, EntityId, bool)>> = kernel
        .entities
        .iter()
        .map(|(entity, it)| {
            let fields = it.fields.iter();
            let references = fields.filter_map(|field| {
                let to = kernel.target(field)?;
                let needed = kernel.rules_of(entity).any(
                    |(_, rule)| matches!(rule.kind, RuleKind::Bounds { via, min: 1.., .. } if via == field),
                );
                Some((field, to, needed))
            });
            (entity, references.collect())
        })
        .collect();
    let mut needs = vec![Vec::new(); rows.len()];
    for (position, (entity, given)) in rows.iter().enumerate() {
        for (field, to, needed) in references.get(entity).into_iter().flatten() {
            let leaves = kernel.fields[*field].leaves.iter();
            let Some(key) = leaves.map(|leaf| value(given, leaf)).collect::<Option<Vec<_>>>() else {
                continue;
            };
            if let Some(named) = at.get(&(*to, key)) {
                needs[position].push(*named);
                if *needed {
                    needs[*named].push(position);
                }
            }
        }
    }
    needs
}

/// Tarjan's strongly connected components, those that others lead to first; with a stack of its own, since chains may
/// be long.
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut index = vec![NEW; edges.len()];
    let mut low = vec![NEW; edges.len()];
    let mut open = vec![false; edges.len()];
    let (mut waiting, mut found, mut next) = (Vec::new(), Vec::new(), 0);
    for start in 0..edges.len() {
        if index[start] != NEW {
            continue;
        }
        let mut calls = vec![(start, 0)];
        while let Some((at, edge)) = calls.pop() {
            if edge == 0 {
                (index[at], low[at], open[at]) = (next, next, true);
                next += 1;
                waiting.push(at);
            }
            if let Some(&to) = edges[at].get(edge) {
                calls.push((at, edge + 1));
                if index[to] == NEW {
                    calls.push((to, 0));
                } else if open[to] {
                    low[at] = low[at].min(index[to]);
                }
                continue;
            }
            if low[at] == index[at] {
                let mut unit = Vec::new();
                while let Some(member) = waiting.pop() {
                    open[member] = false;
                    unit.push(member);
                    if member == at {
                        break;
                    }
                }
                found.push(unit);
            }
            if let Some((caller, _)) = calls.last() {
                low[*caller] = low[*caller].min(low[at]);
            }
        }
    }
    found
}
