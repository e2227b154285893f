//! Guards of values: the items by which a transaction holds unique rules, and those that count or compare rows with the
//! same values.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{Refusal, RuleId, RuleKind};
use dbspec_core::program::{Block, Codec, Denial, Doc, Number, Slot, Step, Term, Then, Want};
use dbspec_core::value::Value;

use super::need::{NUMBER, ROW_PK, ROW_SK, member_key};
use super::request::{document, holes, key, read, words};
use super::{ITEM, MEMBERS, REPLY, SEEN, START, X, Y};
use crate::document::term::{
    all, both, concat, distinct, encode, filter, is_null, is_set, join, list, map, member, none, not, nth,
    number, record, same, slot, text, text_if,
};
use crate::dynamodb::design::{FIRST, Guard, PK, SK};
use crate::dynamodb::layout::{Layout, guard_key, string, string_of};

/// All pages of a Query of guards; its items come into the slot of members.
pub(super) fn pages(mut members: Vec<(&str, Doc)>) -> Block {
    members.push((
        "ExclusiveStartKey",
        Doc::If(is_set(slot(START)), Box::new(Doc::Hole(slot(START)))),
    ));
    vec![
        Step::Set(MEMBERS, list([])),
        Step::Set(START, Term::Value(Value::Null)),
        Step::Loop {
            body: vec![
                read("Query", document(members), REPLY),
                Step::Set(MEMBERS, join([slot(MEMBERS), member(slot(REPLY), "Items")])),
                Step::Set(START, member(slot(REPLY), "LastEvaluatedKey")),
            ],
            again: is_set(slot(START)),
        },
    ]
}

/// What a transaction does for a rule.
pub(super) struct Guarding<'a> {
    pub(super) layout: Layout<'a>,
    pub(super) rule: RuleId,
    pub(super) guard: &'a Guard,
    /// The slot of the changes of the rule's entity.
    pub(super) changes: Slot,
}

/// A part of a transaction: what is set before, and the lists over which it repeats with their documents.
pub(super) struct Part {
    pub(super) before: Block,
    pub(super) repeats: Vec<(Slot, Doc)>,
}

impl Guarding<'_> {
    fn bound(&self, row: Term) -> Term {
        Term::Bound(self.rule, Box::new(row))
    }

    fn was(&self, change: Slot) -> Term {
        self.bound(member(slot(change), "before"))
    }

    fn will_be(&self, change: Slot) -> Term {
        self.bound(member(slot(change), "after"))
    }

    /// The changes with which values come, and those with which values go.
    fn moves(&self) -> (Term, Term) {
        let moved = || not(same(self.was(X), self.will_be(X)));
        let come = both(is_set(self.will_be(X)), moved());
        let go = both(is_set(self.was(X)), moved());
        (
            filter(slot(self.changes), X, come),
            filter(slot(self.changes), X, go),
        )
    }

    fn table(&self) -> Doc {
        words(self.layout.design.guards().map_or("", |it| &it.name))
    }

    fn key(&self, values: Term, sort: Term) -> Vec<(&'static str, Term)> {
        vec![(PK, guard_key(self.guard, values)), (SK, sort)]
    }

    fn put(&self, values: Term, sort: Term) -> Vec<(&'static str, Doc)> {
        let entity = self.layout.kernel.rules[self.rule].entity;
        let row = self.layout.key_of(entity, &after_key(self.layout, entity));
        let mut item: Vec<(&str, Term)> = self
            .key(values, sort)
            .into_iter()
            .map(|(name, term)| (name, string(term)))
            .collect();
        for (name, term) in row {
            item.push((if name == PK { ROW_PK } else { ROW_SK }, string(term)));
        }
        vec![("TableName", self.table()), ("Item", holes(item))]
    }

    fn delete(&self, values: Term, sort: Term) -> Doc {
        document(vec![(
            "Delete",
            document(vec![
                ("TableName", self.table()),
                ("Key", key(self.key(values, sort))),
            ]),
        )])
    }

    /// That there is no such item.
    fn absent(&self, values: Term) -> Doc {
        let check = document(vec![
            ("TableName", self.table()),
            ("Key", key(self.key(values, text(FIRST)))),
            ("ConditionExpression", words("attribute_not_exists(#p)")),
            ("ExpressionAttributeNames", document(vec![("#p", words(PK))])),
        ]);
        again(document(vec![("ConditionCheck", check)]))
    }

    /// One row has values: its guard is put where there is none, or where the one that had them gives them up.
    pub(super) fn one(&self, slots: &mut dyn FnMut() -> Slot) -> Part {
        let (taken, freed, gone, absent) = (slots(), slots(), slots(), slots());
        let (come, go) = self.moves();
        let kept = filter(slot(taken), Y, same(self.will_be(Y), self.was(X)));
        let want = text(Want::Same(self.rule).text(self.layout.kernel));
        let by_some = filter(slot(taken), Y, same(self.will_be(Y), member(slot(X), "key")));
        let unseen = all([
            same(member(slot(X), "want"), want),
            same(member(slot(X), "count"), number(0)),
            none(by_some),
        ]);
        let before = vec![
            Step::Set(taken, come),
            Step::Set(freed, go),
            Step::Set(gone, filter(slot(freed), X, none(kept))),
            Step::Set(absent, filter(slot(SEEN), X, unseen)),
        ];
        let given_up = filter(slot(freed), X, same(self.was(X), self.will_be(ITEM)));
        let is_free = || none(given_up.clone());
        let mut put = self.put(self.will_be(ITEM), text(FIRST));
        put.push((
            "ConditionExpression",
            Doc::If(is_free(), Box::new(words("attribute_not_exists(#p)"))),
        ));
        put.push((
            "ExpressionAttributeNames",
            Doc::If(is_free(), Box::new(document(vec![("#p", words(PK))]))),
        ));
        let refused = self.held();
        put.push(("ReturnValuesOnConditionCheckFailure", words("ALL_OLD")));
        Part {
            before,
            repeats: vec![
                (
                    taken,
                    Doc::Act(
                        Box::new(refused),
                        Box::new(document(vec![("Put", document(put))])),
                    ),
                ),
                (gone, again(self.delete(self.was(ITEM), text(FIRST)))),
                (absent, self.absent(member(slot(ITEM), "key"))),
            ],
        }
    }

    /// What it means that values are taken: by the row whose key is taken, then that is the rule which is broken.
    fn held(&self) -> Denial {
        let kernel = self.layout.kernel;
        let entity = kernel.rules[self.rule].entity;
        let row = self.layout.key_of(entity, &after_key(self.layout, entity));
        let own = all(row.into_iter().map(|(name, term)| {
            let of = if name == PK { ROW_PK } else { ROW_SK };
            same(string_of(slot(Y), of), term)
        }));
        let key = kernel
            .rules_of(entity)
            .find(|(_, rule)| matches!(rule.kind, RuleKind::Key(_)));
        let tests = key.map(|(id, _)| (own, Then::Refuse(Refusal::Rule(id))));
        let taken = Then::Refuse(Refusal::Rule(self.rule));
        Denial::ByItem(Y, tests.into_iter().collect(), taken)
    }

    /// Several rows have values: their version rises, and each has an item.
    pub(super) fn many(&self, slots: &mut dyn FnMut() -> Slot) -> Part {
        let (touched, read, come, gone) = (slots(), slots(), slots(), slots());
        let (comes, goes) = self.moves();
        let values = join([
            map(slot(self.changes), X, self.was(X)),
            map(slot(self.changes), X, self.will_be(X)),
        ]);
        let want = || text(Want::Same(self.rule).text(self.layout.kernel));
        let also = filter(slot(touched), Y, same(slot(Y), member(slot(X), "key")));
        let only_read = both(same(member(slot(X), "want"), want()), none(also));
        let before = vec![
            Step::Set(touched, filter(distinct(values), X, is_set(slot(X)))),
            Step::Set(read, filter(slot(SEEN), X, only_read)),
            Step::Set(come, comes),
            Step::Set(gone, goes),
        ];
        let seen = nth(
            filter(
                slot(SEEN),
                X,
                both(
                    same(member(slot(X), "want"), want()),
                    same(member(slot(X), "key"), slot(ITEM)),
                ),
            ),
            0,
        );
        let row_key = || member_key(member(slot(ITEM), "key"));
        let new_key = {
            let entity = self.layout.kernel.rules[self.rule].entity;
            member_key(after_key(self.layout, entity))
        };
        Part {
            before,
            repeats: vec![
                (touched, self.raise(&seen)),
                (read, self.unraised()),
                (
                    come,
                    again(document(vec![(
                        "Put",
                        document(self.put(self.will_be(ITEM), new_key)),
                    )])),
                ),
                (gone, again(self.delete(self.was(ITEM), row_key()))),
            ],
        }
    }

    /// The version of values rises by one, from the one that was seen.
    fn raise(&self, seen: &Term) -> Doc {
        let version = member(seen.clone(), "version");
        let is_seen = || is_set(seen.clone());
        let condition = concat([
            text_if("#n = :v", is_set(version.clone())),
            text_if("attribute_not_exists(#n)", is_null(version.clone())),
        ]);
        let one = encode(Codec::NumberText(Number::Int), number(1));
        let values = Doc::Map(vec![
            (":n".into(), Doc::Hole(record([("N", one)]))),
            (
                ":v".into(),
                Doc::If(is_set(version.clone()), Box::new(Doc::Hole(version))),
            ),
        ]);
        let update = document(vec![
            ("TableName", self.table()),
            ("Key", key(self.key(slot(ITEM), text(FIRST)))),
            ("UpdateExpression", words("ADD #n :n")),
            (
                "ConditionExpression",
                Doc::If(is_seen(), Box::new(Doc::Hole(condition))),
            ),
            ("ExpressionAttributeNames", document(vec![("#n", words(NUMBER))])),
            ("ExpressionAttributeValues", values),
        ]);
        again(document(vec![("Update", update)]))
    }

    /// The version of values that were read is the same still.
    fn unraised(&self) -> Doc {
        let version = member(slot(ITEM), "version");
        let condition = concat([
            text_if("#n = :v", is_set(version.clone())),
            text_if("attribute_not_exists(#n)", is_null(version.clone())),
        ]);
        let value = holes(vec![(":v", version.clone())]);
        let check = document(vec![
            ("TableName", self.table()),
            ("Key", key(self.key(member(slot(ITEM), "key"), text(FIRST)))),
            ("ConditionExpression", Doc::Hole(condition)),
            ("ExpressionAttributeNames", document(vec![("#n", words(NUMBER))])),
            (
                "ExpressionAttributeValues",
                Doc::If(is_set(version), Box::new(value)),
            ),
        ]);
        again(document(vec![("ConditionCheck", check)]))
    }
}

/// The key of the row that a change leaves.
fn after_key(layout: Layout<'_>, entity: dbspec_core::kernel::EntityId) -> Term {
    let kernel = layout.kernel;
    let leaves = kernel.key_leaves(entity);
    let after = member(slot(ITEM), "after");
    list(
        leaves
            .iter()
            .map(|leaf| nth(after.clone(), kernel.position(*leaf))),
    )
}

/// An action whose denial says that somebody was faster.
pub(super) fn again(action: Doc) -> Doc {
    Doc::Act(Box::new(Denial::Then(Then::Again)), Box::new(action))
}

/// A rule's number, as reliances have it.
pub(super) fn rule_number(rule: RuleId) -> Term {
    number(i64::from(rule.index()))
}
