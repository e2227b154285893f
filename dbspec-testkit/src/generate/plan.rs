//! Plans: choices that proptest makes and shrinks.

use proptest::collection::vec;
use proptest::prelude::*;

/// A model.
#[derive(Clone, Debug)]
pub struct ModelPlan {
    /// The entities; at least one.
    pub entities: Vec<EntityPlan>,
    /// Relations between them.
    pub relations: Vec<RelationPlan>,
}

/// An entity.
#[derive(Clone, Debug)]
pub struct EntityPlan {
    /// Picks the name.
    pub name: u16,
    /// The key.
    pub key: KeyPlan,
    /// Which entity (modulo those before it) owns this one, if one does.
    pub owner: Option<(u16, u8)>,
    /// The fields.
    pub columns: Vec<ColumnPlan>,
    /// Unique rules over several fields.
    pub uniques: Vec<UniquePlan>,
    /// Checks.
    pub checks: Vec<CheckPlan>,
    /// Whether rows are versioned.
    pub versioned: bool,
    /// Whether rows are deleted softly.
    pub soft: bool,
    /// Access patterns.
    pub accesses: Vec<AccessPlan>,
    /// Whether it is documented, with text that breaks what doesn't quote.
    pub documented: bool,
    /// Rarer rules; none in [`models`].
    pub rare: Vec<RarePlan>,
}

/// A rule that engines seldom have; fields modulo those that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RarePlan {
    /// At most so many rows have the same in a field.
    AtMost(u16, u8),
    /// No two rows with the same in a field have overlapping ranges; of another field, which is added.
    NoOverlap(u16),
    /// Rows never change.
    AppendOnly,
    /// The key may change.
    MutableKey,
    /// How many rows refer to this one, through any reference; kept.
    Count(u16),
    /// Twice an integer field; kept.
    Twice(u16),
    /// The sum of an integer field of the rows it owns; kept.
    Sum,
    /// A statement about rows that refer to this one.
    Assert(u16),
    /// A check along a reference.
    Along(u16),
    /// A check that holds when a row is written.
    OnWrite(u16),
    /// Rows are kept for some time from a date on.
    Kept(u16),
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlan {
    /// An int32 that the caller gives.
    Int,
    /// An int64 from a sequence.
    Sequence,
    /// A short string.
    Text,
    /// A UUID that is filled in.
    Uuid,
    /// An int32 and a short string.
    Composite,
}

/// A field.
#[derive(Clone, Debug)]
pub struct ColumnPlan {
    /// Picks the name.
    pub name: u16,
    /// The type.
    pub ty: TypePlan,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether no two rows have the same, where the type has equality.
    pub unique: bool,
    /// Whether it never changes.
    pub immutable: bool,
}

/// A field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypePlan {
    /// `bool`
    Bool,
    /// `int16`
    Int16,
    /// `int32`, 0 to 20.
    Int32,
    /// `int64`
    Int64,
    /// `decimal(6, 2)`
    Decimal,
    /// `decimal(38, 10)`
    BigDecimal,
    /// `float64`
    Float,
    /// `string(6)`
    Str,
    /// `string(6)` folding case.
    Folded,
    /// `text`
    Text,
    /// `bytes(8)`
    Bytes,
    /// `uuid`
    Uuid,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `timestamp`
    Timestamp,
    /// `duration`
    Duration,
    /// An enum.
    Enum,
    /// An enum with moves.
    Moving,
    /// An ordered enum.
    Ordered,
    /// A value type of a required and an optional member.
    Value,
    /// `list<string(5)>`, at most 3.
    Strings,
    /// `range<date>`
    Range,
    /// `json`
    Json,
    /// A reference to an entity (modulo their number).
    Ref(u16, OnDeletePlan),
}

/// What deleting a referred row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDeletePlan {
    /// `on delete restrict`
    Restrict,
    /// `on delete cascade`
    Cascade,
    /// `on delete set null`, where the reference may be null.
    SetNull,
}

/// A unique rule; fields modulo those that have equality.
#[derive(Clone, Debug)]
pub struct UniquePlan {
    /// Which fields.
    pub columns: Vec<u16>,
    /// Whether nulls are values.
    pub nulls_equal: bool,
    /// A field that must not be null for the rule to bind.
    pub where_set: Option<u16>,
}

/// A check; fields modulo those that fit.
#[derive(Clone, Debug)]
pub enum CheckPlan {
    /// An integer field is at least so much.
    AtLeast(u16, i8),
    /// One integer field is not above another.
    Ordered(u16, u16),
    /// One field is null, or another is set.
    Implies(u16, u16),
    /// Arithmetic: the product of two integer fields stays below a bound, or the first is null.
    Product(u16, u16, u8),
    /// A string is one of a few, or another field is set.
    OneOf(u16, u16),
    /// A string doesn't start with a letter.
    NotStarting(u16),
}

/// A relation.
#[derive(Clone, Debug)]
pub struct RelationPlan {
    /// Picks the name.
    pub name: u16,
    /// One end (modulo the entities).
    pub from: u16,
    /// The other.
    pub to: u16,
    /// How many links a row may have, where bounded.
    pub max: Option<u8>,
}

/// An access pattern over one entity; fields modulo those that fit.
#[derive(Clone, Debug)]
pub enum AccessPlan {
    /// By the key.
    Key,
    /// A field equals a parameter; ordered by another field.
    Equal(u16, u16, bool),
    /// The same, and a range over an ordered field, a page at a time.
    Range(u16, u16, bool),
    /// The same, the range counting only where it is given.
    Optional(u16, u16),
    /// A string begins with a parameter.
    Prefix(u16, u16),
    /// A field is null.
    Null(u16, u16),
    /// All rows, grouped by a field.
    Grouped(u16),
    /// All rows, in the order of a field, a few of them.
    All(u16, bool),
    /// The rows that refer to a row, fetched with it.
    Children(u16),
}

/// Models as [`models`], with rarer rules as well.
pub fn rare_models() -> impl Strategy<Value = ModelPlan> {
    let rare = vec(vec(rare(), 0..4), 4);
    (models(), rare).prop_map(|(mut model, rare)| {
        for (entity, rare) in model.entities.iter_mut().zip(rare) {
            entity.rare = rare;
        }
        model
    })
}

/// Models as [`rare_models`], in which many owned rows are reached through their owner alone: no query looks for them, no
/// rule compares them with those of other owners.
pub fn listed_models() -> impl Strategy<Value = ModelPlan> {
    rare_models().prop_map(|mut model| {
        if let Some(first) = model.entities.first_mut() {
            // What its rows own follows them when they are deleted softly, and no bound counts what was.
            first.soft &= first.name.is_multiple_of(4);
            first.rare.retain(|it| *it != RarePlan::MutableKey);
        }
        for entity in model.entities.iter_mut().skip(1) {
            entity.owner = entity.owner.or(Some((0, 0)));
            entity.accesses.clear();
            entity.uniques.clear();
            let apart = |it: &RarePlan| {
                matches!(
                    it,
                    RarePlan::AtMost(..) | RarePlan::NoOverlap(_) | RarePlan::MutableKey
                )
            };
            entity.rare.retain(|it| !apart(it));
            for column in &mut entity.columns {
                column.unique = false;
            }
        }
        model
    })
}

fn rare() -> impl Strategy<Value = RarePlan> {
    let a = any::<u16>();
    prop_oneof![
        (a, 1u8..3).prop_map(|(by, most)| RarePlan::AtMost(by, most)),
        a.prop_map(RarePlan::NoOverlap),
        Just(RarePlan::AppendOnly),
        Just(RarePlan::MutableKey),
        a.prop_map(RarePlan::Count),
        a.prop_map(RarePlan::Twice),
        Just(RarePlan::Sum),
        a.prop_map(RarePlan::Assert),
        a.prop_map(RarePlan::Along),
        a.prop_map(RarePlan::OnWrite),
        a.prop_map(RarePlan::Kept),
    ]
}

/// Models of one to four entities.
pub fn models() -> impl Strategy<Value = ModelPlan> {
    (vec(entity(), 1..4), vec(relation(), 0..2))
        .prop_map(|(entities, relations)| ModelPlan { entities, relations })
}

fn entity() -> impl Strategy<Value = EntityPlan> {
    let key = prop_oneof![
        3 => Just(KeyPlan::Int),
        1 => Just(KeyPlan::Sequence),
        2 => Just(KeyPlan::Text),
        1 => Just(KeyPlan::Uuid),
        2 => Just(KeyPlan::Composite),
    ];
    (
        (
            any::<u16>(),
            key,
            proptest::option::weighted(0.25, (any::<u16>(), 0u8..4)),
            vec(column(), 0..6),
        ),
        (vec(unique(), 0..2), vec(check(), 0..3)),
        (
            proptest::bool::weighted(0.2),
            proptest::bool::weighted(0.15),
            vec(access(), 0..4),
            any::<bool>(),
        ),
    )
        .prop_map(
            |((name, key, owner, columns), (uniques, checks), (versioned, soft, accesses, documented))| {
                EntityPlan {
                    name,
                    key,
                    owner,
                    columns,
                    uniques,
                    checks,
                    versioned,
                    soft,
                    accesses,
                    documented,
                    rare: Vec::new(),
                }
            },
        )
}

fn column() -> impl Strategy<Value = ColumnPlan> {
    (
        any::<u16>(),
        ty(),
        any::<bool>(),
        proptest::bool::weighted(0.2),
        proptest::bool::weighted(0.1),
    )
        .prop_map(|(name, ty, nullable, unique, immutable)| ColumnPlan {
            name,
            ty,
            nullable,
            unique,
            immutable,
        })
}

fn ty() -> impl Strategy<Value = TypePlan> {
    use TypePlan as T;
    let on_delete = prop_oneof![
        Just(OnDeletePlan::Restrict),
        Just(OnDeletePlan::Cascade),
        Just(OnDeletePlan::SetNull)
    ];
    prop_oneof![
        5 => (any::<u16>(), on_delete).prop_map(|(to, action)| T::Ref(to, action)),
        4 => Just(T::Int32),
        3 => Just(T::Str),
        12 => proptest::sample::select(vec![
            T::Bool, T::Int16, T::Int64, T::Decimal, T::BigDecimal, T::Float, T::Folded, T::Text, T::Bytes, T::Uuid,
            T::Date, T::Time, T::Timestamp, T::Duration, T::Enum, T::Moving, T::Ordered, T::Value, T::Strings, T::Range,
            T::Json,
        ]),
    ]
}

fn unique() -> impl Strategy<Value = UniquePlan> {
    (
        vec(any::<u16>(), 1..3),
        any::<bool>(),
        proptest::option::weighted(0.4, any::<u16>()),
    )
        .prop_map(|(columns, nulls_equal, where_set)| UniquePlan {
            columns,
            nulls_equal,
            where_set,
        })
}

fn check() -> impl Strategy<Value = CheckPlan> {
    let (a, b) = (any::<u16>(), any::<u16>());
    prop_oneof![
        (a, 0i8..5).prop_map(|(column, least)| CheckPlan::AtLeast(column, least)),
        (a, b).prop_map(|(low, high)| CheckPlan::Ordered(low, high)),
        (a, b).prop_map(|(if_set, then)| CheckPlan::Implies(if_set, then)),
        (a, b, 20u8..200).prop_map(|(left, right, most)| CheckPlan::Product(left, right, most)),
        (a, b).prop_map(|(column, other)| CheckPlan::OneOf(column, other)),
        a.prop_map(CheckPlan::NotStarting),
    ]
}

fn relation() -> impl Strategy<Value = RelationPlan> {
    (
        any::<u16>(),
        any::<u16>(),
        any::<u16>(),
        proptest::option::of(1u8..4),
    )
        .prop_map(|(name, from, to, max)| RelationPlan { name, from, to, max })
}

fn access() -> impl Strategy<Value = AccessPlan> {
    let (a, b, down) = (any::<u16>(), any::<u16>(), any::<bool>());
    prop_oneof![
        Just(AccessPlan::Key),
        (a, b, down).prop_map(|(by, order, down)| AccessPlan::Equal(by, order, down)),
        (a, b, down).prop_map(|(by, range, down)| AccessPlan::Range(by, range, down)),
        (a, b).prop_map(|(by, range)| AccessPlan::Optional(by, range)),
        (a, b).prop_map(|(by, prefix)| AccessPlan::Prefix(by, prefix)),
        (a, b).prop_map(|(by, null)| AccessPlan::Null(by, null)),
        a.prop_map(AccessPlan::Grouped),
        (a, down).prop_map(|(order, down)| AccessPlan::All(order, down)),
        a.prop_map(AccessPlan::Children),
    ]
}
