//! Fields: those that are declared, and those that modifiers, ownership, relations and subtypes add.

use std::collections::BTreeMap;

use super::{Constraint, ConstraintKind, Decl, Entry, Known, Plan, Resolved, Schema};
use crate::arena::{Id, Run};
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::reserved_field;
use crate::check::sink::Sink;
use crate::kernel::{self, ElementId, EntityId, FieldId, Leaf, LeafId, Type};
use crate::model::{self, Derive, Field, Member, ModifierKind, RelationEnd};
use crate::span::Span;

/// What is known of a field beyond the kernel's.
#[derive(Clone, Debug)]
pub(in crate::check) struct Proto<'m> {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands.
    pub at: Span,
    /// Its type and what named types demand.
    pub resolved: Resolved<'m>,
    /// Whether it may be null; in the base, every field of a subtype.
    pub nullable: bool,
    /// Where it comes from.
    pub source: Source<'m>,
    /// The subtype that alone has it.
    pub subtype: Option<u16>,
    /// The element of the inverse, owned name or relation's end, for a reference that has one.
    pub inverse: Option<ElementId>,
}

/// Where a field comes from.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) enum Source<'m> {
    /// `in Order as lines`.
    Owner(&'m model::Owner),
    /// An end of a relation.
    End(&'m RelationEnd),
    /// Written as it is.
    Declared(&'m Field),
    /// `derive`.
    Derived(&'m Derive),
    /// Which subtype a row is of.
    Is,
    /// `@version`.
    Version,
    /// `@audit`: when it was inserted.
    CreatedAt,
    /// `@audit`: who inserted it.
    CreatedBy(u16),
    /// `@audit`: when it was last written.
    UpdatedAt,
    /// `@audit`: who last wrote it.
    UpdatedBy(u16),
    /// `@soft_delete`, its own or its owner's.
    DeletedAt,
}

impl<'m> Proto<'m> {
    /// The modifiers of a declared field.
    pub(in crate::check) fn modifiers(&self) -> &'m [model::Modifier] {
        match self.source {
            Source::Declared(field) => &field.modifiers,
            _ => &[],
        }
    }

    /// Whether a modifier of exactly this kind is there.
    pub(in crate::check) fn has(&self, kind: &ModifierKind) -> bool {
        self.modifiers().iter().any(|modifier| modifier.kind == *kind)
    }

    /// Whether a leaf folds ASCII letters.
    pub(super) fn folds(&self, path: &[Box<str>]) -> bool {
        let named = |constraint: &Constraint<'_>| {
            matches!(constraint.kind, ConstraintKind::Fold)
                && constraint.item.is_none()
                && constraint.path == path
        };
        (path.is_empty() && self.has(&ModifierKind::IgnoreCase))
            || self.resolved.constraints.iter().any(named)
    }

    fn docs(&self) -> Option<&'m str> {
        match self.source {
            Source::Declared(field) => field.docs.as_deref(),
            Source::Derived(derive) => derive.docs.as_deref(),
            _ => None,
        }
    }
}

/// The elements of an entity and of its subtypes.
pub(super) struct Owners {
    pub(super) entity: ElementId,
    pub(super) subtypes: Vec<ElementId>,
}

impl<'m> Schema<'m> {
    /// Makes all entities, fields and leaves.
    pub(super) fn resolve_fields(&mut self, sink: &mut Sink) {
        let mut owners = Vec::new();
        let mut runs = Vec::new();
        let mut keys = Vec::new();
        for at in 0..self.plans.len() {
            let plan = self.plans[at].clone();
            let name = plan.decl.name();
            let entity = self.elements.top(name.text.as_str(), name.at);
            let subtypes = plan.subtypes.iter();
            let subtypes = subtypes.map(|sub| {
                self.elements
                    .top(sub.entity.name.text.as_str(), sub.entity.name.at)
            });
            owners.push(Owners {
                entity,
                subtypes: subtypes.collect(),
            });
            let first = self.protos.len() as u32;
            let protos = self.protos_of(&plan, super::keys::entity(at), first, sink);
            keys.push(Self::key_fields(&plan, first, &protos, sink));
            runs.push(first..first + protos.len() as u32);
            self.protos.extend(protos);
        }
        for at in 0..self.protos.len() {
            self.name_inverse(FieldId::new(at as u32), &owners, &runs, sink);
        }
        let shapes = self.key_shapes(&keys, sink);
        for (at, owner) in owners.into_iter().enumerate() {
            self.push_entity(
                super::keys::entity(at),
                owner,
                runs[at].clone(),
                &keys[at],
                &shapes,
            );
        }
        self.tie_references();
        self.claim_rules(sink);
    }

    /// The fields of an entity, named in `known`.
    fn protos_of(&mut self, plan: &Plan<'m>, id: EntityId, first: u32, sink: &mut Sink) -> Vec<Proto<'m>> {
        let mut known: BTreeMap<Box<str>, Entry> = BTreeMap::new();
        let mut protos: Vec<Proto<'m>> = Vec::new();
        let mut sugar = self.sugar(plan, id, sink);
        let reserved: Vec<Box<str>> = sugar.iter().map(|proto| proto.name.clone()).collect();
        let late = sugar
            .iter()
            .position(|proto| !matches!(proto.source, Source::Owner(_) | Source::End(_)));
        let after = sugar.split_off(late.unwrap_or(sugar.len()));
        let (is, after): (Vec<_>, Vec<_>) = after
            .into_iter()
            .partition(|proto| matches!(proto.source, Source::Is));
        let mut add = |proto: Proto<'m>, protos: &mut Vec<Proto<'m>>| {
            let what = Known::Field(FieldId::new(first + protos.len() as u32));
            known.insert(
                proto.name.clone(),
                Entry {
                    what,
                    subtype: proto.subtype,
                    at: proto.at,
                },
            );
            protos.push(proto);
        };
        for proto in sugar {
            add(proto, &mut protos);
        }
        let mut is = is.into_iter();
        let mut declared: BTreeMap<&'m str, Span> = BTreeMap::new();
        let mut broken = Vec::new();
        for (subtype, members) in plan.parts() {
            if subtype.is_some() {
                for proto in is.by_ref() {
                    add(proto, &mut protos);
                }
            }
            for member in members {
                let (name, ty, modifiers, source) = match member {
                    Member::Field(it) => (&it.name, &it.ty, it.modifiers.as_slice(), Source::Declared(it)),
                    Member::Derive(it) => (&it.name, &it.ty, &[][..], Source::Derived(it)),
                    _ => continue,
                };
                if reserved.iter().any(|it| **it == *name.text) {
                    let found =
                        reserved_field::RULE.error(format!("`{name}` is the name of a field that is added"));
                    let found = found
                        .at(name.at, "taken")
                        .why(format!("`{}` has such a field already", plan.decl.name()));
                    sink.report(found.help("rename the field"));
                    continue;
                }
                if let Some(before) = declared.get(name.as_str()) {
                    sink.report(duplicate("field", &name.text, name.at, *before));
                    continue;
                }
                declared.insert(&name.text, name.at);
                match self.resolve_in(ty, modifiers, sink) {
                    Some(resolved) => {
                        let nullable = resolved.optional || subtype.is_some();
                        let name: Box<str> = name.text.as_str().into();
                        let at = member.at();
                        add(
                            Proto {
                                name,
                                at,
                                resolved,
                                nullable,
                                source,
                                subtype,
                                inverse: None,
                            },
                            &mut protos,
                        );
                    }
                    None => broken.push((name, subtype)),
                }
            }
        }
        for proto in is.chain(after) {
            add(proto, &mut protos);
        }
        for (name, subtype) in broken {
            let entry = Entry {
                what: Known::Broken,
                subtype,
                at: name.at,
            };
            known.insert(name.text.as_str().into(), entry);
        }
        self.known.push(known);
        protos
    }

    pub(super) fn claim_member(
        &mut self,
        entity: EntityId,
        name: &model::Name,
        entry: Entry,
        sink: &mut Sink,
    ) {
        let known = &mut self.known[entity.index() as usize];
        if let Some(first) = known.get(name.as_str()) {
            sink.report(duplicate("member", &name.text, name.at, first.at));
        } else {
            known.insert(name.text.as_str().into(), entry);
        }
    }

    /// Named rules share the namespace of fields.
    fn claim_rules(&mut self, sink: &mut Sink) {
        for at in 0..self.plans.len() {
            let plan = self.plans[at].clone();
            for (subtype, members) in plan.parts() {
                for member in members {
                    let name = match member {
                        Member::Check(it) => &it.name,
                        Member::Exclusive(it) => &it.name,
                        Member::Unique(model::Unique { name: Some(name), .. })
                        | Member::NoOverlap(model::NoOverlap { name: Some(name), .. }) => name,
                        _ => continue,
                    };
                    let entry = Entry {
                        what: Known::Rule,
                        subtype,
                        at: name.at,
                    };
                    self.claim_member(super::keys::entity(at), name, entry, sink);
                }
            }
        }
    }

    /// Puts an entity with its fields and leaves into the kernel's arenas.
    fn push_entity(
        &mut self,
        id: EntityId,
        owners: Owners,
        run: std::ops::Range<u32>,
        key: &[FieldId],
        shapes: &[Vec<super::LeafShape>],
    ) {
        let plan = self.plan(id).clone();
        let (first_field, first_leaf) = (self.fields.next_id(), self.leaves.next_id());
        let mut sub_fields: Vec<Vec<FieldId>> = vec![Vec::new(); plan.subtypes.len()];
        let (mut discriminator, mut version, mut soft_delete, mut tenant) = (None, None, None, None);
        for at in run {
            let field = FieldId::new(at);
            let proto = self.proto(field).clone();
            let start = self.leaves.next_id();
            for shape in proto.leaves(shapes) {
                self.leaves.push(Leaf {
                    field,
                    path: shape.path,
                    ty: shape.ty,
                    nullable: shape.nullable,
                    ignore_case: shape.ignore_case,
                    refers: None,
                });
            }
            match proto.source {
                Source::Is => discriminator = Some(start),
                Source::Version => version = Some(start),
                Source::DeletedAt => soft_delete = Some(start),
                _ => {}
            }
            if proto.has(&ModifierKind::Tenant) && matches!(proto.resolved.ty, Type::Ref(_)) {
                tenant = Some(field);
            }
            let parent = match proto.subtype {
                Some(at) => {
                    sub_fields[usize::from(at)].push(field);
                    owners.subtypes[usize::from(at)]
                }
                None => owners.entity,
            };
            let element = self.elements.part(parent, proto.name.clone(), proto.at);
            self.fields.push(kernel::Field {
                element,
                entity: id,
                name: proto.name.clone(),
                doc: proto.docs().map(Into::into),
                ty: proto.resolved.ty.clone(),
                nullable: proto.nullable,
                ignore_case: proto.has(&ModifierKind::IgnoreCase),
                mutable: proto.has(&ModifierKind::Mutable),
                leaves: Run::new(start, self.leaves.next_id()),
                statistics: crate::check::statistics::of(&proto),
            });
        }
        let subtypes = plan.subtypes.iter().zip(owners.subtypes).zip(sub_fields);
        let subtypes = subtypes.map(|((sub, element), fields)| kernel::Subtype {
            element,
            name: sub.entity.name.text.as_str().into(),
            fields,
        });
        let fields = Run::new(first_field, self.fields.next_id());
        self.entities.push(kernel::Entity {
            element: owners.entity,
            name: plan.decl.name().text.as_str().into(),
            doc: plan.decl.docs().map(Into::into),
            owner: plan.owner.map(|(owner, _)| owner),
            owned_as: plan.owner.map(|(_, said)| said.inverse.text.as_str().into()),
            link: matches!(plan.decl, Decl::Relation(_)),
            fields,
            leaves: Run::new(first_leaf, self.leaves.next_id()),
            rules: Run::default(),
            key: key.to_vec(),
            subtypes: subtypes.collect(),
            discriminator,
            version,
            soft_delete,
            tenant,
            volume: None,
            facets: Run::default(),
            facts: Run::default(),
        });
    }

    /// Ties each leaf of a reference to the key leaf that it equals.
    fn tie_references(&mut self) {
        let refs: Vec<(Run<LeafId>, EntityId)> = (self.fields.iter())
            .filter_map(|(_, field)| match field.ty {
                Type::Ref(to) => Some((field.leaves, to)),
                Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
            })
            .collect();
        for (leaves, to) in refs {
            for (leaf, target) in leaves.iter().zip(self.key_leaves(to)) {
                self.leaves[leaf].refers = Some(target);
            }
        }
    }
}
