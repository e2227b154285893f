//! Writes: judged by the evaluator on what is read in one transaction, then done in it.

use std::sync::Arc;

use dbspec_core::backend::Lowered;
use dbspec_core::program::{Flaw, JudgedByEngine, Program, Purpose, Step};

use super::commit::commit;
use super::need::until_known;
use super::{BEGIN, CHANGES, NEEDS, RELIED, RETURNED};
use crate::document::term::{slot, some};
use crate::mongodb::design::Design;
use crate::mongodb::layout::Layout;
use crate::mongodb::lower::{Grouping, grouping};

/// So often is a transaction tried that conflicts with others, first after so many milliseconds.
const TRIES: u16 = 12;
const BACKOFF_MS: u32 = 5;

/// The program of any write.
pub(super) fn program(lowered: &Lowered<Design>) -> Result<Program, Flaw> {
    let layout = super::layout(lowered);
    let judge = Step::Judge {
        needs: NEEDS,
        changes: CHANGES,
        relied: RELIED,
        returned: RETURNED,
    };
    let body = vec![
        until_known(layout, judge),
        Step::When(some(slot(CHANGES)), commit(layout), Vec::new()),
        Step::Return(slot(RETURNED)),
    ];
    Program::new(
        Arc::clone(lowered.kernel()),
        Purpose::Write,
        vec![Step::Retry {
            at_most: TRIES,
            backoff_ms: BACKOFF_MS,
            body: vec![Step::Atomic {
                begin: BEGIN.into(),
                body,
            }],
        }],
        judged(layout),
    )
}

/// What indexes judge, so that it need not be read.
fn judged(layout: Layout<'_>) -> JudgedByEngine {
    let kernel = layout.kernel;
    let unique = kernel.rules.ids().filter(|rule| match grouping(kernel, *rule) {
        Some(Grouping::Plain | Grouping::Digest) => true,
        Some(Grouping::Many) | None => false,
    });
    JudgedByEngine {
        keys: kernel.entities.ids().collect(),
        unique: unique.collect(),
        ..JudgedByEngine::default()
    }
}
