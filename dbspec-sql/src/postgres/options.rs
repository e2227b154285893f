//! What can be chosen.

/// Which PostgreSQL, and what it has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The major version, 13 to 18.
    pub version: u16,
    /// Whether `btree_gist` may be installed: it comes with the server's contrib modules and is trusted since 13.
    pub btree_gist: Extension,
}

/// Whether an extension can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// It is there, or may be created.
    Available,
    /// It isn't.
    Absent,
}

/// A version that isn't one of those supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("PostgreSQL {version} is not supported: the versions are 13 to 18")]
pub struct UnknownVersion {
    /// What was asked for.
    pub version: u16,
}

impl Options {
    /// The versions that are supported.
    pub const VERSIONS: std::ops::RangeInclusive<u16> = 13..=18;

    /// The usual installation of a version: one that is not supported counts as the nearest that is.
    pub fn new(version: u16) -> Self {
        Self {
            version: version.clamp(*Self::VERSIONS.start(), *Self::VERSIONS.end()),
            btree_gist: Extension::Available,
        }
    }

    /// The options of a version as a model writes it: `17`, or none for the newest.
    ///
    /// # Errors
    /// [`UnknownVersion`]
    pub fn parse(version: Option<&str>) -> Result<Self, UnknownVersion> {
        let Some(text) = version else {
            return Ok(Self::new(*Self::VERSIONS.end()));
        };
        let major = text.split('.').next().unwrap_or(text).parse().unwrap_or(0);
        if Self::VERSIONS.contains(&major) {
            Ok(Self::new(major))
        } else {
            Err(UnknownVersion { version: major })
        }
    }
}
