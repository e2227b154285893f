//! Which owned rows stand in their owner's item: searched by what writes take at their declared maximum.

use std::collections::{BTreeMap, BTreeSet};

use dbspec_core::kernel::{Action, EntityId, Kernel, Subject};

use super::ITEMS;
use super::count::{Counting, Reads};
use crate::document::name::leaf_name;
use crate::document::owned::{self, Owned};
use crate::document::size::most_bytes;
use crate::dynamodb::options::Embed;

/// The most bytes of an item, names of attributes included.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
pub(super) const BYTES: u64 = 400 * 1024;
/// What an item has beside its rows: the keys of as many indexes as a table takes, counters and digests.
const BESIDE: u64 = 64 * 1024;
/// What a row's map and each of its attributes take beside their names and values.
const PER_VALUE: u64 = 4;

/// One way to lay rows, as far as writes are counted by it.
struct Counts {
    listed: BTreeSet<EntityId>,
    reads: Reads,
}

impl Counts {
    fn of(kernel: &Kernel, listed: BTreeSet<EntityId>) -> Self {
        Self {
            reads: Reads::of(kernel, &listed),
            listed,
        }
    }

    fn counting<'a>(&'a self, kernel: &'a Kernel) -> Counting<'a> {
        Counting {
            kernel,
            reads: &self.reads,
            listed: &self.listed,
        }
    }
}

/// What was chosen, and what else was counted.
pub(super) struct Embedding<'a> {
    kernel: &'a Kernel,
    /// The owned rows that could stand in their owner's item.
    fitting: BTreeMap<EntityId, Fitting>,
    /// Each row in an item of its own.
    apart: Counts,
    /// All that fit in their owner's, where any do.
    within: Option<Counts>,
    /// What was chosen, where it is neither.
    chosen: Option<Counts>,
}

/// Owned rows that could stand in their owner's item.
#[derive(Clone, Copy)]
pub(super) struct Fitting {
    pub(super) owned: Owned,
    /// The most bytes that all of one owner take, where they are bounded.
    pub(super) bytes: Option<u64>,
}

impl<'a> Embedding<'a> {
    /// Chooses.
    pub(super) fn choose(kernel: &'a Kernel, embed: Embed) -> Self {
        let mut it = Self {
            kernel,
            fitting: fitting(kernel, embed),
            apart: Counts::of(kernel, BTreeSet::new()),
            within: None,
            chosen: None,
        };
        if it.fitting.is_empty() {
            return it;
        }
        let all: BTreeSet<EntityId> = it.fitting.keys().copied().collect();
        let within = Counts::of(kernel, all.clone());
        let chosen = match embed {
            Embed::Always => all,
            Embed::WhereNeeded => it.needed(within.counting(kernel)),
        };
        it.within = Some(within);
        it.chosen = (!chosen.is_empty()).then(|| Counts::of(kernel, chosen));
        it
    }

    /// The entities whose rows stand in their owner's item.
    pub(super) fn listed(&self) -> &BTreeSet<EntityId> {
        &self.chosen.as_ref().unwrap_or(&self.apart).listed
    }

    /// What writes take as rows lie.
    pub(super) fn chosen(&self) -> Counting<'_> {
        self.chosen.as_ref().unwrap_or(&self.apart).counting(self.kernel)
    }

    /// What they would take with each row in an item of its own.
    pub(super) fn apart(&self) -> Counting<'_> {
        self.apart.counting(self.kernel)
    }

    /// What they would take with all rows that can in their owner's item; `None` where none can.
    pub(super) fn within(&self) -> Option<Counting<'_>> {
        Some(self.within.as_ref()?.counting(self.kernel))
    }

    /// What could stand in its owner's item.
    pub(super) fn fitting(&self, entity: EntityId) -> Option<Fitting> {
        self.fitting.get(&entity).copied()
    }

    /// Those by which a write holds its maximum that doesn't hold it otherwise.
    fn needed(&self, within: Counting<'_>) -> BTreeSet<EntityId> {
        let kernel = self.kernel;
        let apart = self.apart();
        let helps = |apart: Option<u32>, within: Option<u32>| {
            apart.is_some_and(|it| it > ITEMS) && within.is_some_and(|it| it <= ITEMS)
        };
        let mut needed = BTreeSet::new();
        for (_, of) in kernel.facets.iter() {
            match of.subject {
                Subject::Write(write) => {
                    let write = &kernel.writes[write];
                    if helps(apart.call(write), within.call(write)) {
                        self.written(&write.body, &mut needed);
                    }
                }
                Subject::Entity(entity) => {
                    if helps(apart.plain(entity, of.facet), within.plain(entity, of.facet)) {
                        let along = kernel.owned_by(entity).chain([entity]);
                        needed.extend(along.filter(|it| self.fitting.contains_key(it)));
                    }
                }
                Subject::Fact(_) | Subject::Rule(_) | Subject::Query(_) => {}
            }
        }
        needed
    }

    /// The fitting rows that actions come to.
    fn written(&self, body: &[Action], into: &mut BTreeSet<EntityId>) {
        for action in body {
            match action {
                Action::Insert { entity, .. }
                | Action::Upsert { entity, .. }
                | Action::Update { entity, .. }
                | Action::Delete { entity, .. }
                | Action::Restore { entity, .. }
                | Action::Read { entity, .. } => {
                    let along = self.kernel.owned_by(*entity).chain([*entity]);
                    into.extend(along.filter(|it| self.fitting.contains_key(it)));
                }
                Action::For { body, .. } => self.written(body, into),
                Action::If { then, otherwise, .. } => {
                    self.written(then, into);
                    self.written(otherwise, into);
                }
                Action::Require { .. } | Action::Return(_) => {}
            }
        }
    }
}

/// The owned rows whose bytes fit into their owner's item at their maximum, those that come first first; all that can
/// stand there where that is asked for.
fn fitting(kernel: &Kernel, embed: Embed) -> BTreeMap<EntityId, Fitting> {
    let mut taken: BTreeMap<EntityId, u64> = BTreeMap::new();
    let mut all = BTreeMap::new();
    for owned in owned::all(kernel) {
        let bytes = row(kernel, owned.entity).and_then(|it| it.checked_mul(u64::from(owned.most)));
        let before = taken.get(&owned.owner).copied();
        let before = before.or_else(|| row(kernel, owned.owner)?.checked_add(BESIDE));
        let with = before
            .zip(bytes)
            .and_then(|(before, bytes)| before.checked_add(bytes));
        match (with.filter(|it| *it <= BYTES), embed) {
            (Some(with), Embed::WhereNeeded | Embed::Always) => {
                taken.insert(owned.owner, with);
            }
            (None, Embed::Always) => {}
            (None, Embed::WhereNeeded) => continue,
        }
        all.insert(owned.entity, Fitting { owned, bytes });
    }
    all
}

/// The most bytes of a row, names included.
fn row(kernel: &Kernel, entity: EntityId) -> Option<u64> {
    let leaves = kernel.entities[entity].leaves.iter();
    let names = leaves.map(|leaf| leaf_name(kernel, leaf, '.').len() as u64 + PER_VALUE);
    most_bytes(kernel, entity)?.checked_add(names.sum::<u64>() + PER_VALUE)
}
