//! Choices with their reasons, and numbers that nobody gave.

use crate::kernel::{ElementId, EntityId, FieldId, QueryId, WriteId};

use super::capability::LineId;

/// What was chosen, the numbers it turned on, the alternatives and what would flip it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The element that it is about.
    pub element: ElementId,
    /// The kind of choice: `table-layout`, `index-order`, `type-storage`.
    pub code: &'static str,
    /// What was chosen, in a sentence.
    pub chosen: Box<str>,
    /// The cost of what was chosen, in thousandths of the unit that the code's documentation names.
    pub cost: Option<u64>,
    /// What else there was.
    pub alternatives: Vec<Alternative>,
    /// The numbers and the threshold that it turned on.
    pub turned_on: Vec<(Figure, Option<u64>)>,
    /// What would flip it, in a sentence.
    pub flips: Box<str>,
    /// The capability line behind it, where there is one.
    pub line: Option<LineId>,
}

/// Something that was not chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// What it is, in a sentence.
    pub what: Box<str>,
    /// What it would cost, in the decision's unit; `None` where it is impossible or was not compiled.
    pub cost: Option<u64>,
    /// Why not.
    pub why_not: Box<str>,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// Rows of an entity.
    Rows(EntityId),
    /// Average size of a field's values: characters, bytes or items.
    Size(FieldId),
    /// Distinct values of a field.
    Distinct(FieldId),
    /// Nulls of a field in parts per million.
    Nulls(FieldId),
    /// Rows per referred row, on average, in thousandths.
    FanOut(FieldId),
    /// Rows per referred row, 99th percentile.
    FanOutP99(FieldId),
    /// How often a query is asked: thousandths per second.
    QueryRate(QueryId),
    /// How often a write is called: thousandths per second.
    WriteRate(WriteId),
}

/// A number that a decision reads, and whether somebody gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it counts.
    pub what: Quantity,
    /// The number.
    pub value: u64,
    /// Whether nobody gave it.
    pub assumed: bool,
}

/// A number that nobody gave: it was read, and so it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The element that the number is about.
    pub element: ElementId,
    /// What it counts.
    pub what: Quantity,
    /// The number taken.
    pub value: u64,
    /// How to say it in the model: `volume 100_000`.
    pub say: Box<str>,
}
