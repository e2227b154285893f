//! The physical nouns of PostgreSQL.
//!
//! Tables stand in the order of the kernel's entities, columns in that of their leaves, so that a leaf's column is found
//! by its place.

use dbspec_core::backend::DesignData;
use dbspec_core::kernel::Kernel;
use serde::{Deserialize, Serialize};

use super::keywords::Quoting;
use crate::relational::words::Tables;
use crate::relational::{Event, Ground, Select, Sql};

/// A database's structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// The number of this format.
    pub format: u32,
    /// The major version that it is for.
    pub version: u16,
    /// The model's name.
    pub model: String,
    /// Extensions that it needs.
    pub extensions: Vec<String>,
    /// Tables, one per entity.
    pub tables: Vec<Table>,
}

impl Design {
    /// What translations of a model stand on.
    pub(super) fn ground<'a>(&'a self, kernel: &'a Kernel) -> Ground<'a> {
        Ground {
            kernel,
            tables: &self.tables,
            words: &Quoting,
        }
    }
}

impl DesignData for Design {
    const FORMAT: u32 = 1;
}

impl Tables for Vec<Table> {
    fn table(&self, at: usize) -> &str {
        &self[at].name
    }

    fn column(&self, table: usize, at: usize) -> &str {
        &self[table].columns[at].name
    }
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub comment: Option<String>,
    /// Its columns, one per leaf.
    pub columns: Vec<Column>,
    /// Its primary key.
    pub key: Option<Unique>,
    /// Constraints on one row.
    pub checks: Vec<Check>,
    /// Unique constraints.
    pub uniques: Vec<Unique>,
    /// No two rows that overlap.
    pub exclusions: Vec<Exclusion>,
    /// References to other tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// Indexes, also those that refuse equal rows.
    pub indexes: Vec<Index>,
    /// What judges changes that no constraint can.
    pub triggers: Vec<Trigger>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ColumnType,
    /// Whether null is refused.
    pub required: bool,
    /// What a row that doesn't say gets.
    pub default: Option<Sql>,
    /// The sequence that numbers it.
    pub sequence: Option<String>,
    /// Its documentation.
    pub comment: Option<String>,
}

/// Types of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// `boolean`
    Boolean,
    /// `smallint`
    Smallint,
    /// `integer`
    Integer,
    /// `bigint`
    Bigint,
    /// `numeric(p, s)`
    Numeric {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// `double precision`
    Double,
    /// `text`, by code point.
    Text,
    /// `bytea`
    Bytea,
    /// `uuid`
    Uuid,
    /// `date`
    Date,
    /// `time`
    Time,
    /// `timestamptz`
    Timestamptz,
    /// `jsonb`
    Jsonb,
}

/// A unique constraint, or the primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unique {
    /// Its name.
    pub name: String,
    /// The columns.
    pub columns: Vec<String>,
    /// Whether nulls equal each other.
    pub nulls_equal: bool,
    /// Whether it is judged at the end of the transaction: then rows may swap their values, but no reference can name it.
    pub deferred: bool,
}

/// A constraint on one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// What must hold; null counts as holding.
    pub holds: Sql,
}

/// No two rows with equal values whose ranges overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Its name.
    pub name: String,
    /// The equal values.
    pub equal: Vec<Sql>,
    /// The range.
    pub range: Sql,
    /// The rows that it binds.
    pub filter: Option<Sql>,
}

/// A reference to another table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// Its name.
    pub name: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The table.
    pub table: String,
    /// The columns there.
    pub references: Vec<String>,
    /// What deleting the row there does.
    pub on_delete: OnDelete,
}

/// What deleting a referred row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// It is refused where rows still refer to it at the end.
    NoAction,
    /// They go with it.
    Cascade,
    /// Their columns become null.
    SetNull,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it is sorted by.
    pub keys: Vec<IndexKey>,
    /// Whether equal rows are refused.
    pub unique: bool,
    /// Whether nulls equal each other in that.
    pub nulls_equal: bool,
    /// The rows that are in it.
    pub filter: Option<Sql>,
}

/// What an index is sorted by: nulls stand last ascending, first descending, as in the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// The column or expression.
    pub by: Sql,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// A trigger, which refuses changes of rows as a constraint would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The name of the constraint that is broken where it refuses: mostly its own.
    pub raises: String,
    /// Which changes it is for.
    pub events: Vec<Event>,
    /// What it does with each.
    pub judges: Judges,
}

/// When and how a trigger judges a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judges {
    /// At once, by the rows `old` and `new` alone: refused where this is true.
    Change(Sql),
    /// At the end of the transaction, by a function of the trigger's name.
    End(Vec<Act>),
}

/// What a function that judges does, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// There is nothing to judge where this holds.
    Unless(Sql),
    /// Rows are written as they are, unless the transaction has written them already: so two transactions that judge by
    /// one row can't both go on from what they saw. A lock alone is not enough where snapshots are of the beginning.
    Write {
        /// The table, as `p`.
        table: String,
        /// A column of it.
        column: String,
        /// Which rows.
        filter: Sql,
    },
    /// Rows that nobody may change before the transaction ends.
    Hold(Select),
    /// The change is refused where there is such a row.
    Refuse(Select),
}
