//! What can be chosen.

/// What tables are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What all names of tables begin with, so that several models can live in one account and region; the model's name
    /// where nothing is said.
    pub prefix: Option<String>,
    /// Which owned rows stand in their owner's item.
    pub embed: Embed,
}

/// Which owned rows stand in their owner's item, of those that can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Embed {
    /// Those by which a write holds its declared maximum that would not hold it otherwise.
    #[default]
    WhereNeeded,
    /// All. Where nothing bounds the bytes of an item, what is larger than an item is refused as beyond a limit.
    Always,
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
            ..self
        }
    }

    /// With other owned rows in their owner's item.
    #[must_use]
    pub fn embed(self, embed: Embed) -> Self {
        Self { embed, ..self }
    }
}
