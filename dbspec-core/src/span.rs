//! Positions in source text.
//!
//! A [`Span`] rides inside the model's nodes but is no part of their value: all spans compare equal, hash alike and
//! are left out of files, so that a model from text, from the builder and from JSON are the same model.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Names one file of a [`SourceMap`](crate::diag::SourceMap).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

/// A range of bytes in one source file. Any two spans are equal: a position is not part of a node's value.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just after the last byte.
    pub end: u32,
    /// The file the offsets count in.
    pub file: FileId,
}

impl Span {
    /// The span of a node that came from no text (builder, JSON).
    pub const NONE: Self = Self {
        start: u32::MAX,
        end: u32::MAX,
        file: FileId(u16::MAX),
    };

    /// The bytes `start..end` of `file`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { start, end, file }
    }

    /// Whether the node came from no text.
    pub const fn is_none(self) -> bool {
        self.start == u32::MAX
    }

    /// The smallest span that holds both; where one is [`NONE`](Self::NONE), the other.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.is_none() {
            other
        } else if other.is_none() {
            self
        } else {
            Self {
                start: self.start.min(other.start),
                end: self.end.max(other.end),
                file: self.file,
            }
        }
    }

    /// The empty span just after this one, where something missing would be written.
    #[must_use]
    pub const fn after(self) -> Self {
        Self {
            start: self.end,
            end: self.end,
            file: self.file,
        }
    }

    /// Whether both are the same range of the same file, which `==` deliberately doesn't say.
    pub fn same(self, other: Self) -> bool {
        (self.file, self.start, self.end) == (other.file, other.start, other.end)
    }

    /// Orders spans by file and position, which [`Ord`] deliberately doesn't.
    pub fn position(self) -> (FileId, u32, u32) {
        (self.file, self.start, self.end)
    }
}

impl Default for Span {
    fn default() -> Self {
        Self::NONE
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Span {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl Hash for Span {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
