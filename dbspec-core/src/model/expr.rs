//! Expressions as they are written: a tree without types, which check gives.

use serde::{Deserialize, Serialize};

use super::name::{Name, Number};
use crate::span::Span;

/// An expression. Parentheses aren't kept: the tree says them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl Expr {
    /// An expression at a place in the text.
    pub fn new(kind: ExprKind, at: Span) -> Self {
        Self { kind, at }
    }
}

impl From<ExprKind> for Expr {
    fn from(kind: ExprKind) -> Self {
        Self::new(kind, Span::NONE)
    }
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExprKind {
    /// A number, a text, `true`, `false` or `null`.
    Literal(Literal),
    /// `placed_at`, `lines.product.sku`, `$customer`, `session.staff`, `self`, `manager[1..8].name`. A single bare word
    /// may also be the label of an enum, an alias or a loop's variable: check knows.
    Path(Path),
    /// `[draft, cancelled]`, beside `in`.
    List(Vec<Expr>),
    /// `not x`.
    Not(Box<Expr>),
    /// `-x`; a negative literal is a [`Literal::Number`] instead.
    Negate(Box<Expr>),
    /// `a and b and c`, two or more.
    And(Vec<Expr>),
    /// `a or b or c`, two or more.
    Or(Vec<Expr>),
    /// An operator between two operands.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Left of it.
        left: Box<Expr>,
        /// Right of it.
        right: Box<Expr>,
    },
    /// `x between low and high`, both included.
    Between {
        /// What is judged.
        value: Box<Expr>,
        /// The least.
        low: Box<Expr>,
        /// The greatest.
        high: Box<Expr>,
    },
    /// `x is null`, `x is not null`.
    IsNull {
        /// What is judged.
        operand: Box<Expr>,
        /// Whether `not` stands there.
        negated: bool,
    },
    /// `s is Card`, `s is not Card`.
    IsType {
        /// The row that is judged.
        operand: Box<Expr>,
        /// The subtype.
        entity: Name,
        /// Whether `not` stands there.
        negated: bool,
    },
    /// `count(lines)`, `sum(lines, quantity * unit_price)`, `date("2008-01-01")`, `now()`.
    Call {
        /// The function.
        function: Name,
        /// What it is given.
        args: Vec<Expr>,
    },
    /// `any lines (quantity > 5)`, `all …`, `none wished_by`.
    Quantified {
        /// Which of the three.
        quantifier: Quantifier,
        /// The path to many.
        over: Path,
        /// What is asked of each; without it, that there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Box<Expr>>,
    },
}

impl ExprKind {
    /// The expression with the other sign; of a number, the other number, so that `-5` is a literal.
    #[must_use]
    pub fn negated(operand: Expr) -> Self {
        match operand.kind {
            Self::Literal(Literal::Number(number)) => Self::Literal(Literal::Number(number.negated())),
            kind => Self::Negate(Box::new(Expr::new(kind, operand.at))),
        }
    }
}

/// A value written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// `0`, `-12.50`.
    Number(Number),
    /// `"…"`; beside an enum, its label.
    Text(String),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BinaryOp {
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
    /// `in`: a list, or a path to many.
    In,
    /// `starts with`.
    StartsWith,
    /// `ends with`.
    EndsWith,
    /// `contains`.
    Contains,
    /// `matches`: a pattern, or `words($q)`.
    Matches,
    /// `overlaps`.
    Overlaps,
    /// `else`: the right where the left is null.
    Else,
    /// `+`.
    Add,
    /// `-`.
    Sub,
    /// `*`.
    Mul,
    /// `/`.
    Div,
}

impl BinaryOp {
    /// How it is written.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::In => "in",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Contains => "contains",
            Self::Matches => "matches",
            Self::Overlaps => "overlaps",
            Self::Else => "else",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
        }
    }
}

/// How many of the rows must satisfy the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantifier {
    /// At least one.
    Any,
    /// Every one.
    All,
    /// Not one.
    None,
}

impl Quantifier {
    /// How it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::None => "none",
        }
    }
}

/// A way from a root through fields and relationships.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// Where it starts.
    pub root: Root,
    /// The steps from there; at least one where the root is [`Root::Bare`] or [`Root::Session`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Where the path stands.
    #[serde(skip)]
    pub at: Span,
}

impl Path {
    /// Whether a path in text can begin with this name, without a root before it: a word that means nothing else there.
    /// Other names are reached from `self`.
    pub fn can_begin_with(name: &str) -> bool {
        let taken = matches!(
            name,
            "null"
                | "true"
                | "false"
                | "self"
                | "owner"
                | "session"
                | "and"
                | "or"
                | "not"
                | "in"
                | "is"
                | "between"
                | "else"
                | "as"
        );
        !taken && crate::syntax::is_word(name)
    }

    /// The single name, if the path is one bare word.
    pub fn as_word(&self) -> Option<&Name> {
        match (&self.root, self.steps.as_slice()) {
            (Root::Bare, [Step { name, repeat: None }]) => Some(name),
            (Root::Bare | Root::SelfRow | Root::Owner | Root::Session | Root::Param(_), _) => None,
        }
    }
}

/// Where a path starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Root {
    /// With its first step: a field of the row, an alias, a variable, a label, `value` in a type's rule.
    Bare,
    /// `self`: the row.
    SelfRow,
    /// `owner`: the row that owns an owned row.
    Owner,
    /// `session`: who asks.
    Session,
    /// `$name`: a parameter.
    Param(Name),
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The field, inverse, owned rows or part (`start`, `end`).
    pub name: Name,
    /// `[1..8]`: the step again and again, each row once at its least depth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

impl From<Name> for Step {
    fn from(name: Name) -> Self {
        Self { name, repeat: None }
    }
}

/// How often a step is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The least depth.
    pub min: u32,
    /// The greatest depth.
    pub max: u32,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}
