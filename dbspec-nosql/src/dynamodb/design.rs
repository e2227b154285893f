//! `DynamoDB`'s nouns, as plain data.

use dbspec_core::backend::DesignData;
use serde::{Deserialize, Serialize};

/// Everything that is created, and how rows lie in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// The tables; the one of [guards](Guard) last, where there are any.
    pub tables: Vec<Table>,
    /// How rows stand as items: one per entity, in the kernel's order.
    pub items: Vec<Item>,
}

impl DesignData for Design {
    const FORMAT: u32 = 1;
}

/// A table. Its partition key is `pk`, a string.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Whether it has a sort key: `sk`, a string.
    pub sorted: bool,
    /// Its global secondary indexes.
    pub indexes: Vec<Index>,
}

/// A global secondary index, of all attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// The attribute of its partition key, a string.
    pub hash: String,
    /// The attribute of its sort key, a string, if it has one.
    pub range: Option<String>,
}

/// How an entity's rows stand as items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The entity.
    pub entity: String,
    /// The table, by position.
    pub table: usize,
    /// Where they stand in their owner's item, if they have none of their own; the key is the owner's then.
    pub within: Option<Within>,
    /// What the sort key begins with, where the table holds several entities' rows: `#` for the one that owns the others.
    pub tag: Option<String>,
    /// The leaves of the partition key, by their places in the row.
    pub hash: Vec<usize>,
    /// The leaves of the sort key.
    pub range: Vec<usize>,
    /// The attributes, one per leaf; within an owner's item, those of the leaves that name the owner are the owner's.
    pub attributes: Vec<Attribute>,
    /// The keys of indexes that its rows are in.
    pub indexes: Vec<ItemIndex>,
    /// How many rows refer to it: one for each reference to the entity, in the kernel's order.
    pub counters: Vec<Counter>,
    /// The rules that items of the guards' table hold.
    pub guards: Vec<Guard>,
    /// The sequences whose last numbers stand there.
    pub sequences: Vec<Sequence>,
}

/// A list of rows in their owner's item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// The attribute of the list: a map for each row.
    pub list: String,
    /// The attribute that tells the list from any other.
    pub digest: String,
}

/// An attribute that holds a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type, as the engine writes it.
    pub ty: String,
}

/// The keys that an index gets of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemIndex {
    /// The index of the table, by position.
    pub index: usize,
    /// The leaves of its partition key; none where all rows are in one partition.
    pub hash: Vec<usize>,
    /// The leaves of its sort key.
    pub range: Vec<usize>,
}

/// How many rows refer to a row: an attribute of its item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// The reference: `Order.customer`.
    pub reference: String,
    /// The attribute with the number of all of them.
    pub all: String,
    /// The attribute with the number of those that aren't deleted softly, where rows are deleted so.
    pub living: Option<String>,
}

/// A rule that items of the guards' table hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// The rule, by its place among the entity's rules.
    pub rule: usize,
    /// What the partition key begins with; the digest of the values follows.
    pub tag: String,
    /// Whether one item stands for the one row that has the values, or a collection for all that have them.
    pub kind: GuardKind,
}

/// What guards a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GuardKind {
    /// One item for the one row that may have the values.
    One,
    /// A version, which each change of a row with the values raises, and an item for each of the rows.
    Many,
}

/// A sequence: an item of the guards' table with its last number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The leaf that it numbers, by its place in the row.
    pub leaf: usize,
    /// The item's partition key.
    pub tag: String,
}

/// The partition key of tables.
pub(super) const PK: &str = "pk";
/// Their sort key.
pub(super) const SK: &str = "sk";
/// The attribute that tells a row's state from any other.
pub(super) const DIGEST: &str = "digest";
/// The sort key of what owns the others of a collection; sorts before all tags.
pub(super) const FIRST: &str = "#";

impl Design {
    /// The table of guards.
    pub(super) fn guards(&self) -> Option<&Table> {
        let some = self
            .items
            .iter()
            .any(|it| !it.guards.is_empty() || !it.sequences.is_empty());
        self.tables.last().filter(|_| some)
    }
}
