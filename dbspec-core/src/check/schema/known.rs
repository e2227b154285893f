//! The members of an entity by name: what a step of a path can be.

use super::{Schema, Target};
use crate::arena::Id;
use crate::kernel::{EntityId, FieldId, Hop};
use crate::span::Span;

/// A member of an entity.
#[derive(Clone, Debug)]
pub(in crate::check) struct Entry {
    /// What it is.
    pub what: Known,
    /// The subtype that alone has it.
    pub subtype: Option<u16>,
    /// Where it was declared.
    pub at: Span,
}

/// What a member is.
#[derive(Clone, Debug)]
pub(in crate::check) enum Known {
    /// A field.
    Field(FieldId),
    /// An inverse, owned rows or the far end of a relation.
    Many {
        /// The way.
        hops: Vec<Hop>,
        /// What is reached.
        to: Target,
    },
    /// A rule, which no path can name.
    Rule,
    /// A field that is broken, and was reported.
    Broken,
}

impl Schema<'_> {
    /// A member of the rows of a target, if they have it.
    pub(in crate::check) fn member(&self, of: Target, name: &str) -> Option<&Entry> {
        let entry = self.known[of.entity.index() as usize].get(name)?;
        self.sees(of, entry).then_some(entry)
    }

    /// The names of all fields and ways that rows of a target have.
    pub(in crate::check) fn member_names(&self, of: Target) -> impl Iterator<Item = &str> {
        let entries = self.known[of.entity.index() as usize].iter();
        let seen =
            entries.filter(move |(_, entry)| self.sees(of, entry) && !matches!(entry.what, Known::Rule));
        seen.map(|(name, _)| &**name)
    }

    fn sees(&self, of: Target, entry: &Entry) -> bool {
        match (entry.subtype, of.subtype) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(needed), Some(have)) => self.plan(of.entity).is_under(have, needed),
        }
    }

    /// A field of an entity by name, whatever subtype has it.
    pub(in crate::check) fn field(&self, entity: EntityId, name: &str) -> Option<FieldId> {
        match self.known[entity.index() as usize].get(name)?.what {
            Known::Field(field) => Some(field),
            Known::Many { .. } | Known::Rule | Known::Broken => None,
        }
    }
}
