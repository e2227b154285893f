//! Where the search starts: rows that probably break the rule.

use super::place::Place;
use super::search::Search;
use super::{MOST_ROWS, NoCounterexample, candidate, simple};
use crate::kernel::{EntityId, Facet, LeafId, RuleKind};
use crate::semantics::bound_values;
use crate::value::Value;

/// The most states that are started from.
const MOST: usize = 600;

impl<'k> Search<'k> {
    /// The states to start from.
    pub(super) fn seeds(&mut self, facet: Facet) -> Result<Vec<Place<'k>>, NoCounterexample> {
        let kernel = self.kernel;
        let rule = &kernel.rules[self.rule];
        let entity = rule.entity;
        Ok(match &rule.kind {
            RuleKind::Bounds {
                owner, via, min, max, ..
            } => {
                let mut place = Place::of(kernel, vec![(*owner, simple::row(kernel, *owner, 1))]);
                let key = kernel.key_of(*owner, &place.rows[0].1);
                let count = match facet {
                    Facet::AtMost => u64::from(max.unwrap_or(u32::MAX)) + 1,
                    _ => u64::from(min.saturating_sub(1)),
                };
                fits(count)?;
                for _ in 0..count {
                    self.child(&mut place, *via, &key);
                }
                vec![place]
            }
            RuleKind::AtMost { max, .. } => self.alike(entity, u64::from(*max) + 1)?,
            RuleKind::Unique { .. } | RuleKind::Overlap { .. } | RuleKind::Key(_) => self.alike(entity, 2)?,
            RuleKind::Reference { .. } if facet == Facet::Shared => self.unshared(entity),
            RuleKind::Reference { field, to, .. } => {
                let Some(mut place) = self.valid(entity) else {
                    return Ok(Vec::new());
                };
                place.set_field(0, *field, &simple::key(kernel, *to, 9));
                vec![place]
            }
            RuleKind::Type(_)
            | RuleKind::Size { .. }
            | RuleKind::Required(_)
            | RuleKind::Predicate { .. }
            | RuleKind::Version(_)
            | RuleKind::Derived { .. }
            | RuleKind::Secret(_)
            | RuleKind::Assert { .. } => {
                let leaves = candidate::leaves(kernel, entity, &rule.kind);
                let Some(place) = self.valid(entity) else {
                    return Ok(Vec::new());
                };
                self.changed(&place, &leaves)
            }
            RuleKind::Transition(_)
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. } => Vec::new(),
        })
    }

    /// A row of an entity, the first, and what must be there with it.
    fn valid(&mut self, entity: EntityId) -> Option<Place<'k>> {
        let row = simple::row(self.kernel, entity, 1);
        self.mended(Place::of(self.kernel, vec![(entity, row)]))
    }

    /// The first row with other values in some leaves: in one of them, then in two, then as it is.
    fn changed(&self, place: &Place<'k>, leaves: &[LeafId]) -> Vec<Place<'k>> {
        let row = &place.rows[0].1;
        let values: Vec<Vec<Value>> = leaves
            .iter()
            .map(|leaf| {
                let mut values = candidate::values(self.kernel, *leaf, row);
                values.push(simple::value(self.kernel, *leaf, 7));
                values
            })
            .collect();
        let mut seeds = vec![place.clone()];
        for (leaf, values) in leaves.iter().zip(&values) {
            for value in values {
                let mut seed = place.clone();
                seed.set(0, *leaf, value.clone());
                seeds.push(seed);
            }
        }
        for (first, (a, these)) in leaves.iter().zip(&values).enumerate() {
            for (b, those) in leaves.iter().zip(&values).skip(first + 1) {
                for (one, other) in these
                    .iter()
                    .flat_map(|it| those.iter().map(move |other| (it, other)))
                {
                    let mut seed = place.clone();
                    seed.set(0, *a, one.clone());
                    seed.set(0, *b, other.clone());
                    seeds.push(seed);
                }
            }
        }
        seeds.truncate(MOST);
        seeds
    }

    /// So many rows with the same values where the rule compares them.
    fn alike(&mut self, entity: EntityId, count: u64) -> Result<Vec<Place<'k>>, NoCounterexample> {
        let kernel = self.kernel;
        fits(count)?;
        let Some(mut place) = self.valid(entity) else {
            return Ok(Vec::new());
        };
        let compared = candidate::leaves(kernel, entity, &kernel.rules[self.rule].kind);
        for (at, leaf) in compared.iter().enumerate() {
            if place.value(0, *leaf).is_null() {
                // A range's end is behind its start.
                place.set(0, *leaf, simple::value(kernel, *leaf, at as u32 + 1));
            }
        }
        let filter = match &kernel.rules[self.rule].kind {
            RuleKind::Unique { filter, .. }
            | RuleKind::AtMost { filter, .. }
            | RuleKind::Overlap { filter, .. } => filter.as_ref(),
            _ => None,
        };
        let read: Vec<LeafId> = filter
            .map(|it| crate::semantics::own_leaves(kernel, it).into_iter().collect())
            .unwrap_or_default();
        let mut firsts = vec![place.clone()];
        if bound_values(kernel, self.rule, &place.rows[0].1).is_none() {
            firsts = self.changed(&place, &read);
            firsts.retain(|it| bound_values(kernel, self.rule, &it.rows[0].1).is_some());
        }
        let plain: Vec<LeafId> = kernel.key_leaves(entity);
        let mut seeds = Vec::new();
        for first in firsts.into_iter().take(20) {
            let mut seed = first;
            for number in 2..=count {
                let mut row = seed.rows[0].1.clone();
                let other = simple::key(kernel, entity, number as u32 + 40);
                for (leaf, value) in plain.iter().zip(other) {
                    if !compared.contains(leaf)
                        && let Some(slot) = row.get_mut(kernel.position(*leaf))
                    {
                        *slot = value;
                    }
                }
                seed.rows.push((entity, row));
            }
            seeds.push(seed);
        }
        Ok(seeds)
    }

    /// A row that names another, with which it shares less than it should.
    fn unshared(&mut self, entity: EntityId) -> Vec<Place<'k>> {
        let kernel = self.kernel;
        let RuleKind::Reference { field, to, .. } = &kernel.rules[self.rule].kind else {
            return Vec::new();
        };
        let Some(mut place) = self.valid(entity) else {
            return Vec::new();
        };
        let key = simple::key(kernel, *to, 1);
        place.set_field(0, *field, &key);
        if place.find(*to, &key).is_none() {
            place.rows.push((*to, simple::row(kernel, *to, 1)));
        }
        let mut seeds = Vec::new();
        for (here, _) in simple::shared(kernel, self.rule) {
            for number in [2, 3] {
                let mut seed = place.clone();
                seed.set(0, *here, simple::value(kernel, *here, number));
                seeds.push(seed);
            }
        }
        seeds
    }
}

fn fits(rows: u64) -> Result<(), NoCounterexample> {
    if rows > MOST_ROWS as u64 {
        return Err(NoCounterexample::Large { rows });
    }
    Ok(())
}
