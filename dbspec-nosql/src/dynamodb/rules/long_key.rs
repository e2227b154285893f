//! A key whose longest value no item takes.

use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{EntityId, Kernel, LeafId};

use crate::dynamodb::types;

/// The most bytes of a partition key; a sort key has half of it.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const PARTITION: u64 = 2048;
const SORT: u64 = 1024;

/// A key whose longest value no item takes.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1101",
        name: "dynamodb-long-key",
        docs: "A row's key can be longer than the 2,048 bytes that DynamoDB takes for a partition key, or an owned row's than the 1,024 of a sort key. Writes of such rows are refused as beyond a limit. State a smaller size.",
    },
    bad: "entity A { id: string(2000) @key }",
    good: "entity A { id: string(200) @key }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    kernel.entities.ids().filter_map(|it| one(kernel, it)).collect()
}

fn one(kernel: &Kernel, entity: EntityId) -> Option<Diagnostic> {
    let it = &kernel.entities[entity];
    let (most, what) = match it.owner {
        None => (PARTITION, "partition key"),
        Some(_) => (SORT, "sort key"),
    };
    let own = |leaf: &LeafId| it.owner.is_none() || it.fields.first() != Some(kernel.leaves[*leaf].field);
    let parts = kernel.key_leaves(entity).into_iter().filter(own);
    // Each part is followed by what ends it.
    let longest: u64 = parts
        .map(|leaf| types::longest(kernel, leaf).unwrap_or(0) + 2)
        .sum();
    (longest > most).then(|| {
        RULE.warning(format!(
            "the key of `{}` takes up to {longest} bytes in DynamoDB",
            it.name
        ))
        .at(kernel.elements[it.element].span, "")
        .why(format!(
            "a {what} has at most {most} bytes, four of them a character"
        ))
        .help("state a smaller size; longer values are refused as beyond a limit")
    })
}
