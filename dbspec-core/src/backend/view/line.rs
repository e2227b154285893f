//! Capability lines as data.

use serde::{Deserialize, Serialize};

use crate::backend::capability::{Line, Proof, When};

/// A capability line: why an outcome is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    /// The stable code.
    pub code: String,
    /// What is done or not, in a sentence.
    pub says: String,
    /// When it is there, in words: `always`, `since 15.0.0`, `never: …`.
    pub when: String,
    /// How it is known.
    pub proof: ProofView,
    /// Where the fact is written.
    pub source: String,
}

/// How a line is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofView {
    /// A test on a live engine, by name.
    Live(String),
    /// The engine's own parser took it, in the named test.
    Parser(String),
    /// The source's word.
    Document,
}

impl From<&Line> for LineView {
    fn from(line: &Line) -> Self {
        Self {
            code: line.code.to_owned(),
            says: line.says.to_owned(),
            when: match line.when {
                When::Always => "always".to_owned(),
                When::Since(major, minor, patch) => format!("since {major}.{minor}.{patch}"),
                When::Edition(edition) => format!("in the {edition} edition"),
                When::Needs(what) => format!("needs {what}"),
                When::Never(why) => format!("never: {why}"),
            },
            proof: match line.proof {
                Proof::Live(test) => ProofView::Live(test.to_owned()),
                Proof::Parser(test) => ProofView::Parser(test.to_owned()),
                Proof::Document => ProofView::Document,
            },
            source: line.source.to_owned(),
        }
    }
}
