//! Collections, fields, and what stands beside a row's own values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted};
use dbspec_core::kernel::{EntityId, Filling, Kernel, LeafId, LeafType, Nulls, RuleId, RuleKind, Scalar};
use serde_json::Value as Json;

use crate::document::name::leaf_name;
use crate::document::owned::{self, Owned};
use crate::document::size::most_bytes;
use crate::mongodb::capability;
use crate::mongodb::design::{Collection, Design, Field, Group, ID, Sequence};
use crate::mongodb::rules::DOCUMENT;
use crate::mongodb::types;

/// A design and the names of its parts, entity by entity.
pub(super) struct Collections {
    pub(super) design: Design,
    pub(super) names: Vec<NameId>,
    /// One per leaf.
    pub(super) fields: Vec<Vec<NameId>>,
    /// One per group.
    pub(super) groups: Vec<Vec<NameId>>,
    /// One per index.
    pub(super) indexes: Vec<Vec<NameId>>,
    /// One per sequence.
    pub(super) sequences: Vec<Vec<NameId>>,
}

/// What holds a rule that groups rows by values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mongodb) enum Grouping {
    /// A unique index over the fields themselves.
    Plain,
    /// A unique index over the digest of the values.
    Digest,
    /// An index over the digest, where there is room for one, and a lock.
    Many,
}

/// So many indexes has a collection beside the one of `_id`.
/// Source: <https://www.mongodb.com/docs/manual/reference/limits/#indexes>
pub(super) const MOST_INDEXES: usize = 63;

/// Whether the collection has room for the index of a rule that groups rows, beside one of the key.
fn has_index(kernel: &Kernel, rule: RuleId) -> bool {
    let rules = kernel.entities[kernel.rules[rule].entity].rules;
    let at = rules.position(rule).unwrap_or_default();
    let before = || rules.iter().take(at).filter(|it| kernel.groups(*it)).count();
    at + 1 < MOST_INDEXES || before() + 1 < MOST_INDEXES
}

/// What holds a rule, where it groups rows.
pub(in crate::mongodb) fn grouping(kernel: &Kernel, rule: RuleId) -> Option<Grouping> {
    if !kernel.groups(rule) {
        return None;
    }
    if !has_index(kernel, rule) {
        return Some(Grouping::Many);
    }
    match &kernel.rules[rule].kind {
        RuleKind::Unique { leaves, filter, .. } => {
            let plain = |leaf: &LeafId| {
                let it = &kernel.leaves[*leaf];
                let folds = it.ignore_case || it.refers.is_some_and(|to| kernel.leaves[to].ignore_case);
                !folds && types::in_keys(kernel, *leaf)
            };
            Some(if filter.is_none() && leaves.iter().all(plain) {
                Grouping::Plain
            } else {
                Grouping::Digest
            })
        }
        RuleKind::Key(_) => Some(Grouping::Digest),
        RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => Some(Grouping::Many),
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Required(_)
        | RuleKind::Predicate { .. }
        | RuleKind::Reference { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Secret(_)
        | RuleKind::Assert { .. } => None,
    }
}

/// The fields that a document must have to be bound by a plain unique rule.
pub(super) fn present(kernel: &Kernel, rule: RuleId) -> Vec<LeafId> {
    let RuleKind::Unique {
        leaves,
        nulls: Nulls::Distinct,
        ..
    } = &kernel.rules[rule].kind
    else {
        return Vec::new();
    };
    let nullable = |leaf: &LeafId| kernel.leaves[*leaf].nullable;
    leaves.iter().copied().filter(nullable).collect()
}

fn is_sequence(kind: &RuleKind) -> bool {
    matches!(
        kind,
        RuleKind::Default {
            filling: Filling::Sequence,
            ..
        }
    )
}

fn needs_locks(kernel: &Kernel) -> bool {
    let mut rules = kernel.rules.iter();
    rules.any(|(id, rule)| grouping(kernel, id) == Some(Grouping::Many) || is_sequence(&rule.kind))
}

pub(super) fn build(cx: &mut Lowering<'_>) -> Collections {
    let kernel = cx.kernel;
    let mut wanted: Vec<Wanted<'_>> = kernel
        .entities
        .iter()
        .map(|(_, it)| Wanted {
            element: it.element,
            noun: "collection",
            within: None,
            name: Cow::Borrowed(&*it.name),
        })
        .collect();
    let model = kernel.elements.ids().next().filter(|_| needs_locks(kernel));
    wanted.extend(model.map(|element| Wanted {
        element,
        noun: "collection",
        within: None,
        name: "locks".into(),
    }));
    let names = cx.namer.scope("collections", &wanted);
    let locks = model
        .and_then(|_| names.last())
        .map(|id| cx.namer.name(*id).to_string());
    let mut all = Collections {
        design: Design {
            collections: Vec::new(),
            locks,
        },
        names,
        fields: Vec::new(),
        groups: Vec::new(),
        indexes: vec![Vec::new(); kernel.entities.len()],
        sequences: Vec::new(),
    };
    for entity in kernel.entities.ids() {
        one(cx, &mut all, entity);
    }
    sequences(cx, &mut all);
    decide(cx);
    all
}

fn one(cx: &mut Lowering<'_>, all: &mut Collections, entity: EntityId) {
    let kernel = cx.kernel;
    let it = &kernel.entities[entity];
    let number = entity.index();
    let within = Some(all.names[number as usize]);
    let key = kernel.key_leaves(entity);
    let leaves: Vec<LeafId> = it.leaves.iter().collect();
    let field = |leaf: LeafId, name: String| Wanted {
        element: kernel.fields[kernel.leaves[leaf].field].element,
        noun: "field",
        within,
        name: name.into(),
    };
    let beside = |name: &'static str| Wanted {
        element: it.element,
        noun: "field",
        within,
        name: name.into(),
    };
    let mut wanted = vec![beside(ID), beside("lock")];
    let own: Vec<LeafId> = leaves
        .iter()
        .copied()
        .filter(|leaf| !key.contains(leaf))
        .collect();
    wanted.extend(own.iter().map(|leaf| field(*leaf, leaf_name(kernel, *leaf, '_'))));
    let folding: Vec<LeafId> = leaves
        .iter()
        .copied()
        .filter(|leaf| folds(kernel, *leaf))
        .collect();
    wanted.extend(
        folding
            .iter()
            .map(|leaf| field(*leaf, format!("{}_folded", leaf_name(kernel, *leaf, '_')))),
    );
    let grouping_rules: Vec<(usize, RuleId, Grouping)> = it
        .rules
        .iter()
        .enumerate()
        .filter_map(|(at, rule)| Some((at, rule, grouping(kernel, rule)?)))
        .filter(|(_, _, kind)| *kind != Grouping::Plain)
        .collect();
    wanted.extend(grouping_rules.iter().map(|(_, rule, _)| Wanted {
        element: kernel.rules[*rule].element,
        noun: "field",
        within,
        name: kernel.rules[*rule].name.replace('.', "_").into(),
    }));
    let given = cx.namer.scope(format!("fields {number}"), &wanted);
    let inside: Vec<NameId> = if key.len() == 1 {
        vec![given[0]]
    } else {
        let wanted: Vec<Wanted<'_>> = key
            .iter()
            .map(|leaf| field(*leaf, leaf_name(kernel, *leaf, '_')))
            .collect();
        cx.namer.scope(format!("key {number}"), &wanted)
    };
    let name = |id: NameId| cx.namer.name(id).to_string();
    let mut fields = Vec::new();
    let mut ids = Vec::new();
    let mut next = 2;
    for leaf in &leaves {
        let (path, id) = match key.iter().position(|it| it == leaf) {
            Some(_) if key.len() == 1 => (ID.to_owned(), given[0]),
            Some(at) => (format!("{ID}.{}", name(inside[at])), inside[at]),
            None => {
                next += 1;
                (name(given[next - 1]), given[next - 1])
            }
        };
        fields.push(Field {
            path,
            ty: types::word(kernel, &kernel.leaves[*leaf].ty).to_owned(),
            folded: None,
        });
        ids.push(id);
    }
    for (leaf, id) in folding.iter().zip(&given[2 + own.len()..]) {
        fields[kernel.position(*leaf)].folded = Some(name(*id));
    }
    let group_names = &given[2 + own.len() + folding.len()..];
    let tags: Vec<Wanted<'_>> = grouping_rules
        .iter()
        .filter(|(_, _, kind)| *kind == Grouping::Many)
        .map(|(_, rule, _)| Wanted {
            element: kernel.rules[*rule].element,
            noun: "lock",
            within: all.names.last().copied(),
            name: format!("{}_{}", it.name, kernel.rules[*rule].name.replace('.', "_")).into(),
        })
        .collect();
    let mut tags = cx.namer.scope("locks", &tags).into_iter();
    let mut groups = Vec::new();
    for ((at, _, kind), id) in grouping_rules.iter().zip(group_names) {
        let tag = if *kind == Grouping::Many {
            tags.next()
        } else {
            None
        };
        groups.push(Group {
            rule: *at,
            field: cx.namer.name(*id).to_string(),
            tag: tag.map(|id| cx.namer.name(id).to_string()),
        });
    }
    all.design.collections.push(Collection {
        entity: it.name.to_string(),
        name: cx.namer.name(all.names[number as usize]).to_string(),
        fields,
        key: key.iter().map(|leaf| kernel.position(*leaf)).collect(),
        lock: cx.namer.name(given[1]).to_string(),
        indexes: Vec::new(),
        groups,
        sequences: Vec::new(),
        validator: Json::Null,
    });
    all.fields.push(ids);
    all.groups.push(group_names.to_vec());
}

/// Whether a leaf's text is kept a second time, its letters folded.
fn folds(kernel: &Kernel, leaf: LeafId) -> bool {
    let it = &kernel.leaves[leaf];
    it.ignore_case && matches!(&it.ty, LeafType::Scalar(Scalar::String { .. } | Scalar::Text))
}

fn sequences(cx: &mut Lowering<'_>, all: &mut Collections) {
    let kernel = cx.kernel;
    let within = all.names.last().copied();
    for (entity, it) in kernel.entities.iter() {
        let mut wanted = Vec::new();
        let mut places = Vec::new();
        for rule in it.rules.iter() {
            if let RuleKind::Default {
                field,
                filling: Filling::Sequence,
                ..
            } = &kernel.rules[rule].kind
            {
                wanted.push(Wanted {
                    element: kernel.rules[rule].element,
                    noun: "sequence",
                    within,
                    name: format!("{}_{}", it.name, kernel.fields[*field].name).into(),
                });
                let leaf = kernel.fields[*field].leaves.first();
                places.push(leaf.map_or(0, |leaf| kernel.position(leaf)));
            }
        }
        let names = cx.namer.scope("locks", &wanted);
        let tags = places.into_iter().zip(&names).map(|(leaf, id)| Sequence {
            leaf,
            tag: cx.namer.name(*id).to_string(),
        });
        all.design.collections[entity.index() as usize].sequences = tags.collect();
        all.sequences.push(names);
    }
}

fn decide(cx: &mut Lowering<'_>) {
    let kernel = cx.kernel;
    let bounded: BTreeMap<EntityId, Owned> =
        owned::all(kernel).into_iter().map(|it| (it.entity, it)).collect();
    for (entity, it) in kernel.entities.iter() {
        let Some(owner) = it.owner else { continue };
        let fan = it.fields.first().map(|field| cx.figures.fan_out(field));
        let why_not = match bounded.get(&entity) {
            Some(few) => {
                let bytes = most_bytes(kernel, entity).map(|it| it.saturating_mul(u64::from(few.most)));
                let size = match bytes {
                    Some(bytes) if bytes > DOCUMENT => {
                        format!("up to {bytes} bytes of values don't fit into one of 16 MB")
                    }
                    Some(bytes) => format!("each change of one would write up to {bytes} bytes of values"),
                    None => "nothing bounds their bytes".to_owned(),
                };
                format!("{size}, and conflict with changes of any other")
            }
            None => {
                "something else than their owner leads to them, or nothing bounds their number".to_owned()
            }
        };
        cx.decisions.push(Decision {
            element: it.element,
            code: "embed-or-reference",
            chosen: format!(
                "documents of their own, found by the key that begins with their {}",
                kernel.entities[owner].name
            )
            .into(),
            cost: fan.map(|it| it.value),
            alternatives: vec![Alternative {
                what: "an array in the owner's document".into(),
                cost: Some(1),
                why_not: why_not.into(),
            }],
            turned_on: fan.map(|it| (it, None)).into_iter().collect(),
            flips: "nothing yet: this compiler embeds no rows".into(),
            line: Some(capability::KEY_READ),
        });
    }
}
