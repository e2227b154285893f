//! Amazon `DynamoDB`.
//!
//! # How rows lie
//!
//! An entity and what it owns share a table, and one owner's rows a partition (an item collection). Everything else has a
//! table of its own. Keys are texts composed of the key's values so that their order is the model's; indexes are global
//! secondary indexes over such texts, which hold null too, so that none of them is sparse. One more table holds guards:
//! of unique values, of rows that a rule counts together, of sequences.
//!
//! Owned rows that are reached through their owner alone stand as a list in its item, where a write would otherwise take
//! more items than a transaction does, and where the item's bytes suffice. Each change of one writes the list.
//!
//! # Isolation
//!
//! A write is judged by the evaluator on consistent reads, and then is **one** `TransactWriteItems` that does it all and
//! conditions on everything that was read or taken for granted. Whoever was faster makes a condition fail: the write is
//! judged anew, or refused for the rule that the condition stands for. So each anomaly has something that stops it:
//!
//! | anomaly | what stops it |
//! |---|---|
//! | two updates of one row, one lost | each item has a `digest` of its row; an update asks for the one that it read |
//! | write skew: each reads what the other writes | rows that were read and aren't changed are condition checks of the same transaction |
//! | insert against delete of the row that it names | the named row counts who names it: an insert raises the count of an item that exists, a delete asks that the count is what it takes along |
//! | phantoms among the rows that name a row | whoever read them asks that the count is still the same, and each of them unchanged |
//! | two rows with the same unique value | a guard item, whose key is the value's digest, is put where none is |
//! | phantoms among rows with the same values (`at most`, `no overlap`) | a guard has a version that each change of one of them raises; whoever read them asks for the same version |
//! | an index that lags behind | rows found by one are conditioned on, and their number is the count that the named row has |
//! | two writes of rows in one owner's item | the list has a digest; whoever read it or changes it asks for the same one |
//! | a reply that was lost | the request's token makes a second one do nothing |
//!
//! A transaction takes 100 items and 4 MB: what is beyond is refused whole, as a limit.
//!
//! # What passes the rules by
//!
//! Nothing but the shape of keys is refused by the engine itself, so every rule is *guarded*: whoever writes with another
//! client passes it by, and leaves guards, counts and digests as they were. Give others read access alone.

mod capability;
mod design;
mod keywords;
mod layout;
mod lower;
mod options;
mod path;
mod program;
mod render;
mod rules;
#[cfg(test)]
mod tests;
mod types;

use dbspec_core::backend::capability::Line;
use dbspec_core::backend::naming::Limits;
use dbspec_core::backend::{Ask, Compile, Faces, Lowered, Lowering, NotServed, Plain, Script, WriteKind};
use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::{EntityId, Kernel, QueryId};
use dbspec_core::program::Program;
use dbspec_core::semantics::Row;

pub use design::{
    Attribute, Counter, Design, Guard, GuardKind, Index, Item, ItemIndex, Sequence, Table, Within,
};
pub use options::{Embed, Options};

/// The compiler for `DynamoDB`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DynamoDb {
    options: Options,
}

impl DynamoDb {
    /// With the usual options.
    pub fn new() -> Self {
        Self::default()
    }

    /// For what is chosen.
    pub fn with(options: Options) -> Self {
        Self { options }
    }
}

impl Compile for DynamoDb {
    const NAME: &'static str = "dynamodb";
    type Options = Options;
    type Design = Design;

    fn options(&self) -> &Options {
        &self.options
    }

    fn lines(&self) -> &'static [Line] {
        capability::LINES
    }

    fn limits(&self) -> Limits {
        keywords::limits()
    }

    fn lint(&self, kernel: &Kernel) -> Vec<Diagnostic> {
        rules::lint(kernel)
    }

    fn rules(&self) -> &'static [&'static Rule] {
        rules::RULES
    }

    fn build(&self, cx: &mut Lowering<'_>) -> Design {
        lower::build(&self.options, cx)
    }

    fn render(design: &Design) -> Script {
        render::render(design)
    }

    fn faces(&self) -> Faces<'_> {
        Faces::none().ask(self).plain(self)
    }
}

impl Ask for DynamoDb {
    fn query_program(&self, lowered: &Lowered<Design>, query: QueryId) -> Result<Program, NotServed> {
        program::query(lowered, query)
    }

    fn write_program(&self, lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
        program::write(lowered, write)
    }
}

impl Plain for DynamoDb {
    fn insertion(&self, lowered: &Lowered<Design>, rows: &[(EntityId, Row)]) -> Option<Vec<Box<str>>> {
        program::insertion(lowered, rows)
    }
}
