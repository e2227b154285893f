//! Findings that several engines have in common: names that read badly there.

use super::naming::{LengthUnit, Limits};
use crate::check::Rule;
use crate::diag::Diagnostic;
use crate::kernel::{ElementId, EntityId, Kernel};

/// A name of the model that an engine gets: an entity's or a field's.
struct Given<'k> {
    element: ElementId,
    name: &'k str,
    what: &'static str,
}

/// The names of entities and of fields that the user wrote.
fn given(kernel: &Kernel) -> impl Iterator<Item = Given<'_>> {
    let of_entity = |id: EntityId| {
        let it = &kernel.entities[id];
        let entity = Given {
            element: it.element,
            name: &it.name,
            what: "entity",
        };
        // Which subtype a row is of stands in a field of the language's own naming.
        let named = it.fields.iter().filter(|field| {
            let own = it.subtypes.is_empty() || &*kernel.fields[*field].name != "is";
            own && it.owner.is_none_or(|_| it.fields.first() != Some(*field))
        });
        let fields = named.map(|field| Given {
            element: kernel.fields[field].element,
            name: &kernel.fields[field].name,
            what: "field",
        });
        std::iter::once(entity).chain(fields)
    };
    kernel.entities.ids().flat_map(of_entity)
}

/// Warns of names that are reserved words of an engine, as it gets them by `physical`.
pub fn reserved_words(
    kernel: &Kernel,
    rule: &'static Rule,
    engine: &str,
    physical: impl Fn(&str) -> String,
    is_reserved: impl Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    let warn = |given: Given<'_>| {
        let name = physical(given.name);
        is_reserved(&name).then(|| {
            let path = kernel.path(given.element);
            rule.warning(format!("`{name}` is a reserved word of {engine}"))
                .at(
                    kernel.elements[given.element].span,
                    format!("the {} {path}", given.what),
                )
                .why("what dbspec writes quotes it, but whoever writes by hand has to quote it too")
                .help("keep it and quote it by hand, or choose another name")
        })
    };
    given(kernel).filter_map(warn).collect()
}

/// Warns of names that are longer than an engine takes, as it gets them by `physical`.
pub fn long_names(
    kernel: &Kernel,
    rule: &'static Rule,
    engine: &str,
    physical: impl Fn(&str) -> String,
    limits: &Limits,
) -> Vec<Diagnostic> {
    let (unit, length): (&str, fn(&str) -> usize) = match limits.unit {
        LengthUnit::Bytes => ("bytes", str::len),
        LengthUnit::Characters => ("characters", |name| name.chars().count()),
    };
    let warn = |given: Given<'_>| {
        let long = length(&physical(given.name));
        (long > limits.max_len).then(|| {
            let path = kernel.path(given.element);
            rule.warning(format!(
                "the name of the {} is longer than {engine} takes: {long} {unit} of {}",
                given.what, limits.max_len
            ))
            .at(kernel.elements[given.element].span, path.to_string())
            .why("it is cut there, and a hash of its path makes it unique")
            .help("choose a shorter name")
        })
    };
    given(kernel).filter_map(warn).collect()
}
