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
use dbspec_nosql::dynamodb::{Design, Embed, Options};
use dbspec_testkit::bank::Bank;
use dbspec_testkit::dynamo::Dynamo;
use dbspec_testkit::explorer::{Engine, Troubles, explore, is_some_order};
use dbspec_testkit::fake::{Fake, State};
use dbspec_testkit::generate::{listed_models, models};
use dbspec_testkit::operations::{Made, Maker, StepPlan, steps};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// With all owned rows in their owner's item that can stand there.
fn within() -> DynamoDb {
    DynamoDb::with(Options::new().embed(Embed::Always))
}

fn lowered(backend: &DynamoDb, kernel: &Arc<Kernel>) -> Lowered<Design> {
    backend.lower(kernel, None).expect("each facet has an outcome")
}

fn has_lists(design: &Design) -> bool {
    design.items.iter().any(|it| it.within.is_some())
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
    backend: DynamoDb,
    kernel: Arc<Kernel>,
    lowered: Lowered<Design>,
    engine: Dynamo,
    state: State,
    programs: BTreeMap<WriteKind, Arc<Program>>,
}

impl Pair {
    fn new(backend: DynamoDb, kernel: Arc<Kernel>) -> Self {
        let lowered = lowered(&backend, &kernel);
        Self {
            backend,
            engine: tables(&lowered),
            state: Fake::new(&kernel).state().clone(),
            programs: BTreeMap::new(),
            lowered,
            kernel,
        }
    }

    fn write(&mut self, operation: &Operation, at: usize) -> Result<(), TestCaseError> {
        let kind = kind(operation);
        let (backend, lowered) = (&self.backend, &self.lowered);
        let program = self.programs.entry(kind).or_insert_with(|| {
            let program = backend.write_program(lowered, kind);
            Arc::new(program.expect("writes are served"))
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
        let Ok(program) = self.backend.query_program(&self.lowered, asked.query) else {
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
        let mut pair = Pair::new(DynamoDb::new(), kernel);
        for (at, step) in steps.iter().enumerate() {
            pair.step(step, at).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        }
    }

    #[test]
    fn lists_do_what_the_evaluator_does(plan in listed_models(), steps in steps(16)) {
        let text = plan.text();
        let kernel = check(dbspec_core::syntax::parse(&text)).expect("generated models are right");
        prop_assume!(!kernel.rules.iter().any(|(_, rule)| is_sequence(&rule.kind)));
        let mut pair = Pair::new(within(), kernel);
        prop_assume!(has_lists(&pair.lowered.design));
        for (at, step) in steps.iter().enumerate() {
            pair.step(step, at).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        }
    }
}

/// An order of so many lines on the shop's products: what became of it, and of removing it.
fn ordered(kernel: &Arc<Kernel>, backend: &DynamoDb, lines: usize) -> [(Next, usize); 2] {
    let lowered = lowered(backend, kernel);
    let write = kernel.write("place_order").expect("it is declared");
    let order = kernel.entity("Order").expect("it is there");
    let mut engine = tables(&lowered);
    let mut run = |operation: Operation, at: usize| {
        let program = backend.write_program(&lowered, kind(&operation));
        let mut context = context(at);
        // Orders are kept for seven years.
        context.now += i64::try_from(at / 1_001).expect("small") * 8 * 366 * 86_400 * 1_000_000;
        context.session = vec![Value::Null; kernel.session.len()];
        let machine = Machine::write(Arc::new(program.expect("writes are served")), operation, context);
        counted(&mut engine, machine)
    };
    let row = |entity: &str, row: serde_json::Value| {
        let entity = kernel.entity(entity).expect("it is there");
        (entity, rows::row_of(kernel, entity, &row).expect("a row"))
    };
    let id = "019b76da-a800-722c-9970-83bd438b7f6d";
    let hash = dbspec_core::value::hash_secret("secret", [0; 16], 1);
    let customer =
        serde_json::json!({ "id": id, "email": "a@b.c", "name": "A", "password": hash, "tags": [] });
    let (end, _) = run(Operation::Insert(vec![row("Customer", customer)]), 0);
    assert!(matches!(end, Next::Done(_)), "{end:?}");
    for at in 0..lines {
        let product =
            serde_json::json!({ "id": at, "sku": format!("ABC-{at}"), "name": "", "price": "1", "stock": 9 });
        let (end, _) = run(Operation::Insert(vec![row("Product", product)]), 1 + at);
        assert!(matches!(end, Next::Done(_)), "{end:?}");
    }
    let all: Vec<_> = (0..lines)
        .map(|at| serde_json::json!({ "line_no": at, "product": at, "quantity": 1, "unit_price": "1" }))
        .collect();
    let given = serde_json::json!({ "customer": id, "lines": all });
    let given = given.as_object().expect("an object");
    let args = rows::args_of(kernel, &kernel.writes[write].vars[..2], given).expect("arguments");
    let placed = run(Operation::Call(write, args), 1_000);
    let Next::Done(Value::Map(returned)) = &placed.0 else {
        return [placed.clone(), placed];
    };
    let key = returned.iter().map(|(_, value)| value.clone()).take(1).collect();
    let removed = run(Operation::Delete(order, key), 1_001);
    [placed, removed]
}

fn shop() -> Arc<Kernel> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop/schema.dbspec");
    let text = std::fs::read_to_string(path).expect("the example");
    check(dbspec_core::syntax::parse(&text)).expect("the model is right")
}

/// What a declared write says of its size.
fn said(kernel: &Arc<Kernel>, write: &str) -> (String, Option<u32>) {
    let lowered = lowered(&DynamoDb::new(), kernel);
    let id = kernel.write(write).expect("it is declared");
    let element = kernel.writes[id].element;
    let mut decisions = lowered.report().decisions.iter();
    let decided = decisions.find(|it| it.code == "write-size" && it.element == element);
    let most = foreseen(&lowered, &Operation::Call(id, Vec::new()));
    (
        decided
            .expect("it is too large, an item for each row")
            .chosen
            .to_string(),
        most,
    )
}

/// An order has as many lines as are declared, and goes with them: they stand in its item.
#[test]
fn an_order_holds_the_lines_that_are_declared() {
    let kernel = shop();
    let (chosen, most) = said(&kernel, "place_order");
    assert!(chosen.contains("owner's item"), "{chosen}");
    for (end, items) in ordered(&kernel, &DynamoDb::new(), 50) {
        assert!(matches!(end, Next::Done(_)), "{end:?}");
        assert!(
            items > 50 && items <= most.expect("it is foreseen") as usize,
            "{items} of {most:?}"
        );
    }
}

/// Where lines can't stand in their order's item, an order holds what is said, and one more is refused whole.
#[test]
fn an_order_holds_the_lines_that_are_said() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop/schema.dbspec");
    let text = std::fs::read_to_string(path).expect("the example");
    // By the product, lines are found in all orders.
    let text = format!(
        "{text}\naccess lines_of (product: -> Product) {{ from OrderLine where product == $product }}"
    );
    let kernel = check(dbspec_core::syntax::parse(&text)).expect("the model is right");
    let (chosen, _) = said(&kernel, "place_order");
    let (_, holds) = chosen.split_once("lists of up to ").expect("what holds");
    let holds = holds.split(' ').next().and_then(|it| it.parse().ok());
    let holds: usize = holds.expect("a number");
    let [(end, items), _] = ordered(&kernel, &DynamoDb::new(), holds);
    assert!(matches!(end, Next::Done(_)), "{end:?}");
    assert!((2 * holds..=100).contains(&items), "{items}");
    let [(end, _), _] = ordered(&kernel, &DynamoDb::new(), holds + 1);
    let limited = matches!(
        &end,
        Next::Failed {
            fault: Fault::Limit(_),
            ..
        }
    );
    assert!(limited, "{end:?}");
}

#[test]
fn numbers_of_a_sequence_rise() {
    let text = "model numbered entity Ticket { id: int64 = sequence() @key  seat: int32 @unique }";
    let kernel = check(dbspec_core::syntax::parse(text)).expect("the model is right");
    let lowered = lowered(&DynamoDb::new(), &kernel);
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
    backend: &DynamoDb,
    bank: &Bank,
    troubles: &[Troubles],
    most: u64,
    (engine, same): Kind<E>,
) -> Result<(u64, u64), String> {
    let mut pair = Pair::new(backend.clone(), Arc::clone(&bank.kernel));
    for (at, operation) in bank.rows.iter().enumerate() {
        pair.write(operation, 101 + at)
            .map_err(|error| error.to_string())?;
    }
    let first = engine(pair.engine.clone());
    let (mut done, mut refused) = (0, 0);
    for (name, operations) in &bank.pairs {
        let machines = operations.iter().enumerate().map(|(at, operation)| {
            let program = backend.write_program(&pair.lowered, kind(operation));
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
    let (done, refused) =
        explored(&DynamoDb::new(), &bank, &troubles, 3_000, STRICT).unwrap_or_else(|found| panic!("{found}"));
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
        explored(&DynamoDb::new(), &alone, &[Troubles::NONE], 500, lax).is_err()
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
        for backend in [DynamoDb::new(), within()] {
            if backend == within() && !has_lists(&lowered(&backend, &bank.kernel).design) {
                continue;
            }
            let found = explored(&backend, &bank, &[Troubles::NONE], 500, STRICT);
            done += found
                .unwrap_or_else(|found| panic!("{:?}: {found}", bank.pairs))
                .0;
        }
    }
    assert!(done > 80, "{done} were done");
}

const BASKETS: &str = r"
model baskets
entity Basket { id: int32 @key  most: int32 = 9  derive total: int64 = sum(lines, amount) }
entity Line in Basket as lines 0..3 {
  at: int32 @key
  thing: -> Thing on delete restrict
  amount: int32 = 1
  check fits: amount <= owner.most
}
entity Thing { id: int32 @key  name: string(5)? }
";

/// Two clients at rows in one item.
fn baskets() -> Bank {
    let kernel = check(dbspec_core::syntax::parse(BASKETS)).expect("the model is right");
    let entity = |name: &str| kernel.entity(name).expect("it is there");
    let insert = |name: &str, row: serde_json::Value| {
        let row = rows::row_of(&kernel, entity(name), &row).expect("a row");
        Operation::Insert(vec![(entity(name), row)])
    };
    let line = |basket: i32, at: i32, thing: i32| {
        insert(
            "Line",
            serde_json::json!({ "owner": basket, "at": at, "thing": thing }),
        )
    };
    let key = |values: &[i64]| values.iter().copied().map(Value::Int).collect::<Vec<_>>();
    let delete = |name: &str, of: &[i64]| Operation::Delete(entity(name), key(of));
    let update = |name: &str, of: &[i64], field: &str, to: i64| Operation::Update {
        entity: entity(name),
        key: key(of),
        set: rows::row_of(&kernel, entity(name), &serde_json::json!({ field: to })).expect("values"),
        version: None,
    };
    let given = [
        insert("Basket", serde_json::json!({ "id": 1 })),
        insert("Basket", serde_json::json!({ "id": 2 })),
        insert("Thing", serde_json::json!({ "id": 1 })),
        insert("Thing", serde_json::json!({ "id": 2 })),
        line(1, 1, 1),
        line(1, 2, 1),
        line(2, 1, 1),
    ];
    let pairs = vec![
        ("one key", [line(1, 3, 1), line(1, 3, 1)]),
        ("the bound", [line(1, 3, 1), line(1, 4, 1)]),
        ("two keys", [line(2, 3, 1), line(2, 4, 1)]),
        ("a row and its owner", [line(2, 3, 1), delete("Basket", &[2])]),
        (
            "two changes",
            [
                update("Line", &[1, 1], "amount", 5),
                update("Line", &[1, 2], "amount", 6),
            ],
        ),
        (
            "a change and a delete",
            [update("Line", &[1, 1], "amount", 5), delete("Line", &[1, 1])],
        ),
        (
            "a change and what it looks at",
            [
                update("Line", &[1, 1], "amount", 5),
                update("Basket", &[1], "most", 3),
            ],
        ),
        ("a row and what it names", [line(2, 3, 2), delete("Thing", &[2])]),
        (
            "what is named no longer",
            [delete("Line", &[2, 1]), delete("Basket", &[2])],
        ),
        (
            "a row and a change of its owner",
            [line(2, 3, 2), update("Basket", &[2], "most", 0)],
        ),
    ];
    Bank {
        rows: given.into(),
        pairs,
        kernel: Arc::clone(&kernel),
    }
}

#[test]
fn no_order_of_requests_breaks_a_list() {
    let bank = baskets();
    assert!(has_lists(&lowered(&within(), &bank.kernel).design));
    let troubles = [
        Troubles::NONE,
        Troubles { stops: 1, losses: 0 },
        Troubles { stops: 0, losses: 1 },
    ];
    let found = explored(&within(), &bank, &troubles, 3_000, STRICT);
    let (done, refused) = found.unwrap_or_else(|found| panic!("{found}"));
    assert!(done > 0 && refused > 0, "{done} done, {refused} refused");
}

#[test]
fn without_conditions_lists_are_broken() {
    let bank = baskets();
    let found = bank.pairs.iter().filter(|pair| {
        let alone = Bank {
            pairs: vec![(*pair).clone()],
            ..bank.clone()
        };
        let lax: Kind<Lax> = (Lax, |a, b| a.0.same_items(&b.0));
        explored(&within(), &alone, &[Troubles::NONE], 500, lax).is_err()
    });
    let found: Vec<_> = found.map(|(name, _)| *name).collect();
    assert!(found.len() > 5, "{found:?}");
}

/// As many generated models as make what is said of lists worth saying have some.
#[test]
fn generated_models_have_lists() {
    let mut runner = TestRunner::deterministic();
    let made = (0..200).filter(|_| {
        let plan = listed_models().new_tree(&mut runner).expect("a model").current();
        let kernel = check(dbspec_core::syntax::parse(&plan.text())).expect("generated models are right");
        has_lists(&lowered(&within(), &kernel).design)
    });
    let made = made.count();
    assert!(made > 40, "{made} of 200");
}
