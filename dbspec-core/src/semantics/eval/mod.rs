//! The evaluator of expressions and predicates.
//!
//! Predicates are three-valued, and errors (overflow, division by zero) are a fourth value: an error refuses a write
//! and is unknown in a `where`, but only where nothing else decides: `b != 0 and a / b > 1` is false where `b` is 0.
//! What the store doesn't know yet comes back as needs; independent parts are evaluated on, so that all needs that can
//! be seen come at once, and a part that decides makes the others' needs void.

mod arith;
mod expr;
mod many;
mod pred;

use super::{Context, Need, Store};
use crate::kernel::{EntityId, Expr, Kernel, Pred};
use crate::value::Value;

pub(crate) use arith::{compare, fits, fold};
pub(crate) use many::Reached;

/// What there is to evaluate with.
#[derive(Clone, Copy)]
pub(crate) struct Env<'a> {
    pub(crate) kernel: &'a Kernel,
    pub(crate) store: &'a dyn Store,
    pub(crate) context: &'a Context,
    /// One per variable; `None` where the value waits for a need.
    pub(crate) vars: &'a [Option<Value>],
}

/// Rows and items in scope, innermost first.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) here: Here<'a>,
    pub(crate) outer: Option<&'a Scope<'a>>,
}

/// What a scope is about.
#[derive(Clone, Copy)]
pub(crate) enum Here<'a> {
    /// Nothing: constants, variables, session and time alone.
    Nothing,
    /// A row.
    Row(EntityId, &'a [Value]),
    /// An item of a collection.
    Item(&'a Value),
    /// A group of rows and the outputs worked out so far.
    Group(EntityId, &'a [super::Row], &'a [Value]),
}

impl<'a> Scope<'a> {
    pub(crate) const NOTHING: Scope<'static> = Scope {
        here: Here::Nothing,
        outer: None,
    };

    pub(crate) fn row(entity: EntityId, row: &'a [Value]) -> Self {
        Self {
            here: Here::Row(entity, row),
            outer: None,
        }
    }

    /// The scope so many levels out.
    fn out(&'a self, up: u8) -> &'a Self {
        let mut at = self;
        for _ in 0..up {
            at = at.outer.unwrap_or(at);
        }
        at
    }
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// The store must find these out; empty where the need stands elsewhere already.
    Needs(Vec<Need>),
    /// Overflow, division by zero, or a value that doesn't fit.
    Invalid,
}

impl From<Need> for Lack {
    fn from(need: Need) -> Self {
        Self::Needs(vec![need])
    }
}

impl Lack {
    /// Two lacks as one: what is invalid stays so whatever is found out.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Needs(mut a), Self::Needs(b)) => {
                a.extend(b);
                Self::Needs(a)
            }
            (Self::Invalid, Self::Needs(_) | Self::Invalid) | (Self::Needs(_), Self::Invalid) => {
                Self::Invalid
            }
        }
    }
}

/// Both values, or everything that is lacking.
pub(crate) fn both<A, B>(a: Result<A, Lack>, b: Result<B, Lack>) -> Result<(A, B), Lack> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(a), Ok(_)) => Err(a),
        (Ok(_), Err(b)) => Err(b),
        (Err(a), Err(b)) => Err(a.and(b)),
    }
}

/// All values, or everything that is lacking.
pub(crate) fn all<T>(items: impl IntoIterator<Item = Result<T, Lack>>) -> Result<Vec<T>, Lack> {
    let mut values = Ok(Vec::new());
    for item in items {
        values = match (values, item) {
            (Ok(mut values), Ok(item)) => {
                values.push(item);
                Ok(values)
            }
            (Err(lack), Err(more)) => Err(lack.and(more)),
            (Err(lack), Ok(_)) | (Ok(_), Err(lack)) => Err(lack),
        };
    }
    values
}

/// The truth of a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It doesn't hold.
    False,
    /// It can't be worked out: overflow or division by zero.
    Invalid,
    /// An operand is null.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Invalid => Self::Invalid,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

/// What has no value: overflow or division by zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("overflow or division by zero")]
pub struct Invalid;

/// The value of an expression over variables, session and time alone.
///
/// # Errors
/// [`Invalid`], also where the expression speaks of rows.
pub fn value_of(kernel: &Kernel, expr: &Expr, vars: &[Value], context: &Context) -> Result<Value, Invalid> {
    let vars: Vec<_> = vars.iter().cloned().map(Some).collect();
    let env = Env {
        kernel,
        store: &Rowless,
        context,
        vars: &vars,
    };
    env.value(&Scope::NOTHING, expr).map_err(|_| Invalid)
}

/// The truth of a predicate over variables, session and time alone.
pub fn truth_of(kernel: &Kernel, pred: &Pred, vars: &[Value], context: &Context) -> Truth {
    let vars: Vec<_> = vars.iter().cloned().map(Some).collect();
    let env = Env {
        kernel,
        store: &Rowless,
        context,
        vars: &vars,
    };
    env.truth(&Scope::NOTHING, pred).unwrap_or(Truth::Invalid)
}

/// The truth of a predicate on a row, as far as the store knows what it walks to.
///
/// # Errors
/// What the store must find out first.
pub fn truth_on(
    kernel: &Kernel,
    store: &dyn Store,
    context: &Context,
    (entity, row): (EntityId, &[Value]),
    pred: &Pred,
) -> Result<Truth, Vec<Need>> {
    let env = Env {
        kernel,
        store,
        context,
        vars: &[],
    };
    match env.truth(&Scope::row(entity, row), pred) {
        Ok(truth) => Ok(truth),
        Err(Lack::Needs(needs)) => Err(needs),
        Err(Lack::Invalid) => Ok(Truth::Invalid),
    }
}

/// The value of an expression on a row; `None` where it can't be worked out, or the store lacks something.
pub(crate) fn value_on(
    kernel: &Kernel,
    store: &dyn Store,
    context: &Context,
    (entity, row): (EntityId, &[Value]),
    expr: &Expr,
) -> Option<Value> {
    let env = Env {
        kernel,
        store,
        context,
        vars: &[],
    };
    env.value(&Scope::row(entity, row), expr).ok()
}

/// A store for what needs none.
pub(crate) struct Rowless;

impl Store for Rowless {
    fn row(&self, _: EntityId, _: &[Value]) -> super::Found<Option<super::Row>> {
        Ok(None)
    }
    fn children(&self, _: crate::kernel::FieldId, _: &[Value]) -> super::Found<Vec<super::Row>> {
        Ok(Vec::new())
    }
    fn count(&self, _: crate::kernel::FieldId, _: &[Value]) -> super::Found<u64> {
        Ok(0)
    }
    fn same(&self, _: crate::kernel::RuleId, _: &[Value]) -> super::Found<Vec<super::Row>> {
        Ok(Vec::new())
    }
    fn all(&self, _: EntityId) -> super::Found<Vec<super::Row>> {
        Ok(Vec::new())
    }
    fn next(&self, _: crate::kernel::FieldId, taken: u64) -> super::Found<i64> {
        Ok(i64::try_from(taken).unwrap_or(i64::MAX))
    }
}
