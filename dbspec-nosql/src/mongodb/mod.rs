//! `MongoDB` 6 to 8, and what speaks its protocol over `DocumentDB`.
//!
//! # How rows lie
//!
//! A collection per entity, a document per row, a field per leaf; the row's key is `_id`, a document of its own where it has
//! several leaves. Null is the absence of a field. A validator says what a document must be; it is set by `collMod` after the
//! collection was created, and keeps to what `DocumentDB` takes too. Owned rows are documents of a collection of their own,
//! found by the key's index: they may grow without bound, and others may name them.
//!
//! A unique rule is a unique index. One that treats nulls as distinct holds only documents that have all the fields; one that
//! has a filter or folds letters is an index over the digest of the values, a field that is absent where the rule doesn't bind
//! the row.
//!
//! # Isolation
//!
//! A write is one transaction with snapshot reads and majority writes. The evaluator judges it on what it reads there. A
//! snapshot alone lets write skew pass, so a write changes every document that it relied on: it raises its lock.
//!
//! | anomaly | what stops it |
//! |---|---|
//! | two updates of one row, one lost | the second to change a document since its snapshot has a write conflict, and is tried again |
//! | write skew: each reads what the other writes | documents that were read and aren't changed are touched |
//! | insert against delete of the row that it names | the insert touches the named document, which the delete removes |
//! | phantoms among the rows that name a row | who relied on them touches the named document, as each row that comes, goes or names another does |
//! | a row that wasn't there, and comes | its `_id` is inserted and deleted again, so that another's insert conflicts |
//! | phantoms among rows with the same values (`at most`, `no overlap`) | a lock stands for the values: who relied on them, and each row that has or had them, raises it |
//! | two rows with the same unique value | the unique index |
//! | a commit whose reply was lost | the transaction's number: the driver commits again |
//!
//! A document has at most 16 MB, and so has the log entry of a transaction's piece: larger ones are refused as a limit. A
//! transaction lives 60 seconds by default.
//!
//! # Versions
//!
//! Nothing here differs between 6, 7 and 8. Transactions need a replica set or a sharded cluster; over `DocumentDB` the
//! protocol has none, and the driver calls `DocumentDB`'s functions in one serializable transaction of `PostgreSQL`.
//!
//! # What passes the rules by
//!
//! Whoever writes with another client passes by what is *guarded*; what is *enforced* by a validator or an index holds for
//! everybody, but for clients that are allowed to bypass validation.

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
use dbspec_core::backend::{Ask, Compile, Faces, Lowered, Lowering, NotServed, Script, WriteKind};
use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::{Kernel, QueryId};
use dbspec_core::program::Program;

pub use design::{Collection, Column, Design, Field, Group, Index, Sequence, Unique};
pub use options::Options;

/// The compiler for `MongoDB`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MongoDb {
    options: Options,
}

impl MongoDb {
    /// For a major version: 6 to 8.
    pub fn new(version: u16) -> Self {
        Self::with(Options::new(version))
    }

    /// For what is chosen.
    pub fn with(options: Options) -> Self {
        Self { options }
    }
}

impl Compile for MongoDb {
    const NAME: &'static str = "mongodb";
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
        lower::build(cx)
    }

    fn render(design: &Design) -> Script {
        render::render(design)
    }

    fn faces(&self) -> Faces<'_> {
        Faces::none().ask(self)
    }
}

impl Ask for MongoDb {
    fn query_program(&self, lowered: &Lowered<Design>, query: QueryId) -> Result<Program, NotServed> {
        program::query(lowered, query)
    }

    fn write_program(&self, lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
        program::write(lowered, write)
    }
}
