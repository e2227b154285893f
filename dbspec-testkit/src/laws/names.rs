//! Names: legal, unique, within the limit.

use std::collections::BTreeSet;

use dbspec_core::backend::Lowered;
use dbspec_core::backend::naming::{LengthUnit, Limits};

use super::Found;

pub(super) fn names<D>(lowered: &Lowered<D>, limits: Limits) -> Found {
    let mapping = lowered.mapping();
    let mut taken = BTreeSet::new();
    for named in &mapping.names {
        let at = || format!("{:?} of {}", named, lowered.kernel().path(named.element));
        let length = match limits.unit {
            LengthUnit::Bytes => named.name.len(),
            LengthUnit::Characters => named.name.chars().count(),
        };
        if length < limits.min_len || length > limits.max_len {
            return Err(("names are within the engine's limits", at()));
        }
        if !named.name.chars().all(limits.allowed) {
            return Err(("names have legal characters alone", at()));
        }
        let name = if limits.folds_case {
            named.name.to_lowercase()
        } else {
            named.name.to_string()
        };
        if !taken.insert((named.within, named.noun, name)) {
            return Err(("names of one kind in one place differ", at()));
        }
    }
    Ok(())
}
