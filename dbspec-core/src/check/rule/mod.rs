//! The rules of entities: every construct that binds rows becomes one of the kernel's kinds of rule.
//!
//! A rule's element stands below what implies it: `Customer.email.unique`, `Order.unique(customer, product)`. Its name
//! in messages is the user's, where there is one, else that path without the entity.

mod cycles;
mod demand;
mod kept;
mod member;
mod outside;
mod reference;
mod value;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use cycles::{no_cycles, unused_types};
pub(super) use outside::Outside;

use super::element::Elements;
use super::expr::{About, Scope, both, not};
use super::rules::unfit_rule;
use super::schema::{Schema, Source, Target};
use super::sink::Sink;
use crate::arena::Run;
use crate::kernel::{
    Atom, Cmp, Element, ElementId, EntityId, Expr, FieldId, LeafId, Moving, Origin, Place, Pred, Rule,
    RuleKind, Type,
};
use crate::model::MarkKind;
use crate::span::Span;
use crate::value::Value;

/// Where the rules of one entity are gathered.
pub(super) struct Maker<'a, 'm> {
    pub schema: &'a Schema<'m>,
    pub sink: &'a mut Sink,
    pub elements: &'a mut Elements,
    /// The entity whose rules these are.
    pub entity: EntityId,
    /// The rules so far.
    pub rules: Vec<Rule>,
    /// The rules of named types that were judged once, so that what is wrong with one is said once.
    pub judged: &'a mut BTreeSet<&'m str>,
    /// The elements made here, by parent and name.
    parts: BTreeMap<(ElementId, Box<str>), ElementId>,
}

/// The rules of an entity.
pub(super) fn of_entity<'m>(
    schema: &Schema<'m>,
    sink: &mut Sink,
    elements: &mut Elements,
    judged: &mut BTreeSet<&'m str>,
    outside: &Outside<'m>,
    entity: EntityId,
) -> Vec<Rule> {
    let mut maker = Maker {
        schema,
        sink,
        elements,
        entity,
        rules: Vec::new(),
        judged,
        parts: BTreeMap::new(),
    };
    maker.key();
    for field in schema.entities[entity].fields.iter() {
        maker.values(field);
        maker.reference(field);
        maker.bounds(field);
    }
    maker.subtypes();
    maker.members();
    maker.marks();
    maker.outside(outside);
    maker.name_apart();
    maker.rules
}

impl<'m> Maker<'_, 'm> {
    /// Adds a rule.
    fn add(&mut self, element: ElementId, name: impl Into<Box<str>>, kind: RuleKind, origin: Origin) {
        self.rules.push(Rule {
            entity: self.entity,
            element,
            name: name.into(),
            kind,
            origin,
            facets: Run::default(),
        });
    }

    /// Gives rules of the same name, which nobody named, a number and an element of their own.
    fn name_apart(&mut self) {
        let mut seen: BTreeMap<Box<str>, u32> = BTreeMap::new();
        for at in 0..self.rules.len() {
            let rule = &self.rules[at];
            let number = seen.entry(rule.name.clone()).or_default();
            *number += 1;
            if *number == 1 {
                continue;
            }
            let name = format!("{}#{number}", rule.name);
            let Element {
                parent,
                name: last,
                span,
            } = &self.elements.arena[rule.element];
            if let Some(parent) = *parent {
                let (last, span) = (format!("{last}#{number}"), *span);
                self.rules[at].element = self.elements.part(parent, last, span);
            }
            self.rules[at].name = name.into();
        }
    }

    /// The element of a part; the same one for the same name.
    fn part(&mut self, parent: ElementId, name: &str, at: Span) -> ElementId {
        let key = (parent, Box::from(name));
        if let Some(known) = self.parts.get(&key) {
            return *known;
        }
        let made = self.elements.part(parent, name, at);
        self.parts.insert(key, made);
        made
    }

    /// The element of the entity or one of its subtypes.
    fn element_of(&self, subtype: Option<u16>) -> ElementId {
        let entity = &self.schema.entities[self.entity];
        subtype.map_or(entity.element, |at| entity.subtypes[usize::from(at)].element)
    }

    /// The rows of the entity or one of its subtypes.
    fn target(&self, subtype: Option<u16>) -> Target {
        Target {
            entity: self.entity,
            subtype,
        }
    }

    /// That a row is of a subtype.
    fn only(&self, subtype: Option<u16>) -> Option<Pred> {
        let is = self.schema.entities[self.entity].discriminator?;
        Some(is_labelled(self.schema, at(is), self.entity, subtype?))
    }

    /// That a row is living, where rows are deleted softly.
    fn living(&self) -> Option<Pred> {
        self.schema.entities[self.entity].soft_delete.map(is_null)
    }

    /// A condition written about a row.
    fn pred(&mut self, about: About, subtype: Option<u16>, written: &'m crate::model::Expr) -> Option<Pred> {
        let target = self.target(subtype);
        Scope::of_row(self.schema, self.sink, about, target).pred(written)
    }

    /// The key.
    fn key(&mut self) {
        let leaves = self.schema.key_leaves(self.entity);
        if leaves.is_empty() {
            return;
        }
        let element = self.element_of(None);
        let at = self.elements.arena[element].span;
        let element = self.part(element, "key", at);
        self.add(element, "key", RuleKind::Key(leaves), Origin::Plain);
    }

    /// What ties the fields of subtypes to them.
    fn subtypes(&mut self) {
        let schema = self.schema;
        let entity = &schema.entities[self.entity];
        let Some(is) = entity.discriminator else { return };
        let frozen = schema.leaves[is].field;
        let element = self.part(schema.fields[frozen].element, "immutable", Span::NONE);
        let kind = RuleKind::Transition(Moving::Frozen(frozen));
        self.add(element, "is.immutable", kind, Origin::Subtype);
        for field in entity.fields.iter() {
            let proto = schema.proto(field);
            let Some(subtype) = proto.subtype else { continue };
            let Some(of) = self.only(Some(subtype)) else {
                continue;
            };
            let def = &schema.fields[field];
            let absent = Pred::And(def.leaves.iter().map(is_null).collect());
            let known = both(Some(not(is_null(is))), of.clone());
            let element = self.part(def.element, "only", proto.at);
            let kind = RuleKind::Predicate {
                holds: Pred::Or(vec![known, absent]),
                on_write: false,
            };
            self.add(element, format!("{}.only", def.name), kind, Origin::Subtype);
            if !proto.resolved.optional {
                let shape = value::whole(&proto.resolved.ty, &def.leaves.iter().collect::<Vec<_>>());
                let element = self.part(def.element, "required", proto.at);
                let kind = RuleKind::Predicate {
                    holds: Pred::Or(vec![not(of), shape]),
                    on_write: false,
                };
                self.add(element, format!("{}.required", def.name), kind, Origin::Subtype);
            }
        }
    }

    /// What marks of the entity imply.
    fn marks(&mut self) {
        let schema = self.schema;
        let plan = schema.plan(self.entity);
        for mark in plan.subtypes.iter().flat_map(|sub| &sub.entity.marks) {
            let word = match &mark.kind {
                MarkKind::Version => "@version",
                MarkKind::Audit { .. } => "@audit",
                MarkKind::SoftDelete => "@soft_delete",
                MarkKind::AppendOnly => "@append_only",
                MarkKind::Immutable => "@immutable",
                MarkKind::Abstract
                | MarkKind::History
                | MarkKind::Was(_)
                | MarkKind::Stored(_)
                | MarkKind::External => continue,
            };
            let found = unfit_rule::RULE.error(format!("`{word}` can't be on a subtype"));
            let help = format!("write it at `{}`, the base, for all its rows", plan.decl.name());
            self.sink
                .report(found.at(mark.at, "its rows are rows of the base").help(help));
        }
        if let Some(mark) = plan.mark(&MarkKind::AppendOnly) {
            let element = self.part(self.element_of(None), "append_only", mark.at);
            let kind = RuleKind::Transition(Moving::AppendOnly);
            self.add(element, "append_only", kind, Origin::Plain);
        }
        if let Some(mark) = plan.mark(&MarkKind::Immutable) {
            for field in schema.entities[self.entity].fields.iter() {
                let proto = schema.proto(field);
                let written = matches!(proto.source, Source::Declared(_));
                if written && !self.is_frozen(field) {
                    let element = self.part(schema.fields[field].element, "immutable", mark.at);
                    let name = format!("{}.immutable", proto.name);
                    let kind = RuleKind::Transition(Moving::Frozen(field));
                    self.add(element, name, kind, Origin::Plain);
                }
            }
        }
    }

    /// Whether a rule says already that a field never changes.
    fn is_frozen(&self, field: FieldId) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.kind == RuleKind::Transition(Moving::Frozen(field)))
    }
}

/// `is` holds a label of a subtype or of one under it.
pub(super) fn is_labelled(schema: &Schema<'_>, is: Expr, entity: EntityId, subtype: u16) -> Pred {
    let nullable = schema.entities[entity]
        .discriminator
        .is_some_and(|leaf| schema.leaves[leaf].nullable);
    let holds = labelled(schema, is.clone(), entity, subtype);
    if nullable {
        both(Some(not(Pred::IsNull(is))), holds)
    } else {
        holds
    }
}

/// The same, unknown where `is` is null: good where only true counts.
pub(super) fn labelled(schema: &Schema<'_>, is: Expr, entity: EntityId, subtype: u16) -> Pred {
    let labels = schema.plan(entity).labels(subtype);
    let mut values: Vec<Expr> = labels
        .into_iter()
        .map(|label| {
            Expr::Value(Value::Enum(crate::value::Label {
                rank: None,
                text: label.into(),
            }))
        })
        .collect();
    if values.len() == 1 {
        let one = values.remove(0);
        return Pred::Atom(Atom::Cmp(Cmp::Eq, is, one));
    }
    Pred::Atom(Atom::In(is, values))
}

/// A leaf of the row itself.
fn at(leaf: LeafId) -> Expr {
    Expr::At(Place::Leaf {
        up: 0,
        via: Vec::new(),
        leaf,
    })
}

/// That a leaf of the row is null.
fn is_null(leaf: LeafId) -> Pred {
    Pred::IsNull(at(leaf))
}

/// The entity that a type refers to.
fn referred(ty: &Type) -> Option<EntityId> {
    match ty {
        Type::Ref(to) => Some(*to),
        Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
    }
}

/// Fields as they are named in an unnamed rule.
fn joined(names: &[crate::model::FieldPath]) -> String {
    names
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
