//! A store that knows nothing at first and finds out what it is asked: how the programs of engines work.

use std::cell::RefCell;
use std::collections::BTreeSet;

use dbspec_core::kernel::{EntityId, FieldId, Kernel, RuleId};
use dbspec_core::semantics::{Changes, Context, Found, Need, Operation, Reliance, Row, Stop, Store, apply};
use dbspec_core::value::Value;

use super::naive::Naive;

struct Learning<'a> {
    truth: &'a Naive,
    known: RefCell<BTreeSet<Need>>,
}

impl Learning<'_> {
    fn ask<T>(&self, need: Need, answer: impl FnOnce() -> Found<T>) -> Found<T> {
        if self.known.borrow().contains(&need) {
            answer()
        } else {
            Err(need)
        }
    }
}

impl Store for Learning<'_> {
    fn row(&self, entity: EntityId, key: &[Value]) -> Found<Option<Row>> {
        self.ask(Need::Row(entity, key.to_vec()), || self.truth.row(entity, key))
    }
    fn children(&self, via: FieldId, key: &[Value]) -> Found<Vec<Row>> {
        self.ask(Need::Children(via, key.to_vec()), || {
            self.truth.children(via, key)
        })
    }
    fn count(&self, via: FieldId, key: &[Value]) -> Found<u64> {
        self.ask(Need::Count(via, key.to_vec()), || self.truth.count(via, key))
    }
    fn same(&self, rule: RuleId, values: &[Value]) -> Found<Vec<Row>> {
        self.ask(Need::Same(rule, values.to_vec()), || {
            self.truth.same(rule, values)
        })
    }
    fn all(&self, entity: EntityId) -> Found<Vec<Row>> {
        self.ask(Need::All(entity), || self.truth.all(entity))
    }
    fn next(&self, field: FieldId, taken: u64) -> Found<i64> {
        self.ask(Need::Next(field), || self.truth.next(field, taken))
    }
}

/// What an operation comes to, found out step by step: each step asks for something new.
pub(crate) fn step_by_step(
    kernel: &Kernel,
    truth: &Naive,
    operation: &Operation,
    context: &Context,
) -> Result<Changes, Vec<dbspec_core::kernel::Refusal>> {
    let store = Learning {
        truth,
        known: RefCell::default(),
    };
    loop {
        match apply(kernel, &store, operation, context) {
            Ok(changes) => return Ok(changes),
            Err(Stop::Refused(refusals)) => return Err(refusals),
            Err(Stop::Needs(needs)) => {
                assert!(!needs.is_empty(), "nothing is needed, and nothing is done");
                for need in needs {
                    assert!(
                        store.known.borrow_mut().insert(need.clone()),
                        "{need:?} is asked for again"
                    );
                }
            }
        }
    }
}

/// Whether everything that the evaluator relied on holds, as an engine would check it before it changes anything.
pub(crate) fn holds(kernel: &Kernel, truth: &Naive, relied: &Reliance) -> bool {
    let row = |entity: EntityId, key: &[Value]| truth.row(entity, key).expect("all is known");
    match relied {
        Reliance::Exists(entity, key, _) => row(*entity, key).is_some(),
        Reliance::KeyFree(entity, key, _) => row(*entity, key).is_none(),
        Reliance::UniqueFree(rule, values, _) => {
            let same = truth.same(*rule, values).expect("all is known");
            same.iter()
                .all(|row| dbspec_core::semantics::bound_values(kernel, *rule, row).as_ref() != Some(values))
        }
        Reliance::Unchanged(entity, key, before) => row(*entity, key) == *before,
        Reliance::SameChildren(..) | Reliance::SameValues(..) => true,
    }
}
