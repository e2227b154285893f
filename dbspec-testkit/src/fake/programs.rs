//! Programs for the fake engine that do any write of any model.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbspec_core::kernel::Kernel;
use dbspec_core::program::{
    Block, Denial, Doc, Expect, Flaw, JudgedByEngine, Program, Purpose, Rely, Replay, Request, Slot, Step,
    Term, Then,
};
use dbspec_core::value::Value;

const NEEDS: Slot = Slot(0);
const CHANGES: Slot = Slot(1);
const RELIED: Slot = Slot(2);
const RETURNED: Slot = Slot(3);
const NEED: Slot = Slot(4);
const REPLY: Slot = Slot(5);
const AT: Slot = Slot(6);
const ITEM: Slot = Slot(7);

/// A fault that is put into a program on purpose, to see whether it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// None.
    None,
    /// What was read or taken for granted is no condition.
    NoConditions,
    /// Rows that change are written whatever they are now.
    BlindWrites,
    /// What writes is sent again with another token, so that it may be done twice.
    NoToken,
}

/// A program whose requests each stand alone; what it relies on are conditions of the one that writes.
///
/// # Errors
/// A [`Flaw`]: never, unless dbspec has a fault.
pub fn documents(kernel: &Arc<Kernel>, mutant: Mutant) -> Result<Program, Flaw> {
    let mut body = vec![Step::Set(AT, Term::Value(Value::Null))];
    body.push(judging());
    body.push(unless_nothing_changes(vec![Step::Send(vec![commit(
        kernel, mutant,
    )])]));
    body.push(Step::Return(Term::Slot(RETURNED)));
    let judged = JudgedByEngine {
        exists: kernel.fields.ids().collect(),
        keys: kernel.entities.ids().collect(),
        unique: kernel.rules.ids().collect(),
        ..JudgedByEngine::default()
    };
    program(kernel, body, judged)
}

/// A program in a serializable transaction.
///
/// # Errors
/// A [`Flaw`]: never, unless dbspec has a fault.
pub fn sessions(kernel: &Arc<Kernel>) -> Result<Program, Flaw> {
    let write = Request {
        text: "write".into(),
        args: Doc::Hole(Term::Slot(CHANGES)),
        into: None,
        replay: Replay::Never,
        expect: Expect {
            none: Some(Then::Fail),
            ..Expect::default()
        },
    };
    let body = vec![Step::Atomic {
        begin: "BEGIN".into(),
        body: vec![
            Step::Set(AT, Term::Value(Value::Null)),
            judging(),
            unless_nothing_changes(vec![Step::Send(vec![write])]),
            Step::Return(Term::Slot(RETURNED)),
        ],
    }];
    program(kernel, body, JudgedByEngine::default())
}

fn program(kernel: &Arc<Kernel>, body: Block, judged: JudgedByEngine) -> Result<Program, Flaw> {
    let steps = vec![Step::Retry {
        at_most: 16,
        backoff_ms: 1,
        body,
    }];
    Program::new(Arc::clone(kernel), Purpose::Write, steps, judged)
}

fn member(of: Slot, name: &str) -> Term {
    Term::Member(Box::new(Term::Slot(of)), name.into())
}

/// Judges and finds out what is lacking, until nothing is.
fn judging() -> Step {
    let find = Request {
        text: "find".into(),
        args: Doc::Hole(Term::Slot(NEED)),
        into: Some(REPLY),
        replay: Replay::Safe,
        expect: Expect::default(),
    };
    let learn = vec![
        Step::Send(vec![find]),
        // Sets of rows are as they were when the first of them was read.
        Step::When(
            Term::IsNull(Box::new(Term::Slot(AT))),
            vec![Step::Set(AT, member(REPLY, "at"))],
            Vec::new(),
        ),
        Step::Learn {
            need: Term::Slot(NEED),
            found: member(REPLY, "found"),
        },
    ];
    Step::Loop {
        body: vec![
            Step::Judge {
                needs: NEEDS,
                changes: CHANGES,
                relied: RELIED,
                returned: RETURNED,
            },
            Step::Each {
                over: Term::Slot(NEEDS),
                item: NEED,
                body: learn,
            },
        ],
        again: Term::Not(Box::new(is_empty(NEEDS))),
    }
}

fn is_empty(list: Slot) -> Term {
    let none = Box::new(Term::Value(Value::Int(0)));
    Term::Same(Box::new(Term::Len(Box::new(Term::Slot(list)))), none)
}

fn unless_nothing_changes(steps: Block) -> Step {
    Step::When(is_empty(CHANGES), Vec::new(), steps)
}

fn commit(kernel: &Kernel, mutant: Mutant) -> Request {
    let item = |denial: Denial| Doc::Act(Box::new(denial), Box::new(Doc::Hole(Term::Slot(ITEM))));
    let repeat = |over: Term, doc: Doc| Doc::Repeat {
        over,
        item: ITEM,
        doc: Box::new(doc),
    };
    // Whether a key is free is relied upon, which says what it breaks; a row that was there has changed.
    let inserted = Term::IsNull(Box::new(member(ITEM, "before")));
    let changed = Denial::ByItem(REPLY, vec![(inserted, Then::Ignore)], Then::Again);
    let mut relied = BTreeMap::new();
    let mut rely = |rely: Rely, denial: Denial| {
        relied.insert(rely.text(kernel), item(denial));
    };
    let broken = || Denial::Rule(member(ITEM, "rule"));
    let stale = || Denial::Then(Then::Again);
    for id in kernel.entities.ids() {
        rely(Rely::Exists(id), broken());
        rely(Rely::Free(id), broken());
        rely(Rely::Unchanged(id), stale());
    }
    for id in kernel.fields.ids() {
        rely(Rely::Children(id), stale());
    }
    for id in kernel.rules.ids() {
        rely(Rely::Unique(id), broken());
        rely(Rely::Same(id), stale());
    }
    let mut actions = Vec::new();
    actions.push(match mutant {
        Mutant::None | Mutant::NoConditions | Mutant::NoToken => repeat(Term::Slot(CHANGES), item(changed)),
        Mutant::BlindWrites => repeat(
            Term::Slot(CHANGES),
            Doc::Act(Box::new(changed), Box::new(blind())),
        ),
    });
    if mutant != Mutant::NoConditions {
        actions.push(repeat(
            Term::Slot(RELIED),
            Doc::Switch(member(ITEM, "rely"), relied),
        ));
    }
    let token = match mutant {
        Mutant::None | Mutant::NoConditions | Mutant::BlindWrites => Doc::Hole(Term::Token),
        Mutant::NoToken => Doc::Hole(Term::Value(Value::Null)),
    };
    Request {
        text: "commit".into(),
        args: Doc::Map(vec![
            ("token".into(), token),
            ("at".into(), Doc::Hole(Term::Slot(AT))),
            ("actions".into(), Doc::List(actions)),
        ]),
        into: None,
        replay: Replay::Token,
        expect: Expect::default(),
    }
}

/// A change that is made whatever there is.
fn blind() -> Doc {
    let member = |name: &str| (name.into(), Doc::Hole(self::member(ITEM, name)));
    Doc::Map(vec![
        member("do"),
        member("key"),
        member("after"),
        ("blind".into(), Doc::Hole(Term::Value(Value::Bool(true)))),
    ])
}
