//! What an expression comes to before it is compared or stored.

use crate::check::schema::{Schema, Target};
use crate::kernel::{EntityId, Expr, ListType, Many, Pred, Scalar, VarId, VarType};
use crate::model::{Name, Number};

/// A value with its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) struct Typed {
    /// How it is worked out.
    pub expr: Expr,
    /// Its type.
    pub ty: Scalar,
    /// Whether it compares without case.
    pub fold: bool,
}

impl Typed {
    pub(in crate::check) fn new(expr: Expr, ty: Scalar) -> Self {
        Self {
            expr,
            ty,
            fold: false,
        }
    }
}

/// The two ends of a range.
#[derive(Clone, Debug)]
pub(in crate::check) struct Ends {
    pub of: Scalar,
    pub start: Expr,
    pub end: Expr,
}

/// A stored collection.
#[derive(Clone, Debug)]
pub(in crate::check) struct Listed {
    pub ty: ListType,
    /// The collection as a value.
    pub expr: Expr,
    /// The collection as a way to its items; `None` where it isn't stored in a row in scope.
    pub many: Option<Many>,
}

/// A way to many rows, and perhaps on to a value of each.
#[derive(Clone, Debug)]
pub(in crate::check) struct ManyEnd {
    pub many: Many,
    /// The rows reached.
    pub to: Target,
    /// Which of them are meant: living ones, where the way leads through a relation.
    pub filter: Option<Pred>,
    /// A value or reference of each, in the scope that the way opens.
    pub rest: Option<Box<Operand>>,
}

/// What an expression comes to.
#[derive(Clone, Debug)]
pub(in crate::check) enum Operand {
    /// One value.
    Value(Typed),
    /// A row, by its key.
    Ref { to: EntityId, parts: Vec<Expr> },
    /// A range.
    Range(Ends),
    /// A value type: its leaves with their names from it down.
    Group(Vec<(Vec<Box<str>>, Typed)>),
    /// A stored collection.
    List(Listed),
    /// A parameter that is a list.
    Params(VarId, VarType),
    /// A way to many.
    Many(ManyEnd),
    /// A number without a type yet.
    Number(Number),
    /// A text without a type yet.
    Text(String),
    /// A bare word that is neither a field nor a variable: perhaps a label.
    Word(Name),
    /// `null`.
    Null,
    /// Something that was reported.
    Broken,
}

/// What an operand is, for messages.
pub(in crate::check) fn kind_of(schema: &Schema<'_>, operand: &Operand) -> String {
    match operand {
        Operand::Value(typed) => word(schema, &typed.ty),
        Operand::Ref { to, .. } => format!("a reference to `{}`", schema.entities[*to].name),
        Operand::Range(ends) => format!("a range of {}", word(schema, &ends.of)),
        Operand::Group(_) => "a value type".into(),
        Operand::List(_) => "a collection".into(),
        Operand::Params(..) => "a list".into(),
        Operand::Many(end) => format!("many rows of `{}`", schema.name_of(end.to)),
        Operand::Number(_) => "a number".into(),
        Operand::Text(_) => "a text".into(),
        Operand::Word(name) => format!("the word `{name}`"),
        Operand::Null => "null".into(),
        Operand::Broken => "something broken".into(),
    }
}

/// A scalar type as it is written.
pub(in crate::check) fn word(schema: &Schema<'_>, scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool => "bool".into(),
        Scalar::Int16 => "int16".into(),
        Scalar::Int32 => "int32".into(),
        Scalar::Int64 => "int64".into(),
        Scalar::Decimal { precision, scale } => format!("decimal({precision}, {scale})"),
        Scalar::Float64 => "float64".into(),
        Scalar::String { max } => format!("string({max})"),
        Scalar::Text => "text".into(),
        Scalar::Bytes { max } => format!("bytes({max})"),
        Scalar::Uuid => "uuid".into(),
        Scalar::Date => "date".into(),
        Scalar::Time => "time".into(),
        Scalar::Timestamp => "timestamp".into(),
        Scalar::Duration => "duration".into(),
        Scalar::Enum(id) => format!("enum `{}`", schema.enums[*id].name),
        Scalar::Json => "json".into(),
        Scalar::Point => "point".into(),
        Scalar::Vector { dimensions } => format!("vector({dimensions})"),
        Scalar::Hashed => "hashed".into(),
        Scalar::Encrypted { max, .. } => format!("encrypted<string({max})>"),
    }
}

/// Whether values of a scalar have an order.
pub(in crate::check) fn is_ordered(schema: &Schema<'_>, scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Decimal { .. }
        | Scalar::Float64
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Bytes { .. }
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration => true,
        Scalar::Enum(id) => schema.enums[*id].ordered,
        Scalar::Bool
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. }
        | Scalar::Hashed
        | Scalar::Encrypted { .. } => false,
    }
}

/// Whether a scalar is an integer.
pub(super) fn is_int(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::Int16 | Scalar::Int32 | Scalar::Int64)
}

/// Whether a scalar is text.
pub(super) fn is_text(scalar: &Scalar) -> bool {
    matches!(scalar, Scalar::String { .. } | Scalar::Text)
}

/// Whether a scalar is an integer or a decimal.
pub(super) fn is_exact(scalar: &Scalar) -> bool {
    is_int(scalar) || matches!(scalar, Scalar::Decimal { .. })
}
