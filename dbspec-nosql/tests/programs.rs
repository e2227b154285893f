//! DynamoDB's programs on as much of DynamoDB as they use: they do what the reference engine does, and no order of their
//! requests breaks a rule.
#![allow(missing_docs, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::coverage::{Outcome, WriteOutcome};
use dbspec_core::backend::{Ask, Compile, Lowered, WriteKind};
use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Facet, Filling, Kernel, RuleKind, Subject};
use dbspec_core::program::Program;
use dbspec_core::program::machine::{Fault, Machine, Next, Reply, Verb};
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
use proptest::test_runner::TestRunner;

fn lowered(kernel: &Arc<Kernel>) -> Lowered<Design> {
    DynamoDb::new()
        .lower(kernel, None)
        .expect("each facet has an outcome")
}

fn tables(lowered: &Lowered<Design>) -> Dynamo {
    Dynamo::create(&DynamoDb::render(&lowered.design)).expect("requests that create tables")
}

fn finish(engine: &mut Dynamo, machine: Machine) -> Next {
    counted(engine, machine).0
}

/// Runs a machine to its end: also how many items its largest transaction has.
fn counted(engine: &mut Dynamo, mut machine: Machine) -> (Next, usize) {
    let mut reply = Reply::Start;
    let mut largest = 0;
    loop {
        match machine.next(reply) {
            Next::Send(sent) => {
                largest = largest.max(items(&sent.verb));
                reply = engine.serve(0, &sent.verb);
            }
            end @ (Next::Done(_) | Next::Refused(_) | Next::Failed { .. }) => return (end, largest),
        }
    }
}

/// How many items a transaction has.
fn items(verb: &Verb) -> usize {
    let Verb::Calls(calls) = verb else { return 0 };
    let lists = calls.iter().filter_map(|call| match &call.args {
        Value::Map(members) => members.iter().find(|(name, _)| &**name == "TransactItems"),
        _ => None,
    });
    let lengths = lists.map(|(_, items)| match items {
        Value::List(items) => items.len(),
        _ => 0,
    });
    lengths.max().unwrap_or_default()
}

/// How many items a write takes at most, as its outcome says.
fn foreseen(lowered: &Lowered<Design>, operation: &Operation) -> Option<u32> {
    let kernel = lowered.kernel();
    let of = |subject: Subject, facet: Facet| {
        let mut facets = kernel.facets.iter();
        let (facet, _) = facets.find(|(_, it)| it.subject == subject && it.facet == facet)?;
        match &lowered.report().coverage.entry(facet).outcome {
            Outcome::Write(WriteOutcome::Atomic { at_most, .. }) => *at_most,
            other => panic!("{other:?}"),
        }
    };
    match operation {
        Operation::Insert(rows) => rows.iter().try_fold(0, |sum, (entity, _)| {
            Some(sum + of(Subject::Entity(*entity), Facet::InsertRow)?)
        }),
        Operation::Update { entity, .. } => of(Subject::Entity(*entity), Facet::UpdateRow),
        Operation::Upsert(entity, _) => {
            let insert = of(Subject::Entity(*entity), Facet::InsertRow)?;
            Some(insert.max(of(Subject::Entity(*entity), Facet::UpdateRow)?))
        }
        Operation::Delete(entity, _) => of(Subject::Entity(*entity), Facet::DeleteRow),
        // What comes back with a row isn't counted.
        Operation::Restore(..) | Operation::Purge(..) => None,
        Operation::Call(write, _) => of(Subject::Write(*write), Facet::Called),
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
        let (end, items) = counted(&mut self.engine, machine);
        if let Some(most) = foreseen(&self.lowered, operation) {
            prop_assert!(
                items <= most as usize,
                "{operation:?} takes {items} items, {most} are foreseen"
            );
            let limited =
                matches!(&end, Next::Failed { fault: Fault::Limit(says), .. } if says.contains("items"));
            prop_assert!(
                !limited || most > 100,
                "{operation:?} is refused, {most} items are foreseen"
            );
        }
        match (end, expected) {
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

/// What a write says that it holds, it holds; one more is refused whole.
#[test]
fn an_order_holds_the_lines_that_are_said() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop/schema.dbspec");
    let text = std::fs::read_to_string(path).expect("the example");
    let kernel = check(dbspec_core::syntax::parse(&text)).expect("the model is right");
    let lowered = lowered(&kernel);
    let decided = lowered
        .report()
        .decisions
        .iter()
        .find(|it| it.code == "write-size");
    let chosen = &decided.expect("it is too large at its maximum").chosen;
    let (_, said) = chosen.split_once("lists of up to ").expect("what holds");
    let holds: usize = said
        .split(' ')
        .next()
        .and_then(|it| it.parse().ok())
        .expect("a number");
    let write = kernel
        .writes
        .ids()
        .find(|it| &*kernel.writes[*it].name == "place_order");
    let write = write.expect("it is declared");
    let mut engine = tables(&lowered);
    let mut run = |operation: Operation, at: usize| {
        let program = DynamoDb::new().write_program(&lowered, kind(&operation));
        let mut context = context(at);
        context.session = vec![Value::Null; kernel.session.len()];
        let machine = Machine::write(Arc::new(program.expect("writes are served")), operation, context);
        counted(&mut engine, machine)
    };
    let row = |entity: &str, row: serde_json::Value| {
        let entity = kernel.entity(entity).expect("it is there");
        (entity, rows::row_of(&kernel, entity, &row).expect("a row"))
    };
    let id = "019b76da-a800-722c-9970-83bd438b7f6d";
    let hash = dbspec_core::value::hash_secret("secret", [0; 16], 1);
    let customer =
        serde_json::json!({ "id": id, "email": "a@b.c", "name": "A", "password": hash, "tags": [] });
    let (end, _) = run(Operation::Insert(vec![row("Customer", customer)]), 0);
    assert!(matches!(end, Next::Done(_)), "{end:?}");
    for at in 0..=holds {
        let product =
            serde_json::json!({ "id": at, "sku": format!("ABC-{at}"), "name": "", "price": "1", "stock": 9 });
        let (end, _) = run(Operation::Insert(vec![row("Product", product)]), 1 + at);
        assert!(matches!(end, Next::Done(_)), "{end:?}");
    }
    for (lines, at) in [(holds, 1_000), (holds + 1, 1_001)] {
        let all: Vec<_> = (0..lines)
            .map(|at| serde_json::json!({ "line_no": at, "product": at, "quantity": 1, "unit_price": "1" }))
            .collect();
        let given = serde_json::json!({ "customer": id, "lines": all });
        let given = given.as_object().expect("an object");
        let args = rows::args_of(&kernel, &kernel.writes[write].vars[..2], given).expect("arguments");
        let (end, items) = run(Operation::Call(write, args), at);
        if lines == holds {
            assert!(matches!(end, Next::Done(_)), "{end:?}");
            assert!((2 * holds..=100).contains(&items), "{items}");
        } else {
            let limited = matches!(
                &end,
                Next::Failed {
                    fault: Fault::Limit(_),
                    ..
                }
            );
            assert!(limited, "{end:?}");
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

/// How an engine is made of tables, and when two of them are the same.
type Kind<E> = (fn(Dynamo) -> E, fn(&E, &E) -> bool);

/// `DynamoDB` as it is.
const STRICT: Kind<Dynamo> = (|it| it, Dynamo::same_items);

/// An engine whose conditions always hold.
#[derive(Clone)]
struct Lax(Dynamo);

impl Lax {
    fn loosen(args: &mut Value) {
        match args {
            Value::Map(members) => {
                for (name, member) in members {
                    match member {
                        Value::Text(condition) if &**name == "ConditionExpression" => {
                            *condition = format!("({condition}) OR NOT ({condition})").into();
                        }
                        other => Self::loosen(other),
                    }
                }
            }
            Value::List(items) => items.iter_mut().for_each(Self::loosen),
            _ => {}
        }
    }
}

impl Engine for Lax {
    fn serve(&mut self, client: usize, verb: &Verb) -> Reply {
        let mut verb = verb.clone();
        if let Verb::Calls(calls) = &mut verb {
            for call in calls {
                Self::loosen(&mut call.args);
            }
        }
        self.0.serve(client, &verb)
    }

    fn leave(&mut self, client: usize) {
        self.0.leave(client);
    }

    fn commute(&self, a: (usize, &Verb), b: (usize, &Verb)) -> bool {
        self.0.commute(a, b)
    }
}

/// Goes all ways of all pairs, and counts clients that were done and that were refused.
fn explored<E: Engine>(
    bank: &Bank,
    troubles: &[Troubles],
    most: u64,
    (engine, same): Kind<E>,
) -> Result<(u64, u64), String> {
    let mut pair = Pair::new(Arc::clone(&bank.kernel));
    for (at, operation) in bank.rows.iter().enumerate() {
        pair.write(operation, 101 + at)
            .map_err(|error| error.to_string())?;
    }
    let first = engine(pair.engine.clone());
    let (mut done, mut refused) = (0, 0);
    for (name, operations) in &bank.pairs {
        let machines = operations.iter().enumerate().map(|(at, operation)| {
            let program = DynamoDb::new().write_program(&pair.lowered, kind(operation));
            let program = program.map_err(|error| error.to_string())?;
            Ok(Machine::write(
                Arc::new(program),
                operation.clone(),
                Bank::context(at),
            ))
        });
        let machines: Vec<Machine> = machines.collect::<Result<_, String>>()?;
        for troubles in troubles {
            // Many ways end alike.
            let mut right: Vec<(E, Vec<_>)> = Vec::new();
            let explored = explore(&first, machines.clone(), *troubles, most, |engine, ends| {
                let known = |(it, of): &(E, Vec<_>)| same(it, engine) && of.as_slice() == ends;
                if right.iter().any(known) {
                    return Ok(());
                }
                if !is_some_order(&first, &machines, engine, ends, same) {
                    return Err(format!("{name}: {ends:?} leave items that no order leaves"));
                }
                right.push((engine.clone(), ends.to_vec()));
                Ok(())
            })?;
            done += explored.done;
            refused += explored.refused;
        }
    }
    Ok((done, refused))
}

#[test]
fn no_order_of_requests_breaks_a_rule() {
    let bank = Bank::new().expect("it is right");
    let troubles = [
        Troubles::NONE,
        Troubles { stops: 1, losses: 0 },
        Troubles { stops: 0, losses: 1 },
    ];
    let (done, refused) = explored(&bank, &troubles, 3_000, STRICT).unwrap_or_else(|found| panic!("{found}"));
    assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
}

#[test]
fn without_conditions_rules_are_broken() {
    let bank = Bank::new().expect("it is right");
    let found = bank.pairs.iter().filter(|pair| {
        let alone = Bank {
            pairs: vec![(*pair).clone()],
            ..bank.clone()
        };
        let lax: Kind<Lax> = (Lax, |a, b| a.0.same_items(&b.0));
        explored(&alone, &[Troubles::NONE], 500, lax).is_err()
    });
    let found: Vec<_> = found.map(|(name, _)| *name).collect();
    assert!(found.len() > 5, "{found:?}");
}

#[test]
fn no_order_of_generated_operations_breaks_a_rule() {
    let mut runner = TestRunner::deterministic();
    let (mut pairs, mut done) = (0, 0);
    while pairs < 40 {
        let Some(bank) = Bank::generated(&mut runner) else {
            continue;
        };
        pairs += 1;
        let found = explored(&bank, &[Troubles::NONE], 500, STRICT);
        done += found
            .unwrap_or_else(|found| panic!("{:?}: {found}", bank.pairs))
            .0;
    }
    assert!(done > 80, "{done} were done");
}
