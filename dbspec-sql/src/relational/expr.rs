//! Expressions of SQL as data.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Select;

/// A word of the engine: a function, a type, an operator. Never a word of the model.
pub type Word = Cow<'static, str>;

/// Functions that tell the time.
const CLOCKS: [&str; 3] = ["now", "utc_timestamp", "utc_date"];

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sql {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// The bind of a number, counted from 1.
    Bind(u16),
    /// A column, of a table or alias where several are in scope.
    Column {
        /// The alias.
        of: Option<String>,
        /// The column.
        name: String,
    },
    /// A function.
    Call(Word, Vec<Sql>),
    /// An aggregate over the rows that a filter keeps.
    Aggregate {
        /// The function and its arguments.
        call: Box<Sql>,
        /// The filter.
        filter: Option<Box<Sql>>,
        /// The order.
        order: Vec<super::Sorting>,
    },
    /// `row_number() over ()`: the place of a row in what it is selected from.
    RowNumber,
    /// A cast to a type.
    Cast(Box<Sql>, Word),
    /// A collation.
    Collate(Box<Sql>, Word),
    /// An operator between two.
    Infix(Infix, Box<Sql>, Box<Sql>),
    /// `not`
    Not(Box<Sql>),
    /// `-`
    Negative(Box<Sql>),
    /// `is null`
    IsNull(Box<Sql>),
    /// `is not null`
    NotNull(Box<Sql>),
    /// All of them.
    And(Vec<Sql>),
    /// One of them.
    Or(Vec<Sql>),
    /// One of a list of expressions.
    In(Box<Sql>, Vec<Sql>),
    /// One of what a select yields.
    InSelect(Box<Sql>, Box<Select>),
    /// Equal to one item of an array.
    EqualsAny(Box<Sql>, Box<Sql>),
    /// A row of expressions.
    Row(Vec<Sql>),
    /// `array[…]`
    Array(Vec<Sql>),
    /// An item of an array, counted from 1.
    Item(Box<Sql>, Box<Sql>),
    /// `array(select …)`
    ArrayOf(Box<Select>),
    /// `case when … then … … else … end`
    Case(Vec<(Sql, Sql)>, Box<Sql>),
    /// `exists (select …)`
    Exists(Box<Select>),
    /// `(select …)`
    Scalar(Box<Select>),
    /// A date or time constant of a type: `interval '1 day'`.
    Constant(Word, Word),
    /// So many of a unit: `interval x microsecond`.
    Interval(Box<Sql>, Word),
}

/// Operators between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Infix {
    /// `=`
    Eq,
    /// `<>`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `is distinct from`
    Distinct,
    /// `<=>`: equal, or both null.
    Same,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `||`
    Concat,
    /// `~`: follows a regular expression.
    Matches,
    /// `@>`: contains.
    Contains,
    /// `->`: a member or item, as JSON.
    Member,
    /// `->>`: a member or item, as text.
    MemberText,
    /// `#>>`: what stands at a path, as text.
    PathText,
    /// `at time zone`
    AtTimeZone,
}

impl Infix {
    /// How it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Distinct => "is distinct from",
            Self::Same => "<=>",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Concat => "||",
            Self::Matches => "~",
            Self::Contains => "@>",
            Self::Member => "->",
            Self::MemberText => "->>",
            Self::PathText => "#>>",
            Self::AtTimeZone => "at time zone",
        }
    }
}

impl Sql {
    /// A column of the one table in scope.
    pub fn column(name: impl Into<String>) -> Self {
        Self::Column {
            of: None,
            name: name.into(),
        }
    }

    /// A column of an alias.
    pub fn of(alias: impl Into<String>, name: impl Into<String>) -> Self {
        Self::Column {
            of: Some(alias.into()),
            name: name.into(),
        }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number.
    pub fn number(number: impl std::fmt::Display) -> Self {
        Self::Number(number.to_string())
    }

    /// A function of a name.
    pub fn call(name: &'static str, args: impl Into<Vec<Sql>>) -> Self {
        Self::Call(name.into(), args.into())
    }

    /// This as a type.
    #[must_use]
    pub fn cast(self, ty: impl Into<Word>) -> Self {
        Self::Cast(Box::new(self), ty.into())
    }

    /// An operator between this and another.
    #[must_use]
    pub fn infix(self, op: Infix, other: Self) -> Self {
        Self::Infix(op, Box::new(self), Box::new(other))
    }

    /// Whether this is null.
    #[must_use]
    pub fn is_null(self) -> Self {
        Self::IsNull(Box::new(self))
    }

    /// Whether it isn't.
    #[must_use]
    pub fn not_null(self) -> Self {
        Self::NotNull(Box::new(self))
    }

    /// All of them; the only one as it is.
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(parts, true)
    }

    /// One of them; the only one as it is.
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(parts, false)
    }

    fn joined(parts: impl IntoIterator<Item = Self>, neutral: bool) -> Self {
        let mut list = Vec::new();
        for part in parts {
            match part {
                Self::Bool(it) if it == neutral => {}
                Self::And(inner) if neutral => list.extend(inner),
                Self::Or(inner) if !neutral => list.extend(inner),
                other => list.push(other),
            }
        }
        match (list.len(), list.pop()) {
            (0 | 1, None) => Self::Bool(neutral),
            (1, Some(only)) => only,
            (_, rest) => {
                list.extend(rest);
                if neutral { Self::And(list) } else { Self::Or(list) }
            }
        }
    }

    /// Whether it speaks of columns and constants alone: no select, no bind, no clock.
    pub fn is_local(&self) -> bool {
        let mut local = true;
        self.visit(&mut |it| match it {
            Self::Bind(_)
            | Self::Aggregate { .. }
            | Self::RowNumber
            | Self::ArrayOf(_)
            | Self::InSelect(..)
            | Self::Exists(_)
            | Self::Scalar(_) => local = false,
            Self::Call(function, _) if CLOCKS.contains(&&**function) => local = false,
            _ => {}
        });
        local
    }

    /// Visits it and all expressions in it, but for those of selects.
    pub fn visit<'s>(&'s self, each: &mut dyn FnMut(&'s Self)) {
        each(self);
        match self {
            Self::Null
            | Self::Bool(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Column { .. }
            | Self::Constant(..)
            | Self::Bind(_)
            | Self::RowNumber
            | Self::ArrayOf(_)
            | Self::Exists(_)
            | Self::Scalar(_) => {}
            Self::Aggregate { call, filter, .. } => {
                call.visit(each);
                if let Some(filter) = filter {
                    filter.visit(each);
                }
            }
            Self::Cast(of, _)
            | Self::Collate(of, _)
            | Self::Not(of)
            | Self::Negative(of)
            | Self::IsNull(of)
            | Self::NotNull(of)
            | Self::Interval(of, _)
            | Self::InSelect(of, _) => of.visit(each),
            Self::Infix(_, a, b) | Self::EqualsAny(a, b) | Self::Item(a, b) => {
                a.visit(each);
                b.visit(each);
            }
            Self::Call(_, parts)
            | Self::And(parts)
            | Self::Or(parts)
            | Self::Row(parts)
            | Self::Array(parts) => parts.iter().for_each(|part| part.visit(each)),
            Self::In(of, list) => {
                of.visit(each);
                for item in list {
                    item.visit(each);
                }
            }
            Self::Case(arms, otherwise) => {
                for (when, then) in arms {
                    when.visit(each);
                    then.visit(each);
                }
                otherwise.visit(each);
            }
        }
    }
}
