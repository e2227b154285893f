//! Expressions.

use std::ops::{Add, Div, Mul, Neg, Not, Sub};

use crate::model::{BinaryOp, Expr, ExprKind, Literal, Name, Number, Path, Quantifier, Repeat, Root, Step};
use crate::span::Span;

fn rooted(root: Root, steps: Vec<Step>) -> Path {
    Path {
        root,
        steps,
        at: Span::NONE,
    }
}

fn from_root(root: Root, steps: Vec<Step>) -> Expr {
    ExprKind::Path(rooted(root, steps)).into()
}

/// A field of the row: `name`, or `self."…"` where a bare word can't say it.
pub fn field(name: impl Into<Name>) -> Expr {
    path([name.into()])
}

/// A path from the row: `lines.product.sku`.
pub fn path<N: Into<Name>>(names: impl IntoIterator<Item = N>) -> Expr {
    let steps: Vec<Step> = names.into_iter().map(|name| Step::from(name.into())).collect();
    let bare = steps
        .first()
        .is_some_and(|first| can_stand_alone(&first.name.text));
    from_root(if bare { Root::Bare } else { Root::SelfRow }, steps)
}

/// A label of an enum: `draft`, or `"in progress"` where a bare word can't say it.
pub fn label(name: &str) -> Expr {
    if can_stand_alone(name) {
        from_root(Root::Bare, vec![Name::from(name).into()])
    } else {
        text(name)
    }
}

/// An alias or a loop's variable, which must be a word.
pub fn var(name: impl Into<Name>) -> Expr {
    from_root(Root::Bare, vec![name.into().into()])
}

/// `any`, `all` and `none` begin a quantifier where a condition can.
fn can_stand_alone(name: &str) -> bool {
    Path::can_begin_with(name) && !matches!(name, "any" | "all" | "none")
}

/// `self`: the row.
pub fn this() -> Expr {
    from_root(Root::SelfRow, Vec::new())
}

/// `owner`: the row that owns an owned row.
pub fn owner() -> Expr {
    from_root(Root::Owner, Vec::new())
}

/// `session.name`.
pub fn session(name: impl Into<Name>) -> Expr {
    from_root(Root::Session, vec![name.into().into()])
}

/// `$name`.
pub fn param(name: impl Into<Name>) -> Expr {
    from_root(Root::Param(name.into()), Vec::new())
}

/// `null`.
pub fn null() -> Expr {
    ExprKind::Literal(Literal::Null).into()
}

/// A text.
pub fn text(text: impl Into<String>) -> Expr {
    ExprKind::Literal(Literal::Text(text.into())).into()
}

/// A number; [`Number::parse`] makes one with a fraction.
pub fn number(number: impl Into<Number>) -> Expr {
    ExprKind::Literal(Literal::Number(number.into())).into()
}

/// `[a, b]`.
pub fn list(elements: impl IntoIterator<Item = Expr>) -> Expr {
    ExprKind::List(elements.into_iter().collect()).into()
}

/// `function(a, b)`.
pub fn call(function: impl Into<Name>, args: impl IntoIterator<Item = Expr>) -> Expr {
    ExprKind::Call {
        function: function.into(),
        args: args.into_iter().collect(),
    }
    .into()
}

impl From<bool> for Expr {
    fn from(value: bool) -> Self {
        ExprKind::Literal(Literal::Bool(value)).into()
    }
}

impl From<i32> for Expr {
    fn from(value: i32) -> Self {
        number(value)
    }
}

impl From<i64> for Expr {
    fn from(value: i64) -> Self {
        number(value)
    }
}

impl From<&str> for Expr {
    fn from(value: &str) -> Self {
        text(value)
    }
}

impl From<Path> for Expr {
    fn from(path: Path) -> Self {
        ExprKind::Path(path).into()
    }
}

/// The path that an expression is; another expression is no path, and gives that of `self`.
impl From<Expr> for Path {
    fn from(expr: Expr) -> Self {
        if let ExprKind::Path(path) = expr.kind {
            path
        } else {
            rooted(Root::SelfRow, Vec::new())
        }
    }
}

impl Expr {
    fn binary(self, op: BinaryOp, right: impl Into<Self>) -> Self {
        ExprKind::Binary {
            op,
            left: Box::new(self),
            right: Box::new(right.into()),
        }
        .into()
    }

    /// One more step of a path; of anything else, nothing changes.
    #[must_use]
    pub fn dot(self, name: impl Into<Name>) -> Self {
        self.with_path(|path| path.steps.push(name.into().into()))
    }

    /// The last step again and again: `manager[1..8]`.
    #[must_use]
    pub fn repeated(self, min: u32, max: u32) -> Self {
        self.with_path(|path| {
            if let Some(last) = path.steps.last_mut() {
                last.repeat = Some(Repeat {
                    min,
                    max,
                    at: Span::NONE,
                });
            }
        })
    }

    fn with_path(mut self, change: impl FnOnce(&mut Path)) -> Self {
        if let ExprKind::Path(path) = &mut self.kind {
            change(path);
        }
        self
    }

    /// `self == right`.
    #[must_use]
    pub fn equals(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Eq, right)
    }

    /// `self != right`.
    #[must_use]
    pub fn not_equals(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Ne, right)
    }

    /// `self < right`.
    #[must_use]
    pub fn less_than(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Lt, right)
    }

    /// `self <= right`.
    #[must_use]
    pub fn at_most(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Le, right)
    }

    /// `self > right`.
    #[must_use]
    pub fn greater_than(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Gt, right)
    }

    /// `self >= right`.
    #[must_use]
    pub fn at_least(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Ge, right)
    }

    /// `self in right`.
    #[must_use]
    pub fn is_in(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::In, right)
    }

    /// `self starts with right`.
    #[must_use]
    pub fn starts_with(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::StartsWith, right)
    }

    /// `self ends with right`.
    #[must_use]
    pub fn ends_with(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::EndsWith, right)
    }

    /// `self contains right`.
    #[must_use]
    pub fn contains(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Contains, right)
    }

    /// `self matches right`.
    #[must_use]
    pub fn matches(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Matches, right)
    }

    /// `self overlaps right`.
    #[must_use]
    pub fn overlaps(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Overlaps, right)
    }

    /// `self else right`: the right where the left is null.
    #[must_use]
    pub fn or_else(self, right: impl Into<Self>) -> Self {
        self.binary(BinaryOp::Else, right)
    }

    /// `self between low and high`.
    #[must_use]
    pub fn between(self, low: impl Into<Self>, high: impl Into<Self>) -> Self {
        ExprKind::Between {
            value: Box::new(self),
            low: Box::new(low.into()),
            high: Box::new(high.into()),
        }
        .into()
    }

    /// `self is null`.
    #[must_use]
    pub fn is_null(self) -> Self {
        ExprKind::IsNull {
            operand: Box::new(self),
            negated: false,
        }
        .into()
    }

    /// `self is not null`.
    #[must_use]
    pub fn is_not_null(self) -> Self {
        ExprKind::IsNull {
            operand: Box::new(self),
            negated: true,
        }
        .into()
    }

    /// `self is Entity`.
    #[must_use]
    pub fn is_a(self, entity: impl Into<Name>) -> Self {
        ExprKind::IsType {
            operand: Box::new(self),
            entity: entity.into(),
            negated: false,
        }
        .into()
    }

    /// `self is not Entity`.
    #[must_use]
    pub fn is_not_a(self, entity: impl Into<Name>) -> Self {
        ExprKind::IsType {
            operand: Box::new(self),
            entity: entity.into(),
            negated: true,
        }
        .into()
    }

    /// `self and right`; a chain of them is one list.
    #[must_use]
    pub fn and(self, right: impl Into<Self>) -> Self {
        let mut operands = if let ExprKind::And(operands) = self.kind {
            operands
        } else {
            vec![self]
        };
        operands.push(right.into());
        ExprKind::And(operands).into()
    }

    /// `self or right`; a chain of them is one list.
    #[must_use]
    pub fn or(self, right: impl Into<Self>) -> Self {
        let mut operands = if let ExprKind::Or(operands) = self.kind {
            operands
        } else {
            vec![self]
        };
        operands.push(right.into());
        ExprKind::Or(operands).into()
    }

    fn quantified(self, quantifier: Quantifier, body: Option<Self>) -> Self {
        ExprKind::Quantified {
            quantifier,
            over: self.into(),
            body: body.map(Box::new),
        }
        .into()
    }

    /// `any self`: there is one.
    #[must_use]
    pub fn any(self) -> Self {
        self.quantified(Quantifier::Any, None)
    }

    /// `any self (condition)`: one satisfies it.
    #[must_use]
    pub fn any_where(self, condition: Self) -> Self {
        self.quantified(Quantifier::Any, Some(condition))
    }

    /// `all self (condition)`: every one satisfies it.
    #[must_use]
    pub fn all_where(self, condition: Self) -> Self {
        self.quantified(Quantifier::All, Some(condition))
    }

    /// `none self`: there is none.
    #[must_use]
    pub fn none(self) -> Self {
        self.quantified(Quantifier::None, None)
    }

    /// `none self (condition)`: none satisfies it.
    #[must_use]
    pub fn none_where(self, condition: Self) -> Self {
        self.quantified(Quantifier::None, Some(condition))
    }
}

impl<R: Into<Expr>> Add<R> for Expr {
    type Output = Self;

    fn add(self, right: R) -> Self {
        self.binary(BinaryOp::Add, right)
    }
}

impl<R: Into<Expr>> Sub<R> for Expr {
    type Output = Self;

    fn sub(self, right: R) -> Self {
        self.binary(BinaryOp::Sub, right)
    }
}

impl<R: Into<Expr>> Mul<R> for Expr {
    type Output = Self;

    fn mul(self, right: R) -> Self {
        self.binary(BinaryOp::Mul, right)
    }
}

impl<R: Into<Expr>> Div<R> for Expr {
    type Output = Self;

    fn div(self, right: R) -> Self {
        self.binary(BinaryOp::Div, right)
    }
}

impl Neg for Expr {
    type Output = Self;

    fn neg(self) -> Self {
        ExprKind::negated(self).into()
    }
}

impl Not for Expr {
    type Output = Self;

    fn not(self) -> Self {
        ExprKind::Not(Box::new(self)).into()
    }
}
