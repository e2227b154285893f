//! What a design renders to.

/// The files that an engine's own client runs, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// The files.
    pub artefacts: Vec<Artefact>,
}

/// One file: statements as ranges of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Artefact {
    /// The file's name: `schema.sql`.
    pub file: String,
    /// The text, as the engine's client runs it.
    pub text: String,
    /// Where each statement (or request) begins and ends in the text; none in a file that another tool takes as a whole.
    pub statements: Vec<std::ops::Range<u32>>,
}

impl Artefact {
    /// An empty file of a name.
    pub fn new(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            ..Self::default()
        }
    }

    /// The statements' texts.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.statements
            .iter()
            .map(|range| &self.text[range.start as usize..range.end as usize])
    }
}
