//! The search: rows are mended until nothing but the rule is broken.

use std::collections::BTreeSet;

use super::place::{Place, sorted};
use super::{Counterexample, MOST_ROWS, NoCounterexample, candidate, simple};
use crate::kernel::{Facet, FieldId, Kernel, LeafId, RuleId, RuleKind};
use crate::semantics::Breach;
use crate::value::Value;

/// How many states are judged at most.
const STEPS: u32 = 6_000;

/// How often one state is mended at most.
const MENDS: u32 = 60;

/// A search for one rule.
pub(super) struct Search<'k> {
    pub(super) kernel: &'k Kernel,
    pub(super) rule: RuleId,
    /// Rules that may be broken too.
    beside: BTreeSet<RuleId>,
    steps: u32,
}

impl<'k> Search<'k> {
    pub(super) fn new(kernel: &'k Kernel, rule: RuleId) -> Self {
        Self {
            kernel,
            rule,
            beside: BTreeSet::new(),
            steps: 0,
        }
    }

    /// The same, where rules of the same value may be broken too.
    pub(super) fn lenient(kernel: &'k Kernel, rule: RuleId) -> Self {
        Self {
            beside: candidate::beside(kernel, rule),
            ..Self::new(kernel, rule)
        }
    }

    fn is_meant(&self, rule: RuleId) -> bool {
        rule == self.rule || self.beside.contains(&rule)
    }

    /// The fewest rows that break the side of the rule alone.
    pub(super) fn run(mut self, facet: Facet) -> Result<Counterexample, NoCounterexample> {
        let mut best: Option<Place<'k>> = None;
        let mut error = None;
        match self.seeds(facet) {
            Ok(seeds) => {
                for seed in seeds {
                    if let Some(found) = self.settled(seed) {
                        let found = self.least(found);
                        if best
                            .as_ref()
                            .is_none_or(|best| found.rows.len() < best.rows.len())
                        {
                            best = Some(found);
                        }
                        // Nothing is shorter than one row.
                        if best.as_ref().is_some_and(|best| best.rows.len() == 1) {
                            break;
                        }
                    }
                }
            }
            Err(why) => error = Some(why),
        }
        match best {
            Some(mut found) => {
                let broken = self.judge(&mut found).into_iter().map(|it| it.rule);
                let besides: BTreeSet<RuleId> = broken.filter(|it| *it != self.rule).collect();
                Ok(Counterexample {
                    rows: sorted(self.kernel, &found.rows),
                    besides: besides.into_iter().collect(),
                })
            }
            None => Err(error.unwrap_or(NoCounterexample::NotFound { steps: self.steps })),
        }
    }

    fn judge(&mut self, place: &mut Place<'k>) -> Vec<Breach> {
        self.steps += 1;
        place.judge(self.rule)
    }

    fn is_spent(&self) -> bool {
        self.steps >= STEPS
    }

    /// A state in which the rule is broken, and nothing else.
    fn settled(&mut self, place: Place<'k>) -> Option<Place<'k>> {
        let mut mended = self.mended(place)?;
        let found = self.judge(&mut mended);
        found.iter().any(|it| it.rule == self.rule).then_some(mended)
    }

    /// The same without what is broken beside the rule.
    pub(super) fn mended(&mut self, mut place: Place<'k>) -> Option<Place<'k>> {
        let mut found = self.judge(&mut place);
        for _ in 0..MENDS {
            let Some(breach) = found.iter().find(|it| !self.is_meant(it.rule)).cloned() else {
                return Some(place);
            };
            if self.is_spent() || place.rows.len() > MOST_ROWS {
                return None;
            }
            place = self.mend(place, &breach, &found)?;
            found = self.judge(&mut place);
        }
        None
    }

    /// A step towards a state in which a breach is none.
    fn mend(&mut self, mut place: Place<'k>, breach: &Breach, found: &[Breach]) -> Option<Place<'k>> {
        let kernel = self.kernel;
        match &kernel.rules[breach.rule].kind {
            RuleKind::Reference {
                field, to, shared, ..
            } => {
                let at = place.find(breach.entity, &breach.key)?;
                let key = kernel.referred(*field, &place.rows[at].1)?;
                let Some(target) = place.find(*to, &key) else {
                    let mut row = simple::row(kernel, *to, 1);
                    for (leaf, value) in kernel.key_leaves(*to).into_iter().zip(key) {
                        *row.get_mut(kernel.position(leaf))? = value;
                    }
                    place.rows.push((*to, row));
                    return Some(place);
                };
                for (here, there) in shared {
                    let value = place.value(at, *here).clone();
                    place.set(target, *there, value);
                }
                Some(place)
            }
            RuleKind::Bounds { owner, via, min, .. } => {
                let at = place.find(*owner, &breach.key)?;
                let key = kernel.key_of(*owner, &place.rows[at].1);
                let there = kernel_children(&place, *via, &key);
                if there >= *min {
                    return None;
                }
                for _ in there..*min {
                    self.child(&mut place, *via, &key);
                }
                Some(place)
            }
            RuleKind::Key(_)
            | RuleKind::Unique { .. }
            | RuleKind::AtMost { .. }
            | RuleKind::Overlap { .. } => {
                // Of several with one key the last is the one that came for another's sake.
                let at = place.rows.iter().rposition(|(entity, row)| {
                    *entity == breach.entity && kernel.key_of(*entity, row) == breach.key
                })?;
                self.vary(&place, at, breach, found)
            }
            RuleKind::Type(_)
            | RuleKind::Size { .. }
            | RuleKind::Required(_)
            | RuleKind::Predicate { .. }
            | RuleKind::Version(_)
            | RuleKind::Derived { .. }
            | RuleKind::Secret(_)
            | RuleKind::Assert { .. } => {
                let at = place.find(breach.entity, &breach.key)?;
                self.vary(&place, at, breach, found)
            }
            RuleKind::Transition(_)
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. } => None,
        }
    }

    /// Other values in the leaves that a rule speaks of: one, then two at once.
    fn vary(&mut self, place: &Place<'k>, at: usize, breach: &Breach, found: &[Breach]) -> Option<Place<'k>> {
        let kernel = self.kernel;
        let rule = &kernel.rules[breach.rule];
        let (entity, row) = place.rows.get(at)?.clone();
        let leaves = candidate::leaves(kernel, entity, &rule.kind);
        let options: Vec<(LeafId, Vec<Value>)> = leaves
            .into_iter()
            .map(|leaf| {
                let mut values = candidate::values(kernel, leaf, &row);
                // Where rows must differ, any other value may do.
                values.extend((3..30).map(|number| simple::value(kernel, leaf, number)));
                (leaf, values)
            })
            .collect();
        for (leaf, values) in &options {
            for value in values {
                let set = [(*leaf, value)];
                if let Some(better) = self.tried(place, at, &set, breach, found) {
                    return Some(better);
                }
            }
        }
        for (first, (a, these)) in options.iter().enumerate() {
            for (b, those) in &options[first + 1..] {
                for value in these {
                    for other in those {
                        let set = [(*a, value), (*b, other)];
                        if let Some(better) = self.tried(place, at, &set, breach, found) {
                            return Some(better);
                        }
                    }
                }
            }
        }
        None
    }

    /// The state with some values set, where the breach is gone and none has come that a reference doesn't mend.
    fn tried(
        &mut self,
        place: &Place<'k>,
        at: usize,
        set: &[(LeafId, &Value)],
        breach: &Breach,
        found: &[Breach],
    ) -> Option<Place<'k>> {
        if self.is_spent() || set.iter().all(|(leaf, value)| place.value(at, *leaf) == *value) {
            return None;
        }
        let mut changed = place.clone();
        for (leaf, value) in set {
            changed.set(at, *leaf, (*value).clone());
        }
        let after = self.judge(&mut changed);
        let worse = |it: &&Breach| {
            let mends = matches!(
                self.kernel.rules[it.rule].kind,
                RuleKind::Reference { .. } | RuleKind::Bounds { .. }
            );
            !self.is_meant(it.rule) && !mends && !found.iter().any(|old| old.rule == it.rule)
        };
        let gone = !after
            .iter()
            .any(|it| it.rule == breach.rule && it.entity == breach.entity)
            || after.len() < found.len();
        (gone && after.iter().find(worse).is_none()).then_some(changed)
    }

    /// One more row that names another.
    pub(super) fn child(&self, place: &mut Place<'k>, via: FieldId, key: &[Value]) {
        let kernel = self.kernel;
        let entity = kernel.fields[via].entity;
        let mut number = 1;
        loop {
            let row = simple::row(kernel, entity, number);
            let at = place.rows.len();
            place.rows.push((entity, row));
            place.set_field(at, via, key);
            let own = kernel.key_of(entity, &place.rows[at].1);
            if place.find(entity, &own) == Some(at) || number as usize > MOST_ROWS {
                return;
            }
            place.rows.truncate(at);
            number += 1;
        }
    }

    /// The same without rows that it does without.
    fn least(&mut self, mut place: Place<'k>) -> Place<'k> {
        let mut at = place.rows.len();
        while at > 0 && !self.is_spent() {
            at -= 1;
            let mut without = place.clone();
            without.rows.remove(at);
            let found = self.judge(&mut without);
            if found.iter().any(|it| it.rule == self.rule) && found.iter().all(|it| self.is_meant(it.rule)) {
                place = without;
            }
        }
        place
    }
}

/// How many rows name a key.
pub(super) fn kernel_children(place: &Place<'_>, via: FieldId, key: &[Value]) -> u32 {
    let entity = place.kernel.fields[via].entity;
    let rows = place.rows.iter();
    rows.filter(|(it, row)| *it == entity && place.kernel.refers_to(via, row, key))
        .count() as u32
}
