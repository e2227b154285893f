//! Neo4j.
//!
//! # How rows lie
//!
//! A row is a node with its entity's label, a value a property of it; null is no property. A reference is a relationship to
//! the row that it names, and its key stays as properties too, since indexes and unique rules speak of properties of one
//! node alone. What a relation links is a node between two others, so that it can have rules and references of its own. An
//! owned row has a relationship to its owner.
//!
//! The key has a uniqueness constraint. So has a unique rule; where it folds letters, binds some rows, takes nulls as equal
//! or its values are too long for an index, a property that the programs keep holds the values' digest, and has the
//! constraint. `at most` and `no overlap` find the rows of a group by such a property, with an index.
//!
//! # Versions and editions
//!
//! 5.26, the long-term release, and 2025, in Cypher 5, which both speak. Community has uniqueness constraints alone;
//! Enterprise adds those of keys, existence and types, which are generated for it. One
//! database holds several models, where each has a prefix of its own.
//!
//! # Isolation
//!
//! A write is one transaction, judged by the evaluator on what is read in it. Transactions are read committed, so what is
//! read to judge is locked before it is read. Cypher has exclusive locks of nodes alone, and what isn't there can't be
//! locked; so there are 256 nodes that stand for all names, by the first digits of the name's digest. Names are: a row, by
//! its key, whether it is there or not; the values of a rule that compares rows. Before anything is changed, all names that
//! the change touches are locked: the row, the rows that it names and named, its values and those that it had.
//!
//! | anomaly | what stops it |
//! |---|---|
//! | two updates of one row, one lost | each locks the row before it reads it |
//! | write skew: each reads what the other writes | who reads a row has its lock until the end, and who changes it needs it |
//! | insert against delete of the row that it names | both need the lock of the row that is named |
//! | phantoms among the rows that name a row | who reads them has the lock of the row that is named; who adds, changes or removes one needs it |
//! | two rows with the same unique value | who looks for the value has its lock; the constraint refuses the second of any other client |
//! | phantoms among rows with the same values (`at most`, `no overlap`) | who reads them has the lock of the values |
//! | phantoms among all rows | who reads all has all locks |
//! | two transactions that wait for each other | the engine ends one, and it begins anew |
//!
//! Two names may share a lock, which costs waiting and nothing else.
//!
//! # What passes the rules by
//!
//! Constraints bind everybody. All else is *guarded*: whoever writes with another client passes it by, and leaves
//! relationships and kept properties as they were. Give others read access alone, which takes Enterprise's roles.

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

pub use design::{Constraint, Demand, Design, Group, Index, Node, Property, Relationship, Sequence};
pub use options::{Edition, Options};

/// The compiler for Neo4j.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neo4j {
    options: Options,
}

impl Neo4j {
    /// With the usual options.
    pub fn new() -> Self {
        Self::default()
    }

    /// For what is chosen.
    pub fn with(options: Options) -> Self {
        Self { options }
    }
}

impl Compile for Neo4j {
    const NAME: &'static str = "neo4j";
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
        Faces::none().ask(self)
    }
}

impl Ask for Neo4j {
    fn query_program(&self, lowered: &Lowered<Design>, query: QueryId) -> Result<Program, NotServed> {
        program::query(lowered, query)
    }

    fn write_program(&self, lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
        program::write(lowered, write)
    }
}
