//! MySQL 8.0.17 to 9.x, with InnoDB.
//!
//! # Where it differs from the model, and what is done
//!
//! - **Text** is kept in `utf8mb4_0900_bin`: by code point, without case, locale or padding. ASCII letters are folded by
//!   replacing each, since `lower` folds those of all alphabets. A column is one longer than its text may be, with a CHECK:
//!   spaces beyond a column's end are cut off in every mode.
//! - **Types are exact.** What a type lets pass that the model doesn't (the zero date, times of more than a day) a CHECK
//!   refuses. Timestamps are `datetime(6)` in UTC, durations microseconds, ordered enums their labels' places, collections
//!   `json` arrays, judged by a CHECK with a JSON schema.
//! - **Unique where** is a unique index over `case when … then … end`, which is null, and so distinct from all, where the
//!   rule doesn't bind. Equal nulls are kept beside the value. Columns too long for an index (3,072 bytes) give way to
//!   their hash.
//! - **Foreign keys are judged row by row**, and none can be deferred; the model judges what a write leaves at its end. So
//!   programs judge references by themselves, on rows that they read and so lock, and their statements do without
//!   foreign keys, each for itself (`set_var(foreign_key_checks = 0)`). Everybody else is held by them. Where the engine
//!   can't set a reference to null, because a CHECK or another foreign key names its column, it restricts.
//! - **How rows change** (moves, what never changes, versions, append-only, `keep … at least`) a BEFORE trigger judges by the
//!   row before and after, and refuses in the words of a CHECK. What a foreign key does calls no trigger: where one judges
//!   it, the foreign key restricts, and programs do it. Creating triggers on a server that keeps a binary log takes
//!   `log_bin_trust_function_creators`, or an administrator.
//! - **Order.** Nulls stand first ascending, so an order by what may be null sorts by whether it is null before.
//! - **Quotients** are worked out by `mod`: `div` ends at 64 bits, and `/` rounds half up, four digits behind its operands'.
//! - **Sequences** are tables of one row. A transaction that takes a number keeps others waiting until its end.
//!
//! # Isolation
//!
//! Every write runs in a `SERIALIZABLE` transaction, in which InnoDB locks what is read, and the gaps between, until its end;
//! it is tried again where it deadlocks or waits too long. Under snapshots two transactions that each read what the other
//! writes could both commit (write skew): two clerks who each find one place left both take it. Here the second waits for
//! the first, or one of them begins again. That holds against other writers' statements too: a row that a program
//! refers to can't be deleted before it ends, and then the foreign key sees the reference. Rules that no constraint can
//! hold are *guarded*: no two programs break them together.
//!
//! # What passes the rules by
//!
//! | who | what | closed by |
//! |---|---|---|
//! | any client | guarded rules | writing through programs alone; the audit queries find the rest |
//! | any client | types, by `sql_mode = ''` or `ignore`: values are cut to what fits, and null becomes a value | CHECKs hold in every mode; for the rest, a strict `sql_mode`, the default |
//! | any client | foreign keys, by `foreign_key_checks = 0`, which no privilege guards | writing through programs alone |
//! | owners of tables | CHECKs, by `not enforced`; triggers, by dropping them or by `truncate` | grants |

mod capability;
mod design;
mod keywords;
mod lower;
mod options;
mod program;
mod render;
mod rules;
#[cfg(test)]
mod tests;
mod time;
mod types;
mod words;

use dbspec_core::backend::capability::Line;
use dbspec_core::backend::naming::Limits;
use dbspec_core::backend::{Ask, Compile, Faces, Lowered, Lowering, NotServed, Plain, Script, WriteKind};
use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::{EntityId, Kernel, QueryId};
use dbspec_core::program::Program;
use dbspec_core::semantics::Row;

use crate::relational::plain;

pub use design::{Check, Column, ColumnType, Design, ForeignKey, Index, IndexKey, OnDelete, Table, Trigger};
pub use options::Options;

/// The compiler for MySQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MySql {
    options: Options,
}

impl MySql {
    /// For the usual installation of a major version, 8 or 9; another counts as the nearest of these.
    pub fn new(version: u16) -> Self {
        Self::with(Options::new(version))
    }

    /// For what is chosen.
    pub fn with(options: Options) -> Self {
        Self { options }
    }
}

impl Compile for MySql {
    const NAME: &'static str = "mysql";
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

impl Ask for MySql {
    fn query_program(&self, lowered: &Lowered<Design>, query: QueryId) -> Result<Program, NotServed> {
        program::query(lowered, query)
    }

    fn write_program(&self, lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
        program::write(lowered, write)
    }
}

impl Plain for MySql {
    fn insertion(&self, lowered: &Lowered<Design>, rows: &[(EntityId, Row)]) -> Option<Vec<Box<str>>> {
        plain::insertion(lowered.design.ground(lowered.kernel()), rows, "start transaction")
    }
}
