//! Writes: judged by the evaluator on consistent reads, then done by one transaction that asks that all of it still
//! holds.

use std::sync::Arc;

use dbspec_core::backend::Lowered;
use dbspec_core::kernel::{EntityId, FieldId, Kernel, OnDelete};
use dbspec_core::program::{
    Act, Block, Denial, Doc, Expect, Flaw, JudgedByEngine, Program, Purpose, Replay, Request, Slot, Step,
    Term, Then,
};

use super::commit::{Rows, before, numeric, reference};
use super::guard::{Guarding, Part};
use super::need::{Fetching, NUMBER, sequences, until_known};
use super::request::{Consistency, document, holes, key, words};
use super::{CHANGES, FREE, HELD, ITEM, LARGEST, NEEDS, RELIED, RETURNED, SEEN, X, Y};
use crate::document::term::{
    any, both, filter, is_set, len, less, list, member, not, nth, number, plus, same, slot, some, text,
};
use crate::dynamodb::design::{Design, FIRST, GuardKind, PK, SK};
use crate::dynamodb::layout::Layout;
use crate::dynamodb::lower::ITEMS;

/// So often is a write judged anew, first after so many milliseconds.
const TRIES: u16 = 12;
const BACKOFF_MS: u32 = 5;

/// The program of any write.
pub(super) fn program(lowered: &Lowered<Design>) -> Result<Program, Flaw> {
    let layout = super::layout(lowered);
    let kernel = lowered.kernel();
    let mut free = FREE;
    let mut slots = || {
        free += 1;
        Slot(free - 1)
    };
    let sequences: Vec<(FieldId, Slot)> = sequences(layout)
        .into_iter()
        .map(|field| (field, slots()))
        .collect();
    let fetching = Fetching {
        layout,
        consistency: Consistency::Strong,
        sequences,
    };
    let changes: Vec<Slot> = kernel.entities.ids().map(|_| slots()).collect();
    let all: Vec<Rows<'_>> = kernel
        .entities
        .ids()
        .zip(lists(layout))
        .map(|(entity, lists)| Rows {
            layout,
            entity,
            changes: &changes,
            lists,
        })
        .collect();
    let mut parts: Vec<Part> = all.iter().map(|rows| rows.part(&mut slots)).collect();
    for kind in [GuardKind::One, GuardKind::Many] {
        for (rule, guard) in layout.guarded(kind) {
            let entity = dbspec_core::arena::Id::index(kernel.rules[rule].entity) as usize;
            let guarding = Guarding {
                layout,
                rule,
                guard,
                changes: changes[entity],
            };
            parts.push(match kind {
                GuardKind::One => guarding.one(&mut slots),
                GuardKind::Many => guarding.many(&mut slots),
            });
        }
    }
    let mut commit: Block = all.iter().map(Rows::collect).collect();
    commit.extend(
        fetching
            .sequences
            .iter()
            .flat_map(|(field, last)| pass(&fetching, &changes, *field, *last)),
    );
    commit.extend(before(&mut parts));
    let docs = all.iter().flat_map(Rows::changed).collect();
    let rows = Doc::Switch(member(slot(ITEM), "do"), docs);
    let standing = standing(layout, slots(), &mut commit);
    let mut repeats = vec![(standing, rows)];
    repeats.extend(parts.into_iter().flat_map(|part| part.repeats));
    let count = repeats.iter().map(|(list, _)| len(slot(*list))).reduce(plus);
    commit.push(Step::Limit {
        says: format!("{ITEMS} items in one transaction").into(),
        unless: less(count.unwrap_or(number(0)), number(i64::from(ITEMS) + 1)),
    });
    commit.push(transact(repeats));
    let judge = Step::Judge {
        needs: NEEDS,
        changes: CHANGES,
        relied: RELIED,
        returned: RETURNED,
    };
    let mut body = vec![Step::Set(SEEN, list([])), Step::Set(HELD, list([]))];
    body.extend(
        fetching
            .sequences
            .iter()
            .map(|(_, last)| Step::Set(*last, number(0))),
    );
    body.extend([
        until_known(judge, &fetching),
        Step::When(some(slot(CHANGES)), commit, Vec::new()),
        Step::Return(slot(RETURNED)),
    ]);
    Program::new(
        Arc::clone(kernel),
        Purpose::Write,
        vec![Step::Retry {
            at_most: TRIES,
            backoff_ms: BACKOFF_MS,
            body,
        }],
        judged(layout),
    )
}

/// The entities whose rows stand in the items of each.
fn lists(layout: Layout<'_>) -> Vec<Vec<EntityId>> {
    let kernel = layout.kernel;
    let mut lists = vec![Vec::new(); kernel.entities.len()];
    for (entity, it) in kernel.entities.iter() {
        if let Some(owner) = it.owner.filter(|_| layout.item(entity).within.is_some()) {
            lists[dbspec_core::arena::Id::index(owner) as usize].push(entity);
        }
    }
    lists
}

/// The changes of rows that have items of their own.
fn standing(layout: Layout<'_>, into: Slot, commit: &mut Block) -> Slot {
    let kernel = layout.kernel;
    let listed = kernel
        .entities
        .ids()
        .filter(|it| layout.item(*it).within.is_some());
    let acts: Vec<Term> = listed
        .flat_map(|it| [Act::Insert(it), Act::Update(it), Act::Delete(it)])
        .map(|it| same(member(slot(X), "do"), text(it.text(kernel))))
        .collect();
    if acts.is_empty() {
        return CHANGES;
    }
    commit.push(Step::Set(into, filter(slot(CHANGES), X, not(any(acts)))));
    into
}

fn transact(repeats: Vec<(Slot, Doc)>) -> Step {
    let actions = repeats.into_iter().map(|(list, doc)| Doc::Repeat {
        over: slot(list),
        item: ITEM,
        doc: Box::new(doc),
    });
    Step::Send(vec![Request {
        text: "TransactWriteItems".into(),
        args: document(vec![
            ("TransactItems", Doc::List(actions.collect())),
            ("ClientRequestToken", Doc::Hole(Term::Token)),
        ]),
        into: None,
        replay: Replay::Token,
        expect: Expect::default(),
    }])
}

/// What conditions of the transaction judge, so that it need not be read.
fn judged(layout: Layout<'_>) -> JudgedByEngine {
    let kernel: &Kernel = layout.kernel;
    let mut judged = JudgedByEngine {
        // Whoever adds to a list reads it.
        keys: kernel
            .entities
            .ids()
            .filter(|it| layout.item(*it).within.is_none())
            .collect(),
        unique: layout
            .guarded(GuardKind::One)
            .into_iter()
            .map(|(rule, _)| rule)
            .collect(),
        ..JudgedByEngine::default()
    };
    for field in kernel.fields.ids() {
        if let Some((_, on_delete)) = reference(kernel, field) {
            judged.exists.insert(field);
            if on_delete == OnDelete::Restrict {
                judged.actions.insert(field);
            }
        }
    }
    judged
}

/// Moves a sequence past the largest number that rows were given. Gaps are allowed, so this need not be undone.
fn pass(fetching: &Fetching<'_>, changes: &[Slot], field: FieldId, last: Slot) -> Block {
    let kernel = fetching.layout.kernel;
    let Some(((table, tag), leaf)) = fetching.sequence(field).zip(kernel.fields[field].leaves.first()) else {
        return Vec::new();
    };
    let entity = dbspec_core::arena::Id::index(kernel.fields[field].entity) as usize;
    let given = || nth(member(slot(Y), "after"), kernel.position(leaf));
    let members = vec![
        ("TableName", words(&table)),
        ("Key", key(vec![(PK, text(tag)), (SK, text(FIRST))])),
        ("UpdateExpression", words("SET #n = :n")),
        (
            "ConditionExpression",
            words("attribute_not_exists(#n) OR #n < :n"),
        ),
        ("ExpressionAttributeNames", document(vec![("#n", words(NUMBER))])),
        (
            "ExpressionAttributeValues",
            holes(vec![(":n", numeric(slot(LARGEST)))]),
        ),
    ];
    let passed = Denial::Then(Then::Ignore);
    let request = Request {
        text: "UpdateItem".into(),
        args: Doc::Act(Box::new(passed), Box::new(document(members))),
        into: None,
        replay: Replay::Safe,
        expect: Expect::default(),
    };
    vec![
        Step::Set(LARGEST, slot(last)),
        Step::Each {
            over: slot(changes[entity]),
            item: Y,
            body: vec![Step::When(
                both(is_set(given()), less(slot(LARGEST), given())),
                vec![Step::Set(LARGEST, given())],
                Vec::new(),
            )],
        },
        Step::When(
            less(slot(last), slot(LARGEST)),
            vec![Step::Send(vec![request])],
            Vec::new(),
        ),
    ]
}
