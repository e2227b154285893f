//! Facets: everything of a model that needs an outcome per target.

use super::{ElementId, EntityId, FactId, QueryId, RuleId, RuleKind, WriteId};

/// What an outcome is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A rule.
    Rule(RuleId),
    /// A query.
    Query(QueryId),
    /// A declared write.
    Write(WriteId),
    /// The plain writes of an entity.
    Entity(EntityId),
    /// A fact.
    Fact(FactId),
}

/// A side of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// The rule as a whole.
    Holds,
    /// A reference names an existing row.
    Exists,
    /// What deleting the referred row does.
    Action,
    /// The referred row is living.
    Living,
    /// Shared values are equal at both ends.
    Shared,
    /// The lower bound.
    AtLeast,
    /// The upper bound.
    AtMost,
    /// No update that is not allowed.
    Update,
    /// No delete that is not allowed.
    Delete,
    /// A query is answered.
    Answered,
    /// A declared write is done.
    Called,
    /// A row is inserted.
    InsertRow,
    /// A row is updated.
    UpdateRow,
    /// A row is deleted.
    DeleteRow,
    /// A fact is used.
    Used,
}

/// A facet of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FacetOf {
    /// What it is about.
    pub subject: Subject,
    /// Which side of it.
    pub facet: Facet,
}

impl RuleKind {
    /// What of a rule needs an outcome of its own.
    pub fn facets(&self) -> Vec<Facet> {
        match self {
            Self::Reference { living, shared, .. } => {
                let mut facets = vec![Facet::Exists, Facet::Action];
                if living.is_some() {
                    facets.push(Facet::Living);
                }
                if !shared.is_empty() {
                    facets.push(Facet::Shared);
                }
                facets
            }
            Self::Bounds { min, max, .. } => {
                let mut facets = Vec::new();
                if *min > 0 {
                    facets.push(Facet::AtLeast);
                }
                if max.is_some() {
                    facets.push(Facet::AtMost);
                }
                facets
            }
            Self::Transition(super::Moving::AppendOnly) => vec![Facet::Update, Facet::Delete],
            Self::Transition(super::Moving::Leaf(..) | super::Moving::Frozen(_)) => vec![Facet::Update],
            Self::Type(_)
            | Self::Size { .. }
            | Self::Required(_)
            | Self::Predicate { .. }
            | Self::Key(_)
            | Self::Unique { .. }
            | Self::AtMost { .. }
            | Self::Overlap { .. }
            | Self::Version(_)
            | Self::Derived { .. }
            | Self::Default { .. }
            | Self::Policy { .. }
            | Self::KeepAtLeast { .. }
            | Self::KeepAtMost { .. }
            | Self::Secret(_)
            | Self::Assert { .. } => vec![Facet::Holds],
        }
    }
}

/// Something said that is neither a rule nor asked for: used somewhere, or unused and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What the user wrote.
    pub element: ElementId,
    /// What kind of statement it is.
    pub kind: FactKind,
    /// The entity that it is about, if one.
    pub entity: Option<EntityId>,
    /// The statement in short, for reports: `avg 14`, `2% where status == draft`.
    pub text: Box<str>,
}

/// The kinds of fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// A name that an engine will carry.
    Name,
    /// `///`
    Documentation,
    /// `volume`, `growth`, `rows`
    Volume,
    /// `avg`, `p99`, `@nulls`, `@distinct`, `share`, `@skew`, a fan-out.
    Statistic,
    /// `scale`
    Scale,
    /// `determines`
    Determines,
    /// `session`
    Session,
    /// `role`
    Role,
    /// `prefer`
    Prefer,
    /// `operate`
    Operate,
    /// `rate`, `peak`, `p99`, `staleness`, `consistency` of a query or write; `workload`, `flow`.
    Load,
    /// `@personal`
    Personal,
    /// `@was`, `@stored`, `@external`
    Adoption,
    /// `place`, `cache`, `feed`, `index … on`
    Placement,
}
