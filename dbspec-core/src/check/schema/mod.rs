//! What a model declares, resolved as far as its entities, fields and leaves: what expressions speak about.

mod declare;
mod fields;
mod keys;
mod known;
mod leaves;
mod order;
mod params;
mod session;
mod sugar;
mod types;

use std::collections::BTreeMap;

pub(super) use fields::{Proto, Source};
pub(super) use known::{Entry, Known};
pub(super) use leaves::{LeafShape, has_equality, scalar_has_equality, shapes};
pub(super) use types::{Constraint, ConstraintKind, Resolved, State};

use super::element::Elements;
use super::sink::Sink;
use crate::arena::{Arena, Id};
use crate::kernel::{Entity, EntityId, EnumDef, EnumId, Field, FieldId, Leaf, LeafId, Member};
use crate::model::{self, Item, Model};
use crate::span::Span;

/// A set of rows: an entity, or those of a subtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The entity.
    pub entity: EntityId,
    /// The subtype, as a position among the entity's.
    pub subtype: Option<u16>,
}

/// What a type name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeName {
    /// An enum.
    Enum(EnumId),
    /// An entity, a relation or a subtype.
    Rows(Target),
    /// A named type or a value type: a position in the model's items.
    Declared(usize),
}

/// A kernel entity's declaration.
#[derive(Clone, Copy, Debug)]
pub(super) enum Decl<'m> {
    /// An entity without a base.
    Entity(&'m model::Entity),
    /// A relation.
    Relation(&'m model::Relation),
}

impl<'m> Decl<'m> {
    pub(super) fn name(self) -> &'m model::Name {
        match self {
            Self::Entity(it) => &it.name,
            Self::Relation(it) => &it.name,
        }
    }

    pub(super) fn docs(self) -> Option<&'m str> {
        match self {
            Self::Entity(it) => it.docs.as_deref(),
            Self::Relation(it) => it.docs.as_deref(),
        }
    }

    pub(super) fn marks(self) -> &'m [model::Mark] {
        match self {
            Self::Entity(it) => &it.marks,
            Self::Relation(it) => &it.marks,
        }
    }

    pub(super) fn members(self) -> &'m [model::Member] {
        match self {
            Self::Entity(it) => &it.members,
            Self::Relation(it) => &it.members,
        }
    }
}

/// A subtype of an entity.
#[derive(Clone, Copy, Debug)]
pub(super) struct SubDecl<'m> {
    /// The declaration.
    pub entity: &'m model::Entity,
    /// The subtype that it is a kind of, if that isn't the base itself.
    pub parent: Option<u16>,
}

/// What belongs to one kernel entity.
#[derive(Clone, Debug)]
pub(super) struct Plan<'m> {
    /// The declaration.
    pub decl: Decl<'m>,
    /// The subtypes, parents first.
    pub subtypes: Vec<SubDecl<'m>>,
    /// The owner, where it has one that is known.
    pub owner: Option<(EntityId, &'m model::Owner)>,
    /// Whether something about it is broken already, so that follow-up errors are held back.
    pub broken: bool,
    /// Whether rows are deleted softly, by its own mark or its owner's.
    pub soft: bool,
}

impl<'m> Plan<'m> {
    /// Whether a mark is there.
    pub(super) fn mark(&self, wanted: &model::MarkKind) -> Option<&'m model::Mark> {
        self.decl.marks().iter().find(|mark| mark.kind == *wanted)
    }

    /// Whether only subtypes have rows.
    pub(super) fn is_abstract(&self) -> bool {
        self.mark(&model::MarkKind::Abstract).is_some()
    }

    /// All declarations whose members the entity has, with their subtypes.
    pub(super) fn parts(&self) -> impl Iterator<Item = (Option<u16>, &'m [model::Member])> + '_ {
        let own = std::iter::once((None, self.decl.members()));
        let subs = self.subtypes.iter().enumerate();
        own.chain(subs.map(|(at, sub)| (Some(at as u16), sub.entity.members.as_slice())))
    }

    /// The subtype and those under it.
    pub(super) fn under(&self, subtype: u16) -> impl Iterator<Item = u16> + '_ {
        (0..self.subtypes.len() as u16).filter(move |at| self.is_under(*at, subtype))
    }

    /// Whether `subtype` is `of`, or under it.
    pub(super) fn is_under(&self, subtype: u16, of: u16) -> bool {
        let mut at = Some(subtype);
        while let Some(it) = at {
            if it == of {
                return true;
            }
            at = self.subtypes[usize::from(it)].parent;
        }
        false
    }

    /// The labels that `is` holds in rows of a subtype: its own and those under it, without abstract ones.
    pub(super) fn labels(&self, subtype: u16) -> Vec<&'m str> {
        self.under(subtype)
            .map(|at| self.subtypes[usize::from(at)].entity)
            .filter(|entity| !is_abstract(entity))
            .map(|entity| entity.name.as_str())
            .collect()
    }
}

/// Whether an entity says `@abstract`.
pub(super) fn is_abstract(entity: &model::Entity) -> bool {
    entity
        .marks
        .iter()
        .any(|mark| mark.kind == model::MarkKind::Abstract)
}

/// Everything that expressions may speak about.
#[derive(Debug)]
pub(super) struct Schema<'m> {
    pub model: &'m Model,
    pub elements: Elements,
    pub enums: Arena<EnumId, EnumDef>,
    pub entities: Arena<EntityId, Entity>,
    pub fields: Arena<FieldId, Field>,
    pub leaves: Arena<LeafId, Leaf>,
    /// What the model's types, enums, entities and relations are called.
    pub types: BTreeMap<&'m str, TypeName>,
    /// Where each of them was declared.
    pub declared_at: BTreeMap<&'m str, Span>,
    /// One per entity.
    pub plans: Vec<Plan<'m>>,
    /// One per field.
    pub protos: Vec<Proto<'m>>,
    /// The members of each entity, by name.
    pub known: Vec<BTreeMap<Box<str>, Entry>>,
    /// The members of `session`.
    pub session: Vec<Member>,
    /// The same, by name; `None`: broken.
    pub session_names: BTreeMap<&'m str, Option<u16>>,
    /// Named types and value types, resolved, by their position in the model's items.
    pub resolved: BTreeMap<usize, types::State<'m>>,
    /// How many named types are being resolved, one within the other.
    pub open_types: usize,
}

impl<'m> Schema<'m> {
    /// Resolves what a model declares.
    pub(super) fn of(model: &'m Model, sink: &mut Sink) -> Self {
        let mut schema = Self {
            model,
            elements: Elements::default(),
            enums: Arena::default(),
            entities: Arena::default(),
            fields: Arena::default(),
            leaves: Arena::default(),
            types: BTreeMap::new(),
            declared_at: BTreeMap::new(),
            plans: Vec::new(),
            protos: Vec::new(),
            known: Vec::new(),
            session: Vec::new(),
            session_names: BTreeMap::new(),
            resolved: BTreeMap::new(),
            open_types: 0,
        };
        schema.declare(sink);
        schema.resolve_types(sink);
        schema.resolve_session(sink);
        schema.resolve_fields(sink);
        schema
    }

    /// The plan of an entity.
    pub(super) fn plan(&self, entity: EntityId) -> &Plan<'m> {
        &self.plans[entity.index() as usize]
    }

    /// What is known of a field beyond the kernel.
    pub(super) fn proto(&self, field: FieldId) -> &Proto<'m> {
        &self.protos[field.index() as usize]
    }

    /// The leaves of an entity's key, in key order.
    pub(super) fn key_leaves(&self, entity: EntityId) -> Vec<LeafId> {
        self.entities[entity]
            .key
            .iter()
            .flat_map(|field| self.fields[*field].leaves.iter())
            .collect()
    }

    /// The items of one kind, in source order.
    pub(super) fn items<T: 'm>(
        &self,
        pick: impl Fn(&'m Item) -> Option<&'m T>,
    ) -> impl Iterator<Item = &'m T> {
        self.model.items.iter().filter_map(pick)
    }

    /// How rows are called in messages.
    pub(super) fn name_of(&self, target: Target) -> &str {
        match target.subtype {
            Some(at) => {
                &self.plan(target.entity).subtypes[usize::from(at)]
                    .entity
                    .name
                    .text
            }
            None => &self.entities[target.entity].name,
        }
    }
}
