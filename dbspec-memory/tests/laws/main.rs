//! Laws of the reference engine, over generated models and operations.
#![allow(clippy::panic)]

mod closure;
mod learning;
mod naive;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use closure::Expected;
use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Kernel, Moving, OnDelete, Output, Refusal, RuleKind};
use dbspec_core::semantics::{self, Asked, Candidates, Changes, Context, Operation, Stop, Store};
use dbspec_core::syntax::parse;
use dbspec_core::value::Value;
use dbspec_memory::Memory;
use dbspec_testkit::generate::{ModelPlan, models, rare_models};
use dbspec_testkit::operations::{Made, Maker, StepPlan, steps};
use naive::Naive;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Every row there is, by entity.
fn rows(memory: &Memory) -> Vec<Vec<Vec<Value>>> {
    let entities = memory.kernel().entities.ids();
    entities
        .map(|entity| memory.rows(entity).cloned().collect())
        .collect()
}

fn context(at: usize) -> Context {
    Context {
        now: 1_700_000_000_000_000 + i64::try_from(at).unwrap_or(0) * 1_000_000,
        seed: at as u64,
        session: Vec::new(),
    }
}

/// What a run has seen.
#[derive(Default)]
struct Seen {
    accepted: BTreeMap<&'static str, u32>,
    refused: BTreeMap<&'static str, u32>,
    /// How many refusals were compared with what the whole-database checker finds.
    compared: u32,
}

/// Runs steps on the reference engine beside a store without indexes, and compares them all the way.
fn run(kernel: &Arc<Kernel>, steps: &[StepPlan], seen: &mut Seen) -> Result<(), TestCaseError> {
    let mut memory = Memory::new(Arc::clone(kernel));
    let mut plain = Naive::new(kernel);
    for (at, step) in steps.iter().enumerate() {
        let keys = |entity: EntityId| {
            memory
                .rows(entity)
                .map(|row| kernel.key_of(entity, row))
                .collect()
        };
        let operation = match (Maker { kernel, keys: &keys }).make(step) {
            Made::Operation(operation) => operation,
            Made::Query(query, args) => {
                let asked = Asked {
                    query,
                    args,
                    after: None,
                };
                pages_are_the_whole(&memory, &plain, asked, &context(at))?;
                continue;
            }
            Made::Nothing => continue,
        };
        let plainly = semantics::apply(kernel, &plain, &operation, &context(at));
        step_by_step_comes_to_the_same(kernel, &plain, (&operation, at), &plainly)?;
        let expected = closure::expected(kernel, &plain, &operation, context(at).now);
        match (memory.apply(&operation, &context(at)), plainly) {
            (Ok(returned), Ok(changes)) => {
                *seen.accepted.entry(kind(&operation)).or_default() += 1;
                prop_assert_eq!(returned, changes.returned.clone());
                plain.commit(changes);
                match expected {
                    Expected::Open => {}
                    Expected::Restricted => prop_assert!(false, "{operation:?} is restricted"),
                    Expected::Left(left) => {
                        prop_assert_eq!(closure::all_seen(kernel, &plain), left, "{:?}", operation);
                    }
                }
                prop_assert!(
                    naive::finds_the_same(kernel, memory.store(), &plain),
                    "after {operation:?}"
                );
                let broken = memory.audit();
                let broken: Vec<_> = broken
                    .iter()
                    .map(|it| kernel.refusal(&Refusal::Rule(it.rule)))
                    .collect();
                prop_assert!(broken.is_empty(), "{operation:?} broke {broken:?}");
            }
            (Err(refusals), Err(Stop::Refused(plainly))) => {
                prop_assert!(!refusals.is_empty());
                prop_assert!(refusals.is_sorted());
                prop_assert_eq!(&refusals, &plainly);
                nothing_is_refused_without_cause(kernel, &plain, (&operation, at), &refusals, seen)?;
                if let Expected::Left(_) = expected {
                    let restricts = |it: &Refusal| match it {
                        Refusal::Rule(rule) => {
                            let reference = matches!(kernel.rules[*rule].kind, RuleKind::Reference { .. });
                            reference && matches!(operation, Operation::Delete(..))
                        }
                        Refusal::Require(_) | Refusal::NotOne(_) | Refusal::Invalid => false,
                    };
                    prop_assert!(!refusals.iter().any(restricts), "nothing restricts {operation:?}");
                }
                for refusal in refusals {
                    *seen.refused.entry(why(kernel, &refusal)).or_default() += 1;
                }
            }
            (indexed, plainly) => {
                prop_assert!(false, "{operation:?}: {indexed:?}, without indexes {plainly:?}");
            }
        }
        // A refused operation left everything as it was there, where nothing was committed.
        prop_assert_eq!(rows(&memory), plain.rows(), "{:?}", operation);
    }
    Ok(())
}

/// An engine that finds out what it is asked comes to the same changes, or refuses for one of the same rules; and what it
/// relied on holds.
fn step_by_step_comes_to_the_same(
    kernel: &Kernel,
    plain: &Naive,
    (operation, at): (&Operation, usize),
    plainly: &Result<Changes, Stop>,
) -> Result<(), TestCaseError> {
    match (
        learning::step_by_step(kernel, plain, operation, &context(at)),
        plainly,
    ) {
        (Ok(found_out), Ok(plainly)) => {
            prop_assert_eq!(&found_out, plainly);
            for relied in &found_out.relied {
                prop_assert!(
                    learning::holds(kernel, plain, relied),
                    "{operation:?} relied on {relied:?}"
                );
            }
        }
        (Err(found_out), Err(Stop::Refused(plainly))) => {
            prop_assert!(
                found_out.iter().all(|it| plainly.contains(it)),
                "{found_out:?}, not {plainly:?}"
            );
        }
        (found_out, plainly) => {
            prop_assert!(
                false,
                "{operation:?}: {found_out:?} step by step, else {plainly:?}"
            );
        }
    }
    Ok(())
}

/// What the checker finds on the state that would have been is what was refused.
fn nothing_is_refused_without_cause(
    kernel: &Kernel,
    plain: &Naive,
    (operation, at): (&Operation, usize),
    refusals: &[Refusal],
    seen: &mut Seen,
) -> Result<(), TestCaseError> {
    let Ok(changes) = semantics::apply(
        &naive::permissive(kernel, operation),
        plain,
        operation,
        &context(at),
    ) else {
        return Ok(());
    };
    // Where a key changes, the row that was is hard to tell the plain way.
    let moves = match operation {
        Operation::Update { entity, set, .. } => {
            kernel.key_leaves(*entity).iter().any(|it| set.contains_key(it))
        }
        _ => false,
    };
    if moves || refusals.contains(&Refusal::Invalid) {
        return Ok(());
    }
    let mut after = plain.clone();
    after.commit(changes);
    let broken = semantics::audit(kernel, &after, &context(at)).expect("all is known");
    let mut broken: BTreeSet<_> = broken.into_iter().map(|it| Refusal::Rule(it.rule)).collect();
    broken.extend(naive::naming_the_dead(kernel, plain, &after));
    let of_state = |refusals: &mut dyn Iterator<Item = &Refusal>| {
        let of_state = refusals.filter(|it| naive::is_of_state(kernel, operation, it));
        of_state.map(|it| kernel.refusal(it)).collect::<Vec<_>>()
    };
    prop_assert_eq!(
        of_state(&mut refusals.iter()),
        of_state(&mut broken.iter()),
        "{:?}",
        operation
    );
    seen.compared += 1;
    Ok(())
}

/// Page after page gives each row once, as without indexes, and ends.
fn pages_are_the_whole(
    memory: &Memory,
    plain: &Naive,
    mut asked: Asked,
    context: &Context,
) -> Result<(), TestCaseError> {
    let kernel = memory.kernel();
    let query = &kernel.queries[asked.query];
    let every = plain.all(query.from).expect("all is known");
    let mut all = Vec::new();
    for _ in 0..every.len() + 2 {
        let answer = memory.answer(&asked, context);
        let plainly = semantics::answer(kernel, plain, Candidates::Rows(&every), &asked, context);
        prop_assert_eq!(Ok(&answer), plainly.as_ref());
        all.extend(answer.rows);
        asked.after = answer.next;
        if asked.after.is_none() {
            break;
        }
    }
    prop_assert!(asked.after.is_none(), "pages don't end");
    if matches!(query.output, Output::Row) {
        let rows = all.len();
        all.sort();
        all.dedup();
        prop_assert_eq!(all.len(), rows, "a row came twice");
    }
    Ok(())
}

fn kind(operation: &Operation) -> &'static str {
    match operation {
        Operation::Insert(_) => "insert",
        Operation::Update { .. } => "update",
        Operation::Upsert(..) => "upsert",
        Operation::Delete(..) => "delete",
        Operation::Purge(..) => "purge",
        Operation::Restore(..) => "restore",
        Operation::Call(..) => "call",
    }
}

fn why(kernel: &Kernel, refusal: &Refusal) -> &'static str {
    let Refusal::Rule(rule) = refusal else {
        return match refusal {
            Refusal::NotOne(_) => "not one",
            Refusal::Invalid => "invalid",
            Refusal::Require(_) | Refusal::Rule(_) => "require",
        };
    };
    match &kernel.rules[*rule].kind {
        RuleKind::Type(_) => "type",
        RuleKind::Size { .. } => "size",
        RuleKind::Required(_) => "required",
        RuleKind::Predicate { .. } => "predicate",
        RuleKind::Key(_) => "key",
        RuleKind::Unique { .. } => "unique",
        RuleKind::Reference { on_delete, .. } => match on_delete {
            OnDelete::Restrict => "reference, restrict",
            OnDelete::Cascade => "reference, cascade",
            OnDelete::SetNull => "reference, set null",
        },
        RuleKind::Bounds { .. } => "bounds",
        RuleKind::AtMost { .. } => "at most",
        RuleKind::Overlap { .. } => "overlap",
        RuleKind::Transition(Moving::Leaf(..)) => "moves",
        RuleKind::Transition(Moving::Frozen(_)) => "frozen",
        RuleKind::Transition(Moving::AppendOnly) => "append-only",
        RuleKind::Version(_) => "version",
        RuleKind::Derived { .. } => "derived",
        RuleKind::Default { .. } => "default",
        RuleKind::Policy { .. } => "policy",
        RuleKind::KeepAtLeast { .. } => "keep at least",
        RuleKind::KeepAtMost { .. } => "keep at most",
        RuleKind::Secret(_) => "secret",
        RuleKind::Assert { .. } => "assert",
    }
}

fn kernel_of(plan: &ModelPlan) -> Arc<Kernel> {
    let text = plan.text();
    check(parse(&text)).unwrap_or_else(|it| panic!("{it}\n{text}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepted_operations_break_no_rule(plan in models(), steps in steps(40)) {
        run(&kernel_of(&plan), &steps, &mut Seen::default())?;
    }

    #[test]
    fn rare_rules_are_not_broken_either(plan in rare_models(), steps in steps(40)) {
        run(&kernel_of(&plan), &steps, &mut Seen::default())?;
    }
}

/// What the generators don't reach, no law above speaks of.
#[test]
fn every_kind_of_rule_is_broken_sometimes() {
    let mut runner = TestRunner::deterministic();
    let mut seen = Seen::default();
    for _ in 0..250 {
        let plan = rare_models().new_tree(&mut runner).expect("a model").current();
        let steps = steps(60).new_tree(&mut runner).expect("steps").current();
        run(&kernel_of(&plan), &steps, &mut seen).unwrap_or_else(|it| panic!("{it}"));
    }
    for (what, often) in [
        ("insert", 500),
        ("update", 100),
        ("upsert", 100),
        ("delete", 100),
        ("restore", 5),
    ] {
        let times = seen.accepted.get(what).copied().unwrap_or_default();
        assert!(
            times >= often,
            "{what} was accepted {times} times: {:?}",
            seen.accepted
        );
    }
    for (what, often) in [
        ("append-only", 20),
        ("assert", 1),
        ("at most", 5),
        ("bounds", 20),
        ("frozen", 50),
        ("invalid", 1),
        ("keep at least", 1),
        ("key", 50),
        ("moves", 3),
        ("not one", 100),
        ("overlap", 1),
        ("predicate", 50),
        ("reference, cascade", 50),
        ("reference, restrict", 50),
        ("reference, set null", 50),
        ("required", 50),
        ("size", 10),
        ("type", 50),
        ("unique", 50),
    ] {
        let times = seen.refused.get(what).copied().unwrap_or_default();
        assert!(
            times >= often,
            "{what} was broken {times} times: {:?}",
            seen.refused
        );
    }
    assert!(
        seen.compared > 300,
        "{} refusals had a cause to look for",
        seen.compared
    );
}
