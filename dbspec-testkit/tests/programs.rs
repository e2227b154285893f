//! Programs do what the reference engine does: generated models and operations, one client.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::program::Program;
use dbspec_core::program::machine::{Machine, Next, Reply};
use dbspec_core::semantics::{self, Context, Operation, Stop};
use dbspec_testkit::fake::{Fake, Mutant, documents, sessions};
use dbspec_testkit::generate::models;
use dbspec_testkit::operations::{Made, Maker, steps};
use proptest::prelude::*;

fn finish(fake: &mut Fake, mut machine: Machine) -> Next {
    let mut reply = Reply::Start;
    loop {
        match machine.next(reply) {
            Next::Send(sent) => reply = fake.serve(0, &sent.verb),
            end @ (Next::Done(_) | Next::Refused(_) | Next::Failed { .. }) => return end,
        }
    }
}

/// One operation on a program's engine and on the evaluator alone, from the same rows.
fn compare(
    kernel: &Arc<Kernel>,
    program: &Arc<Program>,
    fake: &mut Fake,
    operation: &Operation,
    context: &Context,
) -> Result<(), TestCaseError> {
    let mut state = fake.state().clone();
    let expected = semantics::apply(kernel, &state, operation, context);
    let machine = Machine::write(Arc::clone(program), operation.clone(), context.clone());
    match (finish(fake, machine), expected) {
        (Next::Done(returned), Ok(changes)) => {
            prop_assert_eq!(returned, changes.returned);
            state.commit(&changes.rows);
        }
        (Next::Refused(refusals), Err(Stop::Refused(broken))) => {
            prop_assert!(!refusals.is_empty());
            let named = refusals.iter().all(|it| broken.contains(it));
            prop_assert!(
                named,
                "{operation:?}: refused for {refusals:?}, broken are {broken:?}"
            );
        }
        (end, expected) => {
            prop_assert!(false, "{operation:?} ends as {end:?}, expected {expected:?}");
        }
    }
    prop_assert_eq!(fake.state().rows(), state.rows(), "{:?}", operation);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_do_what_the_evaluator_does(plan in models(), steps in steps(14)) {
        let kernel = check(dbspec_core::syntax::parse(&plan.text())).expect("generated models are right");
        let programs = [documents(&kernel, Mutant::None), sessions(&kernel)];
        for program in programs {
            let program = Arc::new(program.expect("no flaw"));
            let mut fake = Fake::new(&kernel);
            for (at, step) in steps.iter().enumerate() {
                let mut by_entity = BTreeMap::new();
                for (entity, key) in fake.state().rows().keys() {
                    by_entity.entry(*entity).or_insert_with(Vec::new).push(key.clone());
                }
                let keys = |entity: EntityId| by_entity.get(&entity).cloned().unwrap_or_default();
                if let Made::Operation(operation) = (Maker { kernel: &kernel, keys: &keys }).make(step) {
                    let context = Context { now: 1_700_000_000_000_000, seed: at as u64, session: Vec::new() };
                    compare(&kernel, &program, &mut fake, &operation, &context)?;
                }
            }
        }
    }
}
