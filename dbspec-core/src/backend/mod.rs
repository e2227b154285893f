//! What a backend is: traits, and what core makes of their answers.
//!
//! A backend is a crate that anyone can write. [`Compile`] is required; [`Ask`] (programs) is optional and reported by
//! the required [`Compile::faces`]. [`AnyBackend`] is the object-safe face of all of them; typed and erased methods
//! share no name, so that both can be in scope.
//!
//! A backend builds the design and fills the coverage; only core makes a [`Lowered`], and only with a full coverage:
//! who has a `Lowered` has an outcome for every facet of the model.

mod any;
pub mod capability;
pub mod coverage;
pub mod decision;
pub mod lint;
mod lowering;
pub mod naming;
mod script;
pub mod view;

use std::fmt::Debug;
use std::sync::Arc;

pub use any::{AnyAsk, AnyBackend, AnyDesign, AnyPlain, WrongDesign};
pub use lowering::{Figures, Incomplete, Lowered, Lowering, Namer, Wanted, row_bytes};
pub use script::{Artefact, Script};

use crate::check::Rule;
use crate::diag::Diagnostic;
use crate::kernel::{EntityId, Kernel, QueryId, WriteId};
use crate::program::Program;
use crate::semantics::Row;
use capability::Line;
use naming::{Given, Limits, Mapping};

/// The data of a design: one engine's physical nouns.
pub trait DesignData:
    Clone + Eq + Debug + Send + Sync + serde::Serialize + serde::de::DeserializeOwned + 'static
{
    /// The number of the file format.
    const FORMAT: u32;
}

/// Compiles kernels for one engine. The value holds the options: version, edition, topology.
pub trait Compile: Send + Sync + 'static {
    /// The engine's name, as models and folders have it: `postgres`.
    const NAME: &'static str;
    /// What can be chosen.
    type Options: Clone + Eq + Debug;
    /// What comes out.
    type Design: DesignData;

    /// The options of this value.
    fn options(&self) -> &Self::Options;
    /// All capability lines that an outcome may name, in order of code.
    fn lines(&self) -> &'static [Line];
    /// What names may be, by namespace.
    fn limits(&self) -> Limits;
    /// The engine's own findings on a model: sizes, reserved words, limits. Run after core's check.
    fn lint(&self, kernel: &Kernel) -> Vec<Diagnostic>;
    /// What [`lint`](Self::lint) can find, in order of codes.
    fn rules(&self) -> &'static [&'static Rule];
    /// Builds the design, names everything and answers for every facet. Total: never panics on a checked kernel.
    fn build(&self, cx: &mut Lowering<'_>) -> Self::Design;
    /// The files that the engine's own client runs.
    fn render(design: &Self::Design) -> Script;
    /// Which optional faces there are: `Faces::none().ask(self)`.
    fn faces(&self) -> Faces<'_>;

    /// Lowers a kernel. `given` holds names of an earlier version, which stay.
    ///
    /// # Errors
    /// [`Incomplete`] when the backend left a facet open or answered it twice: a fault of the backend.
    fn lower(
        &self,
        kernel: &Arc<Kernel>,
        given: Option<&Given>,
    ) -> Result<Lowered<Self::Design>, Incomplete> {
        let mut cx = Lowering::new(kernel, self.limits(), self.lines(), given);
        let design = self.build(&mut cx);
        cx.finish(design)
    }
}

/// Makes programs.
pub trait Ask: Compile {
    /// The program of a query.
    ///
    /// # Errors
    /// [`NotServed`] where the coverage says so.
    fn query_program(&self, lowered: &Lowered<Self::Design>, query: QueryId) -> Result<Program, NotServed>;
    /// The program of a write; one program may serve many operations.
    ///
    /// # Errors
    /// [`NotServed`] where the coverage says so.
    fn write_program(&self, lowered: &Lowered<Self::Design>, write: WriteKind) -> Result<Program, NotServed>;
}

/// Says how a client of the engine puts rows in, past every program and its guards.
pub trait Plain: Compile {
    /// What the engine's own client runs to insert rows as they are, all of them in one transaction where the engine has
    /// any; `None` where a row has a value that the engine can't hold.
    fn insertion(&self, lowered: &Lowered<Self::Design>, rows: &[(EntityId, Row)]) -> Option<Vec<Box<str>>>;
}

/// Which write a program is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriteKind {
    /// Rows of an entity (and what it owns) are inserted.
    Insert(EntityId),
    /// A row is updated, restored or upserted.
    Update(EntityId),
    /// A row is deleted or purged.
    Delete(EntityId),
    /// A declared write.
    Call(WriteId),
}

/// A query or write that the target doesn't serve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is not served: {reason}")]
pub struct NotServed {
    /// The path of the query, write or entity.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// Which optional faces a backend has.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Faces<'a> {
    /// Programs.
    pub ask: Option<&'a dyn AnyAsk>,
    /// Plain insertions.
    pub plain: Option<&'a dyn AnyPlain>,
}

impl<'a> Faces<'a> {
    /// No optional face.
    pub fn none() -> Self {
        Self {
            ask: None,
            plain: None,
        }
    }

    /// With programs.
    #[must_use]
    pub fn ask(self, ask: &'a dyn AnyAsk) -> Self {
        Self {
            ask: Some(ask),
            ..self
        }
    }

    /// With plain insertions.
    #[must_use]
    pub fn plain(self, plain: &'a dyn AnyPlain) -> Self {
        Self {
            plain: Some(plain),
            ..self
        }
    }
}

/// Everything known of a lowered kernel besides the design.
#[derive(Clone, Debug)]
pub struct Report {
    /// Outcomes.
    pub coverage: coverage::Coverage,
    /// Choices.
    pub decisions: Vec<decision::Decision>,
    /// Numbers that nobody gave.
    pub assumptions: Vec<decision::Assumption>,
    /// Logical to physical.
    pub mapping: Mapping,
}
