//! The kernel: what [`check`](crate::check) makes of a model, and the only thing that backends see.
//!
//! All sugar is written out. What the language has as relations, ownership, subtypes, audit, soft delete, named types
//! or modifiers stands here as entities, fields, leaves and about a dozen kinds of rule:
//!
//! - A **relation** `Wishlist: Customer.wishes *--* Product.wished_by` is an entity `Wishlist` with two references
//!   that form its key, cascade, and carry the bounds.
//! - An **owned** entity has a first field `owner`, a cascading reference that leads its key; [`Entity::owner`] keeps
//!   the fact for backends that embed.
//! - **Subtypes** live in their base: a field `is` (an unordered enum of the subtypes' names), the subtypes' fields as nullable
//!   ones, and predicates that tie them to the subtype. [`Entity::subtypes`] lists them.
//! - **`@version`** is a field `version` with [`RuleKind::Version`]; **`@audit`** is `created_at`, `created_by`,
//!   `updated_at`, `updated_by` with [`RuleKind::Default`]; **`@soft_delete`** is `deleted_at`, with which unique rules
//!   are filtered, references ask for living rows, and queries start from and walk to living rows only. What such an
//!   entity owns has a `deleted_at` of its own, which follows the owner's.
//! - A **named type** with a rule puts that rule on each field that has the type.
//!
//! # Leaves and rows
//!
//! A [`Leaf`] is a scalar (or a list) that is really stored. A reference is the leaves of its target's key,
//! recursively; a value type is those of its members; a range is `start` and `end`. The leaves of an entity are
//! contiguous, field after field, so a **row** is a list of values, one per leaf, and `entity.leaves.position(leaf)` is
//! a leaf's place in it.
//!
//! # Invariants
//!
//! - The fields, leaves and rules of one entity are contiguous; so are the leaves of one field.
//! - Every rule, query, write and entity has its facets in [`Kernel::facets`], contiguous per subject.
//! - `Field::nullable` is false exactly where a [`RuleKind::Required`] stands.
//! - Expressions are typed: literals have the type of what they meet, enum labels are resolved.
//! - A predicate of a rule or a condition contains no `session` place unless it belongs to a policy or a default.
//! - No compiler panics on a kernel that `check` made.
//!
//! Deliberately absent: spans (they lie beside, in the model), names of engines, serde (ids are numbers).

mod element;
mod entity;
mod expr;
mod facet;
mod query;
mod rule;
mod write;

pub use element::{Element, Path};
pub use entity::{
    Entity, EnumDef, Field, Item, Leaf, LeafType, ListKind, ListType, Member, Scalar, Statistics, Subtype,
    Type, Volume,
};
pub use expr::{Aggregate, Atom, Cmp, Expr, Func, Hop, Many, Op, Pattern, Place, Pred};
pub use facet::{Facet, FacetOf, Fact, FactKind, Subject};
pub use query::{Cond, Dir, Fetch, Group, OrderTerm, Output, Query, Rate, Shape, Take, Term};
pub use rule::{Filling, Moving, Nulls, OnDelete, Origin, Rule, RuleKind, SizeOf, Verb};
pub use write::{Action, Assign, Refusal, Var, VarType, Write};

use crate::arena::{Arena, Id, Run};

crate::ids! {
    /// An element of the model: what the user wrote.
    ElementId
    /// An entity.
    EntityId
    /// A field of an entity.
    FieldId
    /// A leaf of a field.
    LeafId
    /// A rule.
    RuleId
    /// An enum.
    EnumId
    /// A query.
    QueryId
    /// A declared write.
    WriteId
    /// A facet.
    FacetId
    /// A fact.
    FactId
    /// A variable of a query or a write; parameters come first.
    VarId
}

/// A checked model with all sugar written out. Made by [`check`](crate::check) alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kernel {
    /// The model's name.
    pub name: String,
    /// What the user wrote, as a tree.
    pub elements: Arena<ElementId, Element>,
    /// Enums, the synthetic ones of subtypes among them.
    pub enums: Arena<EnumId, EnumDef>,
    /// Entities; owners before what they own.
    pub entities: Arena<EntityId, Entity>,
    /// Fields of all entities.
    pub fields: Arena<FieldId, Field>,
    /// Leaves of all fields.
    pub leaves: Arena<LeafId, Leaf>,
    /// Rules of all entities.
    pub rules: Arena<RuleId, Rule>,
    /// Access patterns.
    pub queries: Arena<QueryId, Query>,
    /// Declared writes.
    pub writes: Arena<WriteId, Write>,
    /// Facts: what is used or unused, but neither refused nor served.
    pub facts: Arena<FactId, Fact>,
    /// Everything that needs an outcome, dense.
    pub facets: Arena<FacetId, FacetOf>,
    /// The members of `session`, in order: name, type, nullable.
    pub session: Vec<Member>,
    /// The stated targets, in order.
    pub targets: Vec<Target>,
    /// By entity, the fields that refer to it: what `references_to` would else look through all fields for.
    pub(crate) referring: Vec<Vec<FieldId>>,
    /// By entity, the queries that start from it.
    pub(crate) asking: Vec<Vec<QueryId>>,
}

/// A target that the model states: text, since the core knows no engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The element of the statement.
    pub element: ElementId,
    /// The name given, else the engine's.
    pub name: String,
    /// The engine's name as written: `postgres`.
    pub engine: String,
    /// The version as written: `17`.
    pub version: Option<String>,
    /// Further words: an edition, or what stands in braces.
    pub options: Vec<String>,
}

impl Kernel {
    /// The entity of a name, if there is one.
    pub fn entity(&self, name: &str) -> Option<EntityId> {
        self.entities
            .iter()
            .find(|(_, entity)| &*entity.name == name)
            .map(|(id, _)| id)
    }

    /// The field of an entity, by name.
    pub fn field(&self, entity: EntityId, name: &str) -> Option<FieldId> {
        self.entities[entity]
            .fields
            .iter()
            .find(|field| &*self.fields[*field].name == name)
    }

    /// The query of a name, if there is one.
    pub fn query(&self, name: &str) -> Option<QueryId> {
        self.queries
            .iter()
            .find(|(_, query)| &*query.name == name)
            .map(|(id, _)| id)
    }

    /// The declared write of a name, if there is one.
    pub fn write(&self, name: &str) -> Option<WriteId> {
        self.writes
            .iter()
            .find(|(_, write)| &*write.name == name)
            .map(|(id, _)| id)
    }

    /// The path of an element, as users write it.
    pub fn path(&self, element: ElementId) -> Path {
        Path::of(&self.elements, element)
    }

    /// The entity that a leaf belongs to.
    pub fn entity_of(&self, leaf: LeafId) -> EntityId {
        self.fields[self.leaves[leaf].field].entity
    }

    /// Where a leaf stands in a row of its entity.
    pub fn position(&self, leaf: LeafId) -> usize {
        let entity = &self.entities[self.entity_of(leaf)];
        entity.leaves.position(leaf).unwrap_or_default()
    }

    /// The leaves of an entity's key, in key order.
    pub fn key_leaves(&self, entity: EntityId) -> Vec<LeafId> {
        self.entities[entity]
            .key
            .iter()
            .flat_map(|field| self.fields[*field].leaves.iter())
            .collect()
    }

    /// The references to an entity: the fields of all entities whose type is it.
    pub fn references_to(&self, entity: EntityId) -> impl Iterator<Item = FieldId> + '_ {
        let known = self.referring.get(entity.index() as usize);
        known.into_iter().flatten().copied()
    }

    /// Notes which fields refer to each entity, once all of them are there.
    pub(crate) fn note_references(&mut self) {
        self.referring = vec![Vec::new(); self.entities.len()];
        for (id, field) in self.fields.iter() {
            if let Type::Ref(to) = field.ty
                && let Some(referring) = self.referring.get_mut(to.index() as usize)
            {
                referring.push(id);
            }
        }
    }

    /// The entities that are owned by an entity.
    pub fn owned_by(&self, entity: EntityId) -> impl Iterator<Item = EntityId> + '_ {
        self.references_to(entity).filter_map(move |field| {
            let from = self.fields[field].entity;
            let it = &self.entities[from];
            (it.owner == Some(entity) && it.fields.first() == Some(field)).then_some(from)
        })
    }

    /// The queries that start from an entity.
    pub fn queries_of(&self, entity: EntityId) -> impl Iterator<Item = (QueryId, &Query)> + '_ {
        let known = self.asking.get(entity.index() as usize);
        known.into_iter().flatten().map(|id| (*id, &self.queries[*id]))
    }

    /// Notes which queries start from each entity, once all of them are there.
    pub(crate) fn note_queries(&mut self) {
        self.asking = vec![Vec::new(); self.entities.len()];
        for (id, query) in self.queries.iter() {
            if let Some(asking) = self.asking.get_mut(query.from.index() as usize) {
                asking.push(id);
            }
        }
    }

    /// The rules of an entity.
    pub fn rules_of(&self, entity: EntityId) -> impl Iterator<Item = (RuleId, &Rule)> + '_ {
        self.entities[entity].rules.iter().map(|id| (id, &self.rules[id]))
    }

    /// The facets of a run, with their ids.
    pub fn facets_in(&self, run: Run<FacetId>) -> impl Iterator<Item = (FacetId, FacetOf)> + '_ {
        run.iter().map(|id| (id, self.facets[id]))
    }
}
