//! Programs at every interleaving: no rule is broken, nothing is done twice or by halves, whatever is lost or stopped; and
//! programs with a fault in them are found.
#![allow(missing_docs)]

use std::sync::Arc;

use dbspec_core::check::check;
use dbspec_core::kernel::Kernel;
use dbspec_core::program::Program;
use dbspec_core::program::machine::{Applied, Machine};
use dbspec_core::rows;
use dbspec_core::semantics::{self, Context, Operation};
use dbspec_testkit::explorer::{End, Explored, Troubles, explore};
use dbspec_testkit::fake::{Fake, Mutant, State, documents, sessions};
use serde_json::{Value as Json, json};

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

fn kernel() -> Arc<Kernel> {
    check(dbspec_core::syntax::parse(MODEL)).expect("the model is right")
}

fn context(client: usize) -> Context {
    Context {
        now: 1_700_000_000_000_000,
        seed: client as u64 + 1,
        session: Vec::new(),
    }
}

fn insert(kernel: &Kernel, entity: &str, row: &Json) -> Operation {
    let id = kernel.entity(entity).expect("an entity");
    let row = rows::row_of(kernel, id, row).expect("a row");
    Operation::Insert(vec![(id, row)])
}

fn upsert(kernel: &Kernel, entity: &str, row: &Json) -> Operation {
    let id = kernel.entity(entity).expect("an entity");
    Operation::Upsert(id, rows::row_of(kernel, id, row).expect("a row"))
}

fn update(kernel: &Kernel, entity: &str, key: i32, set: &Json) -> Operation {
    let id = kernel.entity(entity).expect("an entity");
    Operation::Update {
        entity: id,
        key: rows::key_of(kernel, id, &json!(key)).expect("a key"),
        set: rows::row_of(kernel, id, set).expect("values"),
        version: None,
    }
}

fn delete(kernel: &Kernel, entity: &str, key: i32) -> Operation {
    let id = kernel.entity(entity).expect("an entity");
    Operation::Delete(id, rows::key_of(kernel, id, &json!(key)).expect("a key"))
}

fn deposit(kernel: &Kernel, account: i32, amount: i32) -> Operation {
    let id = kernel.write("deposit").expect("a write");
    let write = &kernel.writes[id];
    let args = json!({"account": account, "amount": amount});
    let args = args.as_object().expect("an object");
    let args = rows::args_of(kernel, &write.vars[..usize::from(write.params)], args).expect("arguments");
    Operation::Call(id, args)
}

/// What there is at first.
fn start(kernel: &Arc<Kernel>) -> State {
    let mut fake = Fake::new(kernel);
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
    for (entity, row) in rows {
        let operation = insert(kernel, entity, &row);
        let changes =
            semantics::apply(kernel, fake.state(), &operation, &context(9)).expect("rows are right");
        fake.state_mut().commit(&changes.rows);
    }
    fake.state().clone()
}

/// Pairs of operations of which each alone is right, and both together may not be.
fn pairs(kernel: &Kernel) -> Vec<(&'static str, [Operation; 2])> {
    let booking = |id: i32, from: &str, until: &str| json!({"id": id, "room": 1, "during": {"start": from, "end": until}});
    vec![
        (
            "the same key",
            [
                insert(kernel, "Owner", &json!({"id": 4, "name": "c"})),
                insert(kernel, "Owner", &json!({"id": 4, "name": "d"})),
            ],
        ),
        (
            "the same unique value",
            [
                insert(kernel, "Owner", &json!({"id": 4, "name": "c"})),
                update(kernel, "Owner", 2, &json!({"name": "c"})),
            ],
        ),
        (
            "a reference to what goes",
            [
                insert(kernel, "Account", &json!({"id": 3, "holder": 3})),
                delete(kernel, "Owner", 3),
            ],
        ),
        (
            "write skew across a reference",
            [
                update(kernel, "Account", 1, &json!({"balance": 9})),
                update(kernel, "Owner", 1, &json!({"most": 6})),
            ],
        ),
        (
            "a bound that both reach",
            [
                insert(kernel, "Account", &json!({"id": 3, "holder": 2})),
                update(kernel, "Account", 2, &json!({"holder": 2})),
            ],
        ),
        (
            "a partial unique rule",
            [
                update(kernel, "Account", 1, &json!({"label": "y"})),
                update(kernel, "Account", 2, &json!({"label": "z"})),
            ],
        ),
        (
            "overlapping ranges",
            [
                insert(kernel, "Booking", &booking(1, "2026-01-01", "2026-01-05")),
                insert(kernel, "Booking", &booking(2, "2026-01-04", "2026-01-06")),
            ],
        ),
        (
            "at most so many",
            [
                insert(kernel, "Seat", &json!({"id": 2, "row": 1})),
                insert(kernel, "Seat", &json!({"id": 3, "row": 1})),
            ],
        ),
        (
            "moves from one phase",
            [
                update(kernel, "Account", 1, &json!({"phase": "closed"})),
                update(kernel, "Account", 1, &json!({"phase": "paid"})),
            ],
        ),
        (
            "updates that add up",
            [deposit(kernel, 1, 2), deposit(kernel, 1, 3)],
        ),
        (
            "a reference to what is deleted softly",
            [
                insert(kernel, "Reply", &json!({"id": 1, "post": 1})),
                delete(kernel, "Post", 1),
            ],
        ),
        (
            "the same row",
            [
                upsert(kernel, "Owner", &json!({"id": 4, "name": "c"})),
                upsert(kernel, "Owner", &json!({"id": 4, "name": "d"})),
            ],
        ),
    ]
}

/// The end is right: no rule is broken, and the rows are those of some order of what was done; what can't be told may
/// or may not have been done.
fn is_right(
    kernel: &Kernel,
    first: &State,
    operations: &[Operation],
    fake: &Fake,
    ends: &[End],
) -> Result<(), String> {
    let broken = fake.state().audit(&context(9));
    if !broken.is_empty() {
        return Err(format!("{ends:?} break {broken:?}"));
    }
    let (mut done, mut perhaps) = (Vec::new(), Vec::new());
    for (at, end) in ends.iter().enumerate() {
        match end {
            End::Done(_) => done.push(at),
            End::Stopped | End::Failed(_, Applied::Unknown) => perhaps.push(at),
            End::Refused(_) | End::Failed(_, Applied::No) => {}
        }
    }
    for chosen in subsets(&perhaps) {
        let all: Vec<usize> = done.iter().copied().chain(chosen).collect();
        let orders = [all.clone(), all.iter().rev().copied().collect()];
        for order in orders {
            let mut state = first.clone();
            let fits = order.iter().all(|at| {
                let changes = semantics::apply(kernel, &state, &operations[*at], &context(*at));
                changes.map(|it| state.commit(&it.rows)).is_ok()
            });
            if fits && state.rows() == fake.state().rows() {
                return Ok(());
            }
        }
    }
    Err(format!("{ends:?} leave rows that no order leaves"))
}

fn subsets(of: &[usize]) -> Vec<Vec<usize>> {
    of.iter().fold(vec![Vec::new()], |mut all, at| {
        let with = all.iter().map(|it| it.iter().copied().chain([*at]).collect());
        let with: Vec<Vec<usize>> = with.collect();
        all.extend(with);
        all
    })
}

fn run(
    kernel: &Arc<Kernel>,
    program: &Arc<Program>,
    operations: &[Operation],
    troubles: Troubles,
) -> Result<Explored, String> {
    let first = start(kernel);
    let fake = Fake::with(kernel, first.clone());
    let machines = operations
        .iter()
        .enumerate()
        .map(|(at, operation)| Machine::write(Arc::clone(program), operation.clone(), context(at)));
    // Many ways end alike.
    let mut right = Vec::new();
    explore(&fake, machines.collect(), troubles, 20_000, |fake, ends| {
        let end = (fake.state().rows().clone(), ends.to_vec());
        if !right.contains(&end) {
            is_right(kernel, &first, operations, fake, ends)?;
            right.push(end);
        }
        Ok(())
    })
}

const TROUBLES: [Troubles; 3] = [
    Troubles::NONE,
    Troubles { stops: 1, losses: 0 },
    Troubles { stops: 0, losses: 1 },
];

#[test]
fn no_order_of_requests_breaks_a_rule() {
    let kernel = kernel();
    let programs = [
        documents(&kernel, Mutant::None).expect("no flaw"),
        sessions(&kernel).expect("no flaw"),
    ];
    for program in programs.map(Arc::new) {
        let mut all = Explored::default();
        for (name, operations) in pairs(&kernel) {
            for troubles in TROUBLES {
                let explored = run(&kernel, &program, &operations, troubles)
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
fn alone_each_of_them_is_done() {
    let kernel = kernel();
    let programs = [
        documents(&kernel, Mutant::None).expect("no flaw"),
        sessions(&kernel).expect("no flaw"),
    ];
    for program in programs.map(Arc::new) {
        for (name, operations) in pairs(&kernel) {
            for operation in operations {
                let explored = run(&kernel, &program, &[operation], Troubles::NONE);
                let explored = explored.unwrap_or_else(|found| panic!("{name}: {found}"));
                assert_eq!((explored.ways, explored.done), (1, 1), "{name}");
            }
        }
    }
}

#[test]
fn faulty_programs_are_found() {
    let kernel = kernel();
    for mutant in [Mutant::NoConditions, Mutant::BlindWrites, Mutant::NoToken] {
        let program = Arc::new(documents(&kernel, mutant).expect("no flaw"));
        let fails = |operations: &[Operation]| {
            let mut troubles = TROUBLES.into_iter();
            troubles.any(|troubles| run(&kernel, &program, operations, troubles).is_err())
        };
        let mut pairs = pairs(&kernel).into_iter();
        assert!(
            pairs.any(|(_, operations)| fails(&operations)),
            "{mutant:?} is not found"
        );
    }
}
