//! DynamoDB's programs on as much of DynamoDB as they use: they do what the reference engine does, and no order of their
//! requests breaks a rule.
#![allow(missing_docs, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::{Ask, Compile, Lowered, WriteKind};
use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Filling, Kernel, RuleKind};
use dbspec_core::program::Program;
use dbspec_core::program::machine::{Fault, Machine, Next, Reply};
use dbspec_core::rows;
use dbspec_core::semantics::{self, Asked, Candidates, Context, Operation, Stop};
use dbspec_core::value::Value;
use dbspec_nosql::DynamoDb;
use dbspec_nosql::dynamodb::Design;
use dbspec_testkit::bank::Bank;
use dbspec_testkit::dynamo::Dynamo;
use dbspec_testkit::explorer::{Engine, Troubles, explore, is_some_order};
use dbspec_testkit::fake::{Fake, State};
use dbspec_testkit::generate::models;
use dbspec_testkit::operations::{Made, Maker, StepPlan, steps};
use proptest::prelude::*;

fn lowered(kernel: &Arc<Kernel>) -> Lowered<Design> {
    DynamoDb::new()
        .lower(kernel, None)
        .expect("each facet has an outcome")
}

fn tables(lowered: &Lowered<Design>) -> Dynamo {
    Dynamo::create(&DynamoDb::render(&lowered.design)).expect("requests that create tables")
}

fn finish(engine: &mut Dynamo, mut machine: Machine) -> Next {
    let mut reply = Reply::Start;
    loop {
        match machine.next(reply) {
            Next::Send(sent) => reply = engine.serve(0, &sent.verb),
            end @ (Next::Done(_) | Next::Refused(_) | Next::Failed { .. }) => return end,
        }
    }
}

fn context(at: usize) -> Context {
    Context {
        now: 1_700_000_000_000_000,
        seed: at as u64,
        session: Vec::new(),
    }
}

fn kind(operation: &Operation) -> WriteKind {
    match operation {
        Operation::Insert(rows) => {
            WriteKind::Insert(rows.first().map_or(EntityId::new(0), |(entity, _)| *entity))
        }
        Operation::Update { entity, .. } | Operation::Upsert(entity, _) | Operation::Restore(entity, _) => {
            WriteKind::Update(*entity)
        }
        Operation::Delete(entity, _) | Operation::Purge(entity, _) => WriteKind::Delete(*entity),
        Operation::Call(write, _) => WriteKind::Call(*write),
    }
}

/// One model, in both engines.
struct Pair {
    kernel: Arc<Kernel>,
    lowered: Lowered<Design>,
    engine: Dynamo,
    state: State,
    programs: BTreeMap<WriteKind, Arc<Program>>,
}

impl Pair {
    fn new(kernel: Arc<Kernel>) -> Self {
        let lowered = lowered(&kernel);
        Self {
            engine: tables(&lowered),
            state: Fake::new(&kernel).state().clone(),
            programs: BTreeMap::new(),
            lowered,
            kernel,
        }
    }

    fn write(&mut self, operation: &Operation, at: usize) -> Result<(), TestCaseError> {
        let kind = kind(operation);
        let lowered = &self.lowered;
        let program = self.programs.entry(kind).or_insert_with(|| {
            Arc::new(
                DynamoDb::new()
                    .write_program(lowered, kind)
                    .expect("writes are served"),
            )
        });
        let machine = Machine::write(Arc::clone(program), operation.clone(), context(at));
        let expected = semantics::apply(&self.kernel, &self.state, operation, &context(at));
        match (finish(&mut self.engine, machine), expected) {
            (Next::Done(returned), Ok(changes)) => {
                prop_assert_eq!(returned, changes.returned);
                self.state.commit(&changes.rows);
            }
            (Next::Refused(refusals), Err(Stop::Refused(broken))) => {
                // Conditions are judged one by one: where a key is taken, a value may be as well, by the same row.
                let named = refusals.iter().any(|it| broken.contains(it));
                prop_assert!(
                    named,
                    "{operation:?}: refused for {refusals:?}, broken are {broken:?}"
                );
            }
            // An engine's limit is its own kind of failure.
            (
                Next::Failed {
                    fault: Fault::Limit(_),
                    ..
                },
                _,
            ) => {}
            (end, expected) => {
                prop_assert!(false, "{operation:?} ends as {end:?}, expected {expected:?}");
            }
        }
        Ok(())
    }

    fn ask(&self, mut asked: Asked) -> Result<(), TestCaseError> {
        let Ok(program) = DynamoDb::new().query_program(&self.lowered, asked.query) else {
            return Ok(());
        };
        let program = Arc::new(program);
        for _ in 0..20 {
            let machine = Machine::query(Arc::clone(&program), asked.clone(), context(0));
            let expected = semantics::answer(&self.kernel, &self.state, Candidates::All, &asked, &context(0));
            let expected = expected.expect("all is known");
            let next = expected.next.clone().map_or(Value::Null, Value::List);
            let rows = Value::List(expected.rows);
            let expected_value = Value::Map(vec![("rows".into(), rows), ("next".into(), next)]);
            let end = finish(&mut self.engine.clone(), machine);
            prop_assert_eq!(end, Next::Done(expected_value), "{:?}", asked);
            asked.after = expected.next;
            if asked.after.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn step(&mut self, step: &StepPlan, at: usize) -> Result<(), TestCaseError> {
        let mut by_entity = BTreeMap::new();
        for (entity, key) in self.state.rows().keys() {
            by_entity
                .entry(*entity)
                .or_insert_with(Vec::new)
                .push(key.clone());
        }
        let keys = |entity: EntityId| by_entity.get(&entity).cloned().unwrap_or_default();
        let maker = Maker {
            kernel: &Arc::clone(&self.kernel),
            keys: &keys,
        };
        match maker.make(step) {
            Made::Operation(operation) => self.write(&operation, at),
            Made::Query(query, args) => self.ask(Asked {
                query,
                args,
                after: None,
            }),
            Made::Nothing => Ok(()),
        }
    }
}

fn is_sequence(kind: &RuleKind) -> bool {
    match kind {
        RuleKind::Default { filling, .. } => *filling == Filling::Sequence,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_do_what_the_evaluator_does(plan in models(), steps in steps(16)) {
        let text = plan.text();
        let kernel = check(dbspec_core::syntax::parse(&text)).expect("generated models are right");
        // Numbers of a sequence that another try takes are lost, so that keys differ from the evaluator's.
        prop_assume!(!kernel.rules.iter().any(|(_, rule)| is_sequence(&rule.kind)));
        let mut pair = Pair::new(kernel);
        for (at, step) in steps.iter().enumerate() {
            pair.step(step, at).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        }
    }
}

#[test]
fn numbers_of_a_sequence_rise() {
    let text = "model numbered entity Ticket { id: int64 = sequence() @key  seat: int32 @unique }";
    let kernel = check(dbspec_core::syntax::parse(text)).expect("the model is right");
    let lowered = lowered(&kernel);
    let mut engine = tables(&lowered);
    let ticket = EntityId::new(0);
    let program = DynamoDb::new().write_program(&lowered, WriteKind::Insert(ticket));
    let program = Arc::new(program.expect("writes are served"));
    let mut numbers = Vec::new();
    for (at, seat) in [1, 2, 2, 3].into_iter().enumerate() {
        let row = rows::row_of(&kernel, ticket, &serde_json::json!({"seat": seat})).expect("a row");
        let operation = Operation::Insert(vec![(ticket, row)]);
        let machine = Machine::write(Arc::clone(&program), operation, context(at));
        match finish(&mut engine, machine) {
            Next::Done(key) => numbers.push(key),
            Next::Refused(_) => assert_eq!(seat, 2),
            end @ (Next::Send(_) | Next::Failed { .. }) => panic!("{end:?}"),
        }
    }
    assert_eq!(numbers.len(), 3, "{numbers:?}");
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[test]
fn no_order_of_requests_breaks_a_rule() {
    let bank = Bank::new().expect("it is right");
    let mut pair = Pair::new(Arc::clone(&bank.kernel));
    for (at, operation) in bank.rows.iter().enumerate() {
        pair.write(operation, 100 + at).expect("rows are right");
    }
    let first = pair.engine.clone();
    let (mut done, mut refused) = (0, 0);
    for (name, operations) in &bank.pairs {
        let machines = operations.iter().enumerate().map(|(at, operation)| {
            let program = DynamoDb::new().write_program(&pair.lowered, kind(operation));
            let program = Arc::new(program.expect("writes are served"));
            Machine::write(program, operation.clone(), Bank::context(at))
        });
        let machines: Vec<Machine> = machines.collect();
        for troubles in [
            Troubles::NONE,
            Troubles { stops: 1, losses: 0 },
            Troubles { stops: 0, losses: 1 },
        ] {
            let mut right: Vec<(Dynamo, Vec<_>)> = Vec::new();
            let explored = explore(&first, machines.clone(), troubles, 3_000, |engine, ends| {
                let known = |(it, of): &(Dynamo, Vec<_>)| it.same_items(engine) && of.as_slice() == ends;
                if right.iter().any(known) {
                    return Ok(());
                }
                if !is_some_order(&first, &machines, engine, ends, Dynamo::same_items) {
                    return Err(format!("{ends:?} leave items that no order leaves"));
                }
                right.push((engine.clone(), ends.to_vec()));
                Ok(())
            });
            let explored = explored.unwrap_or_else(|found| panic!("{name}, {troubles:?}: {found}"));
            assert!(explored.ways > 1, "{name}: {explored:?}");
            done += explored.done;
            refused += explored.refused;
        }
    }
    assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
}
