//! The empty engine: it stores nothing, answers `Never` everywhere and obeys the laws. Copy it to begin a new backend.
//!
//! # Versions and editions
//! None.
//!
//! # Where it differs from other engines
//! It holds no data, so that each rule is unsupported, each query and write not served, each fact unused. A backend
//! that can do anything answers facet by facet instead; the laws refuse
//! [`rest`](dbspec_core::backend::coverage::CoverageBuilder::rest) to it.
//!
//! # Isolation and bypasses
//! There is nothing to isolate and nothing to pass by.

mod capability;
mod design;
mod keywords;
mod lower;
mod options;
mod program;
mod render;
mod rules;
mod types;

use dbspec_core::backend::capability::Line;
use dbspec_core::backend::naming::Limits;
use dbspec_core::backend::{Compile, Faces, Lowering, Script};
use dbspec_core::check::Rule;
use dbspec_core::diag::Diagnostic;
use dbspec_core::kernel::Kernel;

pub use design::Design;
pub use options::Options;

/// Compiles for an engine that stores nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Empty {
    options: Options,
}

impl Empty {
    /// The engine with its only options.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Compile for Empty {
    const NAME: &'static str = "empty";
    type Options = Options;
    type Design = Design;

    fn options(&self) -> &Options {
        &self.options
    }

    fn lines(&self) -> &'static [Line] {
        &capability::LINES
    }

    fn limits(&self) -> Limits {
        keywords::LIMITS
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
        render::script(design)
    }

    fn faces(&self) -> Faces<'_> {
        Faces::none()
    }
}

#[cfg(test)]
mod tests;
