//! Which indexes there are.

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted as Name};
use dbspec_core::kernel::{Dir, ElementId, EntityId, Kernel, LeafId, Query, QueryId, Shape};
use dbspec_core::query::{AccessPath, CondSet, Wanted, choose, variants, wanted};

use super::node::{Graph, SCHEMA};
use crate::neo4j::capability;
use crate::neo4j::design::Index;
use crate::neo4j::layout::Layout;
use crate::neo4j::path::{Path, paths, said};
use crate::neo4j::types;

/// An index that has no name yet.
struct Draft {
    entity: EntityId,
    element: ElementId,
    leaves: Vec<usize>,
}

/// Adds indexes; the names of each entity's, in order.
pub(super) fn lower(cx: &mut Lowering<'_>, graph: &mut Graph) -> Vec<Vec<NameId>> {
    let kernel = cx.kernel;
    let mut drafts = Vec::new();
    for entity in kernel.entities.ids() {
        drafts.extend(of_entity(kernel, graph, entity));
    }
    let node = |draft: &Draft| &graph.design.nodes[draft.entity.index() as usize];
    let wished: Vec<Name<'_>> = drafts
        .iter()
        .map(|draft| {
            let node = node(draft);
            let columns: Vec<&str> = draft
                .leaves
                .iter()
                .map(|at| node.properties[*at].name.as_str())
                .collect();
            Name {
                element: draft.element,
                noun: "index",
                within: graph.labels.get(draft.entity.index() as usize).copied(),
                name: format!("{}.by_{}", node.label, columns.join("_")).into(),
            }
        })
        .collect();
    let given = cx.namer.scope(SCHEMA, &wished);
    let mut names = vec![Vec::new(); kernel.entities.len()];
    for (draft, id) in drafts.into_iter().zip(given) {
        let at = draft.entity.index() as usize;
        names[at].push(id);
        decide(cx, &draft);
        graph.design.nodes[at].indexes.push(Index {
            name: cx.namer.name(id).to_string(),
            leaves: draft.leaves,
        });
    }
    names
}

fn of_entity(kernel: &Kernel, graph: &mut Graph, entity: EntityId) -> Vec<Draft> {
    let layout = Layout {
        kernel,
        design: &graph.design,
    };
    let existing = paths(layout, entity);
    let access: Vec<AccessPath<'_>> = existing.iter().map(Path::access).collect();
    let mut wishes: Vec<(QueryId, Wanted)> = Vec::new();
    for (id, query) in kernel.queries_of(entity) {
        // Who reads everything needs none.
        if query.full_read {
            continue;
        }
        for present in variants(query) {
            let wish = possible(kernel, query, present);
            let served = access.iter().any(|path| {
                let hash = &path.columns[..path.hash];
                hash.iter().all(|(leaf, _)| wish.equal.contains(leaf)) && wish.served_by(path)
            });
            if !served {
                wishes.push((id, wish));
            }
        }
    }
    let node = &graph.design.nodes[entity.index() as usize];
    let mut drafts = Vec::new();
    for index in choose(&wishes, &[]) {
        let leaves: Vec<usize> = index
            .columns
            .iter()
            .map(|(leaf, _)| kernel.position(*leaf))
            .collect();
        let names = leaves
            .iter()
            .map(|at| node.properties[*at].name.clone())
            .collect();
        // One index or constraint alone is about the same properties.
        if graph.schemas[entity.index() as usize].insert(names) {
            let first = index.queries.first().map(|query| kernel.queries[*query].element);
            drafts.push(Draft {
                entity,
                element: first.unwrap_or(kernel.entities[entity].element),
                leaves,
            });
        }
    }
    drafts
}

/// What of a wish an index can hold: no nulls, values of known size, in their order, read either way.
fn possible(kernel: &Kernel, query: &Query, present: CondSet) -> Wanted {
    let sayable: CondSet = present.iter().filter(|at| said(kernel, query, *at)).collect();
    let wish = wanted(query, sayable);
    let is_set = |leaf: LeafId| {
        !kernel.leaves[leaf].nullable
            || sayable
                .iter()
                .any(|at| query.conds[at].leaf == Some(leaf) && query.conds[at].shape != Shape::Null)
    };
    let mut taken: Vec<LeafId> = Vec::new();
    let mut fits = |leaf: LeafId| {
        taken.push(leaf);
        let fits = is_set(leaf) && types::fit_index(kernel, &taken);
        if !fits {
            taken.pop();
        }
        fits
    };
    let equal = wish.equal.into_iter().filter(|leaf| fits(*leaf)).collect();
    let then = wish
        .then
        .into_iter()
        .map_while(|(leaf, _)| (types::ordered(kernel, leaf) && fits(leaf)).then_some((leaf, Dir::Asc)));
    Wanted {
        equal,
        then: then.collect(),
    }
}

fn decide(cx: &mut Lowering<'_>, draft: &Draft) {
    let rows = cx.figures.rows(draft.entity);
    cx.decisions.push(Decision {
        element: draft.element,
        code: "index-keys",
        chosen: "a range index: what is equal first, then what gives the order".into(),
        cost: None,
        alternatives: vec![Alternative {
            what: "none".into(),
            cost: Some(rows.value.saturating_mul(1000)),
            why_not: "all nodes of the label would be read".into(),
        }],
        turned_on: vec![(rows, None)],
        flips: "few rows, or writes that are far more frequent than the query".into(),
        line: Some(capability::INDEX),
    });
}
