//! The physical nouns of MySQL.
//!
//! Tables stand in the order of the kernel's entities, columns in that of their leaves, so that a leaf's column is found
//! by its place.

use dbspec_core::backend::DesignData;
use dbspec_core::kernel::Kernel;
use serde::{Deserialize, Serialize};

use super::keywords::Quoting;
use crate::relational::words::Tables;
use crate::relational::{Event, Ground, Sql};

/// A database's structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {
    /// The number of this format.
    pub format: u32,
    /// The major version that it is for.
    pub version: u16,
    /// The model's name.
    pub model: String,
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
    /// The columns of its primary key; none where they are too long for one, or fold letters.
    pub key: Vec<String>,
    /// Constraints on one row.
    pub checks: Vec<Check>,
    /// References to other tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// Indexes, also those that refuse equal rows.
    pub indexes: Vec<Index>,
    /// What refuses changes that break rules.
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
    /// The table of one row that holds the last number that it was given.
    pub sequence: Option<String>,
    /// Its documentation.
    pub comment: Option<String>,
}

/// Types of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// `boolean`: a `tinyint(1)`
    Boolean,
    /// `smallint`
    Smallint,
    /// `int`
    Int,
    /// `bigint`
    Bigint,
    /// `decimal(p, s)`
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// `double`
    Double,
    /// `varchar(n)`, by code point.
    Varchar(u32),
    /// `longtext`, by code point.
    Longtext,
    /// `varbinary(n)`
    Varbinary(u32),
    /// `longblob`
    Longblob,
    /// `binary(16)`
    Uuid,
    /// `date`
    Date,
    /// `time(6)`
    Time,
    /// `datetime(6)`, in UTC.
    Datetime,
    /// `json`
    Json,
}

/// A constraint on one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// What must hold; null counts as holding.
    pub holds: Sql,
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
    /// It is refused while rows refer to it.
    Restrict,
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
}

/// What an index is sorted by: nulls stand first ascending, last descending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexKey {
    /// The column or expression.
    pub by: Sql,
    /// How many characters or bytes of it are kept, where not all are.
    pub prefix: Option<u32>,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// A trigger, which refuses changes of rows as a CHECK would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The name of the constraint that is broken where it refuses: mostly its own.
    pub raises: String,
    /// Which changes it is for.
    pub event: Event,
    /// What is true of the rows `old` and `new` that it refuses.
    pub refused: Sql,
}
