//! Programs at every interleaving: no rule is broken, nothing is done twice or by halves, whatever is lost or stopped; and
//! programs with a fault in them are found.
#![allow(missing_docs, clippy::panic)]

use std::sync::Arc;

use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Filling, Kernel, RuleKind};
use dbspec_core::program::Program;
use dbspec_core::program::machine::Machine;
use dbspec_core::semantics::{self, Operation};
use dbspec_testkit::bank::Bank;
use dbspec_testkit::explorer::{Explored, Troubles, explore, is_some_order};
use dbspec_testkit::fake::{Fake, Mutant, documents, sessions};
use dbspec_testkit::generate::rare_models;
use dbspec_testkit::operations::{Made, Maker, steps};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// What there is at first.
fn start(bank: &Bank) -> Fake {
    let mut fake = Fake::new(&bank.kernel);
    for operation in &bank.rows {
        let changes = semantics::apply(&bank.kernel, fake.state(), operation, &Bank::context(9));
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

/// Two operations of generated ones, on the rows that others left.
fn generated(runner: &mut TestRunner) -> Option<(Fake, Vec<Operation>)> {
    let plan = rare_models().new_tree(runner).ok()?.current();
    let steps = steps(14).new_tree(runner).ok()?.current();
    let kernel = check(dbspec_core::syntax::parse(&plan.text())).expect("generated models are right");
    // Numbers that another try takes are lost, so that keys are others.
    let is_sequence = |kind: &RuleKind| match kind {
        RuleKind::Default { filling, .. } => *filling == Filling::Sequence,
        _ => false,
    };
    if kernel.rules.iter().any(|(_, rule)| is_sequence(&rule.kind)) {
        return None;
    }
    let mut fake = Fake::new(&kernel);
    let mut last = Vec::new();
    for step in &steps {
        let keys = |entity: EntityId| fake.state().keys(entity);
        let maker = Maker {
            kernel: &kernel,
            keys: &keys,
        };
        let Made::Operation(operation) = maker.make(step) else {
            continue;
        };
        let changes = semantics::apply(&kernel, fake.state(), &operation, &Bank::context(last.len()));
        let before = fake.clone();
        if let Ok(changes) = changes {
            fake.state_mut().commit(&changes.rows);
            last.push((before, operation));
        }
    }
    // The last two, on what there was before them: so each of them was right there, one after the other.
    let (_, second) = last.pop()?;
    let (before, first) = last.pop()?;
    Some((before, vec![first, second]))
}

#[test]
fn no_order_of_generated_operations_breaks_a_rule() {
    let mut runner = TestRunner::deterministic();
    let (mut pairs, mut ways) = (0, 0);
    while pairs < 60 {
        let Some((first, operations)) = generated(&mut runner) else {
            continue;
        };
        pairs += 1;
        for program in programs(first.kernel()) {
            let explored = run(&first, &program, &operations, Troubles::NONE);
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
