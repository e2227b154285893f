//! What can be chosen.

/// What collections are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The major version: 6 to 8.
    pub version: u16,
}

impl Options {
    /// For a major version.
    pub fn new(version: u16) -> Self {
        Self { version }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::new(8)
    }
}
