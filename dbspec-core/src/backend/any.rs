//! The object-safe faces.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use super::capability::Line;
use super::naming::Given;
use super::{Ask, Compile, DesignData, Faces, Incomplete, Lowered, NotServed, Plain, Script, WriteKind};
use crate::check::Rule;
use crate::diag::Diagnostic;
use crate::kernel::{EntityId, Kernel, QueryId};
use crate::program::Program;
use crate::semantics::Row;

/// A design whose engine is known at run time alone.
pub trait AnyDesign: Any + Debug + Send + Sync {
    /// The number of the file format.
    fn format(&self) -> u32;
    /// Whether both are the same design of the same engine.
    fn same(&self, other: &dyn AnyDesign) -> bool;
    /// A copy.
    fn copy(&self) -> Box<dyn AnyDesign>;
    /// The design as JSON.
    fn json(&self) -> serde_json::Value;
}

impl<D: DesignData> AnyDesign for D {
    fn format(&self) -> u32 {
        D::FORMAT
    }
    fn same(&self, other: &dyn AnyDesign) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref::<D>() == Some(self)
    }
    fn copy(&self) -> Box<dyn AnyDesign> {
        Box::new(self.clone())
    }
    fn json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or(serde_json::Value::Null)
    }
}

/// A design that another engine made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the design is not one of {engine}'s")]
pub struct WrongDesign {
    /// The engine that was asked.
    pub engine: &'static str,
}

/// A backend whose engine is known at run time alone.
pub trait AnyBackend: Send + Sync {
    /// The engine's name.
    fn engine(&self) -> &'static str;
    /// All capability lines.
    fn table(&self) -> &'static [Line];
    /// The engine's own findings on a model.
    fn findings(&self, kernel: &Kernel) -> Vec<Diagnostic>;
    /// What it can find.
    fn finds(&self) -> &'static [&'static Rule];
    /// Lowers a kernel.
    ///
    /// # Errors
    /// [`Incomplete`]: a fault of the backend.
    fn compile(
        &self,
        kernel: &Arc<Kernel>,
        given: Option<&Given>,
    ) -> Result<Lowered<Box<dyn AnyDesign>>, Incomplete>;
    /// The files of a design.
    ///
    /// # Errors
    /// [`WrongDesign`]
    fn script(&self, design: &dyn AnyDesign) -> Result<Script, WrongDesign>;
    /// Programs, where the backend has them.
    fn asking(&self) -> Option<&dyn AnyAsk>;
    /// Plain insertions, where the backend has them.
    fn inserting(&self) -> Option<&dyn AnyPlain>;
}

impl<B: Compile> AnyBackend for B {
    fn engine(&self) -> &'static str {
        B::NAME
    }
    fn table(&self) -> &'static [Line] {
        self.lines()
    }
    fn findings(&self, kernel: &Kernel) -> Vec<Diagnostic> {
        self.lint(kernel)
    }
    fn finds(&self) -> &'static [&'static Rule] {
        self.rules()
    }
    fn compile(
        &self,
        kernel: &Arc<Kernel>,
        given: Option<&Given>,
    ) -> Result<Lowered<Box<dyn AnyDesign>>, Incomplete> {
        Ok(self.lower(kernel, given)?.erase())
    }
    fn script(&self, design: &dyn AnyDesign) -> Result<Script, WrongDesign> {
        let design: &dyn Any = design;
        design
            .downcast_ref::<B::Design>()
            .map(B::render)
            .ok_or(WrongDesign { engine: B::NAME })
    }
    fn asking(&self) -> Option<&dyn AnyAsk> {
        let Faces { ask, plain: _ } = self.faces();
        ask
    }
    fn inserting(&self) -> Option<&dyn AnyPlain> {
        let Faces { plain, ask: _ } = self.faces();
        plain
    }
}

/// [`Ask`], where the engine is known at run time alone.
pub trait AnyAsk: Send + Sync {
    /// The program of a query.
    ///
    /// # Errors
    /// [`NotServed`], also for a design that another engine made.
    fn ask_query(&self, lowered: &Lowered<Box<dyn AnyDesign>>, query: QueryId) -> Result<Program, NotServed>;
    /// The program of a write.
    ///
    /// # Errors
    /// [`NotServed`], also for a design that another engine made.
    fn ask_write(
        &self,
        lowered: &Lowered<Box<dyn AnyDesign>>,
        write: WriteKind,
    ) -> Result<Program, NotServed>;
}

impl<B: Ask> AnyAsk for B {
    fn ask_query(&self, lowered: &Lowered<Box<dyn AnyDesign>>, query: QueryId) -> Result<Program, NotServed> {
        self.query_program(
            &lowered
                .typed::<B::Design>()
                .map_err(|wrong| wrong_design::<B>(&wrong))?,
            query,
        )
    }
    fn ask_write(
        &self,
        lowered: &Lowered<Box<dyn AnyDesign>>,
        write: WriteKind,
    ) -> Result<Program, NotServed> {
        self.write_program(
            &lowered
                .typed::<B::Design>()
                .map_err(|wrong| wrong_design::<B>(&wrong))?,
            write,
        )
    }
}

/// [`Plain`], where the engine is known at run time alone.
pub trait AnyPlain: Send + Sync {
    /// What the engine's own client runs to insert rows as they are; `None` where it can't, also for a design that another
    /// engine made.
    fn plain_insertion(
        &self,
        lowered: &Lowered<Box<dyn AnyDesign>>,
        rows: &[(EntityId, Row)],
    ) -> Option<Vec<Box<str>>>;
}

impl<B: Plain> AnyPlain for B {
    fn plain_insertion(
        &self,
        lowered: &Lowered<Box<dyn AnyDesign>>,
        rows: &[(EntityId, Row)],
    ) -> Option<Vec<Box<str>>> {
        self.insertion(&lowered.typed::<B::Design>().ok()?, rows)
    }
}

fn wrong_design<B: Compile>(wrong: &WrongDesign) -> NotServed {
    NotServed {
        what: B::NAME.to_owned(),
        reason: wrong.to_string(),
    }
}
