//! A key whose longest value no index takes.

use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{EntityId, Kernel};

use crate::neo4j::types;

/// A key whose longest value no index takes.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1501",
        name: "neo4j-long-key",
        docs: "A row's key can be longer than the 8,000 bytes that an index of Neo4j takes, or has no limit. Writes of such rows are refused as beyond a limit. State a smaller size.",
    },
    bad: "entity A { id: string(4000) @key }",
    good: "entity A { id: string(400) @key }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    kernel.entities.ids().filter_map(|it| one(kernel, it)).collect()
}

fn one(kernel: &Kernel, entity: EntityId) -> Option<Diagnostic> {
    let it = &kernel.entities[entity];
    (!types::fit_index(kernel, &kernel.key_leaves(entity))).then(|| {
        RULE.warning(format!("the key of `{}` can be too long for Neo4j", it.name))
            .at(kernel.elements[it.element].span, "")
            .why(format!(
                "an index takes {} bytes, up to four of them a character",
                types::LONGEST
            ))
            .help("state a smaller size; longer values are refused as beyond a limit")
    })
}
