//! The model: what the user said, in the language's words.
//!
//! A plain value that the parser, the builder and JSON make alike: order is source order, spans don't count for
//! equality and are not in files, and nothing is resolved. What it means is the kernel's, which check makes of it.

pub mod build;

mod access;
mod entity;
mod expr;
mod keep;
mod name;
mod rule;
mod stats;
mod target;
mod ty;
mod who;
mod write;

use serde::{Deserialize, Serialize};

pub use access::{
    Access, Condition, Consistency, Direction, Fetch, OrderTerm, Param, Projection, Source, Window,
};
pub use entity::{
    Entity, Field, FieldList, Mark, MarkKind, Member, Modifier, ModifierKind, OnDelete, Owner, Relation,
    RelationEnd,
};
pub use expr::{BinaryOp, Expr, ExprKind, Literal, Path, Quantifier, Repeat, Root, Step};
pub use keep::{Keep, KeepBound, KeepThen, KeepWhat};
pub use name::{FieldPath, Name, NotANumber, Number};
pub use rule::{
    Assert, AtMost, Check, Derive, Determines, Exclusive, Judged, Key, Move, Moves, NoOverlap, Nulls, Unique,
};
pub use stats::{
    Flow, Growth, GrowthAmount, Load, Percent, Period, Rate, Scale, Share, TimeUnit, Timespan, Volume,
    Workload, WorkloadAmount, WorkloadPart,
};
pub use target::{
    Cache, Feed, IndexField, IndexHint, Operate, Place, Prefer, Row, Rows, Setting, SettingValue, Stored,
    Target, Version,
};
pub use ty::{Bounds, Fan, Scalar, TypeExpr, TypeKind};
pub use who::{Grant, GrantObject, Policy, PolicyKind, Role, Session, Verb};
pub use write::{
    Assign, Delete, For, If, Insert, InsertRow, Matching, Read, Require, Restore, Return, Statement, Update,
    Upsert, Write,
};

use crate::span::Span;

/// Everything that one description says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// The version of the JSON form; [`Model::FORMAT`] in what this release writes.
    pub format: u32,
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// `model shop`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Everything else, in source order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

impl Model {
    /// The version of the JSON form that this release writes.
    pub const FORMAT: u32 = 1;
}

impl Default for Model {
    fn default() -> Self {
        Self {
            format: Self::FORMAT,
            docs: None,
            name: None,
            items: Vec::new(),
        }
    }
}

/// One declaration at the top of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// `use "common.dbspec"`.
    Use(Use),
    /// `scale shops = 1`.
    Scale(Scale),
    /// `enum Size ordered { small medium large }`.
    Enum(EnumDecl),
    /// `type Money = decimal(12, 2) where value >= 0`, `type Address { … }`.
    Type(TypeDecl),
    /// `session { … }`.
    Session(Session),
    /// `entity Customer { … }`.
    Entity(Entity),
    /// `relation Wishlist: Customer.wishes *--* Product.wished_by`.
    Relation(Relation),
    /// `assert books on Warehouse: …`.
    Assert(Assert),
    /// `rows Country { … }`.
    Rows(Rows),
    /// `access orders_of_customer (…) { … }`.
    Access(Access),
    /// `write place_order (…) { … }`.
    Write(Write),
    /// `workload peak { … }`.
    Workload(Workload),
    /// `flow checkout { … }`.
    Flow(Flow),
    /// `role app { … }`.
    Role(Role),
    /// `policy own on Order for app: …`.
    Policy(Policy),
    /// `keep Order at least 7 years from placed_at`.
    Keep(Keep),
    /// `operate { … }`.
    Operate(Operate),
    /// `target main: postgres 17`.
    Target(Target),
    /// `prefer embed Order.lines on mongodb`.
    Prefer(Prefer),
    /// `place Wishlist on neo4j`.
    Place(Place),
    /// `cache orders_of_customer on redis ttl 60s`.
    Cache(Cache),
    /// `feed Product to neo4j from main staleness 5s`.
    Feed(Feed),
}

impl Item {
    /// Where it stands.
    pub fn at(&self) -> Span {
        match self {
            Self::Use(it) => it.at,
            Self::Scale(it) => it.at,
            Self::Enum(it) => it.at,
            Self::Type(it) => it.at,
            Self::Session(it) => it.at,
            Self::Entity(it) => it.at,
            Self::Relation(it) => it.at,
            Self::Assert(it) => it.at,
            Self::Rows(it) => it.at,
            Self::Access(it) => it.at,
            Self::Write(it) => it.at,
            Self::Workload(it) => it.at,
            Self::Flow(it) => it.at,
            Self::Role(it) => it.at,
            Self::Policy(it) => it.at,
            Self::Keep(it) => it.at,
            Self::Operate(it) => it.at,
            Self::Target(it) => it.at,
            Self::Prefer(it) => it.at,
            Self::Place(it) => it.at,
            Self::Cache(it) => it.at,
            Self::Feed(it) => it.at,
        }
    }
}

/// `use "common.dbspec"`: the items of another file, through a source that the caller gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// The file, as the caller's source understands it.
    pub path: String,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `enum Size ordered { small medium large }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumDecl {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// Whether labels compare by declaration.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// Its labels, in source order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// A label of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name, which is its value in rows.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
}

/// `type Money = decimal(12, 2) where value >= 0` or `type Address { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDecl {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `@was(old)`: its name in the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Name>,
    /// Which of the two.
    pub kind: TypeDeclKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// What a `type` declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeDeclKind {
    /// A type under a name, perhaps with a rule over `value`.
    Domain {
        /// The type.
        ty: TypeExpr,
        /// What must not be false of `value`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<Expr>,
    },
    /// A value type: fields without identity.
    Value {
        /// Its fields.
        fields: Vec<Field>,
    },
}
