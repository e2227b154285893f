//! Tables, items and attributes.
//!
//! An entity and what it owns share a table, the rows of one owner a partition: they are read together in one Query and
//! written in one transaction. Everything else has a table of its own; a key of several fields is split into
//! partition and order, so that the rows that share the first field are one Query.

use std::borrow::Cow;

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted};
use dbspec_core::kernel::{EntityId, Filling, Kernel, RuleKind};
use dbspec_core::program::Codec;
use dbspec_core::value::Value;

use crate::document::name::leaf_name;
use crate::dynamodb::capability;
use crate::dynamodb::design::{
    Attribute, Counter, DIGEST, Design, FIRST, Guard, GuardKind, Item, PK, SK, Sequence, Table,
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

fn owns(kernel: &Kernel, entity: EntityId) -> bool {
    kernel.owned_by(entity).next().is_some()
}

pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Tables {
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
    let sorted = |id: &EntityId| owns(kernel, *id) || kernel.entities[*id].key.len() > 1;
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
        item(cx, &mut all, entity, table.unwrap_or_default());
    }
    guards(cx, &mut all);
    decide(cx, &all.design);
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
fn guard_kind(kernel: &Kernel, rule: dbspec_core::kernel::RuleId) -> Option<GuardKind> {
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

fn item(cx: &mut Lowering<'_>, all: &mut Tables, entity: EntityId, table: usize) {
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
    } else if owns(kernel, entity) {
        (key.len(), Some(FIRST.to_owned()))
    } else {
        (first, None)
    };
    let (hash, range) = key.split_at(leading.min(key.len()));
    let before = match &it.owned_as {
        Some(name) => format!("{name}."),
        None if it.owner.is_some() => format!("{}.", it.name),
        None => String::new(),
    };
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

fn decide(cx: &mut Lowering<'_>, design: &Design) {
    let kernel = cx.kernel;
    for (entity, it) in kernel.entities.iter() {
        let Some(owner) = it.owner else { continue };
        let fan = it.fields.first().map(|field| cx.figures.fan_out(field));
        let top = &design.tables[design.items[entity.index() as usize].table].name;
        cx.decisions.push(Decision {
            element: it.element,
            code: "table-layout",
            chosen: format!(
                "items of table {top}, in the partition of their {}",
                kernel.entities[owner].name
            )
            .into(),
            cost: fan.map(|it| it.value),
            alternatives: vec![
                Alternative {
                    what: "a table of their own".into(),
                    cost: None,
                    why_not: "what is read with its owner would take a second request".into(),
                },
                Alternative {
                    what: "a list in the owner's item".into(),
                    cost: None,
                    why_not: "each change of one would write all of them, and no index could find one".into(),
                },
            ],
            turned_on: fan.map(|it| (it, None)).into_iter().collect(),
            flips: "rows that are never read with their owner".into(),
            line: Some(capability::KEY_READ),
        });
    }
}
