//! Elements and their paths: identity as the user knows it.

use std::fmt;

use super::{ElementId, Kernel};
use crate::arena::Arena;
use crate::span::Span;

/// A node of the tree of what the user wrote: the model, its items, their members and rules.
///
/// An unnamed rule has a name that says what it is: `unique(a, b)`, `required`, `check#2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// The element that this one is part of; `None` for top-level items.
    pub parent: Option<ElementId>,
    /// The name within the parent.
    pub name: Box<str>,
    /// Where it stands in the source, where there is one.
    pub span: Span,
}

/// The path of an element, as users write it: `Order.lines."odd name"`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Box<str>);

impl Path {
    /// The path of an element.
    pub fn of(elements: &Arena<ElementId, Element>, element: ElementId) -> Self {
        let mut names = vec![&elements[element].name];
        let mut at = elements[element].parent;
        while let Some(parent) = at {
            names.push(&elements[parent].name);
            at = elements[parent].parent;
        }
        let mut text = String::new();
        for name in names.iter().rev() {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(&segment(name));
        }
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name as a path's segment: quoted where it would read as something else.
fn segment(name: &str) -> std::borrow::Cow<'_, str> {
    if name.is_empty() || name.contains(['.', '"', '\\']) || name.chars().any(char::is_control) {
        std::borrow::Cow::Owned(format!("{name:?}"))
    } else {
        std::borrow::Cow::Borrowed(name)
    }
}

impl Kernel {
    /// The element of a path, if there is one.
    pub fn element(&self, path: &str) -> Option<ElementId> {
        self.elements.ids().find(|id| self.path(*id).as_str() == path)
    }
}
