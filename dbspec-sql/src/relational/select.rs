//! Selects as data.

use serde::{Deserialize, Serialize};

use super::{Sql, Word};

/// A select.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Select {
    /// What comes out, and under which name; nothing: `select 1`.
    pub columns: Vec<(Sql, Option<String>)>,
    /// Whether equal rows come once.
    pub distinct: bool,
    /// Where from; several are joined by the filter.
    pub from: Vec<Source>,
    /// Which rows.
    pub filter: Option<Sql>,
    /// Group keys.
    pub group: Vec<Sql>,
    /// Which groups.
    pub having: Option<Sql>,
    /// The order.
    pub order: Vec<Sorting>,
    /// At most so many.
    pub limit: Option<u64>,
}

/// A term of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sorting {
    /// What is compared.
    pub by: Sql,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// What a select takes rows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A table.
    Table {
        /// Its name.
        name: String,
        /// The alias, where it has one.
        alias: Option<String>,
    },
    /// A select.
    Sub(Box<Select>, String),
    /// Selects, one after the other.
    Union(Vec<Select>, String),
    /// What stands in the items of a JSON array, one a row.
    JsonTable {
        /// The array.
        of: Sql,
        /// The alias.
        alias: String,
        /// The columns: names, types, and their paths in an item.
        columns: Vec<(String, Word, Option<String>)>,
    },
    /// A function's rows: the alias and its columns with their types, where they aren't known.
    Function {
        /// The call.
        call: Sql,
        /// The alias.
        alias: String,
        /// The columns' names.
        columns: Vec<(String, Option<Word>)>,
    },
}

impl Source {
    /// A table under an alias.
    pub fn table(name: impl Into<String>, alias: impl Into<String>) -> Self {
        Self::Table {
            name: name.into(),
            alias: Some(alias.into()),
        }
    }
}
