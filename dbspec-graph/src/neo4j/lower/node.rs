//! Nodes, properties, relationships and constraints.

use std::borrow::Cow;
use std::collections::BTreeSet;

use dbspec_core::arena::Id;
use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::backend::naming::NameId;
use dbspec_core::backend::{Lowering, Wanted};
use dbspec_core::kernel::{
    ElementId, EntityId, Filling, Kernel, LeafId, LeafType, Nulls, RuleId, RuleKind, Scalar,
};

use crate::neo4j::capability;
use crate::neo4j::design::{Constraint, Demand, Design, Group, NAME, Node, Property, Relationship, Sequence};
use crate::neo4j::options::{Edition, Options};
use crate::neo4j::types;

/// A design without indexes for queries, and the names of its parts.
pub(super) struct Graph {
    pub(super) design: Design,
    /// One label per entity.
    pub(super) labels: Vec<NameId>,
    /// Properties of each entity, one per leaf.
    pub(super) properties: Vec<Vec<NameId>>,
    /// The constraint of each entity's key.
    pub(super) keys: Vec<NameId>,
    /// What holds or finds each group of each entity.
    pub(super) groups: Vec<Vec<NameId>>,
    /// Of each entity the properties that constraints and indexes are about: there is one for the same.
    pub(super) schemas: Vec<BTreeSet<Vec<String>>>,
}

/// A constraint or index that has no name yet.
struct Draft {
    entity: EntityId,
    element: ElementId,
    noun: &'static str,
    name: String,
    what: What,
}

enum What {
    Key,
    /// A group, by its place among the node's.
    Group(usize),
    Demand(Vec<String>, Demand),
}

/// The namespace of constraints and indexes.
pub(super) const SCHEMA: &str = "schema";

pub(super) fn build(options: &Options, cx: &mut Lowering<'_>) -> Graph {
    let kernel = cx.kernel;
    let mut graph = labels(options, cx);
    for entity in kernel.entities.ids() {
        node(cx, &mut graph, entity);
    }
    let mut drafts = Vec::new();
    for entity in kernel.entities.ids() {
        draft(options, kernel, &mut graph, entity, &mut drafts);
    }
    constraints(options, cx, &mut graph, drafts);
    decide(cx, &graph);
    graph
}

fn labels(options: &Options, cx: &mut Lowering<'_>) -> Graph {
    let kernel = cx.kernel;
    let prefix = &options.prefix;
    let mut wanted: Vec<Wanted<'_>> = kernel
        .entities
        .iter()
        .map(|(_, it)| Wanted {
            element: it.element,
            noun: "label",
            within: None,
            name: format!("{prefix}{}", it.name).into(),
        })
        .collect();
    let model = kernel.elements.ids().next().unwrap_or_else(|| ElementId::new(0));
    for name in ["Lock", "Number"] {
        wanted.push(Wanted {
            element: model,
            noun: "label",
            within: None,
            name: format!("{prefix}{name}").into(),
        });
    }
    // A kernel without elements has no path to name things by, and nothing to name.
    if kernel.elements.is_empty() {
        wanted.clear();
    }
    let mut labels = cx.namer.scope("labels", &wanted);
    let name = |at: usize| {
        labels
            .get(at)
            .map(|id| cx.namer.name(*id).to_string())
            .unwrap_or_default()
    };
    let entities = kernel.entities.len();
    let (locks, numbers) = (name(entities), name(entities + 1));
    let nodes = kernel.entities.iter().enumerate().map(|(at, (_, it))| Node {
        entity: it.name.to_string(),
        label: name(at),
        properties: Vec::new(),
        key: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        relationships: Vec::new(),
        groups: Vec::new(),
        sequences: Vec::new(),
    });
    let nodes = nodes.collect();
    labels.truncate(entities);
    Graph {
        design: Design {
            nodes,
            locks: (locks, String::new()),
            numbers: (numbers, String::new()),
        },
        labels,
        properties: Vec::new(),
        keys: Vec::new(),
        groups: vec![Vec::new(); entities],
        schemas: vec![BTreeSet::new(); entities],
    }
}

fn node(cx: &mut Lowering<'_>, graph: &mut Graph, entity: EntityId) {
    let kernel = cx.kernel;
    let it = &kernel.entities[entity];
    let at = entity.index() as usize;
    let within = graph.labels.get(at).copied();
    let kept: Vec<RuleId> = it.rules.iter().filter(|rule| is_kept(kernel, *rule)).collect();
    let mut wanted: Vec<Wanted<'_>> = it
        .leaves
        .iter()
        .map(|leaf| Wanted {
            element: kernel.fields[kernel.leaves[leaf].field].element,
            noun: "property",
            within,
            name: leaf_name(kernel, leaf).into(),
        })
        .collect();
    wanted.extend(kept.iter().map(|rule| Wanted {
        element: kernel.rules[*rule].element,
        noun: "kept property",
        within,
        name: format!("{}.digest", kernel.rules[*rule].name).into(),
    }));
    let names = cx.namer.scope(format!("properties {at}"), &wanted);
    let leaves = it.leaves.len();
    let references: Vec<_> = it
        .fields
        .iter()
        .filter_map(|field| kernel.target(field).map(|to| (field, to)))
        .collect();
    let wanted: Vec<Wanted<'_>> = references
        .iter()
        .map(|(field, _)| Wanted {
            element: kernel.fields[*field].element,
            noun: "relationship type",
            within,
            name: upper_snake(&kernel.fields[*field].name).into(),
        })
        .collect();
    let types = cx.namer.scope(format!("relationships {at}"), &wanted);
    let places = |leaves: &mut dyn Iterator<Item = LeafId>| -> Vec<usize> {
        leaves.map(|leaf| kernel.position(leaf)).collect()
    };
    let node = &mut graph.design.nodes[at];
    node.properties = it
        .leaves
        .iter()
        .zip(&names)
        .map(|(leaf, name)| Property {
            name: cx.namer.name(*name).to_string(),
            ty: types::word(&kernel.leaves[leaf].ty).to_owned(),
        })
        .collect();
    node.key = places(&mut kernel.key_leaves(entity).into_iter());
    node.relationships = references
        .iter()
        .zip(types)
        .map(|((field, to), ty)| Relationship {
            field: kernel.fields[*field].name.to_string(),
            ty: cx.namer.name(ty).to_string(),
            to: to.index() as usize,
            leaves: places(&mut kernel.fields[*field].leaves.iter()),
        })
        .collect();
    for (place, rule) in it.rules.iter().enumerate() {
        if kernel.groups(rule) {
            let kept = kept.iter().position(|it| *it == rule);
            node.groups.push(Group {
                rule: place,
                leaves: places(&mut kernel.grouping(rule).iter().copied()),
                kept: kept.map(|kept| cx.namer.name(names[leaves + kept]).to_string()),
                index: None,
            });
        } else if let RuleKind::Default {
            field,
            filling: Filling::Sequence,
            ..
        } = &kernel.rules[rule].kind
        {
            let leaf = kernel.fields[*field].leaves.first();
            let leaf = leaf.map_or(0, |leaf| kernel.position(leaf));
            node.sequences.push(Sequence {
                leaf,
                name: format!("{}.{}", node.label, node.properties[leaf].name),
            });
        }
    }
    graph.properties.push(names[..leaves].to_vec());
}

/// Whether a rule that compares rows has a property of its own for the values.
fn is_kept(kernel: &Kernel, rule: RuleId) -> bool {
    if !kernel.groups(rule) {
        return false;
    }
    let Some(leaves) = plain(kernel, rule) else {
        return true;
    };
    let entity = kernel.rules[rule].entity;
    let mut before = kernel.entities[entity].rules.iter().take_while(|it| *it != rule);
    // One constraint alone is about the same properties.
    !leaves.iter().all(|leaf| types::equal(kernel, *leaf))
        || !types::fit_index(kernel, leaves)
        || *leaves == *kernel.key_leaves(entity)
        || before.any(|it| plain(kernel, it) == Some(leaves))
}

/// The leaves of a unique rule that binds all rows whose values are set.
fn plain(kernel: &Kernel, rule: RuleId) -> Option<&[LeafId]> {
    if let RuleKind::Unique {
        leaves,
        filter: None,
        nulls: Nulls::Distinct,
    } = &kernel.rules[rule].kind
    {
        Some(leaves)
    } else {
        None
    }
}

/// A leaf's name within its entity.
fn leaf_name(kernel: &Kernel, leaf: LeafId) -> String {
    let it = &kernel.leaves[leaf];
    let mut name = kernel.fields[it.field].name.to_string();
    for part in &it.path {
        name.push('_');
        name.push_str(part);
    }
    name
}

fn upper_snake(name: &str) -> String {
    name.to_uppercase()
}

fn draft(options: &Options, kernel: &Kernel, graph: &mut Graph, entity: EntityId, drafts: &mut Vec<Draft>) {
    let it = &kernel.entities[entity];
    let at = entity.index() as usize;
    let node = &graph.design.nodes[at];
    let draft = |element, noun, name: &str, what| Draft {
        entity,
        element,
        noun,
        name: format!("{}.{name}", node.label),
        what,
    };
    let schemas = &mut graph.schemas[at];
    let key = node.key.iter().map(|leaf| node.properties[*leaf].name.clone());
    schemas.insert(key.collect());
    drafts.push(draft(it.element, "constraint", "key", What::Key));
    for (place, group) in node.groups.iter().enumerate() {
        let Some(rule) = it.rules.iter().nth(group.rule) else {
            continue;
        };
        schemas.insert(group_properties(node, group));
        let noun = if is_unique(&kernel.rules[rule].kind) {
            "constraint"
        } else {
            "index"
        };
        let of = &kernel.rules[rule];
        drafts.push(draft(of.element, noun, &of.name, What::Group(place)));
    }
    if options.edition == Edition::Community {
        return;
    }
    for (leaf, property) in it.leaves.iter().zip(&node.properties) {
        let of = &kernel.leaves[leaf];
        let element = kernel.fields[of.field].element;
        let properties = || vec![property.name.clone()];
        if !of.nullable && !node.key.contains(&kernel.position(leaf)) {
            let what = What::Demand(properties(), Demand::Exists);
            drafts.push(draft(
                element,
                "constraint",
                &format!("{}.exists", property.name),
                what,
            ));
        }
        let what = What::Demand(properties(), Demand::Type(property.ty.clone()));
        drafts.push(draft(
            element,
            "constraint",
            &format!("{}.type", property.name),
            what,
        ));
    }
}

/// Whether a rule lets one row alone have its values.
pub(in crate::neo4j) fn is_unique(kind: &RuleKind) -> bool {
    matches!(kind, RuleKind::Key(_) | RuleKind::Unique { .. })
}

/// The properties by which the rows of a group are found.
pub(super) fn group_properties(node: &Node, group: &Group) -> Vec<String> {
    match &group.kept {
        Some(name) => vec![name.clone()],
        None => group
            .leaves
            .iter()
            .map(|at| node.properties[*at].name.clone())
            .collect(),
    }
}

fn constraints(options: &Options, cx: &mut Lowering<'_>, graph: &mut Graph, drafts: Vec<Draft>) {
    let kernel = cx.kernel;
    let mut wanted: Vec<Wanted<'_>> = drafts
        .iter()
        .map(|draft| Wanted {
            element: draft.element,
            noun: draft.noun,
            within: graph.labels.get(draft.entity.index() as usize).copied(),
            name: Cow::Borrowed(draft.name.as_str()),
        })
        .collect();
    if let Some(model) = kernel.elements.ids().next() {
        for label in [&graph.design.locks.0, &graph.design.numbers.0] {
            wanted.push(Wanted {
                element: model,
                noun: "constraint",
                within: None,
                name: format!("{label}.{NAME}").into(),
            });
        }
    }
    let names = cx.namer.scope(SCHEMA, &wanted);
    let name = |at: usize| {
        names
            .get(at)
            .map(|id| cx.namer.name(*id).to_string())
            .unwrap_or_default()
    };
    graph.design.locks.1 = name(drafts.len());
    graph.design.numbers.1 = name(drafts.len() + 1);
    for (place, draft) in drafts.into_iter().enumerate() {
        let at = draft.entity.index() as usize;
        let node = &mut graph.design.nodes[at];
        let rules = kernel.entities[draft.entity].rules;
        let (properties, demand) = match draft.what {
            What::Key => {
                graph.keys.extend(names.get(place));
                let demand = match options.edition {
                    Edition::Community => Demand::Unique,
                    Edition::Enterprise => Demand::Key,
                };
                let key = node.key.iter().map(|leaf| node.properties[*leaf].name.clone());
                (key.collect(), demand)
            }
            What::Group(group) => {
                graph.groups[at].extend(names.get(place));
                let group = &mut node.groups[group];
                let rule = rules.iter().nth(group.rule);
                if !rule.is_some_and(|rule| is_unique(&kernel.rules[rule].kind)) {
                    group.index = Some(name(place));
                    continue;
                }
                let group = group.clone();
                (group_properties(node, &group), Demand::Unique)
            }
            What::Demand(properties, demand) => (properties, demand),
        };
        node.constraints.push(Constraint {
            name: name(place),
            properties,
            demand,
        });
    }
}

fn decide(cx: &mut Lowering<'_>, graph: &Graph) {
    let kernel = cx.kernel;
    for (entity, it) in kernel.entities.iter() {
        let node = &graph.design.nodes[entity.index() as usize];
        if it.link {
            cx.decisions.push(Decision {
                element: it.element,
                code: "relation-layout",
                chosen: format!("a node {} between the two rows that it links", node.label).into(),
                cost: None,
                alternatives: vec![Alternative {
                    what: "a relationship with properties".into(),
                    cost: None,
                    why_not:
                        "a relationship has no relationships of its own, and no constraint spans its ends"
                            .into(),
                }],
                turned_on: Vec::new(),
                flips: "a link that has neither rules nor references nor queries of its own".into(),
                line: Some(capability::RELATIONSHIP),
            });
        }
        for (field, to) in it
            .fields
            .iter()
            .filter_map(|field| kernel.target(field).map(|to| (field, to)))
        {
            cx.decisions.push(Decision {
                element: kernel.fields[field].element,
                code: "reference-layout",
                chosen: format!(
                    "a relationship to {}, with its key kept as properties",
                    graph.design.nodes[to.index() as usize].label
                )
                .into(),
                cost: None,
                alternatives: vec![Alternative {
                    what: "the relationship alone".into(),
                    cost: None,
                    why_not: "indexes and unique rules speak of properties of one node".into(),
                }],
                turned_on: Vec::new(),
                flips: "no rule and no index with the reference, and bytes that count".into(),
                line: Some(capability::RELATIONSHIP),
            });
        }
        for leaf in it.leaves.iter() {
            if let LeafType::Scalar(Scalar::Decimal { .. } | Scalar::Duration) = kernel.leaves[leaf].ty {
                cx.decisions.push(Decision {
                    element: kernel.fields[kernel.leaves[leaf].field].element,
                    code: "type-storage",
                    chosen: "a text of digits, as wide as the largest value, in the order of the numbers"
                        .into(),
                    cost: None,
                    alternatives: vec![Alternative {
                        what: "FLOAT".into(),
                        cost: None,
                        why_not: "it isn't exact".into(),
                    }],
                    turned_on: Vec::new(),
                    flips: "a type of exact numbers in the engine".into(),
                    line: None,
                });
            }
        }
    }
}
