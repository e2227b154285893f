//! Neo4j's nouns, as plain data.

use dbspec_core::backend::DesignData;
use serde::{Deserialize, Serialize};

/// Everything that is created, and how rows lie in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// How rows stand as nodes: one per entity, in the kernel's order.
    pub nodes: Vec<Node>,
    /// The label of the nodes that are locked, and the name of the constraint on them.
    pub locks: (String, String),
    /// The label of the nodes that hold the last numbers of sequences, and the name of the constraint on them.
    pub numbers: (String, String),
}

impl DesignData for Design {
    const FORMAT: u32 = 1;
}

/// How an entity's rows stand as nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// The entity.
    pub entity: String,
    /// The label.
    pub label: String,
    /// The properties, one per leaf.
    pub properties: Vec<Property>,
    /// The leaves of the key, by their places in the row.
    pub key: Vec<usize>,
    /// The constraints.
    pub constraints: Vec<Constraint>,
    /// The indexes that queries are for.
    pub indexes: Vec<Index>,
    /// The references.
    pub relationships: Vec<Relationship>,
    /// How rows are found that a rule compares.
    pub groups: Vec<Group>,
    /// The sequences whose last numbers are kept.
    pub sequences: Vec<Sequence>,
}

/// A property that holds a leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// Its type, as the engine writes it.
    pub ty: String,
}

/// A constraint on nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// The properties that it is about.
    pub properties: Vec<String>,
    /// What it demands.
    pub demand: Demand,
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demand {
    /// No two nodes have the same values.
    Unique,
    /// The same, and all are there.
    Key,
    /// The property is there.
    Exists,
    /// The property has this type.
    Type(String),
}

/// A range index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// The leaves, by their places in the row.
    pub leaves: Vec<usize>,
}

/// A reference: a relationship to the node of the row that it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// The reference: `customer`.
    pub field: String,
    /// The relationship's type.
    pub ty: String,
    /// The node that it leads to, by position.
    pub to: usize,
    /// The leaves that hold the key that is named, by their places in the row.
    pub leaves: Vec<usize>,
}

/// How the rows are found that a rule compares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The rule, by its place among the entity's rules.
    pub rule: usize,
    /// The leaves, by their places in the row.
    pub leaves: Vec<usize>,
    /// The property that is kept with the values' digest, where the leaves' own don't do.
    pub kept: Option<String>,
    /// The name of its index, where it is no constraint.
    pub index: Option<String>,
}

/// A sequence: a node with its last number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// The leaf that it numbers, by its place in the row.
    pub leaf: usize,
    /// The node's name.
    pub name: String,
}

/// The property by which nodes of locks and numbers are found.
pub(super) const NAME: &str = "name";
/// The property that is set to lock a node.
pub(super) const HELD: &str = "held";
/// The property that holds the last number.
pub(super) const LAST: &str = "last";
