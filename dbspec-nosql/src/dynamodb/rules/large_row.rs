//! A row that can be larger than an item.

use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{EntityId, Kernel};

use crate::document::size::longest_row;

/// The most bytes of an item, names of attributes included.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const ITEM: u64 = 400 * 1024;

/// A row that can be larger than an item.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1102",
        name: "dynamodb-large-row",
        docs: "Values of the declared sizes make a row larger than the 400 KB that DynamoDB takes as one item. Writes of such rows are refused as beyond a limit. State smaller sizes, or let another entity own the large part.",
    },
    bad: "entity A { id: int32 @key  picture: bytes(1_000_000) }",
    good: "entity A { id: int32 @key  picture: bytes(100_000) }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    kernel.entities.ids().filter_map(|it| one(kernel, it)).collect()
}

fn one(kernel: &Kernel, entity: EntityId) -> Option<Diagnostic> {
    let it = &kernel.entities[entity];
    let longest = longest_row(kernel, entity);
    (longest > ITEM).then(|| {
        RULE.warning(format!(
            "a row of `{}` takes up to {longest} bytes in DynamoDB",
            it.name
        ))
        .at(kernel.elements[it.element].span, "")
        .why("an item has at most 409600 bytes")
        .help("state smaller sizes, or let another entity own the large part; larger rows are refused as beyond a limit")
    })
}
