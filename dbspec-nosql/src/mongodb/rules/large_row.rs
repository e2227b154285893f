//! A row that can be larger than a document.

use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{EntityId, Kernel};

use crate::document::size::longest_row;

/// The most bytes of a document.
/// Source: <https://www.mongodb.com/docs/manual/reference/limits/#bson-documents>
pub(in crate::mongodb) const DOCUMENT: u64 = 16 * 1024 * 1024;

/// A row that can be larger than a document.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1301",
        name: "mongodb-large-row",
        docs: "Values of the declared sizes make a row larger than the 16 MB that MongoDB takes as one document. Writes of such rows are refused as beyond a limit. State smaller sizes, or let another entity own the large part.",
    },
    bad: "entity A { id: int32 @key  film: bytes(20_000_000) }",
    good: "entity A { id: int32 @key  film: bytes(1_000_000) }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    kernel.entities.ids().filter_map(|it| one(kernel, it)).collect()
}

fn one(kernel: &Kernel, entity: EntityId) -> Option<Diagnostic> {
    let it = &kernel.entities[entity];
    let longest = longest_row(kernel, entity);
    (longest > DOCUMENT).then(|| {
        RULE.warning(format!(
            "a row of `{}` takes up to {longest} bytes in MongoDB",
            it.name
        ))
        .at(kernel.elements[it.element].span, "")
        .why("a document has at most 16777216 bytes")
        .help("state smaller sizes, or let another entity own the large part; larger rows are refused as beyond a limit")
    })
}
