//! Paths: from a name through references to a value, a row or many rows.

use super::{Ends, Frame, Listed, ManyEnd, Operand, Scope, Typed};
use crate::check::rules::ambiguous_word::of_variable;
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{needs_reading, unfit_call};
use crate::check::schema::{Known, Target};
use crate::kernel::{
    Expr, FieldId, Hop, Item, LeafId, LeafType, Many, Place, Pred, Scalar, Type, VarId, VarType,
};
use crate::model::{Name, Path, Root, Step};
use crate::span::Span;

/// A row that a path has come to.
#[derive(Clone, Debug)]
pub(super) struct RowAt {
    /// Which rows it is one of.
    pub to: Target,
    /// How it was reached.
    pub by: By,
}

/// How a path has come to a row.
#[derive(Clone, Debug)]
pub(super) enum By {
    /// Along references to one, from a row in scope.
    One { up: u8, via: Vec<FieldId> },
    /// Along references to many, and then to one.
    Many {
        up: u8,
        hops: Vec<Hop>,
        tail: Vec<FieldId>,
    },
    /// A variable holds the row.
    Row(VarId),
    /// Its key alone is known.
    Key(Vec<Expr>),
}

/// Where a path starts.
enum Start {
    Row(RowAt),
    Operand(Operand),
}

impl<'m> Scope<'_, 'm> {
    /// What a path comes to.
    pub(in crate::check) fn path(&mut self, path: &'m Path) -> Operand {
        match self.start(path) {
            Some((Start::Row(row), steps)) => self.walk(row, steps),
            Some((Start::Operand(operand), steps)) => self.parts(operand, steps),
            None => Operand::Broken,
        }
    }

    /// What the beginning of a path comes to: its root and the first steps.
    pub(in crate::check) fn operand_up_to(&mut self, path: &'m Path, before: &'m [Step]) -> Operand {
        let after = path.steps.len() - before.len();
        match self.start(path) {
            Some((Start::Row(row), steps)) => match steps.len().checked_sub(after) {
                Some(some) => self.walk(row, &steps[..some]),
                None => Operand::Broken,
            },
            Some((Start::Operand(operand), steps)) => {
                self.parts(operand, &steps[..steps.len().saturating_sub(after)])
            }
            None => Operand::Broken,
        }
    }

    /// The row that a path comes to; `None`: reported, or no row.
    pub(super) fn path_row(&mut self, path: &'m Path) -> Option<RowAt> {
        let (Start::Row(mut row), mut steps) = self.start(path)? else {
            return None;
        };
        while let Some((step, rest)) = steps.split_first() {
            row = match self.step(row, step)? {
                Stepped::Row(row) => row,
                Stepped::Field(..) => return None,
            };
            steps = rest;
        }
        Some(row)
    }

    fn start(&mut self, path: &'m Path) -> Option<(Start, &'m [Step])> {
        let steps = path.steps.as_slice();
        match &path.root {
            Root::Bare => {
                let (first, _) = steps.split_first()?;
                self.bare(&first.name, path)
            }
            Root::SelfRow => {
                let Some((up, to)) = self.innermost_row() else {
                    self.sink.report(unknown("row", &Name::new("self", path.at), []));
                    return None;
                };
                Some((
                    Start::Row(RowAt {
                        to,
                        by: By::One { up, via: Vec::new() },
                    }),
                    steps,
                ))
            }
            Root::Owner => {
                let found = self.innermost_row().and_then(|(up, to)| {
                    let owner = self.schema.entities[to.entity].owner?;
                    let field = self.schema.entities[to.entity].fields.first()?;
                    let subtype = self.schema.proto(field).resolved.subtype;
                    Some(RowAt {
                        to: Target {
                            entity: owner,
                            subtype,
                        },
                        by: By::One { up, via: vec![field] },
                    })
                });
                if found.is_none() {
                    self.sink.report(
                        unknown("owner", &Name::new("owner", path.at), [])
                            .why("the row in scope is not owned"),
                    );
                }
                Some((Start::Row(found?), steps))
            }
            Root::Session => {
                if !self.may_ask_who(path.at) {
                    return None;
                }
                let (first, rest) = steps.split_first()?;
                let Some(member) = self.schema.session_names.get(first.name.as_str()) else {
                    let names = self.schema.session_names.keys().copied();
                    self.sink.report(unknown("session member", &first.name, names));
                    return None;
                };
                let member = (*member)?;
                let start = match &self.schema.session[usize::from(member)].ty {
                    Type::Ref(entity) => {
                        let keys = 0..self.schema.key_leaves(*entity).len() as u16;
                        let parts = keys
                            .map(|at| Expr::At(Place::Session { member, at: Some(at) }))
                            .collect();
                        let to = Target {
                            entity: *entity,
                            subtype: None,
                        };
                        Start::Row(RowAt {
                            to,
                            by: By::Key(parts),
                        })
                    }
                    Type::Scalar(scalar) => {
                        let expr = Expr::At(Place::Session { member, at: None });
                        Start::Operand(Operand::Value(Typed::new(expr, scalar.clone())))
                    }
                    Type::Group(_) | Type::Range(_) | Type::List(_) => return None,
                };
                Some((start, rest))
            }
            Root::Param(name) => {
                let Some(var) = self.vars.params.get(name.as_str()).copied() else {
                    let names: Vec<&str> = self.vars.params.keys().copied().collect();
                    self.sink.report(unknown("parameter", name, names));
                    return None;
                };
                Some((self.variable(var?), steps))
            }
        }
    }

    fn innermost_row(&self) -> Option<(u8, Target)> {
        self.frames
            .iter()
            .rev()
            .enumerate()
            .find_map(|(up, frame)| match frame {
                Frame::Row(to) => Some((up as u8, *to)),
                Frame::Item(_) | Frame::Hidden => None,
            })
    }

    /// A path that begins with a name: a field, `value`, an output, a variable, or perhaps a label.
    fn bare(&mut self, name: &'m Name, path: &'m Path) -> Option<(Start, &'m [Step])> {
        let steps = path.steps.as_slice();
        if let (Some(grouped), [_]) = (&self.grouped, steps)
            && let Some(key) = grouped.keys.iter().find(|key| *key.name == *name.text)
        {
            return Some((Start::Operand(Operand::Value(key.typed.clone())), &[]));
        }
        if name == "value"
            && let Some(value) = &self.value
        {
            return Some((Start::Operand(value.clone()), &steps[1..]));
        }
        for (up, frame) in self.frames.iter().rev().enumerate() {
            match frame {
                Frame::Row(to)
                    if self
                        .schema
                        .member(*to, &name.text)
                        .is_some_and(|it| !matches!(it.what, Known::Rule)) =>
                {
                    if self.vars.names.iter().any(|(var, _)| *var == name.text) {
                        self.sink.report(of_variable(name));
                        return None;
                    }
                    let row = RowAt {
                        to: *to,
                        by: By::One {
                            up: up as u8,
                            via: Vec::new(),
                        },
                    };
                    return Some((Start::Row(row), steps));
                }
                Frame::Item(Item::Scalar(scalar)) if name == "value" => {
                    let expr = Expr::At(Place::Item {
                        up: up as u8,
                        member: None,
                    });
                    return Some((
                        Start::Operand(Operand::Value(Typed::new(expr, scalar.clone()))),
                        &steps[1..],
                    ));
                }
                Frame::Item(Item::Group(members)) => {
                    let Some(member) = members.iter().find(|member| *member.name == *name.text) else {
                        continue;
                    };
                    let Type::Scalar(scalar) = &member.ty else {
                        continue;
                    };
                    let expr = Expr::At(Place::Item {
                        up: up as u8,
                        member: Some(member.name.clone()),
                    });
                    return Some((
                        Start::Operand(Operand::Value(Typed::new(expr, scalar.clone()))),
                        &steps[1..],
                    ));
                }
                Frame::Row(_) | Frame::Item(Item::Scalar(_)) | Frame::Hidden => {}
            }
        }
        if let Some((_, var)) = self.vars.names.iter().rev().find(|(it, _)| *it == name.text) {
            return Some((self.variable((*var)?), &steps[1..]));
        }
        if steps.len() == 1 && steps[0].repeat.is_none() {
            return Some((Start::Operand(Operand::Word(name.clone())), &[]));
        }
        self.sink.report(self.unknown_word(name));
        None
    }

    /// The finding that a word means nothing here.
    pub(super) fn unknown_word(&self, name: &Name) -> crate::diag::Diagnostic {
        let mut names: Vec<&str> = self.vars.names.iter().map(|(it, _)| *it).collect();
        for frame in self.frames.iter().rev() {
            if let Frame::Row(to) = frame {
                names.extend(self.schema.member_names(*to));
            }
        }
        unknown("field or variable", name, names)
    }

    /// Whether a word is a field of a row in scope.
    pub(super) fn is_field(&self, name: &str) -> bool {
        self.frames.iter().any(|frame| match frame {
            Frame::Row(to) => self
                .schema
                .member(*to, name)
                .is_some_and(|it| matches!(it.what, Known::Field(_))),
            Frame::Item(_) | Frame::Hidden => false,
        })
    }

    fn variable(&self, var: VarId) -> Start {
        let held = &self.vars.get(var).ty;
        match held {
            VarType::Scalar(scalar) => {
                Start::Operand(Operand::Value(Typed::new(Expr::At(var.into()), scalar.clone())))
            }
            VarType::Ref(entity) => {
                let keys = 0..self.schema.key_leaves(*entity).len() as u16;
                let parts = keys
                    .map(|at| Expr::At(Place::Var { var, at: Some(at) }))
                    .collect();
                let to = Target {
                    entity: *entity,
                    subtype: None,
                };
                Start::Row(RowAt {
                    to,
                    by: By::Key(parts),
                })
            }
            VarType::Row(entity) => {
                let to = Target {
                    entity: *entity,
                    subtype: None,
                };
                Start::Row(RowAt { to, by: By::Row(var) })
            }
            VarType::List { .. } => Start::Operand(Operand::Params(var, held.clone())),
        }
    }

    fn walk(&mut self, mut row: RowAt, mut steps: &'m [Step]) -> Operand {
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
    fn step(&mut self, row: RowAt, step: &'m Step) -> Option<Stepped> {
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
    fn parts(&mut self, operand: Operand, steps: &'m [Step]) -> Operand {
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
enum Stepped {
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
