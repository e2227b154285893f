//! Models, and pairs of operations on them that get in each other's way.
//!
//! Each pair of the small model is a known anomaly: write skew, phantoms, lost updates, races for a key, a unique value, a bound. Each of the
//! operations alone is right; both at once may be, one after the other, or may not.

use std::sync::Arc;

use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Filling, Kernel, RuleKind};
use dbspec_core::rows;
use dbspec_core::semantics::{self, Context, Operation};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use crate::fake::Fake;
use crate::generate::rare_models;
use crate::operations::{Made, Maker, steps};

const MODEL: &str = r"
model bank
enum Phase { open paid closed }
entity Owner {
  id: int32 @key
  name: string(10) @unique
  most: int32 = 10
  derive worth: int64 = sum(accounts, balance)
}
entity Account @version {
  id: int32 @key
  holder: -> Owner on delete restrict inverse accounts 0..2
  balance: int32 = 0
  phase: Phase = open
  label: string(5)?
  check small: balance <= holder.most
  unique one_open (holder) where phase == open and label is not null
  moves phase { open -> paid | closed, paid -> closed }
}
entity Booking {
  id: int32 @key
  room: int32
  during: range<date>
  no overlap (room, during)
}
entity Seat {
  id: int32 @key
  row: int32
  at most 2 per (row)
}
entity Post @soft_delete { id: int32 @key  title: string(5)? }
entity Reply { id: int32 @key  post: -> Post on delete cascade }
write deposit (account: -> Account, amount: int32) {
  update Account where self == $account set balance = balance + $amount
  return $amount
}
";

/// The model, what there is at first, and what two clients do to it.
#[derive(Clone, Debug)]
pub struct Bank {
    /// The model.
    pub kernel: Arc<Kernel>,
    /// What there is at first.
    pub rows: Vec<Operation>,
    /// What two clients do at the same time, by the anomaly that it may lead to.
    pub pairs: Vec<(&'static str, [Operation; 2])>,
}

impl Bank {
    /// The model and all that is done.
    ///
    /// # Errors
    /// What is wrong with them: never, unless dbspec has a fault.
    pub fn new() -> Result<Self, String> {
        let kernel = check(dbspec_core::syntax::parse(MODEL)).map_err(|it| it.to_string())?;
        let writer = Writer { kernel: &kernel };
        let found = "an operation that isn't one of the model's";
        let rows = writer.rows().ok_or(found)?;
        let pairs = writer.pairs().ok_or(found)?;
        Ok(Self { kernel, rows, pairs })
    }

    /// A generated model, and the last two of some operations that are right one after the other; `None` where there
    /// aren't two.
    pub fn generated(runner: &mut TestRunner) -> Option<Self> {
        let plan = rare_models().new_tree(runner).ok()?.current();
        let steps = steps(14).new_tree(runner).ok()?.current();
        let kernel = check(dbspec_core::syntax::parse(&plan.text())).ok()?;
        // Numbers that another try takes are lost, so that keys are others.
        if kernel.rules.iter().any(|(_, rule)| is_sequence(&rule.kind)) {
            return None;
        }
        let mut state = Fake::new(&kernel).state().clone();
        let mut rows: Vec<Operation> = Vec::new();
        for step in &steps {
            let keys = |entity: EntityId| state.keys(entity);
            let maker = Maker {
                kernel: &kernel,
                keys: &keys,
            };
            let Made::Operation(operation) = maker.make(step) else {
                continue;
            };
            let context = Self::context(rows.len() + 100);
            if let Ok(changes) = semantics::apply(&kernel, &state, &operation, &context) {
                state.commit(&changes.rows);
                rows.push(operation);
            }
        }
        let second = rows.pop()?;
        let first = rows.pop()?;
        Some(Self {
            kernel,
            rows,
            pairs: vec![("generated", [first, second])],
        })
    }

    /// Who asks, and when: another seed for each client.
    pub fn context(client: usize) -> Context {
        Context {
            now: 1_700_000_000_000_000,
            seed: client as u64 + 1,
            session: Vec::new(),
        }
    }
}

fn is_sequence(kind: &RuleKind) -> bool {
    match kind {
        RuleKind::Default { filling, .. } => *filling == Filling::Sequence,
        _ => false,
    }
}

struct Writer<'k> {
    kernel: &'k Kernel,
}

impl Writer<'_> {
    fn insert(&self, entity: &str, row: &Json) -> Option<Operation> {
        let id = self.kernel.entity(entity)?;
        let row = rows::row_of(self.kernel, id, row).ok()?;
        Some(Operation::Insert(vec![(id, row)]))
    }

    fn upsert(&self, entity: &str, row: &Json) -> Option<Operation> {
        let id = self.kernel.entity(entity)?;
        Some(Operation::Upsert(id, rows::row_of(self.kernel, id, row).ok()?))
    }

    fn update(&self, entity: &str, key: i32, set: &Json) -> Option<Operation> {
        let id = self.kernel.entity(entity)?;
        Some(Operation::Update {
            entity: id,
            key: rows::key_of(self.kernel, id, &json!(key)).ok()?,
            set: rows::row_of(self.kernel, id, set).ok()?,
            version: None,
        })
    }

    fn delete(&self, entity: &str, key: i32) -> Option<Operation> {
        let id = self.kernel.entity(entity)?;
        Some(Operation::Delete(
            id,
            rows::key_of(self.kernel, id, &json!(key)).ok()?,
        ))
    }

    fn deposit(&self, account: i32, amount: i32) -> Option<Operation> {
        let id = self.kernel.write("deposit")?;
        let write = &self.kernel.writes[id];
        let args = json!({"account": account, "amount": amount});
        let params = &write.vars[..usize::from(write.params)];
        Some(Operation::Call(
            id,
            rows::args_of(self.kernel, params, args.as_object()?).ok()?,
        ))
    }

    fn rows(&self) -> Option<Vec<Operation>> {
        let rows = [
            ("Owner", json!({"id": 1, "name": "ann"})),
            ("Owner", json!({"id": 2, "name": "bob"})),
            ("Owner", json!({"id": 3, "name": "cat"})),
            ("Account", json!({"id": 5, "holder": 2, "phase": "paid"})),
            ("Account", json!({"id": 1, "holder": 1, "balance": 5})),
            ("Account", json!({"id": 2, "holder": 1, "balance": 1})),
            ("Seat", json!({"id": 1, "row": 1})),
            ("Post", json!({"id": 1})),
        ];
        rows.iter()
            .map(|(entity, row)| self.insert(entity, row))
            .collect()
    }

    fn pairs(&self) -> Option<Vec<(&'static str, [Operation; 2])>> {
        let booking = |id: i32, from: &str, until: &str| json!({"id": id, "room": 1, "during": {"start": from, "end": until}});
        Some(vec![
            (
                "the same key",
                [
                    self.insert("Owner", &json!({"id": 4, "name": "c"}))?,
                    self.insert("Owner", &json!({"id": 4, "name": "d"}))?,
                ],
            ),
            (
                "the same unique value",
                [
                    self.insert("Owner", &json!({"id": 4, "name": "c"}))?,
                    self.update("Owner", 2, &json!({"name": "c"}))?,
                ],
            ),
            (
                "a reference to what goes",
                [
                    self.insert("Account", &json!({"id": 3, "holder": 3}))?,
                    self.delete("Owner", 3)?,
                ],
            ),
            (
                "write skew across a reference",
                [
                    self.update("Account", 1, &json!({"balance": 9}))?,
                    self.update("Owner", 1, &json!({"most": 6}))?,
                ],
            ),
            (
                "a bound that both reach",
                [
                    self.insert("Account", &json!({"id": 3, "holder": 2}))?,
                    self.update("Account", 2, &json!({"holder": 2}))?,
                ],
            ),
            (
                "a partial unique rule",
                [
                    self.update("Account", 1, &json!({"label": "y"}))?,
                    self.update("Account", 2, &json!({"label": "z"}))?,
                ],
            ),
            (
                "overlapping ranges",
                [
                    self.insert("Booking", &booking(1, "2026-01-01", "2026-01-05"))?,
                    self.insert("Booking", &booking(2, "2026-01-04", "2026-01-06"))?,
                ],
            ),
            (
                "at most so many",
                [
                    self.insert("Seat", &json!({"id": 2, "row": 1}))?,
                    self.insert("Seat", &json!({"id": 3, "row": 1}))?,
                ],
            ),
            (
                "moves from one phase",
                [
                    self.update("Account", 1, &json!({"phase": "closed"}))?,
                    self.update("Account", 1, &json!({"phase": "paid"}))?,
                ],
            ),
            ("updates that add up", [self.deposit(1, 2)?, self.deposit(1, 3)?]),
            (
                "a reference to what is deleted softly",
                [
                    self.insert("Reply", &json!({"id": 1, "post": 1}))?,
                    self.delete("Post", 1)?,
                ],
            ),
            (
                "the same row",
                [
                    self.upsert("Owner", &json!({"id": 4, "name": "c"}))?,
                    self.upsert("Owner", &json!({"id": 4, "name": "d"}))?,
                ],
            ),
        ])
    }
}
