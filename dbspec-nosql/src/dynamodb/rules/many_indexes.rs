//! More indexes than a table may have.

use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::Compile;
use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{EntityId, Kernel, Type};
use dbspec_core::query::variants;

use crate::dynamodb::DynamoDb;
use crate::dynamodb::lower::index::{LIMIT, MOST};

/// More indexes than a table may have.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1103",
        name: "dynamodb-many-indexes",
        docs: "A DynamoDB table has at most 20 global secondary indexes. What would need one more has none: a query isn't served, and rows that name another are found by reading the whole table. Ask for less, or let other entities have a part of the fields.",
    },
    bad: "entity B { id: int32 @key } entity A { id: int32 @key  r01: -> B on delete cascade  r02: -> B on delete cascade  r03: -> B on delete cascade  r04: -> B on delete cascade  r05: -> B on delete cascade  r06: -> B on delete cascade  r07: -> B on delete cascade  r08: -> B on delete cascade  r09: -> B on delete cascade  r10: -> B on delete cascade  r11: -> B on delete cascade  r12: -> B on delete cascade  r13: -> B on delete cascade  r14: -> B on delete cascade  r15: -> B on delete cascade  r16: -> B on delete cascade  r17: -> B on delete cascade  r18: -> B on delete cascade  r19: -> B on delete cascade  r20: -> B on delete cascade  r21: -> B on delete cascade }",
    good: "entity B { id: int32 @key } entity A { id: int32 @key  r01: -> B on delete cascade  r02: -> B on delete cascade }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    if !may_be_full(kernel) {
        return Vec::new();
    }
    let Ok(lowered) = DynamoDb::new().lower(&Arc::new(kernel.clone()), None) else {
        return Vec::new();
    };
    let left_out = lowered.report().decisions.iter().filter(|it| it.code == LIMIT);
    let found = left_out.map(|it| {
        RULE.warning(format!("`{}` gets no index in DynamoDB", kernel.path(it.element)))
            .at(kernel.elements[it.element].span, "")
            .why(format!(
                "a table has at most {MOST} indexes, and this would be one more"
            ))
            .help("ask for less of the entity, or let another have a part of its fields")
    });
    found.collect()
}

/// Whether a table may have to have more: an entity and what it owns have one together, and each query and each reference
/// may need an index.
fn may_be_full(kernel: &Kernel) -> bool {
    let mut needed = vec![0usize; kernel.entities.len()];
    for (entity, it) in kernel.entities.iter() {
        let references = it
            .fields
            .iter()
            .filter(|field| matches!(kernel.fields[*field].ty, Type::Ref(_)));
        let queries = kernel.queries_of(entity).map(|(_, query)| variants(query).len());
        needed[root(kernel, entity).index() as usize] += references.count() + queries.sum::<usize>();
    }
    needed.iter().any(|it| *it > MOST)
}

fn root(kernel: &Kernel, entity: EntityId) -> EntityId {
    let owner = kernel.entities[entity].owner;
    owner.map_or(entity, |owner| root(kernel, owner))
}
