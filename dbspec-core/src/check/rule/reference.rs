//! Rules of references: that rows exist, what deleting them does, what both ends share, how many there may be.

use super::{Maker, at, is_null, labelled, referred};
use crate::check::expr::both;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{unfit_bounds, wrong_type};
use crate::check::schema::{Proto, Source};
use crate::kernel::{EntityId, FieldId, LeafId, OnDelete, Origin, Pred, RuleKind};
use crate::model::{self, Fan, ModifierKind, Name};

impl<'m> Maker<'_, 'm> {
    /// The rule of a reference.
    pub(super) fn reference(&mut self, field: FieldId) {
        let schema = self.schema;
        let proto = schema.proto(field);
        let Some(to) = referred(&proto.resolved.ty) else {
            return;
        };
        let (on_delete, origin) = match proto.source {
            Source::Owner(_) => (OnDelete::Cascade, Origin::Ownership),
            Source::End(_) => (OnDelete::Cascade, Origin::Relation),
            Source::CreatedBy(_) | Source::UpdatedBy(_) => (OnDelete::Restrict, Origin::Audit),
            Source::Declared(_)
            | Source::Derived(_)
            | Source::Is
            | Source::Version
            | Source::CreatedAt
            | Source::UpdatedAt
            | Source::DeletedAt => (on_delete(proto), Origin::Plain),
        };
        let mut living = schema.entities[to].soft_delete.map(is_null);
        if let (Some(subtype), Some(is)) = (proto.resolved.subtype, schema.entities[to].discriminator) {
            living = Some(both(living, labelled(schema, at(is), to, subtype)));
        }
        let mut shared = Vec::new();
        for modifier in proto.modifiers() {
            if let ModifierKind::Sharing(names) = &modifier.kind {
                for name in names {
                    shared.extend(self.shared(proto, to, name));
                }
            }
        }
        let kind = RuleKind::Reference {
            field,
            to,
            on_delete,
            living,
            shared,
        };
        let element = self.part(schema.fields[field].element, "reference", proto.at);
        self.add(element, format!("{}.reference", proto.name), kind, origin);
    }

    /// The leaves of a field that both ends have.
    fn shared(&mut self, proto: &Proto<'m>, to: EntityId, name: &'m Name) -> Vec<(LeafId, LeafId)> {
        let schema = self.schema;
        let mut find = |entity: EntityId| {
            let field = schema.field(entity, &name.text);
            if field.is_none() {
                let what = format!("field of `{}`", schema.entities[entity].name);
                let names = schema.entities[entity].fields.iter();
                let names = names.map(|field| &*schema.fields[field].name);
                self.sink.report(unknown(&what, name, names));
            }
            field
        };
        let (Some(own), Some(far)) = (find(self.entity), find(to)) else {
            return Vec::new();
        };
        // Sharing the row itself: a field of that name whose value is the far row's own key.
        let (own, far) = (&schema.fields[own], &schema.fields[far]);
        if own.ty != far.ty {
            let found = wrong_type::RULE.error(format!(
                "`{name}` has another type at each end of `{}`",
                proto.name
            ));
            self.sink.report(
                found
                    .at(name.at, "two types")
                    .help("share a field that both ends have alike"),
            );
            return Vec::new();
        }
        own.leaves.iter().zip(far.leaves.iter()).collect()
    }

    /// How many rows may refer to one through a reference.
    pub(super) fn bounds(&mut self, field: FieldId) {
        let schema = self.schema;
        let proto = schema.proto(field);
        let (Some(owner), Some(element)) = (referred(&proto.resolved.ty), proto.inverse) else {
            return;
        };
        let (fan, inverse, origin): (&Fan, &Name, Origin) = match proto.source {
            Source::Owner(said) => (&said.fan, &said.inverse, Origin::Ownership),
            Source::End(end) => (&end.fan, &end.inverse, Origin::Relation),
            Source::Declared(_)
            | Source::Derived(_)
            | Source::Is
            | Source::Version
            | Source::CreatedAt
            | Source::CreatedBy(_)
            | Source::UpdatedAt
            | Source::UpdatedBy(_)
            | Source::DeletedAt => {
                let said = proto
                    .modifiers()
                    .iter()
                    .find_map(|modifier| match &modifier.kind {
                        ModifierKind::Inverse { name, fan } => Some((fan, name)),
                        _ => None,
                    });
                let Some((fan, inverse)) = said else { return };
                (fan, inverse, Origin::Plain)
            }
        };
        let Some(bounds) = &fan.bounds else { return };
        let Some((min, max)) = super::demand::counts(bounds) else {
            let found = unfit_bounds::RULE.error(format!("`{inverse}` can't have such a number of rows"));
            self.sink.report(
                found
                    .at(bounds.at, "whole numbers, the least first")
                    .help("write `1..50`"),
            );
            return;
        };
        if min == 0 && max.is_none() {
            return;
        }
        let filter = self.living();
        let filter: Option<Pred> = match (filter, self.only(proto.subtype)) {
            (living, Some(only)) => Some(both(living, only)),
            (living, None) => living,
        };
        let kind = RuleKind::Bounds {
            owner,
            via: field,
            filter,
            min,
            max,
        };
        let element = self.part(element, "bounds", bounds.at);
        let name = format!("{}.{inverse}.bounds", schema.entities[owner].name);
        self.add(element, name, kind, origin);
    }
}

fn on_delete(proto: &Proto<'_>) -> OnDelete {
    let said = proto.modifiers().iter().find_map(|modifier| match modifier.kind {
        ModifierKind::OnDelete(action) => Some(action),
        _ => None,
    });
    match said {
        None | Some(model::OnDelete::Restrict) => OnDelete::Restrict,
        Some(model::OnDelete::Cascade) => OnDelete::Cascade,
        Some(model::OnDelete::SetNull) => OnDelete::SetNull,
    }
}
