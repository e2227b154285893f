//! Which indexes there are.

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted as Name};
use dbspec_core::kernel::{Dir, ElementId, EntityId, Kernel, LeafId, QueryId};
use dbspec_core::query::{AccessPath, Wanted, choose, variants, wanted};

use super::table::{Tables, namespace};
use crate::document::walk::Ways;
use crate::dynamodb::capability;
use crate::dynamodb::design::{Index, ItemIndex};
use crate::dynamodb::layout::Layout;
use crate::dynamodb::path::{Via, children, paths};
use crate::dynamodb::types;

/// So many indexes has a table without asking for more.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html>
pub(in crate::dynamodb) const MOST: usize = 20;
/// The code of the decision about an index that a table has no room for.
pub(in crate::dynamodb) const LIMIT: &str = "index-limit";
/// The longest partition key.
const LONGEST_HASH: u64 = 2048;
/// The longest sort key.
const LONGEST_RANGE: u64 = 1024;

/// An index that has no name yet.
struct Draft {
    entity: EntityId,
    element: ElementId,
    hash: Vec<LeafId>,
    range: Vec<LeafId>,
}

/// Adds indexes; the names of each entity's, in order.
pub(super) fn lower(cx: &mut Lowering<'_>, all: &mut Tables) -> Vec<Vec<NameId>> {
    let kernel = cx.kernel;
    let mut drafts = Vec::new();
    for entity in kernel.entities.ids() {
        drafts.extend(for_queries(kernel, all, entity));
    }
    let mut names = vec![Vec::new(); kernel.entities.len()];
    name(cx, all, &drafts, &mut names);
    let mut many = Ways::of_writes(kernel);
    for (_, query) in kernel.queries.iter() {
        many.append(&mut Ways::of_query(query).many);
    }
    let mut drafts: Vec<Draft> = Vec::new();
    for field in many {
        let layout = Layout {
            kernel,
            design: &all.design,
        };
        if children(layout, field).is_some() {
            continue;
        }
        let it = &kernel.fields[field];
        drafts.push(Draft {
            entity: it.entity,
            element: it.element,
            hash: it.leaves.iter().collect(),
            range: Vec::new(),
        });
    }
    name(cx, all, &drafts, &mut names);
    names
}

fn for_queries(kernel: &Kernel, all: &Tables, entity: EntityId) -> Vec<Draft> {
    if all.design.items[entity.index() as usize].within.is_some() {
        // Their owner's item is what finds them.
        return Vec::new();
    }
    let layout = Layout {
        kernel,
        design: &all.design,
    };
    let existing = paths(layout, entity);
    let mut wishes: Vec<(QueryId, Wanted)> = Vec::new();
    for (id, query) in kernel.queries_of(entity) {
        // An index can't be read consistently; who reads everything needs none.
        if query.strong || query.full_read {
            continue;
        }
        for present in variants(query) {
            let wish = possible(kernel, wanted(query, present));
            let served = existing.iter().any(|path| {
                let (hash, rest) = path.columns.split_at(path.hash);
                let access = AccessPath {
                    columns: &path.columns,
                    hash: path.hash,
                    sparse: false,
                    nulls_last: true,
                    filter: None,
                    unique: matches!(path.via, Via::Guard(_))
                        .then_some(path.hash)
                        .or(Some(path.columns.len())),
                };
                let folds = rest.is_empty() || !hash.iter().any(|(leaf, _)| kernel.leaves[*leaf].ignore_case);
                folds && hash.iter().all(|(leaf, _)| wish.equal.contains(leaf)) && wish.served_by(&access)
            });
            if !served {
                wishes.push((id, wish));
            }
        }
    }
    choose(&wishes, &[])
        .into_iter()
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

/// What of a wish keys can hold. They are kept ascending alone, and read either way.
fn possible(kernel: &Kernel, wish: Wanted) -> Wanted {
    let mut room = LONGEST_HASH;
    let mut fits = |leaf: LeafId| match types::longest(kernel, leaf) {
        Some(bytes) if bytes + 2 <= room => {
            room -= bytes + 2;
            true
        }
        Some(_) | None => false,
    };
    let equal = wish.equal.into_iter().filter(|leaf| fits(*leaf)).collect();
    let mut room = LONGEST_RANGE;
    let then = wish.then.into_iter().map_while(|(leaf, _)| {
        let bytes = types::longest(kernel, leaf)? + 2;
        room = room.checked_sub(bytes)?;
        Some((leaf, Dir::Asc))
    });
    Wanted {
        equal,
        then: then.collect(),
    }
}

fn name(cx: &mut Lowering<'_>, all: &mut Tables, drafts: &[Draft], names: &mut [Vec<NameId>]) {
    let kernel = cx.kernel;
    let mut by_table: Vec<Vec<&Draft>> = vec![Vec::new(); all.design.tables.len()];
    for draft in drafts {
        by_table[all.design.items[draft.entity.index() as usize].table].push(draft);
    }
    for (table, mut here) in by_table.into_iter().enumerate() {
        let within = Some(all.names[table]);
        let room = MOST.saturating_sub(all.design.tables[table].indexes.len());
        for draft in here.drain(room.min(here.len())..) {
            no_room(cx, &all.design.tables[table].name, draft);
        }
        let attribute = |draft: &Draft, leaf: &LeafId| {
            let item = &all.design.items[draft.entity.index() as usize];
            item.attributes[kernel.position(*leaf)].name.clone()
        };
        let wished: Vec<Name<'_>> = here
            .iter()
            .map(|draft| {
                let columns: Vec<String> = draft
                    .hash
                    .iter()
                    .chain(&draft.range)
                    .map(|leaf| attribute(draft, leaf))
                    .collect();
                Name {
                    element: draft.element,
                    noun: "index",
                    within,
                    name: format!("by_{}", columns.join("_")).into(),
                }
            })
            .collect();
        let given = cx.namer.scope(format!("indexes {table}"), &wished);
        for (draft, id) in here.iter().zip(given) {
            let index = cx.namer.name(id).to_string();
            let mut keys = vec![format!("{index}.pk")];
            if !draft.range.is_empty() {
                keys.push(format!("{index}.sk"));
            }
            let wished: Vec<Name<'_>> = keys
                .iter()
                .map(|key| Name {
                    element: draft.element,
                    noun: "index key",
                    within,
                    name: key.as_str().into(),
                })
                .collect();
            let keys = cx.namer.scope(namespace(table), &wished);
            let key = |at: usize| keys.get(at).map(|id| cx.namer.name(*id).to_string());
            let item = &mut all.design.items[draft.entity.index() as usize];
            item.indexes.push(ItemIndex {
                index: all.design.tables[table].indexes.len(),
                hash: draft.hash.iter().map(|leaf| kernel.position(*leaf)).collect(),
                range: draft.range.iter().map(|leaf| kernel.position(*leaf)).collect(),
            });
            all.design.tables[table].indexes.push(Index {
                name: index,
                hash: key(0).unwrap_or_default(),
                range: key(1),
            });
            names[draft.entity.index() as usize].push(id);
            decide(cx, draft);
        }
    }
}

/// A table has its indexes, and this would be one more.
fn no_room(cx: &mut Lowering<'_>, table: &str, draft: &Draft) {
    cx.decisions.push(Decision {
        element: draft.element,
        code: LIMIT,
        chosen: format!("no index: {table} has the {MOST} that a table may have").into(),
        cost: None,
        alternatives: vec![
            Alternative {
                what: "one more index".into(),
                cost: None,
                why_not: "the service refuses it until the account's quota is raised".into(),
            },
            Alternative {
                what: "a table of copies, kept by the writes".into(),
                cost: None,
                why_not: "the programs keep no copies; not compiled".into(),
            },
        ],
        turned_on: Vec::new(),
        flips: "fewer access patterns and references that need an index of the table".into(),
        line: Some(capability::INDEX),
    });
}

fn decide(cx: &mut Lowering<'_>, draft: &Draft) {
    let kernel = cx.kernel;
    let plain = draft
        .hash
        .iter()
        .chain(&draft.range)
        .all(|leaf| !kernel.leaves[*leaf].nullable && !types::may_be_empty(kernel, *leaf));
    let mut alternatives = vec![Alternative {
        what: "the keys' attributes themselves, up to four for partition and order".into(),
        cost: None,
        why_not: if plain {
            "one text for partition and order keeps range conditions on any prefix in one form".into()
        } else {
            "rows in which one is null would be missing, and an empty text is refused".into()
        },
    }];
    let rows = cx.figures.rows(draft.entity);
    if draft.hash.is_empty() {
        alternatives.push(Alternative {
            what: "several partitions, read side by side".into(),
            cost: None,
            why_not: "one partition takes a thousand writes per second".into(),
        });
    }
    cx.decisions.push(Decision {
        element: draft.element,
        code: "index-keys",
        chosen: if draft.hash.is_empty() {
            "an index with all rows in one partition, in order".into()
        } else {
            "an index over texts composed of the values".into()
        },
        cost: None,
        alternatives,
        turned_on: vec![(rows, None)],
        flips: if draft.hash.is_empty() {
            "more than a thousand writes per second".into()
        } else {
            "bytes of index keys that count".into()
        },
        line: Some(capability::INDEX),
    });
}
