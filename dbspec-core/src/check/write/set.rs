//! Values that are set.

use std::collections::BTreeMap;

use super::Maker;
use crate::check::expr::Frame;
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::unfit_assignment;
use crate::check::rules::unknown_name::unknown;
use crate::check::schema::{Known, Source, Target};
use crate::kernel::{Assign, FieldId, LeafId, Type};
use crate::model::{self, FieldPath, MarkKind, ModifierKind};
use crate::span::Span;

/// What the assignments belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    /// A row that there isn't yet.
    New,
    /// A row that exists.
    Existing,
}

impl<'m> Maker<'_, 'm> {
    /// The values of a new row.
    pub(super) fn given(&mut self, target: Target, written: &'m [model::Assign]) -> Vec<Assign> {
        self.assigned(target, written, To::New)
    }

    /// What changes in rows that exist; right sides see them.
    pub(super) fn updated(&mut self, target: Target, written: &'m [model::Assign]) -> Vec<Assign> {
        self.scope.frames.push(Frame::Row(target));
        let all = self.assigned(target, written, To::Existing);
        self.scope.frames.pop();
        all
    }

    fn assigned(&mut self, target: Target, written: &'m [model::Assign], to: To) -> Vec<Assign> {
        let mut all: Vec<Assign> = Vec::new();
        let mut seen: BTreeMap<LeafId, Span> = BTreeMap::new();
        for assign in written {
            let Some((field, leaves, ty)) = self.place(target, &assign.field) else {
                continue;
            };
            if !self.may_set(target, field, assign, to) {
                continue;
            }
            let before = leaves.iter().find_map(|leaf| seen.get(leaf).copied());
            if let Some(before) = before {
                let name = assign.field.to_string();
                self.scope
                    .sink
                    .report(duplicate("assignment of", &name, assign.at, before));
                continue;
            }
            seen.extend(leaves.iter().map(|leaf| (*leaf, assign.at)));
            all.extend(
                self.scope
                    .assign(&leaves, &ty, &assign.value)
                    .into_iter()
                    .flatten(),
            );
        }
        all
    }

    /// The leaves of a field, or of a part of one, and their type. `None`: reported.
    fn place(&mut self, target: Target, path: &'m FieldPath) -> Option<(FieldId, Vec<LeafId>, Type)> {
        let schema = self.scope.schema;
        let (first, rest) = path.names.split_first()?;
        let field = match schema.member(target, &first.text).map(|entry| &entry.what) {
            Some(Known::Field(field)) => *field,
            Some(Known::Broken) => return None,
            Some(Known::Many { .. } | Known::Rule) | None => {
                let what = format!("field of `{}`", schema.name_of(target));
                let names: Vec<&str> = schema.member_names(target).collect();
                self.scope.sink.report(unknown(&what, first, names));
                return None;
            }
        };
        let mut ty = schema.fields[field].ty.clone();
        for name in rest {
            let inner = match &ty {
                Type::Group(members) => members.iter().find(|member| *member.name == *name.text),
                Type::Scalar(_) | Type::Ref(_) | Type::Range(_) | Type::List(_) => None,
            };
            ty = match (inner, &ty) {
                (Some(member), _) => member.ty.clone(),
                (None, Type::Range(of)) if matches!(name.as_str(), "start" | "end") => {
                    Type::Scalar(of.clone())
                }
                (None, _) => {
                    self.scope.sink.report(unknown("part", name, []));
                    return None;
                }
            };
        }
        let steps: Vec<&str> = rest.iter().map(model::Name::as_str).collect();
        let leaves = schema.fields[field].leaves.iter();
        let leaves = leaves.filter(|leaf| {
            let path = &schema.leaves[*leaf].path;
            path.len() >= steps.len() && path.iter().zip(&steps).all(|(name, step)| **name == **step)
        });
        Some((field, leaves.collect(), ty))
    }

    /// Whether a field may be set there; says so where not.
    fn may_set(&mut self, target: Target, field: FieldId, assign: &model::Assign, to: To) -> bool {
        let schema = self.scope.schema;
        let proto = schema.proto(field);
        let key = schema.entities[target.entity].key.contains(&field);
        let frozen = (key && !proto.has(&ModifierKind::Mutable))
            || proto.has(&ModifierKind::Immutable)
            || schema.plan(target.entity).mark(&MarkKind::Immutable).is_some();
        let (why, help) = match (proto.source, to) {
            (Source::Derived(_), _) => ("is derived", "leave it out: it follows from other fields"),
            (Source::Version, _) => (
                "counts by itself",
                "leave it out; write `require version == $seen` to test it",
            ),
            (Source::CreatedAt | Source::CreatedBy(_) | Source::UpdatedAt | Source::UpdatedBy(_), _) => {
                ("is kept by `@audit`", "leave it out")
            }
            (Source::DeletedAt, _) => ("is kept by `@soft_delete`", "write `delete` or `restore`"),
            (Source::Is, _) => ("says which subtype a row is of", "insert a row of the subtype"),
            (Source::Declared(_) | Source::Owner(_) | Source::End(_), To::Existing) if frozen => (
                "never changes",
                "leave it out; a key that may change is marked `@mutable`",
            ),
            (Source::Declared(_) | Source::Owner(_) | Source::End(_), To::New | To::Existing) => return true,
        };
        let found = unfit_assignment::RULE.error(format!("`{}` can't be set", assign.field));
        self.scope.sink.report(found.at(assign.at, why).help(help));
        false
    }
}
