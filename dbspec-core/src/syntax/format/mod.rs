//! The one way to write a model: modifiers in their order, fields aligned, comments and blank lines where they were.
//!
//! What stands on one line stays there if it fits, as does what stands on several. Formatting twice changes nothing,
//! and a formatted text says the same.
// Text is put together as it reads; a writer would only have results to throw away.
#![allow(clippy::format_push_string, clippy::format_collect)]

mod access;
mod entity;
mod expr;
mod item;
mod layout;
pub(crate) mod short;
mod words;
mod write;

use layout::{Element, Printer};

use super::{Comment, Parsed};
use crate::model::Model;

/// The text as it should be, comments included. Only of what was read: format nothing that has errors.
pub fn format(parsed: &Parsed) -> String {
    print(&parsed.model, &parsed.text, &parsed.comments)
}

/// A model that has no text, from the builder or JSON, as text.
pub fn format_model(model: &Model) -> String {
    print(model, "", &[])
}

fn print(model: &Model, text: &str, comments: &[Comment]) -> String {
    let mut elements = Vec::new();
    if let Some(name) = &model.name {
        let line = Element::line(name.at, format!("model {}", words::name(name)));
        elements.push(Element {
            group: "model",
            ..line.docs(model.docs.as_ref())
        });
    }
    elements.extend(model.items.iter().map(item::item));
    Printer::new(text, comments).print(&elements)
}
