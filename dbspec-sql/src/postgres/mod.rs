//! PostgreSQL 13 to 18.
//!
//! # Where it differs from the model, and what is done
//!
//! - **Text** is kept in collation `"C"`: by code point in a UTF-8 database, without locale. Letters are folded by `lower`,
//!   which folds ASCII alone there. `varchar(n)` is not used, since it cuts spaces off what is too long.
//! - **Judged at the end.** Foreign keys are deferred to the end of the transaction, with `NO ACTION` for `restrict`, so
//!   that a write is judged on what it leaves. So are unique constraints, unless a reference names them: rows may swap
//!   their values. Primary keys and unique indexes (partial ones, those that fold letters or equal nulls) are judged row
//!   by row: programs delete before they update, and update before they insert, but a swap of such values is refused.
//! - **Types are exact.** What a type lets pass that the model doesn't (`NaN`, `infinity`, `24:00`, years beyond 9999) a
//!   CHECK refuses. Durations are microseconds, ordered enums their labels' places, collections `jsonb` arrays.
//! - **Unique with equal nulls** is `NULLS NOT DISTINCT` from 15 on; before, the index holds whether a value is null
//!   beside the value.
//! - **Order.** Ascending with nulls last, descending with nulls first are PostgreSQL's own, so an index serves both.
//!
//! # Isolation
//!
//! Every write runs in a `SERIALIZABLE` transaction that is tried again where it conflicts. What a program reads to judge
//! can't change unseen: two transactions that each read what the other writes can't both commit (write skew, the anomaly
//! that snapshots alone allow). So rules that no constraint can hold are *guarded*: no two programs break them together.
//!
//! # Triggers
//!
//! What binds other writers too, but is no constraint, is judged by triggers that raise the rule's name as a check does:
//!
//! - **How a row changes** (moves, fields and keys that stay, append-only, versions, what is kept at least) by a condition on
//!   the row before and after. What follows from changes elsewhere is no update: a version stays where the engine sets a
//!   reference to null.
//! - **Bounds and derived fields** at the end of the transaction. Two transactions that add the last row each would both
//!   count too few: under `READ COMMITTED` since neither sees the other, under `REPEATABLE READ` even after waiting for
//!   a lock, since its snapshot is older. So the function first *writes* the row that is judged by, unless the transaction
//!   has: the second then waits and counts anew, or fails as a conflict.
//! - **References to living rows** at the end too, after a `FOR SHARE` on the row: deleting it softly changes that very row,
//!   so that a lock is enough.
//!
//! A function runs with the search path that its schema was made with. Derived fields are kept by the programs; other
//! writers give them, and triggers compare. Rules over rows further away, with floats or with the clock stay guarded.
//!
//! # What passes the rules by
//!
//! | who | what | closed by |
//! |---|---|---|
//! | any client | guarded rules | writing through programs alone; the audit queries find the rest |
//! | superusers; who was granted `SET` on it | `session_replication_role = replica`: triggers and foreign keys sleep | grants |
//! | table owners | `ALTER TABLE … DISABLE TRIGGER`; superusers also those of foreign keys | grants |
//! | who may `TRUNCATE` | rows go without triggers | grants: no program truncates |
//! | any client | a sequence's numbers, by giving its own | the programs move the sequence past them |

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

pub use design::{
    Act, Check, Column, ColumnType, Design, Exclusion, ForeignKey, Index, IndexKey, Judges, OnDelete, Table,
    Trigger, Unique,
};
pub use options::{Extension, Options, UnknownVersion};

/// The compiler for PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postgres {
    options: Options,
}

impl Postgres {
    /// For the usual installation of a major version, 13 to 18; another counts as the nearest of these.
    pub fn new(version: u16) -> Self {
        Self::with(Options::new(version))
    }

    /// For what is chosen.
    pub fn with(options: Options) -> Self {
        Self { options }
    }
}

impl Compile for Postgres {
    const NAME: &'static str = "postgres";
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

impl Ask for Postgres {
    fn query_program(&self, lowered: &Lowered<Design>, query: QueryId) -> Result<Program, NotServed> {
        program::query(lowered, query)
    }

    fn write_program(&self, lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
        program::write(lowered, write)
    }
}

impl Plain for Postgres {
    fn insertion(&self, lowered: &Lowered<Design>, rows: &[(EntityId, Row)]) -> Option<Vec<Box<str>>> {
        plain::insertion(lowered.design.ground(lowered.kernel()), rows, "begin")
    }
}
