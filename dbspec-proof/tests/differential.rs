//! Generated models and operations on live engines, each step against the reference engine: what it refuses is refused,
//! for a rule that it finds broken, and nothing else is; queries answer the same; and the same rows are there in the end.
#![allow(clippy::panic)]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use dbspec_core::backend::coverage::{Outcome, QueryOutcome, RuleOutcome};
use dbspec_core::kernel::{EntityId, Filling, Kernel, Refusal, RuleKind};
use dbspec_core::rows::Given;
use dbspec_core::semantics::{Operation, Row};
use dbspec_live::{Client, LiveError};
use dbspec_memory::Memory;
use dbspec_proof::engine::{
    DYNAMODB, MONGODB, MYSQL, NEO4J, POSTGRES_NEWEST, POSTGRES_OLDEST, REDIS, created, places,
};
use dbspec_proof::{compare, model};
use dbspec_testkit::generate::{ModelPlan, listed_models, models, names};
use dbspec_testkit::operations::{Made, Maker, StepPlan, steps};
use proptest::strategy::{BoxedStrategy, Strategy};
use proptest::test_runner::{Config, TestCaseError, TestRng, TestRunner};

/// How many models each engine is tried with.
const CASES: u32 = 300;
/// How many steps a run has at most.
const STEPS: usize = 24;

#[test]
fn postgres_means_what_the_reference_engine_means() {
    differ(POSTGRES_NEWEST, CASES);
}

#[test]
fn the_oldest_postgres_means_what_the_reference_engine_means() {
    differ(POSTGRES_OLDEST, CASES / 5);
}

#[test]
fn mysql_means_what_the_reference_engine_means() {
    differ(MYSQL, CASES);
}

#[test]
fn dynamodb_means_what_the_reference_engine_means() {
    differ(DYNAMODB, CASES);
}

#[test]
fn lists_of_dynamodb_mean_what_the_reference_engine_means() {
    differ_on(DYNAMODB, "&embed=always", CASES / 4, || listed_models().boxed());
}

#[test]
fn mongodb_means_what_the_reference_engine_means() {
    differ(MONGODB, CASES);
}

#[test]
fn redis_means_what_the_reference_engine_means() {
    differ(REDIS, CASES);
}

#[test]
fn neo4j_means_what_the_reference_engine_means() {
    // It plans every statement of every model, which takes a second of each.
    differ(NEO4J, CASES / 4);
}

/// What a run came to, so that a test which compares nothing fails.
#[derive(Default)]
struct Counts {
    cases: Cell<u32>,
    done: Cell<u32>,
    refused: Cell<u32>,
    rows: Cell<usize>,
}

fn add<N: Copy + std::ops::Add<Output = N>>(count: &Cell<N>, more: N) {
    count.set(count.get() + more);
}

fn differ(engine: &'static str, cases: u32) {
    differ_on(engine, "", cases, || models().boxed());
}

/// As [`differ`], with more in the address, on models of a kind.
fn differ_on(engine: &'static str, more: &'static str, cases: u32, models: fn() -> BoxedStrategy<ModelPlan>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let database = if more.is_empty() { "differential" } else { "lists" };
    for place in places(&[engine]) {
        let at = place.clone();
        runtime.block_on(place.with_database(database, async move |url| {
            let handle = tokio::runtime::Handle::current();
            let done = tokio::task::spawn_blocking(move || {
                let config = Config {
                    cases,
                    failure_persistence: None,
                    max_shrink_iters: 150,
                    ..Config::default()
                };
                let rng = TestRng::deterministic_rng(config.rng_algorithm);
                let counts = Counts::default();
                let mut runner = TestRunner::new_with_rng(config, rng);
                let result = runner.run(&(models(), steps(STEPS)), |(plan, steps)| {
                    let url = at.within(&url, counts.cases.get());
                    let asked = format!("{url}{more}");
                    add(&counts.cases, 1);
                    let text = plan.text();
                    handle.block_on(at.make(&url));
                    let done = handle.block_on(run(&asked, &text, &steps, &counts));
                    handle.block_on(at.clear(&url));
                    done.map_err(|difference| TestCaseError::fail(format!("{difference}\n{text}")))
                });
                if let Err(error) = result {
                    panic!("{}: {error}", at.name);
                }
                assert!(
                    counts.done.get() > cases,
                    "only {} writes were done",
                    counts.done.get()
                );
                assert!(
                    counts.refused.get() > cases,
                    "only {} writes were refused",
                    counts.refused.get()
                );
                assert!(
                    counts.rows.get() > cases as usize,
                    "only {} rows were compared",
                    counts.rows.get()
                );
            });
            if let Err(error) = done.await {
                std::panic::resume_unwind(error.into_panic());
            }
        }));
    }
}

/// The model, with a query for all rows of each entity.
fn with_all(text: &str) -> Arc<Kernel> {
    let kernel = model::kernel(text);
    let mut text = text.to_owned();
    for (number, (_, entity)) in kernel.entities.iter().enumerate() {
        let deleted = if entity.soft_delete.is_some() {
            " with deleted"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "access all_{number} {{ from {}{deleted} full read }}",
            names::declared(&entity.name)
        );
    }
    model::kernel(&text)
}

async fn run(url: &str, text: &str, steps: &[StepPlan], counts: &Counts) -> Result<(), String> {
    let kernel = with_all(text);
    let client = created(url, &kernel).await;
    let mut memory = Memory::new(Arc::clone(&kernel));
    for (second, step) in (1..).zip(steps) {
        let mut context = model::context(&kernel);
        context.now += second * 1_000_000;
        let keys = |entity: EntityId| memory.rows(entity).map(|row| key(&kernel, entity, row)).collect();
        let made = Maker {
            kernel: &kernel,
            keys: &keys,
        }
        .make(step);
        match made {
            Made::Nothing => {}
            Made::Query(query, args) => {
                if let Some(QueryOutcome::NotServed { .. }) | None = compare::outcome(&client, query) {
                    continue;
                }
                let rows = compare::same_answers(&client, &memory, (query, &args), &context).await?;
                add(&counts.rows, rows);
            }
            Made::Operation(operation) => {
                let operation = numbered(&kernel, &memory, operation);
                let mut after = memory.clone();
                let expected = after.apply(&operation, &context);
                let found = client.write(operation.clone(), &context).await;
                match (found, expected) {
                    (Ok(found), Ok(expected)) if found == expected => {
                        add(&counts.done, 1);
                        memory = after;
                    }
                    (Err(LiveError::Refused { refusals, .. }), Err(expected))
                        if refusals.iter().all(|it| expected.contains(it)) =>
                    {
                        add(&counts.refused, 1);
                    }
                    (Err(LiveError::NotServed(_) | LiveError::Limit(_)), _) => {}
                    // What nobody claims to hold may be let through: from here on the databases are different.
                    (Ok(_), Err(expected)) if !expected.iter().any(|it| is_claimed(&client, it)) => {
                        return Ok(());
                    }
                    (found, expected) => {
                        let expected = expected.map_err(|it| words(&kernel, &it));
                        return Err(format!(
                            "{operation:?}\n found    {found:?}\n expected {expected:?}"
                        ));
                    }
                }
            }
        }
    }
    for (entity, _) in kernel.entities.iter() {
        let number = kernel
            .entities
            .ids()
            .position(|it| it == entity)
            .unwrap_or_default();
        let query = kernel
            .query(&format!("all_{number}"))
            .ok_or("no query for all rows")?;
        if let Some(QueryOutcome::NotServed { .. }) | None = compare::outcome(&client, query) {
            return Err(format!("{} can't be read", kernel.entities[entity].name));
        }
        let context = model::context(&kernel);
        let rows = compare::same_answers(&client, &memory, (query, &[]), &context).await?;
        add(&counts.rows, rows);
    }
    Ok(())
}

fn key(kernel: &Kernel, entity: EntityId, row: &Row) -> Row {
    let leaves = kernel.key_leaves(entity);
    leaves
        .iter()
        .map(|leaf| row[kernel.position(*leaf)].clone())
        .collect()
}

/// The operation with the numbers that sequences would give: engines may leave gaps, which would be differences.
fn numbered(kernel: &Kernel, memory: &Memory, operation: Operation) -> Operation {
    let mut taken = BTreeMap::new();
    let mut number = |entity: EntityId, row: &mut Given| {
        for (_, rule) in kernel.rules_of(entity) {
            if let RuleKind::Default {
                field,
                filling: Filling::Sequence,
                ..
            } = &rule.kind
                && let Some(leaf) = kernel.fields[*field].leaves.first()
                && !row.contains_key(&leaf)
            {
                let taken = taken.entry(*field).or_insert(0);
                let next = memory.store().next(*field, *taken).unwrap_or_default();
                *taken += 1;
                row.insert(leaf, dbspec_core::value::Value::Int(next));
            }
        }
    };
    match operation {
        Operation::Insert(mut rows) => {
            for (entity, row) in &mut rows {
                number(*entity, row);
            }
            Operation::Insert(rows)
        }
        Operation::Upsert(entity, mut row) => {
            number(entity, &mut row);
            Operation::Upsert(entity, row)
        }
        other @ (Operation::Update { .. }
        | Operation::Delete(..)
        | Operation::Purge(..)
        | Operation::Restore(..)
        | Operation::Call(..)) => other,
    }
}

/// Whether the target says that it holds what was refused.
fn is_claimed(client: &Client, refusal: &Refusal) -> bool {
    let Some(lowered) = client.lowered() else {
        return true;
    };
    match refusal {
        Refusal::Rule(rule) => lowered.kernel().rules[*rule].facets.iter().all(|facet| {
            match &lowered.report().coverage.entry(facet).outcome {
                Outcome::Rule(RuleOutcome::Enforced | RuleOutcome::Guarded { .. }) => true,
                Outcome::Rule(
                    RuleOutcome::Settled { .. } | RuleOutcome::Audited { .. } | RuleOutcome::Unsupported,
                )
                | Outcome::Query(_)
                | Outcome::Write(_)
                | Outcome::Fact(_) => false,
            }
        }),
        Refusal::Require(_) | Refusal::NotOne(_) | Refusal::Invalid => true,
    }
}

fn words(kernel: &Kernel, refusals: &[Refusal]) -> Vec<String> {
    refusals.iter().map(|it| kernel.refusal(it)).collect()
}
