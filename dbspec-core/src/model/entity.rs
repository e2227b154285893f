//! Entities, their fields, and the relations between them.

use serde::{Deserialize, Serialize};

use super::expr::Expr;
use super::name::{FieldPath, Name, Number};
use super::rule::{AtMost, Check, Derive, Determines, Exclusive, Key, Moves, NoOverlap, Unique};
use super::stats::{Percent, Share, Volume};
use super::target::{IndexHint, Stored};
use super::ty::{Bounds, Fan, TypeExpr};
use crate::span::Span;

/// `entity OrderLine in Order as lines 1..50 avg 3 @version { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `in Order as lines`: the entity whose part it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// `is PaymentMethod`: the entity it is a kind of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Name>,
    /// `@version`, `@soft_delete`, …, in the order of [`MarkKind::rank`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Fields, rules and facts, in source order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl Entity {
    /// The fields, in source order, without derived ones.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.members.iter().filter_map(Member::as_field)
    }
}

/// `in Order as lines 1..50 avg 3`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The entity that owns.
    pub entity: Name,
    /// What the owner calls these rows.
    pub inverse: Name,
    /// How many each owner has.
    #[serde(default)]
    pub fan: Fan,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// What stands between the braces of an entity or a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Member {
    /// `email: string(254) @unique`.
    Field(Field),
    /// `derive total: Money = sum(lines, quantity * unit_price)`.
    Derive(Derive),
    /// `check adult: …`.
    Check(Check),
    /// `key (a, b)`.
    Key(Key),
    /// `unique one_draft (customer) where …`.
    Unique(Unique),
    /// `moves status { draft -> placed }`.
    Moves(Moves),
    /// `no overlap (dock, during)`.
    NoOverlap(NoOverlap),
    /// `exclusive pay (card, iban)`.
    Exclusive(Exclusive),
    /// `at most 3 per (a, b) where …`.
    AtMost(AtMost),
    /// `determines (zip) -> (city)`.
    Determines(Determines),
    /// `volume 50_000`.
    Volume(Volume),
    /// `share 2% where …`.
    Share(Share),
    /// `index (a, b) on main`.
    Index(IndexHint),
}

impl Member {
    /// The field, if it is one.
    pub fn as_field(&self) -> Option<&Field> {
        match self {
            Self::Field(field) => Some(field),
            Self::Derive(_)
            | Self::Check(_)
            | Self::Key(_)
            | Self::Unique(_)
            | Self::Moves(_)
            | Self::NoOverlap(_)
            | Self::Exclusive(_)
            | Self::AtMost(_)
            | Self::Determines(_)
            | Self::Volume(_)
            | Self::Share(_)
            | Self::Index(_) => None,
        }
    }

    /// Where it stands.
    pub fn at(&self) -> Span {
        match self {
            Self::Field(it) => it.at,
            Self::Derive(it) => it.at,
            Self::Check(it) => it.at,
            Self::Key(it) => it.at,
            Self::Unique(it) => it.at,
            Self::Moves(it) => it.at,
            Self::NoOverlap(it) => it.at,
            Self::Exclusive(it) => it.at,
            Self::AtMost(it) => it.at,
            Self::Determines(it) => it.at,
            Self::Volume(it) => it.at,
            Self::Share(it) => it.at,
            Self::Index(it) => it.at,
        }
    }
}

/// `name: type` and what is said about it, in an entity, a relation, a value type or the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// What else is said, in the order of [`ModifierKind::rank`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<Modifier>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl Field {
    /// Whether a modifier of this kind is there; parameters count too.
    pub fn has(&self, kind: &ModifierKind) -> bool {
        self.modifiers.iter().any(|modifier| modifier.kind == *kind)
    }

    /// The expression after `=`, if there is one.
    pub fn default_value(&self) -> Option<&Expr> {
        self.modifiers.iter().find_map(|modifier| {
            if let ModifierKind::Default(expr) = &modifier.kind {
                Some(expr)
            } else {
                None
            }
        })
    }
}

/// One thing said about a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Modifier {
    /// What is said.
    pub kind: ModifierKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl From<ModifierKind> for Modifier {
    fn from(kind: ModifierKind) -> Self {
        Self { kind, at: Span::NONE }
    }
}

/// What can be said about a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModifierKind {
    /// `= draft`: what an insert takes that doesn't say.
    Default(Expr),
    /// `1..1000`.
    Bounds(Bounds),
    /// `on delete restrict`.
    OnDelete(OnDelete),
    /// `inverse orders 0..10_000 avg 20 p99 400`: what the referenced entity calls the rows that refer to it.
    Inverse {
        /// The inverse's name.
        name: Name,
        /// How many rows refer to one.
        #[serde(default)]
        fan: Fan,
    },
    /// `sharing customer`: both ends of the reference have the same.
    Sharing(Vec<Name>),
    /// `@key`: part of the entity's key.
    Key,
    /// `@unique`.
    Unique,
    /// `@tenant`: the reference that says whose the row is.
    Tenant,
    /// `@immutable`: never changes once written.
    Immutable,
    /// `@mutable`: a key that may change.
    Mutable,
    /// `@ignore_case`: ASCII letters compare without case.
    IgnoreCase,
    /// `@matches(r"[A-Z]+")`: the whole text is of this pattern.
    Matches(String),
    /// `@personal`: about a person.
    Personal,
    /// `@lookup`: an encrypted value found by equality.
    Lookup,
    /// `@avg(14)`: the average size.
    Avg(Number),
    /// `@p99(80)`: the size that 99 of 100 don't pass.
    P99(Number),
    /// `@nulls(30%)`: how many are null.
    Nulls(Percent),
    /// `@distinct(200)`: how many different values there are.
    Distinct(Number),
    /// `@skew(zipf 1.1)`: how unevenly the values are spread.
    Skew {
        /// The distribution.
        distribution: Name,
        /// Its parameter.
        parameter: Number,
    },
    /// `@was(title)`: its name in the version before.
    Was(Name),
    /// `@fill(expr)`: what rows that exist get.
    Fill(Expr),
    /// `@stored("T_ORD") on mysql`: its name in a database.
    Stored(Stored),
    /// `@external`: exists there and isn't ours.
    External,
}

impl ModifierKind {
    /// The place in the order in which modifiers are kept and written.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Default(_) => 0,
            Self::Bounds(_) => 1,
            Self::OnDelete(_) => 2,
            Self::Inverse { name: _, fan: _ } => 3,
            Self::Sharing(_) => 4,
            Self::Key => 5,
            Self::Unique => 6,
            Self::Tenant => 7,
            Self::Immutable => 8,
            Self::Mutable => 9,
            Self::Personal => 10,
            Self::IgnoreCase => 11,
            Self::Lookup => 12,
            Self::Matches(_) => 13,
            Self::Avg(_) => 14,
            Self::P99(_) => 15,
            Self::Nulls(_) => 16,
            Self::Distinct(_) => 17,
            Self::Skew {
                distribution: _,
                parameter: _,
            } => 18,
            Self::Was(_) => 19,
            Self::Fill(_) => 20,
            Self::Stored(_) => 21,
            Self::External => 22,
        }
    }
}

/// What happens to a row when the row it refers to is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The removal is refused.
    Restrict,
    /// It is removed too.
    Cascade,
    /// The reference becomes null.
    SetNull,
}

/// What is said about an entity or a relation as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark {
    /// What is said.
    pub kind: MarkKind,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl From<MarkKind> for Mark {
    fn from(kind: MarkKind) -> Self {
        Self { kind, at: Span::NONE }
    }
}

/// What can be said about an entity or a relation as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// `@abstract`: only its subtypes have rows.
    Abstract,
    /// `@version`: an optimistic lock.
    Version,
    /// `@audit(by = session.customer)`: who and when, of creation and change.
    Audit {
        /// Who.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Expr>,
    },
    /// `@soft_delete`: a delete hides.
    SoftDelete,
    /// `@history`: every state is kept.
    History,
    /// `@append_only`: rows are never changed, and removed by retention alone.
    AppendOnly,
    /// `@immutable`: rows never change.
    Immutable,
    /// `@was(Old)`: its name in the version before.
    Was(Name),
    /// `@stored("T_ORD") on mysql`: its name in a database.
    Stored(Stored),
    /// `@external`: exists there and isn't ours.
    External,
}

impl MarkKind {
    /// The place in the order in which marks are kept and written.
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Abstract => 0,
            Self::Version => 1,
            Self::Audit { by: _ } => 2,
            Self::SoftDelete => 3,
            Self::History => 4,
            Self::AppendOnly => 5,
            Self::Immutable => 6,
            Self::Was(_) => 7,
            Self::Stored(_) => 8,
            Self::External => 9,
        }
    }
}

/// `relation Wishlist: Customer.wishes 0..500 avg 6 *--* Product.wished_by { added_at: timestamp }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// What the user wrote about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Its name.
    pub name: Name,
    /// `@history`, `@was(Old)`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Left of `*--*`.
    pub left: RelationEnd,
    /// Right of `*--*`.
    pub right: RelationEnd,
    /// The link's own fields and rules, in source order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `Customer.wishes 0..500 avg 6` or `(follower: User).following`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationEnd {
    /// What the link calls this end; needed where both ends are of one entity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Name>,
    /// The entity at this end.
    pub entity: Name,
    /// What that entity calls the rows at the other end.
    pub inverse: Name,
    /// How many of those it has.
    #[serde(default)]
    pub fan: Fan,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

/// `(customer, during)`: fields of a rule.
pub type FieldList = Vec<FieldPath>;
