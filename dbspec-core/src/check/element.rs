//! Elements: the tree of what the user wrote.

use crate::arena::Arena;
use crate::kernel::{Element, ElementId};
use crate::span::Span;

/// The elements so far.
#[derive(Debug, Default)]
pub(super) struct Elements {
    pub arena: Arena<ElementId, Element>,
}

impl Elements {
    /// A top-level item.
    pub(super) fn top(&mut self, name: impl Into<Box<str>>, span: Span) -> ElementId {
        self.arena.push(Element {
            parent: None,
            name: name.into(),
            span,
        })
    }

    /// A part of another element.
    pub(super) fn part(&mut self, parent: ElementId, name: impl Into<Box<str>>, span: Span) -> ElementId {
        self.arena.push(Element {
            parent: Some(parent),
            name: name.into(),
            span,
        })
    }
}
