//! What can be chosen.

/// What keys are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The hash tag that all keys begin with, without its braces, so that several models can live in one database; the
    /// model's name where nothing is said.
    pub prefix: Option<String>,
}

impl Options {
    /// The usual ones.
    pub fn new() -> Self {
        Self::default()
    }

    /// With another hash tag.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self {
            prefix: Some(prefix.into()),
        }
    }
}
