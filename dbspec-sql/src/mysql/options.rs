//! What can be chosen.

/// Which MySQL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The major version: 8 means 8.0.17 and later, 8.4 among them; 9 any 9.x. What is generated is the same for all.
    pub version: u16,
}

impl Options {
    /// The versions that are supported.
    pub const VERSIONS: std::ops::RangeInclusive<u16> = 8..=9;

    /// The usual installation of a major version: one that is not supported counts as the nearest that is.
    pub fn new(version: u16) -> Self {
        Self {
            version: version.clamp(*Self::VERSIONS.start(), *Self::VERSIONS.end()),
        }
    }
}
