//! From a row along the steps of a path: its fields, the rows that they name, and what is in them.

use super::path::{By, RowAt};
use super::{Ends, Frame, Listed, ManyEnd, Operand, Scope, Typed};
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{needs_reading, unfit_call};
use crate::check::schema::{Known, Target};
use crate::kernel::{Expr, FieldId, Hop, LeafId, LeafType, Many, Place, Pred, Scalar, Type};
use crate::model::Step;
use crate::span::Span;

impl<'m> Scope<'_, 'm> {
    pub(super) fn walk(&mut self, mut row: RowAt, mut steps: &'m [Step]) -> Operand {
        while let Some((step, rest)) = steps.split_first() {
            match self.step(row, step) {
                Some(Stepped::Row(next)) => row = next,
                Some(Stepped::Field(at, field)) => {
                    let Some(operand) = self.field_of(&at, field, step.name.at) else {
                        return Operand::Broken;
                    };
                    return match operand {
                        Operand::Many(end) => match end.rest {
                            Some(inner) => {
                                let inner = self.parts(*inner, rest);
                                Operand::Many(ManyEnd {
                                    rest: Some(Box::new(inner)),
                                    ..end
                                })
                            }
                            None => Operand::Many(end),
                        },
                        operand => self.parts(operand, rest),
                    };
                }
                None => return Operand::Broken,
            }
            steps = rest;
        }
        self.finish(row)
    }

    /// One step from a row.
    pub(super) fn step(&mut self, row: RowAt, step: &'m Step) -> Option<Stepped> {
        if let Some(repeat) = &step.repeat {
            let instead = "write the steps out, or read level by level";
            self.sink
                .report(unsupported("a repeated step", repeat.at, instead));
            return None;
        }
        let schema = self.schema;
        let Some(entry) = schema.member(row.to, &step.name.text) else {
            let what = format!("field or way of `{}`", schema.name_of(row.to));
            let names: Vec<&str> = schema.member_names(row.to).collect();
            self.sink.report(unknown(&what, &step.name, names));
            return None;
        };
        match &entry.what {
            Known::Field(field) => match schema.fields[*field].ty {
                Type::Ref(entity) => {
                    let to = Target {
                        entity,
                        subtype: schema.proto(*field).resolved.subtype,
                    };
                    let by = match row.by {
                        By::One { up, mut via } => {
                            via.push(*field);
                            By::One { up, via }
                        }
                        By::Many { up, hops, mut tail } => {
                            tail.push(*field);
                            By::Many { up, hops, tail }
                        }
                        By::Row(_) | By::Key(_) => {
                            let leaves: Vec<LeafId> = schema.fields[*field].leaves.iter().collect();
                            let parts = leaves.iter().map(|leaf| self.leaf_at(&row, *leaf, step.name.at));
                            By::Key(parts.collect::<Option<Vec<_>>>()?)
                        }
                    };
                    Some(Stepped::Row(RowAt { to, by }))
                }
                Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => {
                    Some(Stepped::Field(row, *field))
                }
            },
            Known::Many { hops, to } => {
                let by = match row.by {
                    By::One { up, via } => {
                        let all = via
                            .into_iter()
                            .map(Hop::One)
                            .chain(hops.iter().copied())
                            .collect();
                        By::Many {
                            up,
                            hops: all,
                            tail: Vec::new(),
                        }
                    }
                    By::Many {
                        up,
                        hops: mut all,
                        tail,
                    } => {
                        all.extend(tail.into_iter().map(Hop::One));
                        all.extend(hops.iter().copied());
                        By::Many {
                            up,
                            hops: all,
                            tail: Vec::new(),
                        }
                    }
                    By::Row(_) | By::Key(_) => {
                        let what = "a way to many that starts from a variable or the session";
                        self.sink.report(unsupported(
                            what,
                            step.name.at,
                            "start from the row: `from E where self == $x …`",
                        ));
                        return None;
                    }
                };
                Some(Stepped::Row(RowAt { to: *to, by }))
            }
            Known::Rule => {
                let found = unfit_call::RULE.error(format!("`{}` is a rule and has no value", step.name));
                self.sink
                    .report(found.at(step.name.at, "a rule").help("name a field"));
                None
            }
            Known::Broken => None,
        }
    }

    /// A leaf of a row that was come to.
    pub(super) fn leaf_at(&mut self, row: &RowAt, leaf: LeafId, at: Span) -> Option<Expr> {
        match &row.by {
            By::One { up, via } => Some(self.near(*up, via.clone(), leaf)),
            By::Many { tail, .. } => Some(self.near(0, tail.clone(), leaf)),
            By::Row(var) => {
                let position = self.schema.entities[row.to.entity].leaves.position(leaf)? as u16;
                Some(Expr::At(Place::Var {
                    var: *var,
                    at: Some(position),
                }))
            }
            By::Key(parts) => {
                let keys = self.schema.key_leaves(row.to.entity);
                if let Some(part) = keys
                    .iter()
                    .position(|key| *key == leaf)
                    .and_then(|at| parts.get(at))
                {
                    return Some(part.clone());
                }
                let name = self.schema.name_of(row.to).to_owned();
                let found = needs_reading::RULE.error(format!("of this `{name}` only the key is known"));
                let found = found.at(at, "must be read first");
                self.sink.report(found.help(format!(
                    "write `read {name} where self == … as x` before, and `x.…` here"
                )));
                None
            }
        }
    }

    /// A leaf along references, taken from the reference itself where it holds it.
    fn near(&self, up: u8, mut via: Vec<FieldId>, mut leaf: LeafId) -> Expr {
        while let Some(last) = via.last() {
            let own = self.schema.fields[*last].leaves.iter();
            let Some(same) = own
                .into_iter()
                .find(|own| self.schema.leaves[*own].refers == Some(leaf))
            else {
                break;
            };
            leaf = same;
            via.pop();
        }
        Expr::At(Place::Leaf { up, via, leaf })
    }

    /// A field that isn't a reference, of a row that was come to.
    fn field_of(&mut self, row: &RowAt, field: FieldId, at: Span) -> Option<Operand> {
        let leaves: Vec<LeafId> = self.schema.fields[field].leaves.iter().collect();
        let mut exprs = Vec::new();
        for leaf in &leaves {
            exprs.push(self.leaf_at(row, *leaf, at)?);
        }
        let way = match &row.by {
            By::One { up, via } => Some(Many {
                up: *up,
                hops: via.iter().copied().map(Hop::One).collect(),
                items: leaves.first().copied(),
            }),
            By::Many { tail, .. } => Some(Many {
                up: 0,
                hops: tail.iter().copied().map(Hop::One).collect(),
                items: leaves.first().copied(),
            }),
            By::Row(_) | By::Key(_) => None,
        };
        let operand = self.operand_of(&leaves, exprs, &self.schema.fields[field].ty, way)?;
        Some(match &row.by {
            By::Many { up, hops, tail: _ } => {
                let many = Many {
                    up: *up,
                    hops: hops.clone(),
                    items: None,
                };
                let filter = self.living_end(&many);
                Operand::Many(ManyEnd {
                    many,
                    to: row.to,
                    filter,
                    rest: Some(Box::new(operand)),
                })
            }
            By::One { .. } | By::Row(_) | By::Key(_) => operand,
        })
    }

    /// A field's value from those of its leaves.
    pub(in crate::check) fn operand_of(
        &self,
        leaves: &[LeafId],
        exprs: Vec<Expr>,
        ty: &Type,
        way: Option<Many>,
    ) -> Option<Operand> {
        let typed = |leaf: LeafId, expr: Expr| {
            let leaf = &self.schema.leaves[leaf];
            match &leaf.ty {
                LeafType::Scalar(scalar) => Some(Typed {
                    expr,
                    ty: scalar.clone(),
                    fold: leaf.ignore_case,
                }),
                LeafType::List(_) => None,
            }
        };
        let mut exprs = exprs.into_iter();
        Some(match ty {
            Type::Scalar(_) => Operand::Value(typed(*leaves.first()?, exprs.next()?)?),
            Type::Ref(to) => Operand::Ref {
                to: *to,
                parts: exprs.collect(),
            },
            Type::Range(of) => Operand::Range(Ends {
                of: of.clone(),
                start: exprs.next()?,
                end: exprs.next()?,
            }),
            Type::List(list) => Operand::List(Listed {
                ty: list.clone(),
                expr: exprs.next()?,
                many: way,
            }),
            Type::Group(_) => {
                let parts = leaves.iter().zip(exprs).filter_map(|(leaf, expr)| {
                    Some((self.schema.leaves[*leaf].path.clone(), typed(*leaf, expr)?))
                });
                Operand::Group(parts.collect())
            }
        })
    }

    /// The row itself, by its key.
    fn finish(&mut self, row: RowAt) -> Operand {
        let to = row.to.entity;
        if let By::Many { up, mut hops, tail } = row.by {
            hops.extend(tail.into_iter().map(Hop::One));
            let many = Many {
                up,
                hops,
                items: None,
            };
            let filter = self.living_end(&many);
            return Operand::Many(ManyEnd {
                many,
                to: row.to,
                filter,
                rest: None,
            });
        }
        let keys = self.schema.key_leaves(to);
        let parts = keys
            .into_iter()
            .map(|leaf| self.leaf_at(&row, leaf, Span::NONE))
            .collect::<Option<Vec<_>>>();
        parts.map_or(Operand::Broken, |parts| Operand::Ref { to, parts })
    }

    /// Where a way ends with the far end of a relation, only living rows are meant.
    fn living_end(&self, many: &Many) -> Option<Pred> {
        let Some(Hop::One(last)) = many.hops.last() else {
            return None;
        };
        let field = &self.schema.fields[*last];
        let Type::Ref(to) = field.ty else { return None };
        let deleted = self.schema.entities[to].soft_delete?;
        let leaf = Expr::At(Place::Leaf {
            up: 0,
            via: Vec::new(),
            leaf: deleted,
        });
        self.schema.entities[field.entity]
            .link
            .then_some(Pred::IsNull(leaf))
    }

    /// Steps into a value: the ends of a range, the members of a value type.
    pub(super) fn parts(&mut self, operand: Operand, steps: &'m [Step]) -> Operand {
        let Some((step, rest)) = steps.split_first() else {
            return operand;
        };
        let name = &step.name;
        let next = match operand {
            Operand::Broken => return Operand::Broken,
            Operand::Range(ends) if name == "start" => Operand::Value(Typed::new(ends.start, ends.of)),
            Operand::Range(ends) if name == "end" => Operand::Value(Typed::new(ends.end, ends.of)),
            Operand::Group(all) => {
                let names: Vec<Box<str>> = all.iter().filter_map(|(path, _)| path.first().cloned()).collect();
                let mut inner: Vec<(Vec<Box<str>>, Typed)> = all
                    .into_iter()
                    .filter(|(path, _)| path.first().is_some_and(|it| **it == *name.text))
                    .map(|(path, typed)| (path[1..].to_vec(), typed))
                    .collect();
                match inner.as_slice() {
                    [] => {
                        self.sink
                            .report(unknown("member", name, names.iter().map(|it| &**it)));
                        return Operand::Broken;
                    }
                    [(path, _)] if path.is_empty() => Operand::Value(inner.remove(0).1),
                    _ => Operand::Group(inner),
                }
            }
            other => {
                let what = super::kind_of(self.schema, &other);
                let parts: &[&str] = if matches!(other, Operand::Range(_)) {
                    &["start", "end"]
                } else {
                    &[]
                };
                let found = unknown("part", name, parts.iter().copied());
                self.sink.report(found.why(format!("{what} has no such part")));
                return Operand::Broken;
            }
        };
        self.parts(next, rest)
    }

    /// The items of a collection as rows of one value each, for messages and quantifiers.
    pub(super) fn item_frame(list: &Listed) -> Frame {
        Frame::Item(list.ty.item.clone())
    }
}

/// What a step leads to.
pub(super) enum Stepped {
    Row(RowAt),
    Field(RowAt, FieldId),
}

/// A value of a scalar type, for places that are one.
pub(super) fn scalar_of(operand: &Operand) -> Option<&Scalar> {
    match operand {
        Operand::Value(typed) => Some(&typed.ty),
        _ => None,
    }
}
