//! Rules of single fields: types, sizes, bounds, patterns, named types, shapes.

use super::demand::{counts, demanded, items, unfit_counts};
use super::{Maker, at, is_null};
use crate::check::expr::{About, Frame, Scope, both, not};
use crate::check::rules::unfit_modifier;
use crate::check::schema::{Constraint, ConstraintKind, Proto, Source, has_equality, shapes};
use crate::check::sink::Sink;
use crate::kernel::{
    Atom, Cmp, FieldId, Item, LeafId, LeafType, Many, Moving, Nulls, Origin, Pred, RuleKind, Scalar, SizeOf,
    Type,
};
use crate::model::{self, Bounds, ModifierKind};
use crate::span::Span;

impl<'m> Maker<'_, 'm> {
    /// Everything that a field demands of its own value.
    pub(super) fn values(&mut self, field: FieldId) {
        let proto = self.schema.proto(field);
        self.types(field, proto);
        self.shape(field, proto);
        let own = proto.modifiers().iter().filter_map(|modifier| {
            let kind = match &modifier.kind {
                ModifierKind::Bounds(bounds) => ConstraintKind::Bounds(bounds),
                ModifierKind::Matches(pattern) => ConstraintKind::Matches(pattern, modifier.at),
                _ => return None,
            };
            Some(Constraint {
                path: Vec::new(),
                item: None,
                kind,
            })
        });
        let own: Vec<_> = own.collect();
        for constraint in proto.resolved.constraints.iter().chain(&own) {
            self.constraint(field, proto, constraint);
        }
        self.modifiers(field, proto);
        self.kept(field, proto);
    }

    /// A part of a field: an element below it, and its name.
    fn below(&mut self, field: FieldId, path: &[Box<str>], what: &str) -> (crate::kernel::ElementId, String) {
        let def = &self.schema.fields[field];
        let span = self.schema.proto(field).at;
        let mut element = def.element;
        let mut name = def.name.to_string();
        for step in path {
            element = self.part(element, step, span);
            name = format!("{name}.{step}");
        }
        (self.part(element, what, span), format!("{name}.{what}"))
    }

    pub(super) fn add_below(
        &mut self,
        field: FieldId,
        path: &[Box<str>],
        what: &str,
        kind: RuleKind,
        origin: Origin,
    ) {
        let (element, name) = self.below(field, path, what);
        self.add(element, name, kind, origin);
    }

    /// What leaves hold, and how large it may be.
    fn types(&mut self, field: FieldId, proto: &Proto<'m>) {
        let leaves: Vec<LeafId> = self.schema.fields[field].leaves.iter().collect();
        for leaf in &leaves {
            let def = &self.schema.leaves[*leaf];
            let path: &[Box<str>] = if leaves.len() == 1 { &[] } else { &def.path };
            let secret = matches!(
                &def.ty,
                LeafType::Scalar(Scalar::Hashed | Scalar::Encrypted { .. })
            );
            self.add_below(field, path, "type", RuleKind::Type(*leaf), Origin::Plain);
            if secret {
                self.add_below(field, path, "secret", RuleKind::Secret(*leaf), Origin::Plain);
            }
            if super::referred(&proto.resolved.ty).is_none() {
                self.sizes(field, proto, *leaf, path);
            }
        }
    }

    /// The size that a leaf's type and its bounds allow.
    fn sizes(&mut self, field: FieldId, proto: &Proto<'m>, leaf: LeafId, path: &[Box<str>]) {
        let def = &self.schema.leaves[leaf];
        let bounds = bounds_of(proto, &def.path);
        let (of, limit, origin) = match &def.ty {
            LeafType::Scalar(Scalar::String { max }) => (SizeOf::Characters, Some(*max), Origin::Plain),
            LeafType::Scalar(Scalar::Text) => (SizeOf::Characters, None, Origin::Plain),
            LeafType::Scalar(Scalar::Bytes { max }) => (SizeOf::Bytes, Some(*max), Origin::Plain),
            LeafType::List(list) => {
                if let Item::Scalar(Scalar::String { max }) = &list.item {
                    let kind = RuleKind::Size {
                        leaf,
                        of: SizeOf::ItemCharacters,
                        min: 0,
                        max: Some(*max),
                    };
                    self.add_below(field, path, "items", kind, Origin::Collection);
                }
                (SizeOf::Items, None, Origin::Collection)
            }
            LeafType::Scalar(
                Scalar::Bool
                | Scalar::Int16
                | Scalar::Int32
                | Scalar::Int64
                | Scalar::Decimal { .. }
                | Scalar::Float64
                | Scalar::Uuid
                | Scalar::Date
                | Scalar::Time
                | Scalar::Timestamp
                | Scalar::Duration
                | Scalar::Enum(_)
                | Scalar::Json
                | Scalar::Point
                | Scalar::Vector { .. }
                | Scalar::Hashed
                | Scalar::Encrypted { .. },
            ) => return,
        };
        let (min, most) = match bounds.map(|bounds| (counts(bounds), bounds)) {
            Some((Some(counted), _)) => counted,
            Some((None, bounds)) => {
                self.sink.report(unfit_counts(bounds.at));
                (0, None)
            }
            None => (0, None),
        };
        let max = match (most, limit) {
            (Some(most), Some(limit)) => Some(most.min(limit)),
            (most, limit) => most.or(limit),
        };
        if min > 0 || max.is_some() {
            self.add_below(field, path, "size", RuleKind::Size { leaf, of, min, max }, origin);
        }
    }

    /// What must be set together.
    fn shape(&mut self, field: FieldId, proto: &Proto<'m>) {
        let schema = self.schema;
        let leaves: Vec<LeafId> = schema.fields[field].leaves.iter().collect();
        if !proto.nullable {
            let origin = match proto.source {
                Source::Owner(_) => Origin::Ownership,
                Source::End(_) => Origin::Relation,
                Source::Version => Origin::Version,
                Source::CreatedAt | Source::CreatedBy(_) | Source::UpdatedAt | Source::UpdatedBy(_) => {
                    Origin::Audit
                }
                Source::Is => Origin::Subtype,
                Source::Declared(_) | Source::Derived(_) | Source::DeletedAt => Origin::Plain,
            };
            self.add_below(field, &[], "required", RuleKind::Required(field), origin);
        }
        let (holds, origin) = match &proto.resolved.ty {
            Type::Range(_) => {
                let [start, end] = leaves[..] else { return };
                let ordered = Pred::Atom(Atom::Cmp(Cmp::Lt, at(start), at(end)));
                let holds = if proto.nullable {
                    let set = Pred::And(vec![not(is_null(start)), not(is_null(end)), ordered]);
                    Pred::Or(vec![Pred::And(vec![is_null(start), is_null(end)]), set])
                } else {
                    ordered
                };
                (holds, Origin::Range)
            }
            ty @ Type::Group(members) => {
                let all = leaves.iter().copied().map(is_null).collect();
                if proto.nullable {
                    // With one leaf, or without a member that must be set, every combination is a value.
                    if leaves.len() < 2 || members.iter().all(|member| member.nullable) {
                        return;
                    }
                    (
                        Pred::Or(vec![Pred::And(all), whole(ty, &leaves)]),
                        Origin::ValueType,
                    )
                } else {
                    let nested = members.iter().any(|member| matches!(member.ty, Type::Group(_)));
                    if !nested {
                        return;
                    }
                    (whole(ty, &leaves), Origin::ValueType)
                }
            }
            Type::Ref(_) if proto.nullable && leaves.len() > 1 => {
                let none = Pred::And(leaves.iter().copied().map(is_null).collect());
                let all = Pred::And(leaves.iter().map(|leaf| not(is_null(*leaf))).collect());
                (Pred::Or(vec![none, all]), Origin::Plain)
            }
            Type::Ref(_) | Type::Scalar(_) | Type::List(_) => return,
        };
        let kind = RuleKind::Predicate {
            holds,
            on_write: false,
        };
        self.add_below(field, &[], "whole", kind, origin);
    }

    /// A demand of the field's modifiers or its named types.
    fn constraint(&mut self, field: FieldId, proto: &Proto<'m>, constraint: &Constraint<'m>) {
        let schema = self.schema;
        let leaves: Vec<LeafId> = (schema.fields[field].leaves.iter())
            .filter(|leaf| schema.leaves[*leaf].path.starts_with(&constraint.path))
            .collect();
        let Some(ty) = inner(&proto.resolved.ty, &constraint.path) else {
            return;
        };
        let mut said = Sink::default();
        let (what, origin, first) = match constraint.kind {
            ConstraintKind::Where(name, _) => ("where", Origin::NamedType, self.judged.insert(name.as_str())),
            ConstraintKind::Bounds(_) => ("bounds", Origin::Plain, true),
            ConstraintKind::Matches(..) => ("matches", Origin::Plain, true),
            ConstraintKind::Fold => {
                self.fold(proto, constraint, ty);
                return;
            }
        };
        let holds = match (&constraint.item, ty) {
            (Some(path), Type::List(list)) => {
                let Some(leaf) = leaves.first() else { return };
                items(schema, &mut said, constraint, path, list).map(|holds| {
                    let many = Many {
                        up: 0,
                        hops: Vec::new(),
                        items: Some(*leaf),
                    };
                    not(Pred::Any(many, Box::new(not(holds))))
                })
            }
            _ => {
                let exprs = leaves.iter().copied().map(at).collect();
                let mut scope = Scope::empty(schema, &mut said, About::Rule);
                scope.frames.push(Frame::Hidden);
                let value = scope.operand_of(&leaves, exprs, ty, None);
                value.and_then(|value| demanded(&mut scope, constraint, value))
            }
        };
        if first {
            self.sink.append(said);
        }
        if let Some(holds) = holds {
            let name = match constraint.kind {
                ConstraintKind::Where(name, _) => name.as_str(),
                ConstraintKind::Bounds(_) | ConstraintKind::Matches(..) | ConstraintKind::Fold => what,
            };
            let kind = RuleKind::Predicate {
                holds,
                on_write: false,
            };
            self.add_below(field, &constraint.path, name, kind, origin);
        }
    }

    fn fold(&mut self, proto: &Proto<'m>, constraint: &Constraint<'m>, ty: &Type) {
        let text =
            matches!(ty, Type::Scalar(Scalar::String { .. } | Scalar::Text)) && constraint.item.is_none();
        if !text {
            let found = unfit_modifier::RULE.error(format!(
                "`@ignore_case` needs text, which `{}` is not",
                proto.name
            ));
            self.sink.report(
                found
                    .at(proto.at, "no string")
                    .help("leave it out, or make it a `string(n)`"),
            );
        }
    }

    /// `@unique`, `@immutable`, and modifiers that need another type.
    fn modifiers(&mut self, field: FieldId, proto: &Proto<'m>) {
        let schema = self.schema;
        let is_key = schema.entities[self.entity].key.contains(&field);
        let ty = &proto.resolved.ty;
        let text = matches!(ty, Type::Scalar(Scalar::String { .. } | Scalar::Text));
        let mut frozen = is_key && !proto.has(&ModifierKind::Mutable);
        for modifier in proto.modifiers() {
            let (fits, word, wants) = match &modifier.kind {
                ModifierKind::Unique => {
                    self.unique_field(field, proto, modifier.at);
                    continue;
                }
                ModifierKind::Immutable => {
                    frozen = true;
                    continue;
                }
                ModifierKind::IgnoreCase => (text, "@ignore_case", "a string"),
                ModifierKind::Matches(_) => (text, "@matches", "a string"),
                ModifierKind::Lookup => {
                    let secret = matches!(ty, Type::Scalar(Scalar::Encrypted { .. }));
                    (secret, "@lookup", "an encrypted value")
                }
                ModifierKind::Mutable => (is_key, "@mutable", "a key"),
                ModifierKind::OnDelete(model::OnDelete::SetNull) => (
                    proto.nullable || super::referred(ty).is_none(),
                    "on delete set null",
                    "a reference that may be null",
                ),
                ModifierKind::Skew { .. }
                | ModifierKind::Fill(_)
                | ModifierKind::Stored(_)
                | ModifierKind::Tenant
                | ModifierKind::External => {
                    let what = match &modifier.kind {
                        ModifierKind::Tenant if super::referred(ty).is_none() => continue,
                        ModifierKind::Tenant => "`@tenant`",
                        ModifierKind::Skew { .. } => "`@skew`",
                        ModifierKind::Fill(_) => "`@fill`",
                        ModifierKind::Stored(_) => "`@stored`",
                        _ => "`@external`",
                    };
                    let found = crate::check::rules::not_supported_yet::unsupported(
                        what,
                        modifier.at,
                        "leave it out",
                    );
                    self.sink.report(found);
                    continue;
                }
                ModifierKind::Default(_)
                | ModifierKind::Bounds(_)
                | ModifierKind::OnDelete(_)
                | ModifierKind::Inverse { .. }
                | ModifierKind::Sharing(_)
                | ModifierKind::Key
                | ModifierKind::Personal
                | ModifierKind::Avg(_)
                | ModifierKind::P99(_)
                | ModifierKind::Nulls(_)
                | ModifierKind::Distinct(_)
                | ModifierKind::Was(_) => continue,
            };
            if !fits {
                let found = unfit_modifier::RULE
                    .error(format!("`{word}` needs {wants}, which `{}` is not", proto.name));
                self.sink.report(
                    found
                        .at(modifier.at, format!("needs {wants}"))
                        .help("leave it out, or change the field"),
                );
            }
        }
        if frozen {
            let kind = RuleKind::Transition(Moving::Frozen(field));
            self.add_below(field, &[], "immutable", kind, Origin::Plain);
        }
    }

    fn unique_field(&mut self, field: FieldId, proto: &Proto<'m>, said: Span) {
        if !has_equality(&proto.resolved.ty) {
            let found =
                crate::check::rules::unfit_key::RULE.error(format!("`{}` can't be unique", proto.name));
            let found = found.at(said, "has no equality");
            self.sink
                .report(found.help("make another field unique; `@lookup` gives an encrypted one equality"));
            return;
        }
        let leaves = self.schema.fields[field].leaves.iter().collect();
        let filter = self.living();
        let kind = RuleKind::Unique {
            leaves,
            filter,
            nulls: Nulls::Distinct,
        };
        self.add_below(field, &[], "unique", kind, Origin::Plain);
    }
}

/// The bounds that are said of a leaf: by the field, or by a member of its value type.
fn bounds_of<'m>(proto: &Proto<'m>, path: &[Box<str>]) -> Option<&'m Bounds> {
    if path.is_empty() {
        let own = proto
            .modifiers()
            .iter()
            .find_map(|modifier| match &modifier.kind {
                ModifierKind::Bounds(bounds) => Some(bounds),
                _ => None,
            });
        if own.is_some() {
            return own;
        }
    }
    proto
        .resolved
        .constraints
        .iter()
        .find_map(|constraint| match constraint.kind {
            ConstraintKind::Bounds(bounds) if constraint.item.is_none() && constraint.path == path => {
                Some(bounds)
            }
            _ => None,
        })
}

/// The type of a part of a value.
fn inner<'t>(ty: &'t Type, path: &[Box<str>]) -> Option<&'t Type> {
    let Some((first, rest)) = path.split_first() else {
        return Some(ty);
    };
    match ty {
        Type::Group(members) => inner(&members.iter().find(|member| member.name == *first)?.ty, rest),
        Type::Scalar(_) | Type::Ref(_) | Type::Range(_) | Type::List(_) => None,
    }
}

/// That a value which isn't null as a whole has all that it must have.
pub(super) fn whole(ty: &Type, leaves: &[LeafId]) -> Pred {
    let Type::Group(members) = ty else {
        return Pred::And(leaves.iter().map(|leaf| not(is_null(*leaf))).collect());
    };
    let mut all = Vec::new();
    let mut rest = leaves;
    for member in members {
        let (own, after) = rest.split_at(shapes(&member.ty, &[]).len().min(rest.len()));
        rest = after;
        match (&member.ty, member.nullable) {
            (ty @ Type::Group(inner), true)
                if inner.iter().any(|member| !member.nullable) && own.len() > 1 =>
            {
                let none = Pred::And(own.iter().copied().map(is_null).collect());
                all.push(Pred::Or(vec![none, whole(ty, own)]));
            }
            (_, true) => {}
            (ty, false) => match whole(ty, own) {
                Pred::And(inner) => all.extend(inner),
                other => all.push(other),
            },
        }
    }
    let first = all.is_empty().then_some(Pred::Const(true));
    both(first, Pred::And(all))
}
