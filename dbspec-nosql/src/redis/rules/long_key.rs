//! A key that makes long names of rows.

use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{EntityId, Kernel};

use crate::redis::types;

/// Beyond so many bytes a key is a bad idea.
/// Source: <https://redis.io/docs/latest/develop/using-commands/keyspace/>
const LONG: u64 = 1024;

/// A key that makes long names of rows.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1401",
        name: "redis-long-key",
        docs: "A row's key can take more than 1,024 bytes in Redis, where it stands in the key of its hash and again in every index. Long keys cost memory and slow comparisons. State a smaller size, or let another field be the key.",
    },
    bad: "entity A { id: string(2000) @key }",
    good: "entity A { id: string(200) @key }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    kernel.entities.ids().filter_map(|it| one(kernel, it)).collect()
}

fn one(kernel: &Kernel, entity: EntityId) -> Option<Diagnostic> {
    let it = &kernel.entities[entity];
    let parts = kernel.key_leaves(entity).into_iter();
    // Each part is followed by what ends it.
    let longest: u64 = parts
        .map(|leaf| types::longest(kernel, leaf).unwrap_or(0) + 1)
        .sum();
    (longest > LONG).then(|| {
        RULE.warning(format!(
            "the key of `{}` takes up to {longest} bytes in Redis",
            it.name
        ))
        .at(kernel.elements[it.element].span, "")
        .why("it stands in the key of its hash and again in every index")
        .help("state a smaller size, or let another field be the key")
    })
}
