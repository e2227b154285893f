//! Tables, items and attributes.
//!
//! An entity and what it owns share a table, the rows of one owner a partition: they are read together in one Query and
//! written in one transaction. Everything else has a table of its own; a key of several fields is split into
//! partition and order, so that the rows that share the first field are one Query.

use std::borrow::Cow;
use std::collections::BTreeSet;

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted};
use dbspec_core::kernel::{EntityId, Filling, Kernel, LeafId, RuleKind};
use dbspec_core::program::Codec;
use dbspec_core::value::Value;

use super::count::Counting;
use super::embed::Embedding;
use crate::document::name::leaf_name;
use crate::dynamodb::capability;
use crate::dynamodb::design::{
    Attribute, Counter, DIGEST, Design, FIRST, Guard, GuardKind, Item, PK, SK, Sequence, Table, Within,
};
use crate::dynamodb::options::Options;
use crate::dynamodb::types;

/// A design without indexes, and the names of its parts.
pub(super) struct Tables {
    pub(super) design: Design,
    /// One per table.
    pub(super) names: Vec<NameId>,
    /// Attributes of each entity, one per leaf.
    pub(super) attributes: Vec<Vec<NameId>>,
    /// One per guard of each entity.
    pub(super) guards: Vec<Vec<NameId>>,
    /// One per sequence of each entity.
    pub(super) sequences: Vec<Vec<NameId>>,
}

/// The namespace of a table's attributes.
pub(super) fn namespace(table: usize) -> Cow<'static, str> {
    format!("attributes {table}").into()
}

/// The entity that owns the others of the same table.
fn root(kernel: &Kernel, entity: EntityId) -> EntityId {
    kernel.entities[entity]
        .owner
        .map_or(entity, |owner| root(kernel, owner))
}

/// Whether rows that an entity owns have items of their own.
fn owns(kernel: &Kernel, listed: &BTreeSet<EntityId>, entity: EntityId) -> bool {
    kernel.owned_by(entity).any(|it| !listed.contains(&it))
}

pub(super) fn build(options: &Options, cx: &mut Lowering<'_>, embedding: &Embedding<'_>) -> Tables {
    let kernel = cx.kernel;
    let prefix = options.prefix.clone().unwrap_or_else(|| kernel.name.clone());
    let prefix = if prefix.is_empty() {
        "model".to_owned()
    } else {
        prefix
    };
    let roots: Vec<EntityId> = kernel
        .entities
        .iter()
        .filter(|(_, it)| it.owner.is_none())
        .map(|(id, _)| id)
        .collect();
    let mut wanted: Vec<Wanted<'_>> = roots
        .iter()
        .map(|id| Wanted {
            element: kernel.entities[*id].element,
            noun: "table",
            within: None,
            name: format!("{prefix}.{}", kernel.entities[*id].name).into(),
        })
        .collect();
    let model = kernel.elements.ids().next().filter(|_| needs_guards(kernel));
    wanted.extend(model.map(|element| Wanted {
        element,
        noun: "table",
        within: None,
        name: format!("{prefix}.guards").into(),
    }));
    let names = cx.namer.scope("tables", &wanted);
    let listed = embedding.listed();
    let sorted = |id: &EntityId| owns(kernel, listed, *id) || kernel.entities[*id].key.len() > 1;
    let kinds = roots.iter().map(sorted).chain(model.map(|_| true));
    let tables = names.iter().zip(kinds).map(|(name, sorted)| Table {
        name: cx.namer.name(*name).to_string(),
        sorted,
        indexes: Vec::new(),
    });
    let mut all = Tables {
        design: Design {
            tables: tables.collect(),
            items: Vec::new(),
        },
        names,
        attributes: Vec::new(),
        guards: Vec::new(),
        sequences: Vec::new(),
    };
    for (at, id) in roots.iter().enumerate() {
        // These stand in every item, whatever else is named so.
        let element = kernel.entities[*id].element;
        let reserved = [PK, SK, DIGEST].map(|name| Wanted {
            element,
            noun: "attribute",
            within: Some(all.names[at]),
            name: name.into(),
        });
        cx.namer.scope(namespace(at), &reserved);
    }
    for entity in kernel.entities.ids() {
        let table = roots.iter().position(|it| *it == root(kernel, entity));
        if listed.contains(&entity) {
            list(cx, &mut all, entity, table.unwrap_or_default());
        } else {
            item(cx, &mut all, (entity, listed), table.unwrap_or_default());
        }
    }
    for entity in listed {
        place(kernel, &mut all, *entity);
    }
    guards(cx, &mut all);
    decide(cx, &all.design, embedding);
    all
}

fn needs_guards(kernel: &Kernel) -> bool {
    kernel
        .rules
        .iter()
        .any(|(id, rule)| guard_kind(kernel, id).is_some() || is_sequence(&rule.kind))
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

/// What guards a rule, if something does.
pub(super) fn guard_kind(kernel: &Kernel, rule: dbspec_core::kernel::RuleId) -> Option<GuardKind> {
    if !kernel.groups(rule) {
        return None;
    }
    match &kernel.rules[rule].kind {
        RuleKind::Key(_) | RuleKind::Unique { .. } => Some(GuardKind::One),
        RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => Some(GuardKind::Many),
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

/// What stands before the names of an owned entity's attributes.
fn before(kernel: &Kernel, entity: EntityId) -> String {
    let it = &kernel.entities[entity];
    match &it.owned_as {
        Some(name) => format!("{name}."),
        None if it.owner.is_some() => format!("{}.", it.name),
        None => String::new(),
    }
}

/// Rows in a list of their owner's item. Where they lie is told when all owners have theirs.
fn list(cx: &mut Lowering<'_>, all: &mut Tables, entity: EntityId, table: usize) {
    let kernel = cx.kernel;
    let it = &kernel.entities[entity];
    let within = Some(all.names[table]);
    let name = before(kernel, entity);
    let name = name.strip_suffix('.').unwrap_or(&name);
    let wanted = [name.to_owned(), format!("{name}.digest")].map(|name| Wanted {
        element: it.element,
        noun: "list",
        within,
        name: name.into(),
    });
    let names = cx.namer.scope(namespace(table), &wanted);
    let attribute = |at: usize| {
        names
            .get(at)
            .map(|id| cx.namer.name(*id).to_string())
            .unwrap_or_default()
    };
    let (list, digest) = (attribute(0), attribute(1));
    let owner = it.fields.first().map(|via| kernel.fields[via].leaves);
    let of_owner = |leaf: LeafId| owner.is_some_and(|it| it.position(leaf).is_some());
    let wanted: Vec<Wanted<'_>> = it
        .leaves
        .iter()
        .filter(|leaf| !of_owner(*leaf))
        .map(|leaf| Wanted {
            element: kernel.fields[kernel.leaves[leaf].field].element,
            noun: "attribute",
            within: names.first().copied(),
            name: leaf_name(kernel, leaf, '.').into(),
        })
        .collect();
    let mut own = cx
        .namer
        .scope(format!("list {table} {list}"), &wanted)
        .into_iter();
    let (mut attributes, mut ids) = (Vec::new(), Vec::new());
    for leaf in it.leaves.iter() {
        let id = if of_owner(leaf) {
            names.first().copied()
        } else {
            own.next()
        };
        let Some(id) = id else { continue };
        ids.push(id);
        attributes.push(Attribute {
            name: cx.namer.name(id).to_string(),
            ty: types::word(&kernel.leaves[leaf].ty).to_owned(),
        });
    }
    all.design.items.push(Item {
        entity: it.name.to_string(),
        table,
        within: Some(Within { list, digest }),
        tag: None,
        hash: Vec::new(),
        range: Vec::new(),
        attributes,
        indexes: Vec::new(),
        counters: Vec::new(),
        guards: Vec::new(),
        sequences: Vec::new(),
    });
    all.attributes.push(ids);
}

/// Rows in their owner's item lie where it does, and its key's attributes are theirs.
fn place(kernel: &Kernel, all: &mut Tables, entity: EntityId) {
    let Some(owner) = kernel.entities[entity].owner else {
        return;
    };
    let (at, of) = (entity.index() as usize, owner.index() as usize);
    let places = |entity: EntityId| {
        let leaves = kernel.key_leaves(entity).into_iter();
        leaves.map(|leaf| kernel.position(leaf)).collect::<Vec<_>>()
    };
    let (own, owners) = (places(entity), places(owner));
    let from = &all.design.items[of];
    let (hash, range) = (from.hash.len(), from.range.len());
    let (table, tag) = (from.table, from.tag.clone());
    let names: Vec<String> = owners
        .iter()
        .map(|it| from.attributes[*it].name.clone())
        .collect();
    for ((place, name), place_there) in own.iter().zip(names).zip(&owners) {
        all.design.items[at].attributes[*place].name = name;
        all.attributes[at][*place] = all.attributes[of][*place_there];
    }
    let item = &mut all.design.items[at];
    (item.table, item.tag) = (table, tag);
    item.hash = own.iter().take(hash).copied().collect();
    item.range = own.iter().skip(hash).take(range).copied().collect();
}

fn item(
    cx: &mut Lowering<'_>,
    all: &mut Tables,
    (entity, listed): (EntityId, &BTreeSet<EntityId>),
    table: usize,
) {
    let kernel = cx.kernel;
    let it = &kernel.entities[entity];
    let key: Vec<usize> = kernel
        .key_leaves(entity)
        .into_iter()
        .map(|leaf| kernel.position(leaf))
        .collect();
    let top = root(kernel, entity);
    let first = it
        .key
        .first()
        .map_or(0, |field| kernel.fields[*field].leaves.len());
    let (leading, tag) = if it.owner.is_some() {
        (kernel.key_leaves(top).len(), Some(escaped(&it.name)))
    } else if owns(kernel, listed, entity) {
        (key.len(), Some(FIRST.to_owned()))
    } else {
        (first, None)
    };
    let (hash, range) = key.split_at(leading.min(key.len()));
    let before = before(kernel, entity);
    let within = Some(all.names[table]);
    let mut wanted: Vec<Wanted<'_>> = it
        .leaves
        .iter()
        .map(|leaf| Wanted {
            element: kernel.fields[kernel.leaves[leaf].field].element,
            noun: "attribute",
            within,
            name: format!("{before}{}", leaf_name(kernel, leaf, '.')).into(),
        })
        .collect();
    let leaves = wanted.len();
    let references: Vec<_> = kernel.references_to(entity).collect();
    for field in &references {
        let from = &kernel.entities[kernel.fields[*field].entity];
        for end in ["count", "living"] {
            wanted.push(Wanted {
                element: kernel.fields[*field].element,
                noun: "counter",
                within,
                name: format!("{before}{}.{}.{end}", from.name, kernel.fields[*field].name).into(),
            });
        }
    }
    let names = cx.namer.scope(namespace(table), &wanted);
    let name = |at: usize| cx.namer.name(names[at]).to_string();
    let attributes = it.leaves.iter().enumerate().map(|(at, leaf)| Attribute {
        name: name(at),
        ty: types::word(&kernel.leaves[leaf].ty).to_owned(),
    });
    let counters = references.iter().enumerate().map(|(at, field)| {
        let from = &kernel.entities[kernel.fields[*field].entity];
        Counter {
            reference: format!("{}.{}", from.name, kernel.fields[*field].name),
            all: name(leaves + 2 * at),
            living: from.soft_delete.map(|_| name(leaves + 2 * at + 1)),
        }
    });
    all.design.items.push(Item {
        entity: it.name.to_string(),
        table,
        within: None,
        tag,
        hash: hash.to_vec(),
        range: range.to_vec(),
        attributes: attributes.collect(),
        indexes: Vec::new(),
        counters: counters.collect(),
        guards: Vec::new(),
        sequences: Vec::new(),
    });
    all.attributes.push(names[..leaves].to_vec());
}

fn escaped(name: &str) -> String {
    match Codec::Segment.encode(&Value::text(name)) {
        Ok(Value::Text(text)) => format!("{text}#"),
        Ok(_) | Err(_) => format!("{name}#"),
    }
}

fn guards(cx: &mut Lowering<'_>, all: &mut Tables) {
    let kernel = cx.kernel;
    let within = all.names.last().copied().filter(|_| needs_guards(kernel));
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for (_, it) in kernel.entities.iter() {
        for rule in it.rules.iter() {
            let of = &kernel.rules[rule];
            let noun = if guard_kind(kernel, rule).is_some() {
                "guard"
            } else if is_sequence(&of.kind) {
                "sequence"
            } else {
                continue;
            };
            wanted.push(Wanted {
                element: of.element,
                noun,
                within,
                name: format!("{}.{}", it.name, of.name).into(),
            });
        }
    }
    let mut names = cx.namer.scope("guards", &wanted).into_iter();
    for (entity, it) in kernel.entities.iter() {
        let item = &mut all.design.items[entity.index() as usize];
        let (mut guards, mut sequences) = (Vec::new(), Vec::new());
        for (at, rule) in it.rules.iter().enumerate() {
            let of = &kernel.rules[rule];
            if let Some(kind) = guard_kind(kernel, rule) {
                let Some(name) = names.next() else { continue };
                guards.push(name);
                item.guards.push(Guard {
                    rule: at,
                    tag: cx.namer.name(name).to_string(),
                    kind,
                });
            } else if let RuleKind::Default {
                field,
                filling: Filling::Sequence,
                ..
            } = &of.kind
            {
                let Some(name) = names.next() else { continue };
                sequences.push(name);
                let leaf = kernel.fields[*field].leaves.first();
                item.sequences.push(Sequence {
                    leaf: leaf.map_or(0, |leaf| kernel.position(leaf)),
                    tag: cx.namer.name(name).to_string(),
                });
            }
        }
        all.guards.push(guards);
        all.sequences.push(sequences);
    }
}

/// Where owned rows lie. The costs are in items of the transaction that removes an owner with all that it may own.
fn decide(cx: &mut Lowering<'_>, design: &Design, embedding: &Embedding<'_>) {
    let kernel = cx.kernel;
    for (entity, it) in kernel.entities.iter() {
        let Some(owner) = it.owner else { continue };
        let fan = it.fields.first().map(|field| cx.figures.fan_out(field));
        let of = &kernel.entities[owner].name;
        let top = &design.tables[design.items[entity.index() as usize].table].name;
        let removed = |counting: Counting<'_>| counting.delete(owner).map(|it| u64::from(it) * 1000);
        let fitting = embedding.fitting(entity);
        let said = fitting.map(|it| match it.bytes {
            Some(bytes) => format!("up to {} of them, of {bytes} bytes", it.owned.most),
            None => format!("up to {} of them", it.owned.most),
        });
        let mut alternatives = vec![Alternative {
            what: "a table of their own".into(),
            cost: removed(embedding.apart()),
            why_not: "what is read with its owner would take a second request".into(),
        }];
        let (chosen, flips) = if embedding.listed().contains(&entity) {
            alternatives.push(Alternative {
                what: format!("items of table {top}, in the partition of their {of}").into(),
                cost: removed(embedding.apart()),
                why_not: "a write at its declared maximum would take more items than a transaction does"
                    .into(),
            });
            (
                format!("a list in the item of their {of}: {}", said.unwrap_or_default()),
                "bounds so small that writes hold one item a row",
            )
        } else {
            alternatives.push(Alternative {
                what: "a list in the owner's item".into(),
                cost: embedding.within().filter(|_| fitting.is_some()).and_then(removed),
                why_not: match said {
                    Some(said) => {
                        format!("each change of one would write all ({said}), and no write needs it").into()
                    }
                    None => {
                        "something reaches them beside their owner, or nothing bounds their number and bytes"
                            .into()
                    }
                },
            });
            (
                format!("items of table {top}, in the partition of their {of}"),
                "a write whose rows are more than a transaction takes",
            )
        };
        cx.decisions.push(Decision {
            element: it.element,
            code: "table-layout",
            chosen: chosen.into(),
            cost: removed(embedding.chosen()),
            alternatives,
            turned_on: fan.map(|it| (it, None)).into_iter().collect(),
            flips: flips.into(),
            line: Some(capability::KEY_READ),
        });
    }
}
