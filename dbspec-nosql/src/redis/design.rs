//! Redis' nouns, as plain data.

use dbspec_core::backend::DesignData;
use serde::{Deserialize, Serialize};

/// How rows lie in a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// What every key begins with: the hash tag, `{shop}`.
    pub tag: String,
    /// The hash that says what the keys are.
    pub catalog: String,
    /// What the keys of finished requests begin with.
    pub done: String,
    /// The user that may do what programs do, and no more.
    pub user: String,
    /// How rows stand as hashes: one per entity, in the kernel's order.
    pub hashes: Vec<Hash>,
}

impl DesignData for Design {
    const FORMAT: u32 = 1;
}

/// How an entity's rows stand. The row of a key is the hash `{tag}:name:key`; the names of all are the sorted set
/// `{tag}:name`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hash {
    /// The entity.
    pub entity: String,
    /// What keys of its rows begin with, behind the tag.
    pub name: String,
    /// The leaves of the key, by their places in the row.
    pub key: Vec<usize>,
    /// The fields, one per leaf; null is the absence of one.
    pub fields: Vec<Field>,
    /// The indexes that its rows are in.
    pub indexes: Vec<Index>,
    /// The rules whose values have sets of their own.
    pub groups: Vec<Group>,
    /// The sequences.
    pub sequences: Vec<Sequence>,
}

/// A field that holds a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub form: String,
}

/// An index: sorted sets whose members are the values in order, then the row's key. All scores are 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// What its keys begin with, behind the tag.
    pub name: String,
    /// The leaves whose values end the set's key: one set per value.
    pub hash: Vec<usize>,
    /// The leaves whose values order the members.
    pub range: Vec<usize>,
}

/// The rows with the same values in the leaves of a rule: a sorted set per digest of the values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The rule, by its place among the entity's rules.
    pub rule: usize,
    /// What its keys begin with, behind the tag.
    pub name: String,
}

/// A sequence: a key with its last number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The leaf that it numbers, by its place in the row.
    pub leaf: usize,
    /// The key, behind the tag.
    pub name: String,
}

impl Design {
    /// The key of a name.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.tag)
    }
}
