//! Hashes, fields, and the sets and numbers beside them.

use std::borrow::Cow;

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted};
use dbspec_core::kernel::{EntityId, Filling, Kernel, RuleId, RuleKind};

use crate::document::name::leaf_name;
use crate::redis::capability;
use crate::redis::design::{Design, Field, Group, Hash, Sequence};
use crate::redis::keywords::is_plain;
use crate::redis::options::Options;
use crate::redis::types;

/// The namespace of what follows the tag in keys.
pub(super) const KEYS: &str = "keys";

/// A design and the names of its parts, entity by entity.
pub(super) struct Hashes {
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

/// Whether the rows with the same values in a rule's leaves have a set of their own.
fn is_grouped(kernel: &Kernel, rule: RuleId) -> bool {
    if !kernel.groups(rule) {
        return false;
    }
    match &kernel.rules[rule].kind {
        RuleKind::Key(_) | RuleKind::Unique { .. } | RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => {
            true
        }
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
        | RuleKind::Assert { .. } => false,
    }
}

/// The leaf that a rule numbers by a sequence, by its place in the row.
fn sequence(kernel: &Kernel, rule: RuleId) -> Option<usize> {
    match &kernel.rules[rule].kind {
        RuleKind::Default {
            field,
            filling: Filling::Sequence,
            ..
        } => Some(kernel.position(kernel.fields[*field].leaves.first()?)),
        _ => None,
    }
}

/// The hash tag: what is between the braces.
fn tag(options: &Options, kernel: &Kernel) -> String {
    let wish = options.prefix.as_deref().unwrap_or(&kernel.name);
    let tag: String = wish
        .chars()
        .map(|it| if is_plain(it) { it } else { '_' })
        .collect();
    if tag.is_empty() { "model".to_owned() } else { tag }
}

pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Hashes {
    let kernel = cx.kernel;
    let tag = tag(options, kernel);
    let mut all = Hashes {
        design: Design {
            user: format!("dbspec.{tag}"),
            tag: format!("{{{tag}}}"),
            ..Design::default()
        },
        names: Vec::new(),
        fields: Vec::new(),
        groups: Vec::new(),
        indexes: vec![Vec::new(); kernel.entities.len()],
        sequences: Vec::new(),
    };
    let mut wanted: Vec<Wanted<'_>> = kernel
        .entities
        .iter()
        .map(|(_, it)| Wanted {
            element: it.element,
            noun: "hash",
            within: None,
            name: Cow::Borrowed(&*it.name),
        })
        .collect();
    let own = kernel.elements.ids().next();
    if let Some(element) = own {
        wanted.extend(["catalog", "done"].map(|name| Wanted {
            element,
            noun: "key",
            within: None,
            name: name.into(),
        }));
    }
    let mut names = cx.namer.scope(KEYS, &wanted);
    let beside = names.split_off(kernel.entities.len());
    let name = |at: usize| beside.get(at).map(|id| cx.namer.name(*id).to_string());
    all.design.catalog = name(0).unwrap_or_default();
    all.design.done = name(1).unwrap_or_default();
    all.names = names;
    for entity in kernel.entities.ids() {
        fields(cx, &mut all, entity);
    }
    beside_rows(cx, &mut all);
    decide(cx, &all.design, own);
    all
}

fn fields(cx: &mut Lowering<'_>, all: &mut Hashes, entity: EntityId) {
    let kernel = cx.kernel;
    let it = &kernel.entities[entity];
    let id = all.names[entity.index() as usize];
    let wanted: Vec<Wanted<'_>> = it
        .leaves
        .iter()
        .map(|leaf| Wanted {
            element: kernel.fields[kernel.leaves[leaf].field].element,
            noun: "field",
            within: Some(id),
            name: leaf_name(kernel, leaf, '.').into(),
        })
        .collect();
    let given = cx.namer.scope(format!("fields {}", entity.index()), &wanted);
    let fields = it.leaves.iter().zip(&given).map(|(leaf, id)| Field {
        name: cx.namer.name(*id).to_string(),
        form: types::word(&kernel.leaves[leaf].ty).to_owned(),
    });
    let key = kernel.key_leaves(entity);
    all.design.hashes.push(Hash {
        entity: it.name.to_string(),
        name: cx.namer.name(id).to_string(),
        key: key.iter().map(|leaf| kernel.position(*leaf)).collect(),
        fields: fields.collect(),
        indexes: Vec::new(),
        groups: Vec::new(),
        sequences: Vec::new(),
    });
    all.fields.push(given);
}

/// Groups and sequences.
fn beside_rows(cx: &mut Lowering<'_>, all: &mut Hashes) {
    let kernel = cx.kernel;
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    for (entity, it) in kernel.entities.iter() {
        for rule in it.rules.iter() {
            let of = &kernel.rules[rule];
            let noun = match (is_grouped(kernel, rule), sequence(kernel, rule)) {
                (true, _) => "group",
                (false, Some(_)) => "sequence",
                (false, None) => continue,
            };
            wanted.push(Wanted {
                element: of.element,
                noun,
                within: Some(all.names[entity.index() as usize]),
                name: format!("{}.{}", it.name, of.name).into(),
            });
        }
    }
    let mut names = cx.namer.scope(KEYS, &wanted).into_iter();
    for (entity, it) in kernel.entities.iter() {
        let hash = &mut all.design.hashes[entity.index() as usize];
        let (mut groups, mut sequences) = (Vec::new(), Vec::new());
        for (at, rule) in it.rules.iter().enumerate() {
            if is_grouped(kernel, rule) {
                let Some(id) = names.next() else { continue };
                groups.push(id);
                hash.groups.push(Group {
                    rule: at,
                    name: cx.namer.name(id).to_string(),
                });
            } else if let Some(leaf) = sequence(kernel, rule) {
                let Some(id) = names.next() else { continue };
                sequences.push(id);
                hash.sequences.push(Sequence {
                    leaf,
                    name: cx.namer.name(id).to_string(),
                });
            }
        }
        all.groups.push(groups);
        all.sequences.push(sequences);
    }
}

fn decide(cx: &mut Lowering<'_>, design: &Design, model: Option<dbspec_core::kernel::ElementId>) {
    let kernel = cx.kernel;
    let largest = kernel.entities.ids().map(|entity| cx.figures.rows(entity));
    let largest = largest.max_by_key(|it| it.value);
    cx.decisions.extend(model.map(|element| Decision {
        element,
        code: "slot-layout",
        chosen: format!(
            "all keys have the tag {}: in a cluster they are in one slot, in the memory of one node",
            design.tag
        )
        .into(),
        cost: None,
        alternatives: vec![Alternative {
            what: "a tag for each aggregate, spread over the nodes".into(),
            cost: None,
            why_not: "a function sees one slot: a reference, a unique value or a write across two could only be \
                      settled after the fact, not refused"
                .into(),
        }],
        turned_on: largest.map(|it| (it, None)).into_iter().collect(),
        flips: "more rows than the memory of one node holds, or more writes than one core does".into(),
        line: Some(capability::ATOMIC),
    }));
    for (_, it) in kernel.entities.iter() {
        let Some(owner) = it.owner else { continue };
        let fan = it.fields.first().map(|field| cx.figures.fan_out(field));
        cx.decisions.push(Decision {
            element: it.element,
            code: "embed-or-reference",
            chosen: format!(
                "hashes of their own, whose names begin with that of their {}",
                kernel.entities[owner].name
            )
            .into(),
            cost: fan.map(|it| it.value),
            alternatives: vec![Alternative {
                what: "a list in the owner's hash".into(),
                cost: Some(1),
                why_not: "each change of one would write all of them, and no index could find one".into(),
            }],
            turned_on: fan.map(|it| (it, None)).into_iter().collect(),
            flips: "few rows that are always read and written with their owner".into(),
            line: Some(capability::KEY_READ),
        });
    }
}
