//! What can be chosen.

/// What the graph is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Which edition the engine is.
    pub edition: Edition,
    /// What all labels and the names of constraints and indexes begin with, so that several models can live in one
    /// database.
    pub prefix: String,
}

/// The editions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Edition {
    /// Constraints of uniqueness alone.
    #[default]
    Community,
    /// Those of keys, existence and types too.
    Enterprise,
}

impl Options {
    /// The usual ones.
    pub fn new() -> Self {
        Self::default()
    }

    /// For an edition.
    #[must_use]
    pub fn edition(self, edition: Edition) -> Self {
        Self { edition, ..self }
    }

    /// With a beginning of labels and names.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self {
            prefix: prefix.into(),
            ..self
        }
    }
}
