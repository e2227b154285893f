//! Entities in kernel order: owners before what they own, subtypes folded into their base.

use std::collections::BTreeMap;

use super::{Decl, Plan, Schema, SubDecl, Target, TypeName};
use crate::arena::Id;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{cyclic_ownership, unfit_rule};
use crate::check::sink::Sink;
use crate::kernel::EntityId;
use crate::model::{self, Item, MarkKind};

/// A declared entity or relation before it has an id.
struct Node<'m> {
    decl: Decl<'m>,
    owner: Option<(usize, &'m model::Owner)>,
    base: Option<usize>,
    broken: bool,
}

/// How many subtypes an entity has at most.
const MOST_SUBTYPES: usize = 256;

impl<'m> Schema<'m> {
    /// Puts entities and relations in order and names them.
    pub(super) fn order_entities(&mut self, sink: &mut Sink) {
        let mut nodes = Vec::new();
        let mut by_name: BTreeMap<&'m str, usize> = BTreeMap::new();
        for item in &self.model.items {
            let (decl, what) = match item {
                Item::Entity(it) => (Decl::Entity(it), "entity"),
                Item::Relation(it) => (Decl::Relation(it), "relation"),
                _ => continue,
            };
            if self.claim(sink, what, decl.name()) {
                by_name.insert(&decl.name().text, nodes.len());
                nodes.push(Node {
                    decl,
                    owner: None,
                    base: None,
                    broken: false,
                });
            }
        }
        link(&mut nodes, &by_name, sink);
        break_cycles(&mut nodes, sink);
        self.place(&nodes, sink);
        for plan in &mut self.plans {
            plan.soft = plan.mark(&MarkKind::SoftDelete).is_some();
        }
        // Owners come first, so one pass hands the mark down.
        for at in 0..self.plans.len() {
            if let Some((owner, _)) = self.plans[at].owner {
                self.plans[at].soft |= self.plans[owner.index() as usize].soft;
            }
        }
    }

    /// Gives ids: owners first, otherwise in source order.
    fn place(&mut self, nodes: &[Node<'m>], sink: &mut Sink) {
        let root = |mut at: usize| {
            while let Some(base) = nodes[at].base {
                at = base;
            }
            at
        };
        let mut ids: Vec<Option<EntityId>> = vec![None; nodes.len()];
        for start in 0..nodes.len() {
            let mut chain = Vec::new();
            let mut at = root(start);
            while ids[at].is_none() {
                chain.push(at);
                match nodes[at].owner {
                    Some((owner, _)) => at = root(owner),
                    None => break,
                }
            }
            for at in chain.into_iter().rev() {
                ids[at] = Some(EntityId::new(self.plans.len() as u32));
                let owner = nodes[at]
                    .owner
                    .and_then(|(to, said)| Some((ids[root(to)]?, said)));
                self.plans.push(Plan {
                    decl: nodes[at].decl,
                    subtypes: Vec::new(),
                    owner,
                    broken: nodes[at].broken,
                    soft: false,
                });
            }
        }
        let mut subtype_of: Vec<Option<u16>> = vec![None; nodes.len()];
        let mut placed = vec![false; nodes.len()];
        for start in 0..nodes.len() {
            // Parents first, whatever the source order.
            let mut chain = Vec::new();
            let mut at = start;
            while let (Some(base), false) = (nodes[at].base, placed[at]) {
                chain.push(at);
                at = base;
            }
            for at in chain.into_iter().rev() {
                placed[at] = true;
                let (Some(id), Decl::Entity(entity)) = (ids[root(at)], nodes[at].decl) else {
                    continue;
                };
                let plan = &mut self.plans[id.index() as usize];
                if plan.subtypes.len() == MOST_SUBTYPES {
                    let found = unfit_rule::RULE.error(format!("`{}` is a subtype too many", entity.name));
                    let why = format!(
                        "`{}` has {MOST_SUBTYPES} of them, the most there may be",
                        plan.decl.name()
                    );
                    sink.report(
                        found
                            .at(entity.name.at, "too many")
                            .why(why)
                            .help("tell kinds apart by a field"),
                    );
                    continue;
                }
                subtype_of[at] = Some(plan.subtypes.len() as u16);
                let parent = nodes[at].base.and_then(|base| subtype_of[base]);
                plan.subtypes.push(SubDecl { entity, parent });
                plan.broken |= nodes[at].broken;
            }
        }
        for (at, node) in nodes.iter().enumerate() {
            if let Some(entity) = ids[root(at)] {
                let target = Target {
                    entity,
                    subtype: subtype_of[at],
                };
                self.types.insert(&node.decl.name().text, TypeName::Rows(target));
            }
        }
    }
}

/// Finds owners and bases.
fn link(nodes: &mut [Node<'_>], by_name: &BTreeMap<&str, usize>, sink: &mut Sink) {
    let mut seek = |name: &model::Name| match by_name.get(name.as_str()) {
        Some(at) => Some(*at),
        None => {
            sink.report(unknown("entity", name, by_name.keys().copied()));
            None
        }
    };
    for node in nodes.iter_mut() {
        let Decl::Entity(entity) = node.decl else { continue };
        if let Some(base) = &entity.base {
            node.base = seek(base);
            node.broken |= node.base.is_none();
        }
        if let Some(owner) = &entity.owner {
            node.owner = seek(&owner.entity).map(|at| (at, owner));
            node.broken |= node.owner.is_none();
        }
    }
    for node in nodes.iter_mut() {
        let Decl::Entity(entity) = node.decl else { continue };
        if let (Some(_), Some((_, owner))) = (node.base, node.owner) {
            let message = format!(
                "`{}` is a subtype and can't have an owner of its own",
                entity.name
            );
            let found = unfit_rule::RULE
                .error(message)
                .at(owner.at, "the base says who owns its rows");
            sink.report(found.help("write `in … as …` at the base"));
            node.owner = None;
        }
    }
}

/// Cuts `in` and `is` where they come back to where they began.
fn break_cycles(nodes: &mut [Node<'_>], sink: &mut Sink) {
    // 0: not seen, 1: on the way, 2: done.
    let mut state = vec![0u8; nodes.len()];
    for start in 0..nodes.len() {
        let mut way = Vec::new();
        let mut at = start;
        loop {
            if state[at] == 2 {
                break;
            }
            if state[at] == 1 {
                let name = nodes[at].decl.name();
                let found = cyclic_ownership::RULE.error(format!("`{name}` is part or kind of itself"));
                let last = way.last().copied().unwrap_or(at);
                let said = match (nodes[last].owner, nodes[last].decl) {
                    (Some((_, owner)), _) => owner.at,
                    (None, decl) => decl.name().at,
                };
                sink.report(
                    found
                        .at(name.at, "starts here")
                        .at(said, "comes back here")
                        .help("make one of the steps a reference: `-> E`"),
                );
                nodes[last].owner = None;
                nodes[last].base = None;
                nodes[last].broken = true;
                break;
            }
            state[at] = 1;
            way.push(at);
            match nodes[at].base.or(nodes[at].owner.map(|(owner, _)| owner)) {
                Some(next) => at = next,
                None => break,
            }
        }
        for at in way {
            state[at] = 2;
        }
    }
}
