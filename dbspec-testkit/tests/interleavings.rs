//! Programs at every interleaving: no rule is broken, nothing is done twice or by halves, whatever is lost or stopped; and
//! programs with a fault in them are found.
#![allow(missing_docs, clippy::panic)]

use std::sync::Arc;

use dbspec_core::kernel::Kernel;
use dbspec_core::program::Program;
use dbspec_core::program::machine::Machine;
use dbspec_core::semantics::{self, Operation};
use dbspec_testkit::bank::Bank;
use dbspec_testkit::explorer::{Explored, Troubles, explore, is_some_order};
use dbspec_testkit::fake::{Fake, Mutant, documents, sessions};
use proptest::test_runner::TestRunner;

/// What there is at first.
fn start(bank: &Bank) -> Fake {
    let mut fake = Fake::new(&bank.kernel);
    for (at, operation) in bank.rows.iter().enumerate() {
        let context = Bank::context(100 + at);
        let changes = semantics::apply(&bank.kernel, fake.state(), operation, &context);
        fake.state_mut().commit(&changes.expect("rows are right").rows);
    }
    fake
}

/// Goes all ways. Each end breaks no rule, and is what some order of what was done leaves.
fn run(
    first: &Fake,
    program: &Arc<Program>,
    operations: &[Operation],
    troubles: Troubles,
) -> Result<Explored, String> {
    let machines = operations.iter().enumerate();
    let machines = machines
        .map(|(at, operation)| Machine::write(Arc::clone(program), operation.clone(), Bank::context(at)));
    let machines: Vec<Machine> = machines.collect();
    // Many ways end alike.
    let mut right = Vec::new();
    explore(first, machines.clone(), troubles, MOST, |fake, ends| {
        let end = (fake.state().rows().clone(), ends.to_vec());
        if right.contains(&end) {
            return Ok(());
        }
        let broken = fake.state().audit(&Bank::context(9));
        if !broken.is_empty() {
            return Err(format!("{ends:?} break {broken:?}"));
        }
        let same = |a: &Fake, b: &Fake| a.state().rows() == b.state().rows();
        if !is_some_order(first, &machines, fake, ends, same) {
            return Err(format!("{ends:?} leave rows that no order leaves"));
        }
        right.push(end);
        Ok(())
    })
}

/// So many ways at most.
const MOST: u64 = 20_000;

const TROUBLES: [Troubles; 3] = [
    Troubles::NONE,
    Troubles { stops: 1, losses: 0 },
    Troubles { stops: 0, losses: 1 },
];

fn programs(kernel: &Arc<Kernel>) -> [Arc<Program>; 2] {
    [
        Arc::new(documents(kernel, Mutant::None).expect("no flaw")),
        Arc::new(sessions(kernel).expect("no flaw")),
    ]
}

#[test]
fn no_order_of_requests_breaks_a_rule() {
    let bank = Bank::new().expect("it is right");
    let first = start(&bank);
    for program in programs(&bank.kernel) {
        let mut all = Explored::default();
        for (name, operations) in &bank.pairs {
            for troubles in TROUBLES {
                let explored = run(&first, &program, operations, troubles)
                    .unwrap_or_else(|found| panic!("{name}, {troubles:?}: {found}"));
                assert!(!explored.cut, "{name}, {troubles:?}: {explored:?}");
                assert!(explored.ways > 1, "{name}: {explored:?}");
                all.done += explored.done;
                all.refused += explored.refused;
                all.stopped += explored.stopped;
            }
        }
        assert!(all.done > 0 && all.refused > 0 && all.stopped > 0, "{all:?}");
    }
}

#[test]
fn no_order_of_generated_operations_breaks_a_rule() {
    let mut runner = TestRunner::deterministic();
    let (mut pairs, mut ways) = (0, 0);
    while pairs < 60 {
        let Some(bank) = Bank::generated(&mut runner) else {
            continue;
        };
        let (first, operations) = (start(&bank), &bank.pairs[0].1);
        pairs += 1;
        for program in programs(&bank.kernel) {
            let explored = run(&first, &program, operations, Troubles::NONE);
            ways += explored
                .unwrap_or_else(|found| panic!("{operations:?}: {found}"))
                .ways;
        }
    }
    assert!(ways > 240, "{ways} ways");
}

#[test]
fn alone_each_of_them_is_done() {
    let bank = Bank::new().expect("it is right");
    let first = start(&bank);
    for program in programs(&bank.kernel) {
        for (name, operations) in &bank.pairs {
            for operation in operations {
                let alone = std::slice::from_ref(operation);
                let explored = run(&first, &program, alone, Troubles::NONE);
                let explored = explored.unwrap_or_else(|found| panic!("{name}: {found}"));
                assert_eq!((explored.ways, explored.done), (1, 1), "{name}");
            }
        }
    }
}

#[test]
fn faulty_programs_are_found() {
    let bank = Bank::new().expect("it is right");
    let first = start(&bank);
    for mutant in [Mutant::NoConditions, Mutant::BlindWrites, Mutant::NoToken] {
        let program = Arc::new(documents(&bank.kernel, mutant).expect("no flaw"));
        let fails = |operations: &[Operation]| {
            let mut troubles = TROUBLES.into_iter();
            troubles.any(|troubles| run(&first, &program, operations, troubles).is_err())
        };
        let mut pairs = bank.pairs.iter();
        assert!(
            pairs.any(|(_, operations)| fails(operations)),
            "{mutant:?} is not found"
        );
    }
}
