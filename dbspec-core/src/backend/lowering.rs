//! What a backend is given while it lowers, and the sealed result.

use std::any::Any;
use std::sync::Arc;

use super::capability::Line;
use super::coverage::{CoverageBuilder, subject_path};
use super::decision::{Assumption, Decision};
use super::naming::{Given, Limits, Mapping};
use super::{AnyDesign, DesignData, Report, WrongDesign};
use crate::kernel::{FacetId, Kernel};

mod figures;
mod namer;

pub use figures::{Figures, row_bytes};
pub use namer::{Namer, Wanted};

/// What a backend is given while it lowers.
#[derive(Debug)]
pub struct Lowering<'k> {
    /// The kernel.
    pub kernel: &'k Kernel,
    /// Gives names.
    pub namer: Namer<'k>,
    /// Takes outcomes.
    pub coverage: CoverageBuilder,
    /// The only way to read a volume, a rate or a statistic.
    pub figures: Figures<'k>,
    /// Choices made.
    pub decisions: Vec<Decision>,
    shared: Arc<Kernel>,
    lines: &'static [Line],
}

impl<'k> Lowering<'k> {
    /// A lowering with nothing answered.
    pub fn new(
        kernel: &'k Arc<Kernel>,
        limits: Limits,
        lines: &'static [Line],
        given: Option<&'k Given>,
    ) -> Self {
        Self {
            kernel,
            namer: Namer::new(kernel, limits, given),
            coverage: CoverageBuilder::new(kernel),
            figures: Figures::new(kernel),
            decisions: Vec::new(),
            shared: Arc::clone(kernel),
            lines,
        }
    }

    /// Seals a design.
    ///
    /// # Errors
    /// [`Incomplete`] when a facet is open or was answered twice.
    pub fn finish<D>(self, design: D) -> Result<Lowered<D>, Incomplete> {
        let Self {
            kernel,
            namer,
            coverage,
            figures,
            decisions,
            shared,
            lines,
        } = self;
        let coverage = coverage.finish().map_err(|facets| Incomplete {
            facets: facets.iter().map(|id| name_facet(kernel, *id)).collect(),
        })?;
        let report = Report {
            coverage,
            decisions,
            assumptions: figures.assumptions(),
            mapping: namer.finish(),
        };
        Ok(Lowered {
            kernel: shared,
            design,
            report,
            lines,
        })
    }
}

fn name_facet(kernel: &Kernel, facet: FacetId) -> String {
    format!(
        "{} ({:?})",
        subject_path(kernel, facet),
        kernel.facets[facet].facet
    )
}

/// A facet without exactly one answer: a fault of the backend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the backend gave no single answer for {}", facets.join(", "))]
pub struct Incomplete {
    /// The facets, by path.
    pub facets: Vec<String>,
}

/// A design with full coverage. Only core makes one.
#[derive(Clone, Debug)]
pub struct Lowered<D> {
    /// The kernel that was lowered.
    kernel: Arc<Kernel>,
    /// The design.
    pub design: D,
    /// Outcomes, choices, assumptions, names.
    report: Report,
    lines: &'static [Line],
}

impl<D> Lowered<D> {
    /// The kernel that was lowered.
    pub fn kernel(&self) -> &Arc<Kernel> {
        &self.kernel
    }
    /// Outcomes, choices, assumptions, names.
    pub fn report(&self) -> &Report {
        &self.report
    }
    /// The backend's capability lines, which outcomes name.
    pub fn lines(&self) -> &'static [Line] {
        self.lines
    }
    /// Logical to physical.
    pub fn mapping(&self) -> &Mapping {
        &self.report.mapping
    }
    /// Choices.
    pub fn decisions(&self) -> &[Decision] {
        &self.report.decisions
    }
    /// Numbers that nobody gave.
    pub fn assumptions(&self) -> &[Assumption] {
        &self.report.assumptions
    }
}

impl<D: DesignData> Lowered<D> {
    /// The same with the engine known at run time alone.
    pub fn erase(self) -> Lowered<Box<dyn AnyDesign>> {
        let Self {
            kernel,
            design,
            report,
            lines,
        } = self;
        Lowered {
            kernel,
            design: Box::new(design),
            report,
            lines,
        }
    }
}

impl Lowered<Box<dyn AnyDesign>> {
    /// The same with the engine known.
    ///
    /// # Errors
    /// [`WrongDesign`] when another engine made it.
    pub fn typed<D: DesignData>(&self) -> Result<Lowered<D>, WrongDesign> {
        let design: &dyn Any = &*self.design;
        let design = design
            .downcast_ref::<D>()
            .ok_or(WrongDesign {
                engine: std::any::type_name::<D>(),
            })?
            .clone();
        Ok(Lowered {
            kernel: Arc::clone(&self.kernel),
            design,
            report: self.report.clone(),
            lines: self.lines,
        })
    }
}
