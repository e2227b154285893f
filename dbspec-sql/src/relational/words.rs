//! What an engine says in words of its own: everything that expressions, audits and programs need beyond plain SQL.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{Aggregate, EntityId, Func, Kernel, LeafId, LeafType, Op, Scalar};
use dbspec_core::pred::Regex;
use dbspec_core::value::Value;

use super::express::Said;
use super::{Dialect, Select, Sorting, Source, Sql};

/// The names of tables and columns, by entities and the places of their leaves.
pub(crate) trait Tables {
    /// The table at an entity's place.
    fn table(&self, at: usize) -> &str;
    /// The column at a leaf's place in it.
    fn column(&self, table: usize, at: usize) -> &str;
}

/// What every translation stands on: a model, its tables and the engine's words.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) kernel: &'a Kernel,
    pub(crate) tables: &'a dyn Tables,
    pub(crate) words: &'a dyn Words,
}

impl<'a> Ground<'a> {
    /// The table of an entity.
    pub(crate) fn table(&self, entity: EntityId) -> &'a str {
        self.tables.table(entity.index() as usize)
    }

    /// The column of a leaf.
    pub(crate) fn column(&self, leaf: LeafId) -> &'a str {
        let entity = self.kernel.entity_of(leaf);
        self.tables
            .column(entity.index() as usize, self.kernel.position(leaf))
    }

    /// All columns of an entity, leaf by leaf.
    pub(crate) fn columns(&self, entity: EntityId) -> impl Iterator<Item = &'a str> + use<'a> {
        let (tables, table) = (self.tables, entity.index() as usize);
        (0..self.kernel.entities[entity].leaves.len()).map(move |at| tables.column(table, at))
    }
}

/// What a quotient is made of: a dividend and a divisor, digits before and behind the dividend's point, and how many the
/// result has behind its own.
pub(crate) struct Quotient {
    pub(crate) dividend: Sql,
    pub(crate) divisor: Sql,
    pub(crate) whole: u16,
    pub(crate) fraction: u8,
    pub(crate) scale: u8,
}

/// The engine's words.
pub(crate) trait Words: Dialect {
    /// The dialect by which statements are printed.
    fn dialect(&self) -> &dyn Dialect;

    /// A bind as a text.
    fn bind(&self, bind: Sql) -> Sql;
    /// A constant, as the scalar that it meets is stored.
    fn literal(&self, value: &Value, meets: Option<&Scalar>) -> Sql;
    /// A constant that stands alone, and so has no type yet.
    fn typed(&self, kernel: &Kernel, constant: Sql, scalar: &Scalar) -> Sql;
    /// A stored value as programs send it back: text or JSON.
    fn sent(&self, kernel: &Kernel, ty: &LeafType, value: Sql) -> Sql;
    /// A stored value from the text in which a program gives it.
    fn stored(&self, kernel: &Kernel, ty: &LeafType, text: Sql) -> Sql;
    /// The instant or the day on which a statement runs.
    fn now(&self, of: &Scalar) -> Sql;

    /// A text with ASCII letters made small.
    fn fold(&self, text: Sql) -> Sql;
    /// That two differ, null counting as a value.
    fn differs(&self, a: Sql, b: Sql) -> Sql;
    /// That a text of at most so many characters begins with another.
    fn starts_with(&self, text: Sql, with: Sql, max: Option<u32>) -> Sql;
    /// That a text ends with another.
    fn ends_with(&self, text: Sql, with: Sql) -> Sql;
    /// That a text contains another.
    fn contains(&self, text: Sql, part: Sql) -> Sql;
    /// That a text follows a pattern.
    fn matches(&self, text: Sql, pattern: &Regex) -> Sql;
    /// How many characters a text has.
    fn characters(&self, text: Sql) -> Sql;

    /// That a collection has an item, which is given as it is sent.
    fn has(&self, list: Sql, item: Sql, scalar: &Scalar) -> Sql;
    /// The items of a collection, one a row: `alias.item`.
    fn items(&self, list: Sql, alias: &str) -> Source;
    /// An item, or a member of it, as a text.
    fn item_text(&self, item: Sql, member: Option<&str>) -> Sql;
    /// That a value is one of a collection of a scalar's values, which is given as the text of a JSON array.
    fn among(&self, kernel: &Kernel, value: Sql, scalar: &Scalar, list: Sql) -> Sql;

    /// An integer as an exact number that doesn't overflow.
    fn exact(&self, integer: Sql) -> Sql;
    /// A number as a float.
    fn float(&self, number: Sql) -> Sql;
    /// The exact quotient at a scale, half-even; null for a division by zero.
    fn quotient(&self, of: Quotient) -> Said;
    /// Arithmetic on dates, times, timestamps and durations. A duration stands on the right, unless it is all there is.
    fn temporal(&self, op: Op, left: (Sql, &Scalar), right: (Sql, &Scalar)) -> Said;
    /// A function of a value that isn't told by its kind alone.
    fn function(&self, func: Func, arg: Sql, scalar: Option<&Scalar>) -> Said;
    /// A count, sum, mean, least or largest of the rows that a filter keeps; no item: of rows.
    fn aggregate(
        &self,
        how: Aggregate,
        item: Option<Sql>,
        scalar: Option<&Scalar>,
        filter: Option<&Sql>,
    ) -> Sql;

    /// An order by a value as the model has it: nulls last ascending, first descending.
    fn sorted(&self, by: Sql, descending: bool, nullable: bool) -> Vec<Sorting>;
    /// Whether a comparison of rows is served by an index as one range.
    fn ranges_of_rows(&self) -> bool;

    /// A JSON object.
    fn object(&self, members: Vec<(&str, Sql)>) -> Sql;
    /// A JSON array.
    fn array(&self, items: &[Sql]) -> Sql;
    /// The JSON array of what an ordered select yields as `item`.
    fn gathered(&self, select: Select, alias: &str) -> Sql;
    /// Null, as a JSON document.
    fn no_document(&self) -> Sql;

    /// That a date or timestamp lies further back than months and microseconds.
    fn past(&self, from: Sql, scalar: &Scalar, months: u32, micros: i64) -> Sql;
}
