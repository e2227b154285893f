//! What judging a change reads of other rows: each stands in the transaction too, as a condition that it is the same still.

use std::collections::BTreeSet;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, Hop, Kernel, LeafId, RuleKind};
use dbspec_core::semantics::{Way, ways};

use super::{guards_of_change, most};

/// Changes that make others are followed this far; what goes further goes round.
const DEEPEST: u32 = 4;

/// What changes of each entity's rows read.
#[derive(Debug, Default)]
pub(in crate::dynamodb::lower) struct Reads {
    entities: Vec<Entry>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    /// By a reference of the entity: the row that it names looks at all that name it.
    along: Vec<Along>,
    /// When a stored row changes: what it looks at, and what looks at it.
    kept: Vec<Kept>,
    /// What guards the values of a row whose derived fields change.
    guards: u32,
    /// Ways of several steps lead from, over or to its rows: how many rows are read isn't foreseen.
    far: bool,
}

#[derive(Clone, Debug)]
struct Along {
    field: FieldId,
    to: EntityId,
    /// So many rows name one at most.
    rows: Option<u32>,
    /// Whether the named row changes by it.
    derives: bool,
}

#[derive(Clone, Debug)]
struct Kept {
    /// The reference by which those that are read name the row.
    by: Option<FieldId>,
    rows: Option<u32>,
}

impl Reads {
    /// What a kernel's rules look at.
    pub(in crate::dynamodb::lower) fn of(kernel: &Kernel, listed: &BTreeSet<EntityId>) -> Self {
        let mut reads = Self {
            entities: kernel.entities.ids().map(|_| Entry::default()).collect(),
        };
        for entity in kernel.entities.ids() {
            reads.entry(entity).guards = derived_guards(kernel, entity);
        }
        let all: BTreeSet<Way> = kernel.rules.ids().flat_map(|rule| ways(kernel, rule)).collect();
        for way in &all {
            match way.hops.as_slice() {
                [Hop::Many(field)] => {
                    // Those that stand in the item are read with it.
                    let there = listed.contains(&kernel.fields[*field].entity);
                    let rows = if way.counts || there {
                        Some(0)
                    } else {
                        most(kernel, *field)
                    };
                    reads.entry(kernel.fields[*field].entity).along.push(Along {
                        field: *field,
                        to: way.from,
                        rows,
                        derives: way.derives,
                    });
                    reads.entry(way.from).kept.push(Kept {
                        by: Some(*field),
                        rows,
                    });
                }
                [Hop::One(field)] => {
                    reads.entry(way.from).kept.push(Kept {
                        by: None,
                        rows: Some(1),
                    });
                    let to = kernel.target(*field).unwrap_or(way.from);
                    reads.entry(to).kept.push(Kept {
                        by: Some(*field),
                        // Those that change by it may have others look at them.
                        rows: most(kernel, *field)
                            .map(|it| if listed.contains(&way.from) { 0 } else { it })
                            .filter(|_| !way.derives),
                    });
                }
                hops => {
                    reads.entry(way.from).far = true;
                    for hop in hops {
                        let (Hop::One(field) | Hop::Many(field)) = hop;
                        reads.entry(kernel.fields[*field].entity).far = true;
                        if let Some(to) = kernel.target(*field) {
                            reads.entry(to).far = true;
                        }
                    }
                }
            }
        }
        reads
    }

    fn entry(&mut self, entity: EntityId) -> &mut Entry {
        &mut self.entities[entity.index() as usize]
    }

    /// What is read when a row comes or goes, along the references that count; `None` where nothing bounds it.
    pub(super) fn moved(&self, entity: EntityId, counts: &dyn Fn(FieldId) -> bool) -> Option<u32> {
        let entry = &self.entities[entity.index() as usize];
        if entry.far {
            return None;
        }
        let along = entry.along.iter().filter(|it| counts(it.field));
        sum(along.map(|it| self.looked(it, 0)))
    }

    /// What is read when a stored row changes.
    pub(super) fn changed(&self, entity: EntityId) -> Option<u32> {
        self.after(entity, None, 0)
    }

    /// What the change of a row brings, but for the rows that are read already.
    fn after(&self, entity: EntityId, known: Option<FieldId>, depth: u32) -> Option<u32> {
        let entry = &self.entities[entity.index() as usize];
        if entry.far || depth > DEEPEST {
            return None;
        }
        let kept = entry.kept.iter().filter(|it| it.by.is_none() || it.by != known);
        let kept = sum(kept.map(|it| it.rows))?;
        // The row that was named looks as well as the one that is.
        let along = sum(entry
            .along
            .iter()
            .map(|it| self.looked(it, depth + 1)?.checked_add(1)))?;
        Some(kept.saturating_add(along.saturating_mul(2)))
    }

    /// What a row that looks at those that name it reads, and what follows where it changes.
    fn looked(&self, along: &Along, depth: u32) -> Option<u32> {
        let follows = if along.derives {
            let guards = self.entities[along.to.index() as usize].guards;
            self.after(along.to, Some(along.field), depth + 1)?
                .saturating_add(guards)
        } else {
            0
        };
        Some(along.rows?.saturating_add(follows))
    }
}

/// The items that guard the values of a row, as far as a change of its derived fields touches them.
fn derived_guards(kernel: &Kernel, entity: EntityId) -> u32 {
    let derived = kernel.rules_of(entity).filter_map(|(_, rule)| match &rule.kind {
        RuleKind::Derived { field, .. } => Some(kernel.fields[*field].leaves),
        _ => None,
    });
    let derived: Vec<LeafId> = derived.flat_map(dbspec_core::arena::Run::iter).collect();
    if derived.is_empty() {
        return 0;
    }
    guards_of_change(kernel, entity, &derived)
}

fn sum(mut parts: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    parts.try_fold(0u32, |sum, it| Some(sum.saturating_add(it?)))
}
