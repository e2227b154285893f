//! Entities, fields, leaves and types.

use super::{ElementId, EntityId, EnumId, FacetId, FactId, FieldId, LeafId, RuleId};
use crate::arena::Run;
use crate::value::Value;

/// A kind of row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What the user wrote.
    pub element: ElementId,
    /// The name, unique among entities and relations.
    pub name: Box<str>,
    /// Documentation, without its slashes.
    pub doc: Option<Box<str>>,
    /// The owner, where this is part of another entity; its first field is then `owner`.
    pub owner: Option<EntityId>,
    /// The name under which the owner knows its rows: `lines`.
    pub owned_as: Option<Box<str>>,
    /// Whether this is what a relation `*--*` became: its key is its two references.
    pub link: bool,
    /// The fields, owner first.
    pub fields: Run<FieldId>,
    /// The leaves of all fields, in their order.
    pub leaves: Run<LeafId>,
    /// The rules.
    pub rules: Run<RuleId>,
    /// The fields of the key, the owner first.
    pub key: Vec<FieldId>,
    /// The subtypes, in order of declaration; empty where there are none.
    pub subtypes: Vec<Subtype>,
    /// The leaf of `is`, where there are subtypes.
    pub discriminator: Option<LeafId>,
    /// The leaf of `version`, where rows are versioned.
    pub version: Option<LeafId>,
    /// The leaf of `deleted_at`, where rows are deleted softly.
    pub soft_delete: Option<LeafId>,
    /// The leaf of the tenant's reference, as one of its key's leaves.
    pub tenant: Option<FieldId>,
    /// How many rows there are, where somebody said.
    pub volume: Option<Volume>,
    /// The outcomes of inserting, updating and deleting a row.
    pub facets: Run<FacetId>,
    /// The facts about it.
    pub facts: Run<FactId>,
}

/// A subtype: a name for those rows of its base whose `is` holds its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subtype {
    /// What the user wrote.
    pub element: ElementId,
    /// The name, also the label in `is`.
    pub name: Box<str>,
    /// The base's fields that only this subtype (and those under it) has.
    pub fields: Vec<FieldId>,
}

/// How many rows an entity has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Rows today, scales worked out.
    pub rows: u64,
    /// Growth in parts per million and month; 0 where none is said.
    pub growth_ppm: u64,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What the user wrote.
    pub element: ElementId,
    /// The entity.
    pub entity: EntityId,
    /// The name, unique in the entity.
    pub name: Box<str>,
    /// Documentation.
    pub doc: Option<Box<str>>,
    /// The type.
    pub ty: Type,
    /// Whether null is allowed.
    pub nullable: bool,
    /// Whether equality, order and uniqueness fold ASCII letters.
    pub ignore_case: bool,
    /// Whether the value may change although the field is part of the key.
    pub mutable: bool,
    /// What it is stored as.
    pub leaves: Run<LeafId>,
    /// What is said of its values.
    pub statistics: Statistics,
}

/// What is said of a field's values; all `None` where nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Average length (strings, bytes: in characters or bytes; lists: items).
    pub average: Option<u64>,
    /// The 99th percentile of the same, or of an inverse's fan-out.
    pub p99: Option<u64>,
    /// Nulls in parts per million.
    pub nulls_ppm: Option<u64>,
    /// Distinct values.
    pub distinct: Option<u64>,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// One value.
    Scalar(Scalar),
    /// A row of an entity, by its key.
    Ref(EntityId),
    /// A value type: members stored side by side.
    Group(Vec<Member>),
    /// A half-open range: leaves `start` and `end`.
    Range(Scalar),
    /// A list, a set or a map.
    List(ListType),
}

/// A member of a value type, or of `session`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The name.
    pub name: Box<str>,
    /// The type.
    pub ty: Type,
    /// Whether null is allowed.
    pub nullable: bool,
}

/// A list, a set or a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListType {
    /// Which of them.
    pub kind: ListKind,
    /// What it holds.
    pub item: Item,
    /// The largest size that is declared, if one is.
    pub max: Option<u32>,
}

/// Which kind of collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// Ordered, repeats allowed.
    List,
    /// Unordered without repeats; kept sorted.
    Set,
    /// By string keys of at most so many characters; kept sorted by key, as a list of `{key, value}`.
    Map {
        /// The keys' size.
        key: u32,
    },
}

/// What a collection holds. Items are never null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Values.
    Scalar(Scalar),
    /// Value types, each a [`Value::Map`] of all its members.
    Group(Vec<Member>),
}

/// One value. Strings hold Unicode without NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// True or false.
    Bool,
    /// 16 bits.
    Int16,
    /// 32 bits.
    Int32,
    /// 64 bits.
    Int64,
    /// Exact, at most 38 digits.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// Finite.
    Float64,
    /// At most so many scalar values.
    String {
        /// The limit.
        max: u32,
    },
    /// Without a limit.
    Text,
    /// At most so many bytes.
    Bytes {
        /// The limit.
        max: u32,
    },
    /// 128 bits.
    Uuid,
    /// Years 1 to 9999.
    Date,
    /// Microseconds of a day.
    Time,
    /// UTC in microseconds, years 1 to 9999.
    Timestamp,
    /// Microseconds.
    Duration,
    /// A label.
    Enum(EnumId),
    /// I-JSON.
    Json,
    /// Longitude and latitude in degrees.
    Point,
    /// Floats of 32 bits.
    Vector {
        /// How many.
        dimensions: u32,
    },
    /// A one-way hash of a secret; only verified.
    Hashed,
    /// Readable with its key alone.
    Encrypted {
        /// The largest size of the plain text.
        max: u32,
        /// Whether rows are found by equality.
        lookup: bool,
    },
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumDef {
    /// What the user wrote.
    pub element: ElementId,
    /// The name.
    pub name: Box<str>,
    /// Documentation.
    pub doc: Option<Box<str>>,
    /// The labels, in order of declaration.
    pub labels: Vec<Box<str>>,
    /// Whether labels compare by declaration.
    pub ordered: bool,
}

impl EnumDef {
    /// The value of a label, if there is such a label.
    pub fn value(&self, label: &str) -> Option<Value> {
        let at = self.labels.iter().position(|it| &**it == label)?;
        let rank = self.ordered.then_some(at as u16);
        Some(Value::Enum(crate::value::Label {
            rank,
            text: label.into(),
        }))
    }
}

/// What is really stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The field that this is of.
    pub field: FieldId,
    /// Names from the field down to the leaf: empty for a plain field, `["id"]` for a reference, `["street"]` for a
    /// value type, `["start"]` for a range.
    pub path: Vec<Box<str>>,
    /// What it holds.
    pub ty: LeafType,
    /// Whether null is stored: where the field, or the member within it, may be null.
    pub nullable: bool,
    /// Whether equality and order fold ASCII letters.
    pub ignore_case: bool,
    /// The leaf of the referred entity's key that this one equals, for a reference.
    pub refers: Option<LeafId>,
}

/// What a leaf holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeafType {
    /// One value.
    Scalar(Scalar),
    /// A collection.
    List(ListType),
}
