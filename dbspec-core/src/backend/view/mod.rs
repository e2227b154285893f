//! Coverage, decisions and assumptions as files: plain data with paths, codes and physical names instead of ids.
//!
//! What a backend answers speaks in ids, which never leave memory. These structures say the same for readers of JSON
//! and Markdown; each file has a `format` number, which rises when an older reader would misread it.

mod decision;
mod line;
mod markdown;
mod matrix;
mod outcome;

use serde::{Deserialize, Serialize};

pub use decision::{
    AlternativeView, AssumptionView, AssumptionsFile, DecisionView, DecisionsFile, FigureView,
    TargetDecisions,
};
pub use line::{LineView, ProofView};
pub use markdown::markdown;
pub use matrix::{Cell, Matrix, MatrixRow, Section};
pub use outcome::{About, CoverageFile, OutcomeKind, OutcomeView, TargetCoverage};

use super::Lowered;
use super::naming::{Mapping, NameId};

/// The number of these files' format.
pub const FORMAT: u32 = 1;

/// Which target a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetName {
    /// The name in the model, else the engine's.
    pub name: String,
    /// The engine: `postgres`.
    pub engine: String,
    /// The version, where the engine has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl std::fmt::Display for TargetName {
    /// `main (postgres 17)`, or `dynamodb` where the name says it all.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let version = self.version.as_ref().map(|version| format!(" {version}"));
        let engine = format!("{}{}", self.engine, version.unwrap_or_default());
        if self.name == self.engine {
            f.write_str(&engine)
        } else {
            write!(f, "{} ({engine})", self.name)
        }
    }
}

/// A physical name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameView {
    /// The engine's own noun: `table`, `index`.
    pub noun: String,
    /// The name.
    pub name: String,
    /// The name of what it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl NameView {
    /// A name of a mapping.
    pub fn of(mapping: &Mapping, id: NameId) -> Self {
        let named = mapping.name(id);
        Self {
            noun: named.noun.to_owned(),
            name: named.name.to_string(),
            of: named.within.map(|within| mapping.name(within).name.to_string()),
        }
    }
}

impl std::fmt::Display for NameView {
    /// `index order_customer_idx of order`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.noun, self.name)?;
        match &self.of {
            Some(of) => write!(f, " of {of}"),
            None => Ok(()),
        }
    }
}

/// The physical names that an element became, in the order in which they were given.
pub fn names_of<D>(lowered: &Lowered<D>, element: crate::kernel::ElementId) -> Vec<NameView> {
    let mapping = lowered.mapping();
    mapping
        .of(element)
        .map(|(id, _)| NameView::of(mapping, id))
        .collect()
}
