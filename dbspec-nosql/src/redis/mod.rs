//! Redis 7 and 8, alone or in a cluster.
//!
//! # How rows lie
//!
//! A row is a hash, its fields are texts; null is the absence of a field. Beside the rows of an entity stand sorted sets
//! whose scores are all 0, so that their members are in the order of their bytes: one with the names of all rows, in the
//! order of their keys; for each index sets of members that begin with values, in order, and end with the row's name; and
//! for each rule that speaks of rows with the same values one set per such values. A sequence is a number.
//!
//! All keys begin with one hash tag, `{shop}`. In a cluster they are in one slot, which is what lets one function see a
//! whole write; its price is that a model lives in the memory of one node. A decision says so.
//!
//! A hash, a set or a list that becomes empty is gone by itself, so an index leaves nothing behind. No row expires: whoever
//! sets an expiry passes the rules by. A name whose row is gone is read as no row.
//!
//! # Isolation
//!
//! Nothing runs beside a function. A write is judged by the evaluator on what it reads; what it read goes along with the
//! changes to a function that asks first that every row, range and count is as it was, then changes everything. If one
//! isn't, nothing is changed and the write is judged anew.
//!
//! | anomaly | what stops it |
//! |---|---|
//! | two updates of one row, one lost | the row's digest, which the second finds changed |
//! | write skew: each reads what the other writes | everything that was read is asked for again |
//! | insert against delete of the row that it names | the named row's digest; the digest or count of the rows that name it |
//! | phantoms among the rows that name a row, or have the same values | the digest of a range is that of all its members |
//! | a row that wasn't there, and comes | its digest is asked to be none |
//! | two rows with the same unique value | the set of the value, which the second finds changed |
//! | half a write | types of keys are asked for before the first change; then no command can fail |
//! | a write whose reply was lost, sent again | the request's own key, which is known for two minutes |
//! | a page that begins where another write moved rows | each request of a query sees one state, two may see two |
//!
//! The function takes as long as the write is large, and nothing else runs meanwhile.
//!
//! # What it rests on
//!
//! Keys must not be evicted: `maxmemory-policy` is `noeviction` or `volatile-*`. What was acknowledged outlives a crash
//! with an append-only file and `appendfsync always`, and a failover only if the replica had it: replication is
//! asynchronous, and `WAIT` makes a loss less likely, not impossible. A read from a replica may be late.
//!
//! # Versions
//!
//! 7.0 brought functions; nothing here differs up to 8. Where functions are refused, the driver sends the same text as a
//! script (`EVALSHA`).
//!
//! # What passes the rules by
//!
//! Whoever writes with another client. A user that may call functions and nothing else can't be made: a function's
//! commands are those of its caller, whose rights are asked for each (measured on 8.0: `ACL failure in script`). So all
//! rules are *guarded*, none *enforced*. The user in the scripts may run what programs run, on the model's keys alone; it is
//! made without a password and off.

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

pub use design::{Design, Field, Group, Hash, Index, Sequence};
pub use options::Options;

/// The compiler for Redis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redis {
    options: Options,
}

impl Redis {
    /// With the usual options.
    pub fn new() -> Self {
        Self::default()
    }

    /// For what is chosen.
    pub fn with(options: Options) -> Self {
        Self { options }
    }

    /// What programs call, as one Lua script whose first argument is a function's name: for `EVALSHA`, where functions are
    /// refused.
    pub fn script() -> String {
        render::script()
    }
}

impl Compile for Redis {
    const NAME: &'static str = "redis";
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

impl Ask for Redis {
    fn query_program(&self, lowered: &Lowered<Design>, query: QueryId) -> Result<Program, NotServed> {
        program::query(lowered, query)
    }

    fn write_program(&self, lowered: &Lowered<Design>, write: WriteKind) -> Result<Program, NotServed> {
        program::write(lowered, write)
    }
}
