//! Laws that every backend obeys, whatever the model.
//!
//! [`hold`] judges a backend on generated models with hostile names; [`hold_on`] on one kernel. A test of a backend is
//!
//! ```
//! # use dbspec_testkit::{empty::Empty, laws};
//! assert_eq!(laws::hold(&Empty::new(), 16), Ok(()));
//! ```
//!
//! The laws: compiling is total and pure; each facet has one outcome of its own kind, which names a line of the
//! backend's table that doesn't say the opposite; rules that the engine doesn't enforce come with what finds their
//! violations; names are legal and unique; files have safe names, statements lie in order and cover the text; no name
//! or text of the model escapes its quotes; what is served has a program, what isn't has none; each rule of its own is raised by its bad sample, not by its good one.

mod coverage;
mod names;
mod programs;
mod purity;
mod rules;
mod script;
mod tokens;

use std::sync::Arc;

use dbspec_core::backend::{Compile, Lowered, Lowering};
use dbspec_core::kernel::Kernel;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::generate::models;

/// A law that a backend breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{engine} breaks the law that {law}: {found}\n{model}")]
pub struct Broken {
    /// The engine.
    pub engine: &'static str,
    /// The law, in words.
    pub law: &'static str,
    /// What was found.
    pub found: String,
    /// The model, where it was a generated one.
    pub model: String,
}

/// What a law found: its words and what breaks it.
type Found = Result<(), (&'static str, String)>;

/// Judges a backend on so many generated models, always the same ones.
///
/// # Errors
/// The first law found broken, with the smallest model at hand that breaks it.
pub fn hold<B: Compile>(backend: &B, models: u32) -> Result<(), Broken> {
    rules::samples(backend).map_err(|(law, found)| Broken {
        engine: B::NAME,
        law,
        found,
        model: String::new(),
    })?;
    let mut runner = TestRunner::deterministic();
    let strategy = self::models();
    for _ in 0..models {
        let Ok(mut tree) = strategy.new_tree(&mut runner) else {
            continue;
        };
        let Err(mut broken) = on_text(backend, &tree.current().text()) else {
            continue;
        };
        // Towards a smaller model that breaks a law.
        for _ in 0..SHRINKS {
            if !tree.simplify() {
                break;
            }
            loop {
                match on_text(backend, &tree.current().text()) {
                    Err(smaller) => {
                        broken = smaller;
                        break;
                    }
                    Ok(()) if tree.complicate() => {}
                    Ok(()) => return Err(broken),
                }
            }
        }
        return Err(broken);
    }
    Ok(())
}

/// So many steps at most lead to a smaller model.
const SHRINKS: u32 = 200;

fn on_text<B: Compile>(backend: &B, text: &str) -> Result<(), Broken> {
    let broken = |law, found| Broken {
        engine: B::NAME,
        law,
        found,
        model: text.to_owned(),
    };
    let kernel = dbspec_core::check::check(dbspec_core::syntax::parse(text))
        .map_err(|rejected| broken("generated models are right", rejected.to_string()))?;
    all(backend, &kernel).map_err(|(law, found)| broken(law, found))
}

/// Judges a backend on one kernel.
///
/// # Errors
/// The first law found broken.
pub fn hold_on<B: Compile>(backend: &B, kernel: &Arc<Kernel>) -> Result<(), Broken> {
    all(backend, kernel).map_err(|(law, found)| Broken {
        engine: B::NAME,
        law,
        found,
        model: String::new(),
    })
}

fn all<B: Compile>(backend: &B, kernel: &Arc<Kernel>) -> Found {
    let mut cx = Lowering::new(kernel, backend.limits(), backend.lines(), None);
    let design = backend.build(&mut cx);
    let rest = cx.coverage.used_rest();
    let lowered: Lowered<B::Design> = cx
        .finish(design)
        .map_err(|incomplete| ("each facet has exactly one outcome", incomplete.to_string()))?;
    coverage::lines(backend.lines())?;
    coverage::outcomes(&lowered, rest)?;
    names::names(&lowered, backend.limits())?;
    let script = B::render(&lowered.design);
    script::files(&script)?;
    script::texts(&script)?;
    purity::again(backend, kernel, &lowered, &script)?;
    purity::erased(backend, kernel, &lowered, &script)?;
    programs::programs(backend, &lowered)
}
