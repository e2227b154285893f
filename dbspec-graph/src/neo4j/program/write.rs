//! Writes: judged by the evaluator on what is read and locked in a transaction, then done in the same.

use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowered;
use dbspec_core::kernel::FieldId;
use dbspec_core::program::terms::{join, number, slot, some};
use dbspec_core::program::{Block, Flaw, JudgedByEngine, Program, Purpose, Slot, Step};

use super::change::Rows;
use super::need::{Fetching, Locking, sequences, until_known};
use super::{CHANGES, FREE, NEEDS, RELIED, RETURNED, lock};
use crate::neo4j::design::Design;

/// So often is a write judged anew, first after so many milliseconds.
const TRIES: u16 = 12;
const BACKOFF_MS: u32 = 5;

/// The program of any write.
pub(super) fn program(lowered: &Lowered<Design>) -> Result<Program, Flaw> {
    let layout = super::layout(lowered);
    let kernel = lowered.kernel();
    let mut free = FREE;
    let mut slots = || {
        free += 1;
        Slot(free - 1)
    };
    let sequences: Vec<(FieldId, Slot)> = sequences(layout)
        .into_iter()
        .map(|field| (field, slots()))
        .collect();
    let fetching = Fetching {
        layout,
        locking: Locking::All,
        sequences,
    };
    let all: Vec<Rows<'_>> = kernel
        .entities
        .ids()
        .map(|entity| Rows::new(layout, entity, &mut slots))
        .collect();
    let mut commit: Block = all.iter().flat_map(Rows::collect).collect();
    let names = join(all.iter().map(Rows::names));
    commit.push(Step::Send(vec![lock::names(layout, names)]));
    for (field, last) in &fetching.sequences {
        if let Some(sequence) = layout.sequence(*field) {
            let rows = &all[kernel.fields[*field].entity.index() as usize];
            commit.push(rows.pass(sequence.leaf, &sequence.name, *last));
        }
    }
    commit.extend(all.iter().map(Rows::delete));
    commit.extend(all.iter().filter_map(Rows::clear));
    commit.extend(all.iter().flat_map(Rows::write));
    commit.extend(all.iter().flat_map(Rows::relate));
    let judge = Step::Judge {
        needs: NEEDS,
        changes: CHANGES,
        relied: RELIED,
        returned: RETURNED,
    };
    let mut body: Block = fetching
        .sequences
        .iter()
        .map(|(_, last)| Step::Set(*last, number(0)))
        .collect();
    body.extend([
        until_known(judge, &fetching),
        Step::When(some(slot(CHANGES)), commit, Vec::new()),
        Step::Return(slot(RETURNED)),
    ]);
    Program::new(
        Arc::clone(kernel),
        Purpose::Write,
        vec![Step::Retry {
            at_most: TRIES,
            backoff_ms: BACKOFF_MS,
            body: vec![Step::Atomic {
                begin: "BEGIN".into(),
                body,
            }],
        }],
        JudgedByEngine::default(),
    )
}
