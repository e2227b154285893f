//! Which scalar an expression yields.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Aggregate, Atom, Expr, Func, Hop, Item, Kernel, LeafId, LeafType, Many, Op, Place, Scalar, Type, Var,
    VarType,
};
use dbspec_core::value::Value;

use super::Scope;

/// The largest number of digits of a decimal.
pub(crate) const DIGITS: u8 = 38;

/// The item of a collection of scalars.
pub(crate) fn item(kernel: &Kernel, leaf: LeafId) -> Option<Scalar> {
    match &kernel.leaves[leaf].ty {
        LeafType::List(list) => match &list.item {
            Item::Scalar(scalar) => Some(scalar.clone()),
            Item::Group(_) => None,
        },
        LeafType::Scalar(_) => None,
    }
}

/// The scalar in which two can be compared: the more general of two kinds of number, else the one that is known.
pub(crate) fn common(a: Option<&Scalar>, b: Option<&Scalar>) -> Option<Scalar> {
    match (a, b) {
        (Some(Scalar::Float64), Some(_)) | (Some(_), Some(Scalar::Float64)) => Some(Scalar::Float64),
        (Some(a @ Scalar::Decimal { .. }), _) => Some(a.clone()),
        (_, Some(b @ Scalar::Decimal { .. })) => Some(b.clone()),
        (Some(a), _) => Some(a.clone()),
        (None, b) => b.cloned(),
    }
}

/// Whether working an atom out may fail: by overflow or a division by zero.
pub(crate) fn may_err(atom: &Atom) -> bool {
    match atom {
        Atom::Cmp(_, a, b)
        | Atom::StartsWith(a, b)
        | Atom::EndsWith(a, b)
        | Atom::Contains(a, b)
        | Atom::Has(a, b)
        | Atom::Verify(a, b) => errs(a) || errs(b),
        Atom::In(of, list) => errs(of) || list.iter().any(errs),
        Atom::InVar(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => errs(of),
        Atom::Overlaps(ends) => ends.iter().any(errs),
    }
}

/// Whether working an expression out may fail.
pub(crate) fn errs(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) | Expr::At(_) => false,
        Expr::Do(..) | Expr::Neg(_) | Expr::Aggregate { .. } | Expr::Grouped { .. } => true,
        Expr::Else(a, b) => errs(a) || errs(b),
        Expr::Call(func, args) => *func == Func::Abs || args.iter().any(errs),
    }
}

fn of_value(value: &Value) -> Option<Scalar> {
    Some(match value {
        Value::Bool(_) => Scalar::Bool,
        Value::Int(_) => Scalar::Int64,
        Value::Decimal(it) => Scalar::Decimal {
            precision: DIGITS,
            scale: it.scale,
        },
        Value::Float(_) => Scalar::Float64,
        Value::Text(_) => Scalar::Text,
        Value::Bytes(_) => Scalar::Bytes { max: u32::MAX },
        Value::Uuid(_) => Scalar::Uuid,
        Value::Date(_) => Scalar::Date,
        Value::Time(_) => Scalar::Time,
        Value::Timestamp(_) => Scalar::Timestamp,
        Value::Duration(_) => Scalar::Duration,
        Value::Json(_) => Scalar::Json,
        Value::Enum(_) | Value::List(_) | Value::Map(_) | Value::Null => return None,
    })
}

fn of_leaf(kernel: &Kernel, leaf: LeafId) -> Option<Scalar> {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => Some(scalar.clone()),
        LeafType::List(_) => None,
    }
}

/// The scalar of a variable's value.
pub(crate) fn of_var(kernel: &Kernel, vars: &[Var], place: &Place) -> Option<Scalar> {
    let keyed = |entity, at: Option<u16>| {
        let leaf = *kernel.key_leaves(entity).get(usize::from(at.unwrap_or(0)))?;
        of_leaf(kernel, leaf)
    };
    match place {
        Place::Var { var, at } => match (&vars.get(var.index() as usize)?.ty, at) {
            (VarType::Scalar(scalar), _) => Some(scalar.clone()),
            (VarType::Ref(entity), at) => keyed(*entity, *at),
            (VarType::Row(entity), Some(at)) => {
                let leaf = kernel.entities[*entity].leaves.iter().nth(usize::from(*at))?;
                of_leaf(kernel, leaf)
            }
            (VarType::Row(_) | VarType::List { .. }, _) => None,
        },
        Place::Session { member, at } => match &kernel.session.get(usize::from(*member))?.ty {
            Type::Scalar(scalar) => Some(scalar.clone()),
            Type::Ref(entity) => keyed(*entity, *at),
            Type::Group(_) | Type::Range(_) | Type::List(_) => None,
        },
        Place::Now => Some(Scalar::Timestamp),
        Place::Today => Some(Scalar::Date),
        Place::Leaf { .. } | Place::Item { .. } | Place::Output(_) => None,
    }
}

/// Where kinds are told: scopes, innermost last, and variables.
pub(crate) struct Kinds<'a> {
    pub(crate) kernel: &'a Kernel,
    pub(crate) vars: &'a [Var],
    pub(crate) scopes: &'a [Scope],
}

impl Kinds<'_> {
    /// The scalar that an expression yields; `None` where its form doesn't tell.
    pub(crate) fn of(&self, expr: &Expr) -> Option<Scalar> {
        match expr {
            Expr::Value(value) => of_value(value),
            Expr::At(place) => self.at(place),
            Expr::Do(op, a, b) => Some(worked_out(*op, self.of(a)?, self.of(b)?)),
            Expr::Neg(of) => self.of(of).map(widest),
            Expr::Else(a, b) => common(self.of(a).as_ref(), self.of(b).as_ref()),
            Expr::Call(func, args) => match func {
                Func::Date => Some(Scalar::Date),
                Func::Year | Func::Month | Func::Day | Func::Hour | Func::Length | Func::Size => {
                    Some(Scalar::Int64)
                }
                Func::Lower | Func::Upper => self.of(args.first()?),
                Func::Abs => self.of(args.first()?).map(widest),
            },
            Expr::Aggregate { how, over, of, .. } => {
                let inner = of.as_ref().and_then(|of| {
                    let mut scopes = self.scopes.to_vec();
                    scopes.push(self.end_of(over)?);
                    Kinds {
                        scopes: &scopes,
                        ..*self
                    }
                    .of(of)
                });
                aggregated(*how, inner)
            }
            Expr::Grouped { how, of, .. } => aggregated(*how, of.as_ref().and_then(|of| self.of(of))),
        }
    }

    fn scope(&self, up: u8) -> Option<&Scope> {
        self.scopes
            .get(self.scopes.len().checked_sub(1 + usize::from(up))?)
    }

    /// The scope at the end of a way.
    pub(super) fn end_of(&self, many: &Many) -> Option<Scope> {
        let Some(Scope::Row(mut entity, _)) = self.scope(many.up).cloned() else {
            return None;
        };
        for hop in &many.hops {
            entity = match hop {
                Hop::One(field) => match self.kernel.fields[*field].ty {
                    Type::Ref(to) => to,
                    Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => return None,
                },
                Hop::Many(field) => self.kernel.fields[*field].entity,
            };
        }
        Some(match many.items {
            None => Scope::Row(entity, None),
            Some(leaf) => Scope::Item(super::Sql::Null, leaf),
        })
    }

    fn at(&self, place: &Place) -> Option<Scalar> {
        match place {
            Place::Leaf { leaf, .. } => of_leaf(self.kernel, *leaf),
            Place::Item { up, member } => {
                let Some(Scope::Item(_, leaf)) = self.scope(*up) else {
                    return None;
                };
                match member {
                    None => item(self.kernel, *leaf),
                    Some(name) => member_of(self.kernel, *leaf, name),
                }
            }
            Place::Output(at) => match self.scopes.last() {
                Some(Scope::Outputs(outputs)) => outputs.get(usize::from(*at))?.1.clone(),
                Some(Scope::Row(..) | Scope::Item(..)) | None => None,
            },
            Place::Var { .. } | Place::Session { .. } | Place::Now | Place::Today => {
                of_var(self.kernel, self.vars, place)
            }
        }
    }
}

/// The scalar of a member of a collection's value types.
fn member_of(kernel: &Kernel, leaf: LeafId, name: &str) -> Option<Scalar> {
    let LeafType::List(list) = &kernel.leaves[leaf].ty else {
        return None;
    };
    let Item::Group(members) = &list.item else {
        return None;
    };
    match &members.iter().find(|it| &*it.name == name)?.ty {
        Type::Scalar(scalar) => Some(scalar.clone()),
        Type::Ref(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => None,
    }
}

/// Integers are worked out as 64 bits, decimals at 38 digits.
fn widest(scalar: Scalar) -> Scalar {
    match scalar {
        Scalar::Int16 | Scalar::Int32 => Scalar::Int64,
        Scalar::Decimal { scale, .. } => Scalar::Decimal {
            precision: DIGITS,
            scale,
        },
        other => other,
    }
}

/// The scale of a number; `None` for what is no exact number.
pub(crate) fn scale(scalar: &Scalar) -> Option<u8> {
    match scalar {
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Some(0),
        Scalar::Decimal { scale, .. } => Some(*scale),
        _ => None,
    }
}

/// Whether a scalar is an integer.
pub(crate) fn is_int(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Int16 | Scalar::Int32 | Scalar::Int64)
}

fn worked_out(op: Op, a: Scalar, b: Scalar) -> Scalar {
    if a == Scalar::Float64 || b == Scalar::Float64 {
        return Scalar::Float64;
    }
    let decimal = |scale: u8| Scalar::Decimal {
        precision: DIGITS,
        scale: scale.min(DIGITS),
    };
    match (scale(&a), scale(&b), op) {
        (Some(x), Some(y), Op::Div) => decimal(x.max(y).saturating_add(6)),
        (Some(_), Some(_), _) if is_int(&a) && is_int(&b) => Scalar::Int64,
        (Some(x), Some(y), Op::Mul) => decimal(x.saturating_add(y)),
        (Some(x), Some(y), Op::Add | Op::Sub) => decimal(x.max(y)),
        (_, _, Op::Sub) if a == b => Scalar::Duration,
        (Some(_), None, Op::Mul) => b,
        (None, _, _) if a != Scalar::Duration => a,
        (None, None, _) => b,
        _ => a,
    }
}

fn aggregated(how: Aggregate, of: Option<Scalar>) -> Option<Scalar> {
    match how {
        Aggregate::Count => Some(Scalar::Int64),
        Aggregate::Sum => of.map(widest),
        Aggregate::Min | Aggregate::Max => of,
        Aggregate::Avg => of.map(|of| match scale(&of) {
            Some(scale) => Scalar::Decimal {
                precision: DIGITS,
                scale: scale.saturating_add(6).min(DIGITS),
            },
            None => of,
        }),
    }
}
