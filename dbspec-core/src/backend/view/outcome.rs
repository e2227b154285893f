//! Coverage as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FORMAT, LineView, NameView, TargetName};
use crate::backend::Lowered;
use crate::backend::coverage::{
    Entry, FactOutcome, Outcome, QueryOutcome, RuleOutcome, WriteOutcome, subject_path,
};
use crate::kernel::{Facet, FacetId, FactKind, Kernel, Moving, RuleKind, Subject};

/// `coverage.json`: one outcome for every facet of every element, per target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageFile {
    /// The number of the format.
    pub format: u32,
    /// The model's name.
    pub model: String,
    /// The targets, in order.
    pub targets: Vec<TargetCoverage>,
}

/// What one target does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetCoverage {
    /// Which target.
    #[serde(flatten)]
    pub target: TargetName,
    /// How often each outcome occurs, by its word.
    pub summary: BTreeMap<String, u64>,
    /// All outcomes, in the model's order: the same facets in the same places for every target of one model.
    pub outcomes: Vec<OutcomeView>,
    /// The capability lines that outcomes name, by code.
    pub lines: Vec<LineView>,
}

/// What an outcome is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An access pattern.
    Query,
    /// A declared write, or the plain writes of an entity.
    Write,
    /// A rule.
    Rule,
    /// A fact.
    Fact,
}

/// An outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeView {
    /// The path of the element.
    pub path: String,
    /// What it is about.
    pub about: About,
    /// The entity whose rows are meant, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// What kind of thing: `unique`, `reference`, `access`, `insert`, `volume`.
    pub kind: String,
    /// The side of it that the outcome is about, where it has several: `exists`, `on delete`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<String>,
    /// The name in refusals, of rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What happens.
    #[serde(flatten)]
    pub outcome: OutcomeKind,
    /// Which artefact realises it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<NameView>,
    /// The code of the capability line that says why.
    pub line: String,
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum OutcomeKind {
    /// The engine refuses a violation, whoever writes.
    Enforced,
    /// Every write through dbspec's programs is refused.
    Guarded {
        /// Up to so many rows or items.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound: Option<u32>,
        /// What finds violations.
        audit: String,
    },
    /// Refused or undone within a window.
    Settled {
        /// In milliseconds.
        window_ms: u64,
        /// What finds violations.
        audit: String,
    },
    /// Found by a query.
    Audited {
        /// What finds violations.
        audit: String,
    },
    /// A rule for which nothing is done.
    Unsupported,
    /// A query is answered by an index, key or structure.
    Served {
        /// Rows read for one answer, at most.
        rows_read: u64,
        /// Conditions judged on rows that were read.
        residual: u8,
        /// Look-ups that start it.
        probes: u32,
    },
    /// A query is answered by the declared reading of everything.
    FullRead {
        /// Rows read.
        rows_read: u64,
    },
    /// A write is all or nothing.
    Atomic {
        /// Up to so many rows or items.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bound: Option<u32>,
        /// What one call takes of it at its declared maximum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_most: Option<u32>,
    },
    /// A query or a write is not there.
    NotServed {
        /// The change that would serve it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<String>,
    },
    /// A fact is used somewhere.
    Used,
    /// A fact is unused.
    Unused,
}

impl OutcomeKind {
    /// All words, from the best to the worst of each kind of subject.
    pub const WORDS: [&'static str; 11] = [
        "served",
        "full read",
        "atomic",
        "not served",
        "enforced",
        "guarded",
        "settled",
        "audited",
        "unsupported",
        "used",
        "unused",
    ];

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Enforced => "enforced",
            Self::Guarded { .. } => "guarded",
            Self::Settled { .. } => "settled",
            Self::Audited { .. } => "audited",
            Self::Unsupported => "unsupported",
            Self::Served { .. } => "served",
            Self::FullRead { .. } => "full read",
            Self::Atomic { .. } => "atomic",
            Self::NotServed { .. } => "not served",
            Self::Used => "used",
            Self::Unused => "unused",
        }
    }

    /// What finds violations, where that is needed.
    pub fn audit(&self) -> Option<&str> {
        match self {
            Self::Guarded { audit, .. } | Self::Settled { audit, .. } | Self::Audited { audit } => {
                Some(audit)
            }
            Self::Enforced
            | Self::Unsupported
            | Self::Served { .. }
            | Self::FullRead { .. }
            | Self::Atomic { .. }
            | Self::NotServed { .. }
            | Self::Used
            | Self::Unused => None,
        }
    }

    /// The numbers behind the word, in short: `≤ 100`, `20 rows`. Empty where there are none.
    pub fn detail(&self) -> String {
        let bound = |bound: &Option<u32>| bound.map(|bound| format!("≤ {bound}"));
        match self {
            Self::Guarded { bound: up_to, .. } => bound(up_to).unwrap_or_default(),
            Self::Settled { window_ms, .. } => format!("within {window_ms} ms"),
            Self::Served {
                rows_read,
                residual,
                probes,
            } => {
                let mut text = plural(*rows_read, "row");
                if *probes > 1 {
                    text = format!("{text}, {}", plural(u64::from(*probes), "look-up"));
                }
                if *residual > 0 {
                    text = format!("{text}, {residual} judged on the row");
                }
                text
            }
            Self::FullRead { rows_read } => plural(*rows_read, "row"),
            Self::Atomic {
                bound: up_to,
                at_most,
            } => match (bound(up_to), at_most) {
                (Some(up_to), Some(most)) => format!("{up_to}, takes up to {most}"),
                (Some(up_to), None) => up_to,
                (None, _) => String::new(),
            },
            Self::NotServed { instead } => instead.clone().unwrap_or_default(),
            Self::Enforced | Self::Audited { .. } | Self::Unsupported | Self::Used | Self::Unused => {
                String::new()
            }
        }
    }
}

fn plural(count: u64, noun: &str) -> String {
    let digits = grouped(count);
    if count == 1 {
        format!("{digits} {noun}")
    } else {
        format!("{digits} {noun}s")
    }
}

/// A number with its thousands apart.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl CoverageFile {
    /// A file of all targets' coverages.
    pub fn new(model: impl Into<String>, targets: Vec<TargetCoverage>) -> Self {
        Self {
            format: FORMAT,
            model: model.into(),
            targets,
        }
    }
}

impl TargetCoverage {
    /// What a target does, from what it lowered.
    pub fn of<D>(target: TargetName, lowered: &Lowered<D>) -> Self {
        let kernel = lowered.kernel();
        let mut summary: BTreeMap<String, u64> = BTreeMap::new();
        let mut used = BTreeMap::new();
        let mut outcomes = Vec::with_capacity(kernel.facets.len());
        for (facet, entry) in lowered.report().coverage.iter() {
            let line = &lowered.lines()[usize::from(entry.line.0)];
            used.entry(line.code).or_insert_with(|| LineView::from(line));
            let view = outcome(lowered, facet, entry, line.code);
            *summary.entry(view.outcome.word().to_owned()).or_default() += 1;
            outcomes.push(view);
        }
        Self {
            target,
            summary,
            outcomes,
            lines: used.into_values().collect(),
        }
    }

    /// The capability line of a code.
    pub fn line(&self, code: &str) -> Option<&LineView> {
        self.lines.iter().find(|line| line.code == code)
    }
}

fn outcome<D>(lowered: &Lowered<D>, facet: FacetId, entry: &Entry, line: &str) -> OutcomeView {
    let kernel = lowered.kernel();
    let of = kernel.facets[facet];
    let (about, entity, kind, rule) = subject(kernel, of.subject);
    let kind = match of.facet {
        Facet::InsertRow => "insert",
        Facet::UpdateRow => "update",
        Facet::DeleteRow => "delete",
        Facet::Holds
        | Facet::Exists
        | Facet::Action
        | Facet::Living
        | Facet::Shared
        | Facet::AtLeast
        | Facet::AtMost
        | Facet::Update
        | Facet::Delete
        | Facet::Answered
        | Facet::Called
        | Facet::Used => kind,
    };
    OutcomeView {
        path: subject_path(kernel, facet).to_string(),
        about,
        entity: entity.map(str::to_owned),
        kind: kind.to_owned(),
        facet: side(of.facet).map(str::to_owned),
        rule: rule.map(str::to_owned),
        outcome: OutcomeKind::from(&entry.outcome),
        by: entry.by.map(|id| NameView::of(lowered.mapping(), id)),
        line: line.to_owned(),
    }
}

fn subject(kernel: &Kernel, subject: Subject) -> (About, Option<&str>, &'static str, Option<&str>) {
    match subject {
        Subject::Rule(id) => {
            let rule = &kernel.rules[id];
            let entity = &kernel.entities[rule.entity].name;
            (About::Rule, Some(entity), rule_word(&rule.kind), Some(&rule.name))
        }
        Subject::Query(id) => {
            let from = kernel.queries[id].from;
            (About::Query, Some(&kernel.entities[from].name), "access", None)
        }
        Subject::Write(_) => (About::Write, None, "write", None),
        Subject::Entity(id) => (About::Write, Some(&kernel.entities[id].name), "write", None),
        Subject::Fact(id) => {
            let fact = &kernel.facts[id];
            let entity = fact.entity.map(|entity| &*kernel.entities[entity].name);
            (About::Fact, entity, fact_word(fact.kind), None)
        }
    }
}

/// The word for a kind of rule.
pub(super) fn rule_word(kind: &RuleKind) -> &'static str {
    match kind {
        RuleKind::Type(_) => "type",
        RuleKind::Size { .. } => "size",
        RuleKind::Required(_) => "required",
        RuleKind::Predicate { .. } => "check",
        RuleKind::Key(_) => "key",
        RuleKind::Unique { .. } => "unique",
        RuleKind::Reference { .. } => "reference",
        RuleKind::Bounds { .. } => "bounds",
        RuleKind::AtMost { .. } => "at most",
        RuleKind::Overlap { .. } => "no overlap",
        RuleKind::Transition(Moving::Leaf(..)) => "moves",
        RuleKind::Transition(Moving::Frozen(_)) => "immutable",
        RuleKind::Transition(Moving::AppendOnly) => "append only",
        RuleKind::Version(_) => "version",
        RuleKind::Derived { .. } => "derive",
        RuleKind::Default { .. } => "default",
        RuleKind::Policy { .. } => "policy",
        RuleKind::KeepAtLeast { .. } => "keep at least",
        RuleKind::KeepAtMost { .. } => "keep at most",
        RuleKind::Secret(_) => "secret",
        RuleKind::Assert { .. } => "assert",
    }
}

fn fact_word(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Name => "name",
        FactKind::Documentation => "documentation",
        FactKind::Volume => "volume",
        FactKind::Statistic => "statistic",
        FactKind::Scale => "scale",
        FactKind::Determines => "determines",
        FactKind::Session => "session",
        FactKind::Role => "role",
        FactKind::Prefer => "prefer",
        FactKind::Operate => "operate",
        FactKind::Load => "load",
        FactKind::Personal => "personal",
        FactKind::Adoption => "adoption",
        FactKind::Placement => "placement",
    }
}

/// The side of a subject that has several.
fn side(facet: Facet) -> Option<&'static str> {
    match facet {
        Facet::Exists => Some("exists"),
        Facet::Action => Some("on delete"),
        Facet::Living => Some("living"),
        Facet::Shared => Some("sharing"),
        Facet::AtLeast => Some("at least"),
        Facet::AtMost => Some("at most"),
        Facet::Update => Some("update"),
        Facet::Delete => Some("delete"),
        Facet::Holds
        | Facet::Answered
        | Facet::Called
        | Facet::InsertRow
        | Facet::UpdateRow
        | Facet::DeleteRow
        | Facet::Used => None,
    }
}

impl From<&Outcome> for OutcomeKind {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Rule(RuleOutcome::Enforced) => Self::Enforced,
            Outcome::Rule(RuleOutcome::Guarded { bound, audit }) => Self::Guarded {
                bound: *bound,
                audit: audit.text.to_string(),
            },
            Outcome::Rule(RuleOutcome::Settled { window_ms, audit }) => Self::Settled {
                window_ms: *window_ms,
                audit: audit.text.to_string(),
            },
            Outcome::Rule(RuleOutcome::Audited { audit }) => Self::Audited {
                audit: audit.text.to_string(),
            },
            Outcome::Rule(RuleOutcome::Unsupported) => Self::Unsupported,
            Outcome::Query(QueryOutcome::Served {
                rows_read,
                residual,
                probes,
            }) => Self::Served {
                rows_read: *rows_read,
                residual: *residual,
                probes: *probes,
            },
            Outcome::Query(QueryOutcome::FullRead { rows_read }) => Self::FullRead {
                rows_read: *rows_read,
            },
            Outcome::Query(QueryOutcome::NotServed { instead }) => Self::NotServed {
                instead: Some(instead.to_string()),
            },
            Outcome::Write(WriteOutcome::Atomic { bound, at_most }) => Self::Atomic {
                bound: *bound,
                at_most: *at_most,
            },
            Outcome::Write(WriteOutcome::NotServed) => Self::NotServed { instead: None },
            Outcome::Fact(FactOutcome::Used) => Self::Used,
            Outcome::Fact(FactOutcome::Unused) => Self::Unused,
        }
    }
}
