//! Types: what is written becomes the kernel's, and what named types demand of values.

use std::collections::BTreeMap;

use super::{Schema, Target, TypeName};
use crate::check::rules::duplicate_name::duplicate;
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{cyclic_type, not_an_entity, unfit_type};
use crate::check::sink::Sink;
use crate::diag::Diagnostic;
use crate::kernel::{Item, ListKind, ListType, Member, Scalar, Type};
use crate::model::{
    self, Bounds, Expr, Item as Declared, ModifierKind, Name, TypeDeclKind, TypeExpr, TypeKind,
};
use crate::span::Span;

/// How deep declared types nest.
const DEEPEST: usize = 32;

/// How many values a declared type holds at most, and how many rules.
const MOST_VALUES: usize = 1_000;

/// A type, and what is demanded of its values beyond it.
#[derive(Clone, Debug)]
pub(in crate::check) struct Resolved<'m> {
    /// The type.
    pub ty: Type,
    /// Whether null is a value of it.
    pub optional: bool,
    /// For a reference: the subtype that the named row must be of.
    pub subtype: Option<u16>,
    /// Demands of named types, and of the members of value types.
    pub constraints: Vec<Constraint<'m>>,
}

/// A demand on values of a type.
#[derive(Clone, Debug)]
pub(in crate::check) struct Constraint<'m> {
    /// Names from the value down to what is meant; in a collection, to the collection.
    pub path: Vec<Box<str>>,
    /// In a collection: names from the item down.
    pub item: Option<Vec<Box<str>>>,
    /// What is demanded.
    pub kind: ConstraintKind<'m>,
}

/// What is demanded.
#[derive(Clone, Copy, Debug)]
pub(in crate::check) enum ConstraintKind<'m> {
    /// The rule of a named type, over `value`.
    Where(&'m Name, &'m Expr),
    /// Bounds of a value or a size.
    Bounds(&'m Bounds),
    /// A pattern.
    Matches(&'m str, Span),
    /// ASCII letters are folded.
    Fold,
}

/// How far a declared type is resolved.
#[derive(Clone, Debug)]
pub(in crate::check) enum State<'m> {
    /// It is being resolved: meeting it again is a cycle.
    Open,
    /// It is resolved; `None`: broken, and reported.
    Done(Option<Resolved<'m>>),
}

impl<'m> Schema<'m> {
    /// Resolves every declared type once, so that what is wrong with it is said once.
    pub(super) fn resolve_types(&mut self, sink: &mut Sink) {
        for (at, item) in self.model.items.iter().enumerate() {
            if let Declared::Type(it) = item {
                self.elements.top(it.name.text.as_str(), it.at);
                self.declared_type(at, sink);
            }
        }
    }

    fn declared_type(&mut self, at: usize, sink: &mut Sink) -> Option<Resolved<'m>> {
        let Some(Declared::Type(decl)) = self.model.items.get(at) else {
            return None;
        };
        match self.resolved.get(&at) {
            Some(State::Done(done)) => return done.clone(),
            Some(State::Open) => {
                let found = cyclic_type::RULE.error(format!("type `{}` is part of itself", decl.name));
                sink.report(
                    found
                        .at(decl.name.at, "comes back here")
                        .help("give the inner thing an entity of its own"),
                );
                return None;
            }
            None => {}
        }
        if self.open_types == DEEPEST {
            sink.report(too_deep(&decl.name));
            self.resolved.insert(at, State::Done(None));
            return None;
        }
        self.resolved.insert(at, State::Open);
        self.open_types += 1;
        let done = match &decl.kind {
            TypeDeclKind::Domain { ty, filter } => self.resolve(ty, sink).map(|mut resolved| {
                if let Some(filter) = filter {
                    let kind = ConstraintKind::Where(&decl.name, filter);
                    resolved.constraints.push(Constraint {
                        path: Vec::new(),
                        item: None,
                        kind,
                    });
                }
                resolved
            }),
            TypeDeclKind::Value { fields } => self.value_type(&decl.name, fields, sink),
        };
        self.open_types -= 1;
        let done = done.filter(|resolved| fits(&decl.name, resolved, sink));
        self.resolved.insert(at, State::Done(done.clone()));
        done
    }

    fn value_type(
        &mut self,
        name: &Name,
        fields: &'m [model::Field],
        sink: &mut Sink,
    ) -> Option<Resolved<'m>> {
        let mut members: Vec<Member> = Vec::new();
        let mut constraints = Vec::new();
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut whole = true;
        for field in fields {
            if let Some(first) = seen.get(field.name.as_str()) {
                sink.report(duplicate("member", &field.name.text, field.name.at, *first));
                continue;
            }
            seen.insert(field.name.as_str(), field.name.at);
            let Some(mut resolved) = self.resolve_in(&field.ty, &field.modifiers, sink) else {
                whole = false;
                continue;
            };
            if matches!(resolved.ty, Type::Ref(_) | Type::Range(_)) {
                let what = "a reference or a range in a value type";
                sink.report(unsupported(
                    what,
                    field.ty.at,
                    "put it into the entity that has the value type",
                ));
                whole = false;
                continue;
            }
            for modifier in &field.modifiers {
                let kind = match &modifier.kind {
                    ModifierKind::Bounds(bounds) => ConstraintKind::Bounds(bounds),
                    ModifierKind::Matches(pattern) => ConstraintKind::Matches(pattern, modifier.at),
                    ModifierKind::IgnoreCase => ConstraintKind::Fold,
                    ModifierKind::Avg(_)
                    | ModifierKind::P99(_)
                    | ModifierKind::Nulls(_)
                    | ModifierKind::Distinct(_)
                    | ModifierKind::Personal
                    | ModifierKind::Lookup => continue,
                    _ => {
                        let what = "that modifier in a value type";
                        sink.report(unsupported(what, modifier.at, "write it at a field of an entity"));
                        continue;
                    }
                };
                resolved.constraints.push(Constraint {
                    path: Vec::new(),
                    item: None,
                    kind,
                });
            }
            for mut constraint in resolved.constraints {
                constraint.path.insert(0, field.name.text.as_str().into());
                constraints.push(constraint);
            }
            members.push(Member {
                name: field.name.text.as_str().into(),
                ty: resolved.ty,
                nullable: resolved.optional,
            });
        }
        if members.is_empty() && whole {
            sink.report(
                unfit_type::RULE
                    .error(format!("value type `{name}` has no members"))
                    .at(name.at, "is empty")
                    .help("give it members: `{ street: string(200) }`"),
            );
            whole = false;
        }
        whole.then_some(Resolved {
            ty: Type::Group(members),
            optional: false,
            subtype: None,
            constraints,
        })
    }

    /// A field's type, with the modifiers that are part of it.
    pub(in crate::check) fn resolve_in(
        &mut self,
        written: &'m TypeExpr,
        modifiers: &'m [model::Modifier],
        sink: &mut Sink,
    ) -> Option<Resolved<'m>> {
        let mut resolved = self.resolve(written, sink)?;
        let lookup = modifiers
            .iter()
            .any(|modifier| modifier.kind == ModifierKind::Lookup);
        if let Type::Scalar(Scalar::Encrypted { lookup: it, .. }) = &mut resolved.ty {
            *it = lookup;
        }
        if let Type::List(list) = &mut resolved.ty {
            list.max = modifiers.iter().find_map(|modifier| match &modifier.kind {
                ModifierKind::Bounds(bounds) => bounds.max.as_ref()?.to_u64()?.try_into().ok(),
                _ => None,
            });
        }
        Some(resolved)
    }

    /// What a written type means.
    pub(in crate::check) fn resolve(
        &mut self,
        written: &'m TypeExpr,
        sink: &mut Sink,
    ) -> Option<Resolved<'m>> {
        let plain = |ty: Type| Resolved {
            ty,
            optional: written.optional,
            subtype: None,
            constraints: Vec::new(),
        };
        match &written.kind {
            TypeKind::Scalar(it) => Some(plain(Type::Scalar(scalar(*it, written.at, sink)?))),
            TypeKind::Named(name) => self.named(name, written, sink),
            TypeKind::Reference(name) => {
                let to = self.rows(name, sink)?;
                Some(Resolved {
                    subtype: to.subtype,
                    ..plain(Type::Ref(to.entity))
                })
            }
            TypeKind::List(item) => self.collection(ListKind::List, item, written, sink),
            TypeKind::Set(item) => self.collection(ListKind::Set, item, written, sink),
            TypeKind::Map { key, value } => {
                let key_type = self.resolve(key, sink)?;
                let Type::Scalar(Scalar::String { max }) = key_type.ty else {
                    sink.report(
                        unfit_type::RULE
                            .error("the keys of a map are strings")
                            .at(key.at, "is no `string(n)`")
                            .help("write `map<string(20), T>`"),
                    );
                    return None;
                };
                self.collection(ListKind::Map { key: max }, value, written, sink)
            }
            TypeKind::Range(of) => {
                let inner = self.resolve(of, sink)?;
                match inner.ty {
                    Type::Scalar(
                        it @ (Scalar::Int16
                        | Scalar::Int32
                        | Scalar::Int64
                        | Scalar::Decimal { .. }
                        | Scalar::Date
                        | Scalar::Timestamp
                        | Scalar::Time
                        | Scalar::Float64),
                    ) => Some(plain(Type::Range(it))),
                    _ => {
                        sink.report(
                            unfit_type::RULE
                                .error("a range is over numbers, dates or times")
                                .at(of.at, "has no ranges")
                                .help("write `range<date>`, `range<timestamp>` or `range<int32>`"),
                        );
                        None
                    }
                }
            }
            TypeKind::JsonOf(_) => {
                sink.report(unsupported("`json<T>`", written.at, "write `json`"));
                None
            }
            TypeKind::Encrypted(of) => match self.resolve(of, sink)?.ty {
                Type::Scalar(Scalar::String { max }) => {
                    Some(plain(Type::Scalar(Scalar::Encrypted { max, lookup: false })))
                }
                _ => {
                    let what = "encryption of anything but `string(n)`";
                    sink.report(unsupported(what, of.at, "write `encrypted<string(n)>`"));
                    None
                }
            },
        }
    }

    fn named(&mut self, name: &Name, written: &'m TypeExpr, sink: &mut Sink) -> Option<Resolved<'m>> {
        match self.types.get(name.as_str()).copied() {
            Some(TypeName::Enum(id)) => Some(Resolved {
                ty: Type::Scalar(Scalar::Enum(id)),
                optional: written.optional,
                subtype: None,
                constraints: Vec::new(),
            }),
            Some(TypeName::Declared(at)) => {
                let mut resolved = self.declared_type(at, sink)?;
                resolved.optional |= written.optional;
                Some(resolved)
            }
            Some(TypeName::Rows(_)) => {
                let found =
                    crate::check::rules::wrong_type::RULE.error(format!("`{name}` is an entity, not a type"));
                sink.report(
                    found
                        .at(name.at, "a field can't hold a row")
                        .help(format!("refer to a row: `-> {name}`"))
                        .fix(crate::diag::Fix::maybe(
                            "make it a reference",
                            name.at,
                            format!("-> {name}"),
                        )),
                );
                None
            }
            None => {
                sink.report(unknown("type", name, self.types.keys().copied()));
                None
            }
        }
    }

    /// The rows that a reference, an access or a write names.
    pub(in crate::check) fn rows(&self, name: &Name, sink: &mut Sink) -> Option<Target> {
        match self.types.get(name.as_str()) {
            Some(TypeName::Rows(target)) => Some(*target),
            Some(TypeName::Enum(_) | TypeName::Declared(_)) => {
                let found = not_an_entity::RULE.error(format!("`{name}` is a type without rows"));
                sink.report(
                    found
                        .at(name.at, "no entity")
                        .help("name an entity, or leave out the arrow"),
                );
                None
            }
            None => {
                let entities = self
                    .types
                    .iter()
                    .filter(|(_, it)| matches!(it, TypeName::Rows(_)));
                sink.report(unknown("entity", name, entities.map(|(name, _)| *name)));
                None
            }
        }
    }

    fn collection(
        &mut self,
        kind: ListKind,
        item: &'m TypeExpr,
        written: &'m TypeExpr,
        sink: &mut Sink,
    ) -> Option<Resolved<'m>> {
        let inner = self.resolve(item, sink)?;
        if inner.optional {
            let found = unfit_type::RULE
                .error("items of a collection are never null")
                .at(item.at, "may be null");
            sink.report(found.help("leave out the `?`"));
        }
        let item = match inner.ty {
            Type::Scalar(Scalar::Hashed | Scalar::Encrypted { .. }) => {
                sink.report(unsupported(
                    "a collection of secrets",
                    written.at,
                    "make the items an owned entity",
                ));
                return None;
            }
            Type::Scalar(scalar) => Item::Scalar(scalar),
            Type::Group(members) if members.iter().all(|member| matches!(member.ty, Type::Scalar(_))) => {
                Item::Group(members)
            }
            Type::Group(_) | Type::Ref(_) | Type::Range(_) | Type::List(_) => {
                let what = "a collection of references, ranges, collections or nested value types";
                sink.report(unsupported(
                    what,
                    written.at,
                    "make the items an owned entity: `entity Item in This as items`",
                ));
                return None;
            }
        };
        let constraints = inner.constraints.into_iter().map(|constraint| Constraint {
            path: Vec::new(),
            item: Some(constraint.path),
            kind: constraint.kind,
        });
        Some(Resolved {
            ty: Type::List(ListType {
                kind,
                item,
                max: None,
            }),
            optional: written.optional,
            subtype: None,
            constraints: constraints.collect(),
        })
    }
}

/// A type that the language brings, if its parameters fit.
fn scalar(it: model::Scalar, at: Span, sink: &mut Sink) -> Option<Scalar> {
    let unfit = |sink: &mut Sink, message: &str, help: &str| {
        sink.report(unfit_type::RULE.error(message).at(at, "doesn't fit").help(help));
        None
    };
    Some(match it {
        model::Scalar::Bool => Scalar::Bool,
        model::Scalar::Int16 => Scalar::Int16,
        model::Scalar::Int32 => Scalar::Int32,
        model::Scalar::Int64 => Scalar::Int64,
        model::Scalar::Decimal { precision, scale } => {
            if !(1..=38).contains(&precision) || scale > precision {
                return unfit(
                    sink,
                    "a decimal has 1 to 38 digits, and no more behind the point",
                    "write `decimal(12, 2)`",
                );
            }
            Scalar::Decimal {
                precision: precision as u8,
                scale: scale as u8,
            }
        }
        model::Scalar::Float64 => Scalar::Float64,
        model::Scalar::String { max: 0 } | model::Scalar::Bytes { max: 0 } => {
            return unfit(
                sink,
                "a size of 0 holds nothing",
                "say how many there may be, at least 1",
            );
        }
        model::Scalar::String { max } => Scalar::String { max },
        model::Scalar::Text => Scalar::Text,
        model::Scalar::Bytes { max } => Scalar::Bytes { max },
        model::Scalar::Uuid => Scalar::Uuid,
        model::Scalar::Date => Scalar::Date,
        model::Scalar::Time => Scalar::Time,
        model::Scalar::Timestamp => Scalar::Timestamp,
        model::Scalar::Duration => Scalar::Duration,
        model::Scalar::Json => Scalar::Json,
        model::Scalar::Point => Scalar::Point,
        model::Scalar::Vector { dimensions: 0 } => {
            return unfit(
                sink,
                "a vector has at least one component",
                "say how many: `vector(384)`",
            );
        }
        model::Scalar::Vector { dimensions } => Scalar::Vector { dimensions },
        model::Scalar::Hashed => Scalar::Hashed,
    })
}

/// Whether a declared type is of a size that somebody may mean; says so where not. Types are written out where they
/// are used, so a few lines could otherwise stand for more than any memory holds.
fn fits(name: &Name, resolved: &Resolved<'_>, sink: &mut Sink) -> bool {
    let extent = Extent::of(&resolved.ty);
    if extent.depth > DEEPEST {
        sink.report(too_deep(name));
    } else if extent.values > MOST_VALUES || resolved.constraints.len() > MOST_VALUES {
        let found = unfit_type::RULE.error(format!("type `{name}` is too large"));
        let why = format!("a type holds {MOST_VALUES} values at most, and as many rules");
        sink.report(
            found
                .at(name.at, "written out")
                .why(why)
                .help("give a part of it an entity of its own"),
        );
    } else {
        return true;
    }
    false
}

fn too_deep(name: &Name) -> Diagnostic {
    unfit_type::RULE
        .error(format!("type `{name}` nests too deep"))
        .at(name.at, "too deep")
        .why(format!("types nest {DEEPEST} deep at most"))
        .help("give a part of it an entity of its own")
}

/// How much a type is, written out.
struct Extent {
    values: usize,
    depth: usize,
}

impl Extent {
    fn of(ty: &Type) -> Self {
        match ty {
            Type::Scalar(_)
            | Type::Ref(_)
            | Type::Range(_)
            | Type::List(ListType {
                item: Item::Scalar(_),
                ..
            }) => Self { values: 1, depth: 0 },
            Type::Group(members)
            | Type::List(ListType {
                item: Item::Group(members),
                ..
            }) => {
                let none = Self { values: 0, depth: 0 };
                let inner = members.iter().map(|member| Self::of(&member.ty));
                let all = inner.fold(none, |all, one| Self {
                    values: all.values + one.values,
                    depth: all.depth.max(one.depth),
                });
                Self {
                    depth: all.depth + 1,
                    ..all
                }
            }
        }
    }
}
