//! Which indexes there are.

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted as Name};
use dbspec_core::kernel::{Dir, ElementId, EntityId, Kernel, LeafId, QueryId, RuleKind};
use dbspec_core::query::{AccessPath, Wanted, choose, variants, wanted};

use super::collection::{Collections, Grouping, MOST_INDEXES, grouping, present};
use crate::mongodb::capability;
use crate::mongodb::design::{Column, Index, Unique};
use crate::mongodb::layout::Layout;
use crate::mongodb::path::{Path, Via, paths};
use crate::mongodb::types;

/// An index that has no name yet.
struct Draft {
    element: ElementId,
    name: String,
    columns: Vec<Column>,
    unique: Option<Unique>,
    present: Vec<String>,
}

/// Adds indexes: those that rules need first, then those of references, which every delete looks through; those of queries
/// have what room is left, but come before, since they may serve references too.
pub(super) fn lower(cx: &mut Lowering<'_>, all: &mut Collections) {
    let kernel = cx.kernel;
    for entity in kernel.entities.ids() {
        let mut left_out = Vec::new();
        let drafts = for_rules(kernel, all, entity);
        left_out.extend(add(cx, all, entity, MOST_INDEXES, drafts));
        let kept = for_references(kernel, all, entity).len();
        let drafts = for_queries(kernel, all, entity);
        left_out.extend(add(cx, all, entity, MOST_INDEXES.saturating_sub(kept), drafts));
        let drafts = for_references(kernel, all, entity);
        left_out.extend(add(cx, all, entity, MOST_INDEXES, drafts));
        say(cx, entity, left_out);
    }
}

/// What the most indexes leave out.
fn say(cx: &mut Lowering<'_>, entity: EntityId, left_out: Vec<Draft>) {
    if left_out.is_empty() {
        return;
    }
    cx.decisions.push(Decision {
        element: cx.kernel.entities[entity].element,
        code: "most-indexes",
        chosen: format!("{MOST_INDEXES} indexes beside that of _id, as many as a collection has").into(),
        cost: None,
        alternatives: left_out
            .into_iter()
            .map(|draft| Alternative {
                what: format!("the index {}", draft.name).into(),
                cost: None,
                why_not:
                    "the collection has no room for it: what it would find is read from all documents, and a \
                          query that it alone serves isn't served"
                        .into(),
            })
            .collect(),
        turned_on: Vec::new(),
        flips: "fewer queries, references and unique rules, or an entity that is split".into(),
        line: Some(capability::INDEX),
    });
}

fn layout<'a>(kernel: &'a Kernel, all: &'a Collections) -> Layout<'a> {
    Layout {
        kernel,
        design: &all.design,
    }
}

fn column(layout: Layout<'_>, leaf: LeafId, dir: Dir) -> Column {
    Column {
        path: layout.sought(leaf).to_owned(),
        leaf: Some(layout.kernel.position(leaf)),
        order: match dir {
            Dir::Asc => 1,
            Dir::Desc => -1,
        },
    }
}

fn named(columns: &[Column]) -> String {
    let paths: Vec<String> = columns
        .iter()
        .map(|it| it.path.replace(['.', '_'], "_"))
        .collect();
    format!("by_{}", paths.join("_"))
}

/// The indexes of unique rules and groups, and that of a key of several leaves.
fn for_rules(kernel: &Kernel, all: &Collections, entity: EntityId) -> Vec<Draft> {
    let layout = layout(kernel, all);
    let it = &kernel.entities[entity];
    let mut drafts = Vec::new();
    let key = kernel.key_leaves(entity);
    let folded = |leaf: &LeafId| layout.field(*leaf).folded.is_some();
    if key.len() > 1 || key.iter().any(folded) {
        drafts.push(Draft {
            element: it.element,
            name: "by_key".to_owned(),
            columns: key.iter().map(|leaf| column(layout, *leaf, Dir::Asc)).collect(),
            unique: None,
            present: Vec::new(),
        });
    }
    for (at, rule) in it.rules.iter().enumerate() {
        let of = &kernel.rules[rule];
        let name = of.name.replace('.', "_");
        match (grouping(kernel, rule), &of.kind) {
            (Some(Grouping::Plain), RuleKind::Unique { leaves, .. }) => drafts.push(Draft {
                element: of.element,
                name,
                columns: leaves
                    .iter()
                    .map(|leaf| column(layout, *leaf, Dir::Asc))
                    .collect(),
                unique: Some(Unique { rule: at }),
                present: present(kernel, rule)
                    .into_iter()
                    .map(|leaf| layout.field(leaf).path.clone())
                    .collect(),
            }),
            (Some(kind), _) => {
                let group = layout.collection(entity).groups.iter().find(|it| it.rule == at);
                drafts.extend(group.map(|group| Draft {
                    element: of.element,
                    name,
                    columns: vec![Column {
                        path: group.field.clone(),
                        leaf: None,
                        order: 1,
                    }],
                    unique: (kind == Grouping::Digest).then_some(Unique { rule: at }),
                    present: vec![group.field.clone()],
                }));
            }
            (None, _) => {}
        }
    }
    // The engine takes no index twice: rules that say the same share one.
    let mut made: Vec<Draft> = Vec::new();
    for draft in drafts {
        let same = |it: &&mut Draft| it.columns == draft.columns && it.present == draft.present;
        match made.iter_mut().find(same) {
            Some(it) => it.unique = it.unique.or(draft.unique),
            None => made.push(draft),
        }
    }
    made
}

fn for_queries(kernel: &Kernel, all: &Collections, entity: EntityId) -> Vec<Draft> {
    let layout = layout(kernel, all);
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
                let all = path.columns.iter().take(path.hash);
                all.into_iter().all(|(leaf, _)| wish.equal.contains(leaf)) && wish.served_by(&path.access())
            });
            if !served {
                wishes.push((id, wish));
            }
        }
    }
    let kept: Vec<AccessPath<'_>> = existing
        .iter()
        .filter(|path| !matches!(path.via, Via::Group(_)))
        .map(Path::access)
        .collect();
    choose(&wishes, &kept)
        .into_iter()
        .filter(|index| !index.columns.is_empty())
        .map(|index| {
            let columns: Vec<Column> = index
                .columns
                .iter()
                .map(|(leaf, dir)| column(layout, *leaf, *dir))
                .collect();
            let first = index.queries.first().map(|query| kernel.queries[*query].element);
            Draft {
                element: first.unwrap_or(kernel.entities[entity].element),
                name: named(&columns),
                columns,
                unique: None,
                present: Vec::new(),
            }
        })
        .collect()
}

/// What of a wish an index can hold.
fn possible(kernel: &Kernel, wish: Wanted) -> Wanted {
    let fits = |leaf: LeafId| types::in_keys(kernel, leaf);
    Wanted {
        equal: wish.equal.into_iter().filter(|leaf| fits(*leaf)).collect(),
        then: wish
            .then
            .into_iter()
            .take_while(|(leaf, _)| fits(*leaf))
            .collect(),
    }
}

/// An index for each reference: deletes look for the rows that name another.
fn for_references(kernel: &Kernel, all: &Collections, entity: EntityId) -> Vec<Draft> {
    let layout = layout(kernel, all);
    let existing = paths(layout, entity);
    let mut drafts = Vec::new();
    for field in kernel.entities[entity].fields.iter() {
        if kernel.target(field).is_none() {
            continue;
        }
        let leaves: Vec<LeafId> = kernel.fields[field].leaves.iter().collect();
        let begins = |path: &Path| {
            let first = path.columns.iter().map(|(leaf, _)| *leaf).take(leaves.len());
            !path.sparse && !matches!(path.via, Via::Group(_)) && first.eq(leaves.iter().copied())
        };
        if existing.iter().any(begins) {
            continue;
        }
        let columns: Vec<Column> = leaves
            .iter()
            .map(|leaf| column(layout, *leaf, Dir::Asc))
            .collect();
        drafts.push(Draft {
            element: kernel.fields[field].element,
            name: named(&columns),
            columns,
            unique: None,
            present: Vec::new(),
        });
    }
    drafts
}

/// Adds indexes up to so many in all; the others.
fn add(
    cx: &mut Lowering<'_>,
    all: &mut Collections,
    entity: EntityId,
    most: usize,
    mut drafts: Vec<Draft>,
) -> Vec<Draft> {
    let number = entity.index() as usize;
    let room = most.saturating_sub(all.design.collections[number].indexes.len());
    let left_out = drafts.split_off(room.min(drafts.len()));
    let wished: Vec<Name<'_>> = drafts
        .iter()
        .map(|draft| Name {
            element: draft.element,
            noun: "index",
            within: Some(all.names[number]),
            name: draft.name.as_str().into(),
        })
        .collect();
    let given: Vec<NameId> = cx.namer.scope(format!("indexes {number}"), &wished);
    for (draft, id) in drafts.into_iter().zip(given) {
        all.design.collections[number].indexes.push(Index {
            name: cx.namer.name(id).to_string(),
            columns: draft.columns,
            unique: draft.unique,
            present: draft.present,
        });
        all.indexes[number].push(id);
    }
    left_out
}
