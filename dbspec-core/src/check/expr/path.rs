//! Paths: from a name through references to a value, a row or many rows.

use super::step::Stepped;
use super::{Frame, Operand, Scope, Typed};
use crate::check::rules::ambiguous_word::of_variable;
use crate::check::rules::unknown_name::unknown;
use crate::check::schema::{Known, Target};
use crate::kernel::{Expr, FieldId, Hop, Item, Place, Type, VarId, VarType};
use crate::model::{Name, Path, Root, Step};

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
}
