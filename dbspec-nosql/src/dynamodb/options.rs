//! What can be chosen.

/// What tables are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What all names of tables begin with, so that several models can live in one account and region; the model's name
    /// where nothing is said.
    pub prefix: Option<String>,
}

impl Options {
    /// The usual ones.
    pub fn new() -> Self {
        Self::default()
    }

    /// With another beginning of the tables' names.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self {
            prefix: Some(prefix.into()),
        }
    }
}
