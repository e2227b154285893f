//! Compiling is pure: the same kernel gives the same bytes, whoever asks.

use std::sync::Arc;

use dbspec_core::backend::{AnyBackend, AnyDesign, Compile, Lowered, Report, Script};
use dbspec_core::kernel::Kernel;

use super::Found;

const PURE: &str = "the same kernel gives the same bytes";
const ERASED: &str = "the object-safe face says the same as the typed one";

pub(super) fn again<B: Compile>(
    backend: &B,
    kernel: &Arc<Kernel>,
    first: &Lowered<B::Design>,
    script: &Script,
) -> Found {
    let second = backend
        .lower(kernel, None)
        .map_err(|it| ("each facet has exactly one outcome", it.to_string()))?;
    if first.design != second.design || first.design.json() != second.design.json() {
        return Err((PURE, "designs differ".to_owned()));
    }
    if *script != B::render(&second.design) {
        return Err((PURE, "scripts differ".to_owned()));
    }
    same(first.report(), second.report()).map_err(|what| (PURE, what.to_owned()))?;
    if backend.lint(kernel) != backend.lint(kernel) {
        return Err((PURE, "findings differ".to_owned()));
    }
    let json = first.design.json();
    let back: Result<B::Design, _> = serde_json::from_value(json);
    match back {
        Ok(design) if design == first.design => Ok(()),
        Ok(_) => Err(("a design survives its file", "another design".to_owned())),
        Err(error) => Err(("a design survives its file", error.to_string())),
    }
}

pub(super) fn erased<B: Compile>(
    backend: &B,
    kernel: &Arc<Kernel>,
    typed: &Lowered<B::Design>,
    script: &Script,
) -> Found {
    let any: &dyn AnyBackend = backend;
    let erased = any
        .compile(kernel, None)
        .map_err(|it| ("each facet has exactly one outcome", it.to_string()))?;
    let design: &dyn AnyDesign = &typed.design;
    if !erased.design.same(design) {
        return Err((ERASED, "designs differ".to_owned()));
    }
    same(typed.report(), erased.report()).map_err(|what| (ERASED, what.to_owned()))?;
    match any.script(&*erased.design) {
        Ok(other) if other == *script => Ok(()),
        Ok(_) => Err((ERASED, "scripts differ".to_owned())),
        Err(wrong) => Err((ERASED, wrong.to_string())),
    }
}

fn same(a: &Report, b: &Report) -> Result<(), &'static str> {
    if a.coverage != b.coverage {
        Err("coverage differs")
    } else if a.decisions != b.decisions {
        Err("decisions differ")
    } else if a.assumptions != b.assumptions {
        Err("assumptions differ")
    } else if a.mapping != b.mapping {
        Err("mappings differ")
    } else {
        Ok(())
    }
}
