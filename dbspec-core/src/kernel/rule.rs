//! Rules: what must hold of rows.

use super::{ElementId, EntityId, Expr, FacetId, FieldId, LeafId, Pred};
use crate::arena::Run;

/// A rule of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The entity whose rows it binds.
    pub entity: EntityId,
    /// What the user wrote: the rule, or the field or type that implies it.
    pub element: ElementId,
    /// The name in messages: the user's (`adult`), else one that says what it is (`email.unique`).
    pub name: Box<str>,
    /// What must hold.
    pub kind: RuleKind,
    /// Which sugar it is spelt from.
    pub origin: Origin,
    /// What needs an outcome of its own.
    pub facets: Run<FacetId>,
}

/// Which construct of the language a rule comes from; for messages and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Written as it is.
    Plain,
    /// The rule of a named type.
    NamedType,
    /// A value type's shape.
    ValueType,
    /// A list's size or items.
    Collection,
    /// `in Owner as …`.
    Ownership,
    /// `relation`.
    Relation,
    /// `is Base`.
    Subtype,
    /// `@audit`.
    Audit,
    /// `@soft_delete`.
    SoftDelete,
    /// `@version`.
    Version,
    /// `sharing`.
    Sharing,
    /// A range's ends.
    Range,
    /// `exclusive`.
    Exclusive,
    /// `@tenant`.
    Tenant,
    /// `policy`.
    Policy,
    /// `keep`.
    Keep,
}

/// The kinds of rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// A leaf holds values of its type.
    Type(LeafId),
    /// A string, bytes or collection has a size within bounds.
    Size {
        /// What is measured.
        leaf: LeafId,
        /// How.
        of: SizeOf,
        /// At least.
        min: u32,
        /// At most, where there is a limit.
        max: Option<u32>,
    },
    /// A field is set: all its leaves that aren't nullable by themselves.
    Required(FieldId),
    /// A predicate on the row itself, which holds unless it is false.
    Predicate {
        /// The predicate; it may walk along references.
        holds: Pred,
        /// Whether it need hold only when the row is written (`check c on write: …`).
        on_write: bool,
    },
    /// The key: unique, and never null.
    Key(Vec<LeafId>),
    /// No two rows have the same values.
    Unique {
        /// The values.
        leaves: Vec<LeafId>,
        /// The rows it binds; `None`: all.
        filter: Option<Pred>,
        /// Whether nulls are values.
        nulls: Nulls,
    },
    /// A reference names an existing row.
    Reference {
        /// The reference.
        field: FieldId,
        /// The entity it names.
        to: EntityId,
        /// What deleting that row does.
        on_delete: OnDelete,
        /// The named row must satisfy this when the reference is set: it is not deleted softly. Places speak of `to`.
        living: Option<Pred>,
        /// Pairs of leaves that must be equal where the reference is set: this entity's, the target's.
        shared: Vec<(LeafId, LeafId)>,
    },
    /// How many rows of `entity` may name one row through a reference. Judged at the end of a write.
    Bounds {
        /// The referred entity, whose rows are bounded.
        owner: EntityId,
        /// The reference that is counted.
        via: FieldId,
        /// The rows that count; `None`: all (living ones, where deleted softly).
        filter: Option<Pred>,
        /// At least.
        min: u32,
        /// At most, where there is a limit.
        max: Option<u32>,
    },
    /// At most so many rows have the same values (`at most 3 per (a, b) where …`).
    AtMost {
        /// The values; rows with a null among them don't count.
        leaves: Vec<LeafId>,
        /// The rows that count.
        filter: Option<Pred>,
        /// The limit.
        max: u32,
    },
    /// No two rows with the same values have overlapping ranges.
    Overlap {
        /// The values; rows with a null among them don't count.
        by: Vec<LeafId>,
        /// The range: its start, its end.
        range: (LeafId, LeafId),
        /// The rows it binds; `None`: all.
        filter: Option<Pred>,
    },
    /// How a row may change.
    Transition(Moving),
    /// A leaf is 1 when inserted and rises by one with each update.
    Version(LeafId),
    /// A field is worked out from others and kept by the writes.
    Derived {
        /// The field.
        field: FieldId,
        /// How; may aggregate along references to many.
        value: Expr,
        /// How old it may be, in milliseconds; 0: exact.
        staleness_ms: u64,
    },
    /// A field that is not given gets a value.
    Default {
        /// The field.
        field: FieldId,
        /// What it gets.
        filling: Filling,
        /// Whether also each update sets it (`updated_at`).
        on_update: bool,
        /// The rows that get it; `None`: all. A subtype's field is filled in rows of the subtype alone.
        only: Option<Pred>,
    },
    /// Whose rows a role sees and changes.
    Policy {
        /// The roles it binds.
        roles: Vec<Box<str>>,
        /// What it judges; all four, where the user said none.
        verbs: Vec<Verb>,
        /// The row may be seen or changed; may use `session`.
        allows: Pred,
        /// Whether it restricts what others allow.
        restrict: bool,
    },
    /// How long rows are kept: nobody deletes them before.
    KeepAtLeast {
        /// From when.
        from: LeafId,
        /// How many calendar months.
        months: u32,
        /// And how many microseconds beyond.
        micros: i64,
    },
    /// When rows go.
    KeepAtMost {
        /// From when.
        from: LeafId,
        /// How many calendar months.
        months: u32,
        /// And how many microseconds beyond.
        micros: i64,
        /// What is then done, as written: `delete`, `archive`, `clear (name = "-")`.
        then: Box<str>,
    },
    /// A leaf is secret: hashed or encrypted, never stored plain.
    Secret(LeafId),
    /// A statement about several entities that a query judges (`assert`), as written.
    Assert {
        /// What must hold of each row of the entity.
        holds: Pred,
    },
}

/// What a size counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeOf {
    /// Scalar values of a string.
    Characters,
    /// Bytes.
    Bytes,
    /// Items of a collection.
    Items,
    /// Scalar values of each item of a collection of strings.
    ItemCharacters,
}

/// How nulls meet a unique rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// A row with a null among the values is not bound.
    Distinct,
    /// Nulls equal each other.
    Equal,
}

/// What deleting a referred row does to those that refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// Refused, unless the same write removes them too.
    Restrict,
    /// They go with it.
    Cascade,
    /// Their reference becomes null.
    SetNull,
}

/// What a policy judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Seeing a row.
    Read,
    /// Adding one: the new row is judged.
    Insert,
    /// Changing one: the old row and the new one are.
    Update,
    /// Removing one: the old row is.
    Delete,
}

/// How a row may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moving {
    /// An update that changes the leaf goes along one of the moves, each a pair of positions in the enum's labels.
    Leaf(LeafId, Vec<(u16, u16)>),
    /// The field never changes (`@immutable`; keys that aren't `@mutable`).
    Frozen(FieldId),
    /// No row changes or goes, but by retention.
    AppendOnly,
}

/// What a default fills in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filling {
    /// A value or an expression over `now`, `session` and values; for a field of one leaf.
    Expr(Expr),
    /// The session's reference: one value per leaf (`created_by = session.customer`).
    Session(u16),
    /// A fresh time-ordered UUID (version 7).
    Uuid7,
    /// A fresh random UUID (version 4).
    Uuid4,
    /// The next number of the field's own sequence: unique, rising, gaps allowed.
    Sequence,
}
