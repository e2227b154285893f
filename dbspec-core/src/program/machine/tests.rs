//! The machine against replies as they may come: what it sends again, tries again, rolls back and says of failures.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::arena::Id;
use crate::kernel::{EntityId, Kernel};
use crate::program::{
    Block, Denial, Doc, Expect, Flaw, JudgedByEngine, Purpose, Replay, Request, Slot, Step, Term,
};

const A: Slot = Slot(0);
const B: Slot = Slot(1);

fn program(steps: Block) -> Result<Program, Flaw> {
    Program::new(
        Arc::new(Kernel::default()),
        Purpose::Write,
        steps,
        JudgedByEngine::default(),
    )
}

fn machine(steps: Block) -> Machine {
    let program = program(steps).expect("no flaw");
    let operation = Operation::Insert(Vec::new());
    let context = Context {
        now: 0,
        seed: 7,
        session: Vec::new(),
    };
    Machine::write(Arc::new(program), operation, context)
}

fn request(text: &str, replay: Replay) -> Request {
    Request {
        text: text.into(),
        args: Doc::Hole(Term::Token),
        into: Some(A),
        replay,
        expect: Expect::default(),
    }
}

fn send(text: &str, replay: Replay) -> Step {
    Step::Send(vec![request(text, replay)])
}

fn retry(body: Block) -> Step {
    Step::Retry {
        at_most: 3,
        backoff_ms: 10,
        body,
    }
}

fn atomic(body: Block) -> Step {
    Step::Atomic {
        begin: "BEGIN".into(),
        body,
    }
}

fn done() -> Step {
    Step::Return(Term::Slot(A))
}

fn refusal() -> Refusal {
    Refusal::NotOne(EntityId::new(3))
}

fn int(number: i64) -> Value {
    Value::Int(number)
}

fn results(number: i64) -> Reply {
    Reply::Results(vec![int(number)])
}

fn lost() -> Reply {
    Reply::Fault(Fault::Lost)
}

fn conflict() -> Reply {
    Reply::Fault(Fault::Conflict)
}

/// What is sent: its wait and a word for it, with the argument of a call.
fn sent(next: Next) -> (u32, String, Value) {
    match next {
        Next::Send(Sent { after_ms, verb }) => match verb {
            Verb::Begin(text) => (after_ms, text.into(), Value::Null),
            Verb::Commit => (after_ms, "commit".into(), Value::Null),
            Verb::Rollback => (after_ms, "rollback".into(), Value::Null),
            Verb::Calls(calls) => {
                let texts: Vec<_> = calls.iter().map(|call| &*call.text).collect();
                (after_ms, texts.join("+"), calls[0].args.clone())
            }
        },
        end => unreachable!("the program ended: {end:?}"),
    }
}

fn word(next: Next) -> String {
    sent(next).1
}

fn failed(fault: Fault, applied: Applied) -> Next {
    Next::Failed { fault, applied }
}

#[test]
fn a_lost_reply_is_asked_for_again_with_the_same_token() {
    let mut machine = machine(vec![
        send("put", Replay::Token),
        send("get", Replay::Safe),
        done(),
    ]);
    let (wait, text, token) = sent(machine.next(Reply::Start));
    assert_eq!((wait, text.as_str()), (0, "put"));
    let (wait, text, again) = sent(machine.next(lost()));
    assert!(wait > 0);
    assert_eq!((text.as_str(), &again), ("put", &token));
    let (longer, _, again) = sent(machine.next(Reply::Fault(Fault::Throttled)));
    assert!(longer > wait);
    assert_eq!(again, token);
    // The next request has another token.
    let (wait, text, other) = sent(machine.next(results(1)));
    assert_eq!((wait, text.as_str()), (0, "get"));
    assert_ne!(other, token);
    assert_eq!(machine.next(results(2)), Next::Done(int(2)));
}

#[test]
fn what_may_not_be_sent_again_fails_as_unknown() {
    let mut once = machine(vec![send("put", Replay::Never), done()]);
    once.next(Reply::Start);
    assert_eq!(once.next(lost()), failed(Fault::Lost, Applied::Unknown));

    // A read that is lost for good has changed nothing.
    let mut read = machine(vec![send("get", Replay::Safe), done()]);
    let mut next = read.next(Reply::Start);
    let mut times = 0;
    while let Next::Send(_) = next {
        next = read.next(lost());
        times += 1;
        assert!(times < 100, "it gives up some time");
    }
    assert_eq!(next, failed(Fault::Lost, Applied::No));

    // Whoever fails later says that something was changed.
    let mut later = machine(vec![
        send("put", Replay::Token),
        send("get", Replay::Safe),
        done(),
    ]);
    later.next(Reply::Start);
    later.next(results(1));
    let limit = Fault::Limit("size".into());
    assert_eq!(
        later.next(Reply::Fault(limit.clone())),
        failed(limit, Applied::Unknown)
    );
}

#[test]
fn a_conflict_after_a_lost_reply_may_be_with_itself() {
    let mut machine = machine(vec![retry(vec![send("put", Replay::Token), done()])]);
    let (_, _, token) = sent(machine.next(Reply::Start));
    machine.next(lost());
    let (_, _, again) = sent(machine.next(conflict()));
    assert_eq!(again, token, "sent again as it was, not tried anew");
    assert_eq!(machine.next(results(4)), Next::Done(int(4)));
}

#[test]
fn tries_are_fresh_wait_longer_and_end() {
    let steps = vec![
        Step::Set(B, Term::Value(int(1))),
        retry(vec![
            Step::Set(
                B,
                Term::Plus(Box::new(Term::Slot(B)), Box::new(Term::Value(int(1)))),
            ),
            send("put", Replay::Token),
            Step::Return(Term::Slot(B)),
        ]),
    ];
    let mut machine = machine(steps);
    let (first, _, token) = sent(machine.next(Reply::Start));
    let (second, _, other) = sent(machine.next(conflict()));
    assert_ne!(token, other);
    let mut twin = machine.clone();
    let (third, _, _) = sent(machine.next(conflict()));
    assert_eq!((first, second, third), (0, 10, 20));
    assert_eq!(machine.next(conflict()), failed(Fault::Conflict, Applied::No));
    // Slots are as they were before the first try.
    assert_eq!(twin.next(results(0)), Next::Done(int(2)));
}

#[test]
fn what_has_changed_something_is_not_tried_again() {
    let steps = vec![retry(vec![
        send("put", Replay::Token),
        send("put more", Replay::Token),
        done(),
    ])];
    let mut machine = machine(steps);
    machine.next(Reply::Start);
    machine.next(results(1));
    assert_eq!(
        machine.next(conflict()),
        failed(Fault::Conflict, Applied::Unknown)
    );
}

#[test]
fn a_transaction_is_rolled_back_before_anything_else() {
    let broken = Expect {
        constraints: BTreeMap::from([("c".into(), Then::Refuse(refusal()))]),
        none: Some(Then::Again),
    };
    let steps = vec![retry(vec![atomic(vec![
        Step::Send(vec![Request {
            expect: broken,
            ..request("insert", Replay::Never)
        }]),
        done(),
    ])])];
    let start = || {
        let mut machine = machine(steps.clone());
        assert_eq!(word(machine.next(Reply::Start)), "BEGIN");
        assert_eq!(word(machine.next(Reply::Done)), "insert");
        machine
    };
    let touched = |count| {
        let members = [("rows", Value::List(Vec::new())), ("touched", int(count))];
        Value::Map(members.map(|(name, value)| (name.into(), value)).into())
    };

    let mut fine = start();
    assert_eq!(word(fine.next(Reply::Results(vec![touched(1)]))), "commit");
    let mut late = fine.clone();
    let mut unsure = fine.clone();
    let mut deferred = fine.clone();
    assert_eq!(fine.next(Reply::Done), Next::Done(touched(1)));

    // A commit that conflicts is another try; one whose reply is lost can't be told.
    assert_eq!(word(late.next(conflict())), "rollback");
    assert_eq!(sent(late.next(Reply::Done)), (10, "BEGIN".into(), Value::Null));
    assert_eq!(word(unsure.next(lost())), "rollback");
    assert_eq!(unsure.next(lost()), failed(Fault::Lost, Applied::Unknown));
    // Constraints may be judged at commit.
    assert_eq!(
        word(deferred.next(Reply::Fault(Fault::Constraint("c".into())))),
        "rollback"
    );
    assert_eq!(deferred.next(Reply::Done), Next::Refused(vec![refusal()]));

    let mut refused = start();
    assert_eq!(
        word(refused.next(Reply::Fault(Fault::Constraint("c".into())))),
        "rollback"
    );
    assert_eq!(refused.next(Reply::Done), Next::Refused(vec![refusal()]));

    let mut unknown = start();
    let other = Fault::Constraint("d".into());
    assert_eq!(word(unknown.next(Reply::Fault(other.clone()))), "rollback");
    assert_eq!(unknown.next(Reply::Done), failed(other, Applied::No));

    // A session that is lost before the commit has done nothing.
    let mut gone = start();
    assert_eq!(word(gone.next(lost())), "rollback");
    assert_eq!(word(gone.next(lost())), "BEGIN");

    let mut untouched = start();
    assert_eq!(word(untouched.next(Reply::Results(vec![touched(0)]))), "rollback");
    assert_eq!(word(untouched.next(Reply::Done)), "BEGIN");
}

#[test]
fn denials_are_by_position() {
    let items = Term::Value(Value::List(vec![int(0), int(1), int(2)]));
    let act = |denial: Denial| Doc::Act(Box::new(denial), Box::new(Doc::Hole(Term::Slot(B))));
    let stale = Term::Same(Box::new(Term::Slot(A)), Box::new(Term::Slot(B)));
    let doc = Doc::List(vec![
        Doc::Repeat {
            over: items,
            item: B,
            doc: Box::new(Doc::If(
                // The first item is no action, so that positions move.
                Term::Less(Box::new(Term::Value(int(0))), Box::new(Term::Slot(B))),
                Box::new(act(Denial::ByItem(
                    A,
                    vec![(stale, Then::Again)],
                    Then::Refuse(Refusal::Invalid),
                ))),
            )),
        },
        act(Denial::Then(Then::Refuse(refusal()))),
    ]);
    let steps = vec![
        Step::Set(B, Term::Value(int(9))),
        retry(vec![
            Step::Send(vec![Request {
                args: doc,
                ..request("transact", Replay::Token)
            }]),
            done(),
        ]),
    ];
    let start = || {
        let mut machine = machine(steps.clone());
        let (_, _, args) = sent(machine.next(Reply::Start));
        assert_eq!(args, Value::List(vec![int(1), int(2), int(9)]));
        machine
    };
    let cancelled = |items: [Option<Value>; 3]| Reply::Fault(Fault::Cancelled(items.into()));
    assert_eq!(
        start().next(cancelled([None, None, Some(Value::Null)])),
        Next::Refused(vec![refusal()])
    );
    // Both are broken: both are named, in order.
    assert_eq!(
        start().next(cancelled([None, Some(int(5)), Some(Value::Null)])),
        Next::Refused(vec![refusal(), Refusal::Invalid])
    );
    // What was judged is stale: it is judged again whatever else is denied.
    let next = start().next(cancelled([None, Some(int(2)), Some(Value::Null)]));
    assert_eq!(word(next), "transact");
    // Positions that don't fit are a fault of the driver.
    let next = start().next(Reply::Fault(Fault::Cancelled(vec![Some(Value::Null)])));
    assert!(matches!(
        next,
        Next::Failed {
            applied: Applied::No,
            ..
        }
    ));
}

#[test]
fn loops_lists_and_cases_go_through() {
    let list = |numbers: &[i64]| Term::Value(Value::List(numbers.iter().copied().map(int).collect()));
    let one = || Box::new(Term::Value(int(1)));
    let sum = Slot(2);
    let steps = vec![
        Step::Set(sum, Term::Value(int(0))),
        Step::Each {
            over: list(&[1, 2, 3]),
            item: B,
            body: vec![Step::When(
                Term::Same(Box::new(Term::Slot(B)), one()),
                Vec::new(),
                vec![Step::Set(
                    sum,
                    Term::Plus(Box::new(Term::Slot(sum)), Box::new(Term::Slot(B))),
                )],
            )],
        },
        Step::Each {
            over: list(&[]),
            item: B,
            body: vec![Step::Set(sum, Term::Value(Value::Null))],
        },
        Step::Loop {
            body: vec![send("page", Replay::Safe)],
            again: Term::Not(Box::new(Term::IsNull(Box::new(Term::Slot(A))))),
        },
        Step::Switch(
            Term::Value(Value::text("x")),
            BTreeMap::from([
                ("x".into(), vec![Step::Return(Term::Slot(sum))]),
                ("y".into(), vec![done()]),
            ]),
        ),
    ];
    let mut machine = machine(steps);
    assert_eq!(word(machine.next(Reply::Start)), "page");
    assert_eq!(word(machine.next(results(1))), "page");
    assert_eq!(
        machine.next(Reply::Results(vec![Value::Null])),
        Next::Done(int(5))
    );
    assert!(matches!(
        machine.next(Reply::Done),
        Next::Failed {
            fault: Fault::Broken(_),
            applied: Applied::No
        }
    ));
}

#[test]
fn a_round_that_sends_nothing_ends_the_loop_as_a_fault() {
    let steps = vec![
        Step::Loop {
            body: vec![Step::When(
                Term::Value(Value::Bool(false)),
                vec![send("page", Replay::Safe)],
                Vec::new(),
            )],
            again: Term::Value(Value::Bool(true)),
        },
        Step::Return(Term::Now),
    ];
    assert!(matches!(
        machine(steps).next(Reply::Start),
        Next::Failed {
            fault: Fault::Broken(_),
            applied: Applied::No
        }
    ));
}

#[test]
fn flaws_are_found() {
    let again = Request {
        expect: Expect {
            none: Some(Then::Again),
            ..Expect::default()
        },
        ..request("put", Replay::Never)
    };
    let forever = Term::Value(Value::Bool(true));
    let flaw = |steps: Block| program(steps).map(|_| ()).expect_err("a flaw");
    assert_eq!(
        flaw(vec![
            Step::Loop {
                body: vec![Step::Set(A, Term::Now)],
                again: forever
            },
            done()
        ]),
        Flaw::IdleLoop
    );
    assert_eq!(flaw(vec![send("get", Replay::Safe)]), Flaw::OpenEnd);
    assert_eq!(flaw(vec![done()]), Flaw::Unset(A));
    assert_eq!(
        flaw(vec![Step::Send(vec![again]), done()]),
        Flaw::NoRetry("put".into())
    );
    assert_eq!(
        flaw(vec![
            Step::Send(vec![request("put", Replay::Token), request("get", Replay::Safe)]),
            done()
        ]),
        Flaw::NotAlone("put".into())
    );
    assert_eq!(
        flaw(vec![atomic(vec![retry(vec![send("get", Replay::Safe), done()])])]),
        Flaw::Nested("a retry")
    );
    assert_eq!(
        flaw(vec![Step::Return(Term::Arg(0))]),
        Flaw::Purpose("an argument")
    );
    let repeat = Doc::Repeat {
        over: Term::Now,
        item: A,
        doc: Box::new(Doc::Hole(Term::Now)),
    };
    assert_eq!(
        flaw(vec![
            Step::Send(vec![Request {
                args: repeat,
                ..request("get", Replay::Safe)
            }]),
            done()
        ]),
        Flaw::Unspliced("get".into())
    );
}

#[test]
fn nothing_shows_values() {
    let mut machine = machine(vec![
        Step::Set(B, Term::Value(Value::text("hunter2"))),
        Step::Send(vec![Request {
            args: Doc::Hole(Term::Slot(B)),
            ..request("put", Replay::Token)
        }]),
        done(),
    ]);
    let next = machine.next(Reply::Start);
    let reply = Reply::Results(vec![Value::text("hunter2")]);
    let fault = Fault::Cancelled(vec![Some(Value::text("hunter2"))]);
    let shown = format!("{machine:?} {next:?} {reply:?} {fault:?} {fault}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("put"));
}
