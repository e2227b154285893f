//! `MongoDB`'s nouns, as plain data.

use dbspec_core::backend::DesignData;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Everything that is created, and how rows lie in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// The collections: one per entity, in the kernel's order.
    pub collections: Vec<Collection>,
    /// The collection of locks and last numbers, where there are some.
    pub locks: Option<String>,
}

impl DesignData for Design {
    const FORMAT: u32 = 1;
}

/// A collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// The entity.
    pub entity: String,
    /// Its name.
    pub name: String,
    /// The fields, one per leaf.
    pub fields: Vec<Field>,
    /// The leaves of the key, by their places in the row.
    pub key: Vec<usize>,
    /// The field that a write which relies on a document raises.
    pub lock: String,
    /// The indexes, beside the one of `_id`.
    pub indexes: Vec<Index>,
    /// The rules whose values stand together in a field.
    pub groups: Vec<Group>,
    /// The sequences whose last numbers stand among the locks.
    pub sequences: Vec<Sequence>,
    /// What every document must match.
    pub validator: Json,
}

/// A field that holds a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its path in the document: `_id`, `_id.number`, `name`.
    pub path: String,
    /// Its BSON type.
    pub ty: String,
    /// The field with the same text, ASCII letters made small, where the leaf folds them.
    pub folded: Option<String>,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Whether no two documents have the same values.
    pub unique: Option<Unique>,
    /// The fields that a document must have to be in it.
    pub present: Vec<String>,
}

/// What of an index is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// The rule, by its place among the entity's rules.
    pub rule: usize,
}

/// A column of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The field's path.
    pub path: String,
    /// The leaf, by its place in the row; none where the field holds a group's values.
    pub leaf: Option<usize>,
    /// 1, or -1 where the column descends.
    pub order: i8,
}

/// A field with the digest of a row's values in the leaves of a rule; absent where the rule doesn't bind the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The rule, by its place among the entity's rules.
    pub rule: usize,
    /// The field.
    pub field: String,
    /// What the `_id` of its locks begins with, where writes rely on all rows with the same values.
    pub tag: Option<String>,
}

/// A sequence: a document among the locks with its last number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The leaf that it numbers, by its place in the row.
    pub leaf: usize,
    /// The document's `_id`.
    pub tag: String,
}

/// The key of every document.
pub(super) const ID: &str = "_id";
/// The field of a lock's or sequence's number.
pub(super) const NUMBER: &str = "n";
