//! Writes: judged by the evaluator on what is read, then done by one run of a function that asks that all of it is still
//! so.

use std::sync::Arc;

use dbspec_core::backend::Lowered;
use dbspec_core::program::{Flaw, JudgedByEngine, Program, Purpose, Step};

use super::commit::commit;
use super::need::until_known;
use super::request::Reading;
use super::{CHANGES, NEEDS, RELIED, RETURNED, SEEN};
use crate::document::term::{list, slot, some};
use crate::redis::design::Design;

/// So often is a write judged anew, first after so many milliseconds.
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
        Step::Set(SEEN, list([])),
        until_known(layout, judge, Reading::ToWrite),
        Step::When(some(slot(CHANGES)), commit(layout), Vec::new()),
        Step::Return(slot(RETURNED)),
    ];
    Program::new(
        Arc::clone(lowered.kernel()),
        Purpose::Write,
        vec![Step::Retry {
            at_most: TRIES,
            backoff_ms: BACKOFF_MS,
            body,
        }],
        // All is read that the evaluator asks for: the function knows no rule.
        JudgedByEngine::default(),
    )
}
