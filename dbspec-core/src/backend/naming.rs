//! Physical names: one namer, and the mapping it leaves behind.

use std::collections::BTreeMap;

use crate::kernel::{ElementId, Path};

/// A physical name, as a position in the [`Mapping`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub u32);

/// The kind of physical thing: the engine's own noun, `table`, `column`, `index`, `foreign key`.
pub type Noun = &'static str;

/// What names may be.
#[derive(Clone, Copy)]
pub struct Limits {
    /// The longest name.
    pub max_len: usize,
    /// How length counts.
    pub unit: LengthUnit,
    /// The shortest name.
    pub min_len: usize,
    /// Whether names that differ in case alone clash.
    pub folds_case: bool,
    /// Whether a character may stand in a name.
    pub allowed: fn(char) -> bool,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits")
            .field("max_len", &self.max_len)
            .field("folds_case", &self.folds_case)
            .finish_non_exhaustive()
    }
}

/// How a name's length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthUnit {
    /// UTF-8 bytes.
    Bytes,
    /// Scalar values.
    Characters,
}

/// Names given at creation by an earlier version of the model: they stay.
pub type Given = BTreeMap<(Path, String), String>;

/// A physical name and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The element.
    pub element: ElementId,
    /// The kind of thing.
    pub noun: Noun,
    /// What it is part of: the table of a column.
    pub within: Option<NameId>,
    /// The name.
    pub name: std::sync::Arc<str>,
}

/// Logical to physical, a by-product of naming.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// All names, in the order in which they were given.
    pub names: Vec<Named>,
}

impl Mapping {
    /// The name of an id.
    pub fn name(&self, id: NameId) -> &Named {
        &self.names[id.0 as usize]
    }

    /// All names of an element.
    pub fn of(&self, element: ElementId) -> impl Iterator<Item = (NameId, &Named)> {
        self.names
            .iter()
            .enumerate()
            .filter(move |(_, named)| named.element == element)
            .map(|(at, named)| (NameId(at as u32), named))
    }
}
