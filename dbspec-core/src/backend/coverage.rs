//! Outcomes: what a target does for each facet of a model.

use crate::kernel::{Facet, FacetId, Kernel, Path, RuleId};

use super::capability::LineId;
use super::naming::NameId;

/// What happens to a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleOutcome {
    /// The engine refuses a violation, whoever writes.
    Enforced,
    /// Every write through dbspec's programs is refused, atomically, up to a bound (rows, items, bytes; as said by the
    /// line); `None`: unbounded.
    Guarded {
        /// The bound.
        bound: Option<u32>,
        /// The query that finds violations.
        audit: Audit,
    },
    /// Refused or undone within a window.
    Settled {
        /// In milliseconds.
        window_ms: u64,
        /// The query that finds violations.
        audit: Audit,
    },
    /// Found by a query.
    Audited {
        /// The query that finds violations.
        audit: Audit,
    },
    /// Nothing is done.
    Unsupported,
}

/// What finds the violations of a rule: a statement or request that the engine's own client runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Its text: SQL, or the request as JSON.
    pub text: Box<str>,
}

/// What happens to a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryOutcome {
    /// By an index, key or structure.
    Served {
        /// Rows read for one answer, at most, as far as volumes tell.
        rows_read: u64,
        /// How many conditions are judged on rows that were read.
        residual: u8,
        /// How many look-ups start it.
        probes: u32,
    },
    /// By the declared reading of everything.
    FullRead {
        /// Rows read.
        rows_read: u64,
    },
    /// Not at all; the change that would serve it.
    NotServed {
        /// What to change.
        instead: Box<str>,
    },
}

/// What happens to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// All or nothing, up to a bound of rows or items; `None`: unbounded. Beyond it is refused whole.
    Atomic {
        /// The bound.
        bound: Option<u32>,
        /// What one call takes of it at its declared maximum.
        at_most: Option<u32>,
    },
    /// Not at all.
    NotServed,
}

/// What happens to a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactOutcome {
    /// Used somewhere.
    Used,
    /// Unused.
    Unused,
}

/// What happens to a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A rule's.
    Rule(RuleOutcome),
    /// A query's.
    Query(QueryOutcome),
    /// A write's.
    Write(WriteOutcome),
    /// A fact's.
    Fact(FactOutcome),
}

/// The answer for a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happens.
    pub outcome: Outcome,
    /// Which artefact realises it.
    pub by: Option<NameId>,
    /// Which capability line says why.
    pub line: LineId,
}

/// The outcomes of all facets. Only core makes one, and only when it is full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    entries: Vec<Entry>,
}

impl Coverage {
    /// The answer for a facet.
    pub fn entry(&self, facet: FacetId) -> &Entry {
        &self.entries[crate::arena::Id::index(facet) as usize]
    }

    /// All answers, in order of facets.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (FacetId, &Entry)> {
        self.entries
            .iter()
            .enumerate()
            .map(|(at, entry)| (crate::arena::Id::new(at as u32), entry))
    }
}

/// Collects answers; can't finish while a facet is open.
#[derive(Debug)]
pub struct CoverageBuilder {
    entries: Vec<Option<Entry>>,
    twice: Vec<FacetId>,
    rest: bool,
}

impl CoverageBuilder {
    /// A builder with all facets of a kernel open.
    pub fn new(kernel: &Kernel) -> Self {
        Self {
            entries: vec![None; kernel.facets.len()],
            twice: Vec::new(),
            rest: false,
        }
    }

    /// Answers one facet.
    pub fn answer(&mut self, facet: FacetId, outcome: Outcome, by: Option<NameId>, line: LineId) {
        let slot = &mut self.entries[crate::arena::Id::index(facet) as usize];
        if slot.is_some() {
            self.twice.push(facet);
        }
        *slot = Some(Entry { outcome, by, line });
    }

    /// Answers all facets of a rule.
    pub fn rule(
        &mut self,
        kernel: &Kernel,
        rule: RuleId,
        outcome: &RuleOutcome,
        by: Option<NameId>,
        line: LineId,
    ) {
        for facet in kernel.rules[rule].facets.iter() {
            self.answer(facet, Outcome::Rule(outcome.clone()), by, line);
        }
    }

    /// Answers one facet of a rule; nothing happens where the rule hasn't got it.
    pub fn rule_facet(
        &mut self,
        kernel: &Kernel,
        (rule, facet): (RuleId, Facet),
        outcome: RuleOutcome,
        by: Option<NameId>,
        line: LineId,
    ) {
        let found = kernel.rules[rule]
            .facets
            .iter()
            .find(|id| kernel.facets[*id].facet == facet);
        if let Some(id) = found {
            self.answer(id, Outcome::Rule(outcome), by, line);
        }
    }

    /// Whether a facet has an answer.
    pub fn is_answered(&self, facet: FacetId) -> bool {
        self.entries[crate::arena::Id::index(facet) as usize].is_some()
    }

    /// Answers whatever is open: rules unsupported, queries and writes not served, facts unused. For a backend that can
    /// do nothing; a law refuses it to any other.
    pub fn rest(&mut self, kernel: &Kernel, line: LineId) {
        use crate::kernel::Subject;
        self.rest = true;
        for (id, facet) in kernel.facets.iter() {
            if self.is_answered(id) {
                continue;
            }
            let outcome = match facet.subject {
                Subject::Rule(_) => Outcome::Rule(RuleOutcome::Unsupported),
                Subject::Query(_) => Outcome::Query(QueryOutcome::NotServed {
                    instead: "another target".into(),
                }),
                Subject::Write(_) | Subject::Entity(_) => Outcome::Write(WriteOutcome::NotServed),
                Subject::Fact(_) => Outcome::Fact(FactOutcome::Unused),
            };
            self.answer(id, outcome, None, line);
        }
    }

    /// Whether [`Self::rest`] was used.
    pub fn used_rest(&self) -> bool {
        self.rest
    }

    /// The coverage, once every facet has exactly one answer of its own kind.
    ///
    /// # Errors
    /// The facets that are open, or were answered twice.
    pub fn finish(self) -> Result<Coverage, Vec<FacetId>> {
        let mut wrong = self.twice;
        let mut entries = Vec::with_capacity(self.entries.len());
        for (at, entry) in self.entries.into_iter().enumerate() {
            match entry {
                Some(entry) => entries.push(entry),
                None => wrong.push(crate::arena::Id::new(at as u32)),
            }
        }
        if wrong.is_empty() {
            Ok(Coverage { entries })
        } else {
            Err(wrong)
        }
    }
}

/// The path of what a facet is about.
pub fn subject_path(kernel: &Kernel, facet: FacetId) -> Path {
    use crate::kernel::Subject;
    let element = match kernel.facets[facet].subject {
        Subject::Rule(id) => kernel.rules[id].element,
        Subject::Query(id) => kernel.queries[id].element,
        Subject::Write(id) => kernel.writes[id].element,
        Subject::Entity(id) => kernel.entities[id].element,
        Subject::Fact(id) => kernel.facts[id].element,
    };
    kernel.path(element)
}
