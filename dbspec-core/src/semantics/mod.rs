//! What a model means: one evaluator of writes and queries over anything that stores rows.
//!
//! [`apply`](fn@apply) judges an [`Operation`] on a [`Store`] and yields the [`Changes`] it makes, or what refuses it;
//! [`answer`](fn@answer) yields the rows of a query. Both are pure: a store that doesn't know a fact answers with a
//! [`Need`], the caller finds it out and asks again. The reference engine is a store that knows everything; the programs
//! of engines that can't judge for themselves (`DynamoDB`'s) run the same evaluator on what they have read so far, and
//! turn what it [relied on](Reliance) into conditions that the engine checks at commit. That is how there is one meaning.
//!
//! # Invariants
//!
//! - All rules are judged once, on the state after the whole operation; referential actions are the closure of it.
//! - A refusal lists *every* rule found broken, in order of rule ids.
//! - A change to a key (`@mutable`) is a delete and an insert of the same row; references follow.
//! - The outcome depends on the store, the operation and [`Context`] alone.

mod answer;
mod apply;
mod audit;
mod depend;
mod eval;
mod locate;
mod view;

use std::collections::BTreeMap;

pub use answer::{answer, composed_key, is_shown, shown};
pub use apply::{apply, bound_values, would_break};
pub use audit::{Breach, audit};
pub use depend::{Way, own_leaves, ways};
pub(crate) use eval::value_on;
pub use eval::{Invalid, Truth, truth_of, truth_on, value_of};

use crate::kernel::{EntityId, FieldId, Kernel, LeafId, QueryId, Refusal, RuleId, WriteId};
use crate::value::Value;

/// One value per leaf of an entity, in the entity's order.
pub type Row = Vec<Value>;

/// The values of an entity's key leaves, in key order.
pub type RowKey = Vec<Value>;

/// A value as a leaf holds it: integers within their width, decimals at their scale. `None` where it doesn't fit exactly
/// or is of another type; null always fits.
pub fn fitted(kernel: &Kernel, leaf: LeafId, value: &Value) -> Option<Value> {
    eval::fits(kernel, &kernel.leaves[leaf].ty, value.clone())
}

/// What is given, not read: no clock and no randomness is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The instant of the request, in microseconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// What fresh ids are made from; must be new for every request.
    pub seed: u64,
    /// One value per session member: a scalar, or a list of key leaves for a reference; null where unset.
    pub session: Vec<Value>,
}

/// What is to be done. Rows are given by leaf; what is absent gets its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// New rows, all or none. Owned rows may stand beside their owner.
    Insert(Vec<(EntityId, BTreeMap<LeafId, Value>)>),
    /// A row changes.
    Update {
        /// Of which entity.
        entity: EntityId,
        /// Which row.
        key: RowKey,
        /// What is set.
        set: BTreeMap<LeafId, Value>,
        /// The version that the row must have, where it is versioned and the caller says so.
        version: Option<i64>,
    },
    /// A row is inserted, or changed where its key exists.
    Upsert(EntityId, BTreeMap<LeafId, Value>),
    /// A row goes (softly, where the entity says so).
    Delete(EntityId, RowKey),
    /// A softly deleted row goes for good.
    Purge(EntityId, RowKey),
    /// A softly deleted row comes back.
    Restore(EntityId, RowKey),
    /// A declared write with its arguments, one per parameter.
    Call(WriteId, Vec<Value>),
}

/// Something a store doesn't know yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// The row of a key.
    Row(EntityId, RowKey),
    /// All rows whose reference names a key (one value per leaf of the reference).
    Children(FieldId, RowKey),
    /// How many such rows there are (living ones, where they are deleted softly).
    Count(FieldId, RowKey),
    /// The rows with these values in the leaves of a unique, at-most or overlap rule (for an overlap: the `by` leaves),
    /// letters folded where the leaf folds them. Rows that the rule's filter leaves out may be missing.
    Same(RuleId, Vec<Value>),
    /// All rows of an entity.
    All(EntityId),
    /// The next number of a field's sequence.
    Next(FieldId),
}

/// How a store answers: what it knows, or what it would have to find out.
pub type Found<T> = Result<T, Need>;

/// How a store answers for a fact that its engine judges at commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It holds now.
    Yes,
    /// It doesn't.
    No,
    /// The engine finds out at commit: the evaluator notes a [`Reliance`] and goes on as if it held.
    AtCommit,
}

/// Anything that stores rows.
pub trait Store {
    /// The row of a key.
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>>;
    /// All rows whose reference names a key, softly deleted ones too, in key order.
    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>>;
    /// How many living rows name a key.
    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64>;
    /// The rows with these values in the leaves of a unique, at-most or overlap rule; rows that the rule's filter leaves
    /// out may be missing.
    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>>;
    /// Those of them whose range may share a point with `[start, end)`, for an overlap rule.
    fn same_over(&self, rule: RuleId, values: &[Value], range: [&Value; 2]) -> Found<Vec<Row>> {
        let _ = range;
        self.same(rule, values)
    }
    /// All rows of an entity, in key order.
    fn all(&self, entity: EntityId) -> Found<Vec<Row>>;
    /// The next number of a sequence. `taken` counts the numbers that this operation took before.
    fn next(&self, field: FieldId, taken: u64) -> Found<i64>;

    /// Whether nothing changes between what is read and the commit, so that nothing need be relied on.
    fn is_still(&self) -> bool {
        false
    }
    /// Whether the row of a key exists, for an `Exists` facet.
    fn exists(&self, entity: EntityId, key: &[Value]) -> Found<Judged> {
        Ok(if self.row(entity, key)?.is_some() {
            Judged::Yes
        } else {
            Judged::No
        })
    }
    /// Whether the key of a new row is free.
    fn key_free(&self, entity: EntityId, key: &[Value]) -> Found<Judged> {
        Ok(if self.row(entity, key)?.is_some() {
            Judged::No
        } else {
            Judged::Yes
        })
    }
    /// Whether no other row has these values, for a unique rule: `None` where the rows themselves shall be looked at.
    fn unique_free(&self, rule: RuleId, values: &[Value]) -> Found<Option<Judged>> {
        let _ = (rule, values);
        Ok(None)
    }
    /// Whether the engine carries out what deleting a referred row does (and refuses it, for restrict), so that the
    /// evaluator need not look at the rows that refer to it.
    fn acts(&self, via: FieldId) -> bool {
        let _ = via;
        false
    }
    /// Whether the engine judges an overlap, at-most or bounds rule wholly at commit, so that the evaluator skips it.
    fn judges(&self, rule: RuleId) -> bool {
        let _ = rule;
        false
    }
}

/// What an operation changes, in an order that respects references: owners and referred rows are inserted first and
/// deleted last, where there is no cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Row by row; each row at most once.
    pub rows: Vec<Change>,
    /// What must still hold at commit.
    pub relied: Vec<Reliance>,
    /// What the operation returns: the key of an inserted row, what a declared write returns, else null.
    pub returned: Value,
}

/// A changed row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of which entity.
    pub entity: EntityId,
    /// Its key (before the change, where there was a row).
    pub key: RowKey,
    /// The row before; `None`: inserted.
    pub before: Option<Row>,
    /// The row after; `None`: deleted.
    pub after: Option<Row>,
}

/// A fact that the evaluator took for granted, or read, and that the engine must check at commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reliance {
    /// The row exists; else the rule is broken.
    Exists(EntityId, RowKey, RuleId),
    /// No row has the key; else the rule is broken. The change that inserts it stands in `rows`.
    KeyFree(EntityId, RowKey, RuleId),
    /// No other row has these values; else the rule is broken. The changed row's key comes last.
    UniqueFree(RuleId, Vec<Value>, RowKey),
    /// A row that was read, but isn't changed, is still the same (or still absent).
    Unchanged(EntityId, RowKey, Option<Row>),
    /// The set of rows that name a key is still the same, as far as the evaluator read it.
    SameChildren(FieldId, RowKey),
    /// The rows with these values in a rule's leaves are still the same.
    SameValues(RuleId, Vec<Value>),
}

/// Why an operation isn't done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The store must find these out first; never empty.
    Needs(Vec<Need>),
    /// It breaks rules: all that were found, in order, without repeats; never empty.
    Refused(Vec<Refusal>),
}

/// The rows of a query, and how to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Each row as it comes out: a [`Value::Map`] by output name.
    pub rows: Vec<Value>,
    /// The cursor of the next page: the order's values of the last row, one per term. There is one exactly where the
    /// query says `page` and the page is full, so that nothing is read beyond it: the page after the last may be empty.
    pub next: Option<Vec<Value>>,
}

/// What a query starts from.
#[derive(Clone, Copy, Debug)]
pub enum Candidates<'a> {
    /// Those that the store finds: by the key, a unique rule or a reference where conditions give one, else all rows
    /// of the entity.
    All,
    /// These rows: a superset of those that satisfy the conditions (as far as paging goes on).
    Rows(&'a [Row]),
}

/// What a query is asked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which query.
    pub query: QueryId,
    /// One value per parameter; null where an optional one is absent.
    pub args: Vec<Value>,
    /// Where the last page ended.
    pub after: Option<Vec<Value>>,
}
