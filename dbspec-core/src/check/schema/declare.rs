//! Names at the top level: enums, types, entities, relations.

use std::collections::BTreeMap;

use super::{Schema, TypeName};
use crate::check::element::Elements;
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::unfit_type;
use crate::check::sink::Sink;
use crate::kernel::EnumDef;
use crate::model::{EnumDecl, Item, Name};
use crate::span::Span;

impl<'m> Schema<'m> {
    /// Gives every declared type, enum, entity and relation its name, and orders the entities.
    pub(super) fn declare(&mut self, sink: &mut Sink) {
        for (at, item) in self.model.items.iter().enumerate() {
            match item {
                Item::Enum(it) if self.claim(sink, "enum", &it.name) => {
                    let id = self.enums.push(enum_def(it, &mut self.elements, sink));
                    self.types.insert(&it.name.text, TypeName::Enum(id));
                }
                Item::Type(it) if self.claim(sink, "type", &it.name) => {
                    self.types.insert(&it.name.text, TypeName::Declared(at));
                }
                _ => {}
            }
        }
        self.order_entities(sink);
    }

    /// Takes a name of the common namespace, unless it is taken.
    pub(super) fn claim(&mut self, sink: &mut Sink, what: &str, name: &'m Name) -> bool {
        match self.declared_at.get(name.as_str()) {
            Some(first) => {
                sink.report(duplicate(what, &name.text, name.at, *first));
                false
            }
            None => {
                self.declared_at.insert(&name.text, name.at);
                true
            }
        }
    }
}

fn enum_def(it: &EnumDecl, elements: &mut Elements, sink: &mut Sink) -> EnumDef {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    let mut labels = Vec::new();
    for label in &it.labels {
        if let Some(first) = seen.insert(&label.name.text, label.name.at) {
            sink.report(duplicate("label", &label.name.text, label.name.at, first));
        } else {
            labels.push(label.name.text.as_str().into());
        }
    }
    if labels.is_empty() || labels.len() > usize::from(u16::MAX) {
        let found = unfit_type::RULE.error(format!("enum `{}` has {} labels", it.name, labels.len()));
        sink.report(
            found
                .at(it.name.at, "needs 1 to 65,535")
                .help("give it labels: `{ small large }`"),
        );
    }
    EnumDef {
        element: elements.top(it.name.text.as_str(), it.at),
        name: it.name.text.as_str().into(),
        doc: it.docs.as_deref().map(Into::into),
        labels,
        ordered: it.ordered,
    }
}
