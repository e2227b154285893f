//! Which indexes there are.

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::{Lowering, Wanted as Name};
use dbspec_core::kernel::{Dir, ElementId, EntityId, Kernel, LeafId, QueryId};
use dbspec_core::query::{Wanted, choose, variants, wanted};

use super::hash::{Hashes, KEYS};
use crate::redis::capability;
use crate::redis::design::Index;
use crate::redis::layout::Layout;
use crate::redis::path::{children, paths};
use crate::redis::types;

/// An index that has no name yet.
struct Draft {
    entity: EntityId,
    element: ElementId,
    hash: Vec<LeafId>,
    range: Vec<LeafId>,
}

/// Adds indexes: for queries, then for the references that none of them follows back.
pub(super) fn lower(cx: &mut Lowering<'_>, all: &mut Hashes) {
    let kernel = cx.kernel;
    let mut drafts = Vec::new();
    for entity in kernel.entities.ids() {
        drafts.extend(for_queries(kernel, all, entity));
    }
    name(cx, all, &drafts);
    for draft in &drafts {
        decide(cx, draft);
    }
    let layout = Layout {
        kernel,
        design: &all.design,
    };
    let unfollowed = kernel
        .fields
        .ids()
        .filter(|field| kernel.target(*field).is_some() && children(layout, *field).is_none());
    let drafts: Vec<Draft> = unfollowed
        .map(|field| {
            let it = &kernel.fields[field];
            Draft {
                entity: it.entity,
                element: it.element,
                hash: it.leaves.iter().collect(),
                range: Vec::new(),
            }
        })
        .collect();
    name(cx, all, &drafts);
}

fn for_queries(kernel: &Kernel, all: &Hashes, entity: EntityId) -> Vec<Draft> {
    let layout = Layout {
        kernel,
        design: &all.design,
    };
    let existing = paths(layout, entity);
    let mut wishes: Vec<(QueryId, Wanted)> = Vec::new();
    for (id, query) in kernel.queries_of(entity) {
        // Who reads everything needs none.
        if query.full_read {
            continue;
        }
        for present in variants(query) {
            let wish = possible(kernel, wanted(query, present));
            let served = existing.iter().any(|path| {
                let (hash, rest) = path.columns.split_at(path.hash);
                let folds = rest.is_empty() || !hash.iter().any(|(leaf, _)| kernel.leaves[*leaf].ignore_case);
                folds
                    && hash.iter().all(|(leaf, _)| wish.equal.contains(leaf))
                    && wish.served_by(&path.access())
            });
            if !served {
                wishes.push((id, wish));
            }
        }
    }
    choose(&wishes, &[])
        .into_iter()
        .filter(|index| !index.columns.is_empty())
        .map(|index| {
            let columns: Vec<LeafId> = index.columns.iter().map(|(leaf, _)| *leaf).collect();
            let (hash, range) = columns.split_at(index.equal.min(columns.len()));
            let first = index.queries.first().map(|query| kernel.queries[*query].element);
            Draft {
                entity,
                element: first.unwrap_or(kernel.entities[entity].element),
                hash: hash.to_vec(),
                range: range.to_vec(),
            }
        })
        .collect()
}

/// What of a wish keys and members can hold. They are kept ascending alone, and read either way.
fn possible(kernel: &Kernel, wish: Wanted) -> Wanted {
    let fits = |leaf: LeafId| types::in_keys(kernel, leaf);
    let then = wish.then.into_iter().take_while(|(leaf, _)| fits(*leaf));
    Wanted {
        equal: wish.equal.into_iter().filter(|leaf| fits(*leaf)).collect(),
        then: then.map(|(leaf, _)| (leaf, Dir::Asc)).collect(),
    }
}

fn name(cx: &mut Lowering<'_>, all: &mut Hashes, drafts: &[Draft]) {
    let kernel = cx.kernel;
    let wished: Vec<Name<'_>> = drafts
        .iter()
        .map(|draft| {
            let hash = &all.design.hashes[draft.entity.index() as usize];
            let columns: Vec<&str> = draft
                .hash
                .iter()
                .chain(&draft.range)
                .map(|leaf| hash.fields[kernel.position(*leaf)].name.as_str())
                .collect();
            Name {
                element: draft.element,
                noun: "index",
                within: Some(all.names[draft.entity.index() as usize]),
                name: format!("{}.by_{}", hash.entity, columns.join("_")).into(),
            }
        })
        .collect();
    let given = cx.namer.scope(KEYS, &wished);
    for (draft, id) in drafts.iter().zip(given) {
        let at = draft.entity.index() as usize;
        all.design.hashes[at].indexes.push(Index {
            name: cx.namer.name(id).to_string(),
            hash: draft.hash.iter().map(|leaf| kernel.position(*leaf)).collect(),
            range: draft.range.iter().map(|leaf| kernel.position(*leaf)).collect(),
        });
        all.indexes[at].push(id);
    }
}

fn decide(cx: &mut Lowering<'_>, draft: &Draft) {
    let rows = cx.figures.rows(draft.entity);
    cx.decisions.push(Decision {
        element: draft.element,
        code: "index-keys",
        chosen: if draft.hash.is_empty() {
            "a sorted set of all rows, in the order of texts composed of the values".into()
        } else {
            "a sorted set for each combination of the values that are given, in the order of the others"
                .into()
        },
        cost: None,
        alternatives: vec![
            Alternative {
                what: "the values as scores".into(),
                cost: None,
                why_not:
                    "a score is a double: integers beyond 2^53, decimals and texts would lose their order"
                        .into(),
            },
            Alternative {
                what: "an index of the query engine (FT.CREATE)".into(),
                cost: None,
                why_not: "it follows the hashes after a while and isn't in every build".into(),
            },
        ],
        turned_on: vec![(rows, None)],
        flips: "a search by words or distances".into(),
        line: Some(capability::INDEX),
    });
}
