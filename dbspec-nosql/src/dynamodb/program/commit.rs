//! The rows of a transaction: those that change, those that the changed ones name, those that were relied on.
//!
//! Each item stands in a transaction once, so what is asked of it and what becomes of it is one action: the row's own
//! values, and the counts of those that name it.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, Kernel, OnDelete, Refusal, RuleId, RuleKind};
use dbspec_core::program::{Act, Block, Codec, Denial, Doc, Number, Rely, Slot, Step, Term, Then, Want};
use dbspec_core::value::Value;

use super::guard::{Part, rule_number};
use super::request::{Members, document, key, words};
use super::{CHANGES, ITEM, RELIED, SEEN, X, Y};
use crate::document::term::{
    all, any, both, concat, decode, distinct, encode, filter, is_null, is_set, join, map, member, none, not,
    nth, record, same, slot, some, text, text_if,
};
use crate::dynamodb::design::{DIGEST, GuardKind, PK};
use crate::dynamodb::layout::{Layout, string};
use crate::dynamodb::types;

/// What a transaction does with the rows of one entity.
pub(super) struct Rows<'a> {
    pub(super) layout: Layout<'a>,
    pub(super) entity: EntityId,
    /// The slots of the changes of each entity, by position.
    pub(super) changes: &'a [Slot],
    /// The entities whose rows stand in its items.
    pub(super) lists: Vec<EntityId>,
}

impl<'a> Rows<'a> {
    pub(super) fn kernel(&self) -> &'a Kernel {
        self.layout.kernel
    }

    fn mine(&self) -> Slot {
        self.changes[self.entity.index() as usize]
    }

    /// The changes of the entity: set before anything else.
    pub(super) fn collect(&self) -> Step {
        let kernel = self.kernel();
        let acts = [
            Act::Insert(self.entity),
            Act::Update(self.entity),
            Act::Delete(self.entity),
        ];
        let is = acts.map(|act| same(member(slot(X), "do"), text(act.text(kernel))));
        Step::Set(self.mine(), filter(slot(CHANGES), X, any(is)))
    }

    /// What the transaction does: the rows that changed ones name, and those that were only relied on.
    pub(super) fn part(&self, slots: &mut dyn FnMut() -> Slot) -> Part {
        if self.layout.item(self.entity).within.is_some() {
            // What was read of them is held, and their owner's item is written.
            return Part {
                before: Vec::new(),
                repeats: Vec::new(),
            };
        }
        let (relied, touched, checked) = (slots(), slots(), slots());
        let kernel = self.kernel();
        let is = |it: Rely| same(member(slot(X), "rely"), text(it.text(kernel)));
        let mine = any([is(Rely::Exists(self.entity)), is(Rely::Unchanged(self.entity))]);
        let mut before = vec![Step::Set(
            relied,
            filter(slot(RELIED), X, both(mine, not(self.is_covered()))),
        )];
        let unchanged = || {
            none(filter(
                slot(self.mine()),
                Y,
                same(member(slot(Y), "key"), slot(X)),
            ))
        };
        before.push(Step::Set(
            touched,
            filter(distinct(join(self.moved())), X, both(self.is_key(), unchanged())),
        ));
        let mut keys = vec![map(slot(relied), X, member(slot(X), "key"))];
        for count in self.counts() {
            let mut wants: Vec<Want> = count.want.into_iter().collect();
            wants.push(Want::Children(count.field));
            let is = wants
                .into_iter()
                .map(|want| same(member(slot(X), "want"), text(want.text(kernel))));
            keys.push(map(filter(slot(SEEN), X, any(is)), X, member(slot(X), "key")));
        }
        keys.extend(self.lists().into_iter().map(|it| it.held.owners()));
        let untouched = none(filter(slot(touched), Y, same(slot(Y), slot(X))));
        before.push(Step::Set(
            checked,
            filter(
                distinct(join(keys)),
                X,
                all([self.is_key(), unchanged(), untouched]),
            ),
        ));
        Part {
            before,
            repeats: vec![(touched, self.touch(relied)), (checked, self.check(relied))],
        }
    }

    /// Whether what is looked at is a whole key.
    fn is_key(&self) -> Term {
        let width = self.kernel().key_leaves(self.entity).len();
        all((0..width).map(|at| is_set(nth(slot(X), at))))
    }

    /// Whether a reliance on a row, in the first scratch slot, is covered by the version of values that it has.
    fn is_covered(&self) -> Term {
        let kernel = self.kernel();
        let guards = self.layout.guarded(GuardKind::Many).into_iter();
        let covers = guards
            .filter(|(rule, _)| kernel.rules[*rule].entity == self.entity)
            .map(|(rule, _)| {
                let values = Term::Bound(rule, Box::new(member(slot(X), "row")));
                let want = same(member(slot(Y), "want"), text(Want::Same(rule).text(kernel)));
                some(filter(
                    slot(SEEN),
                    Y,
                    both(want, same(member(slot(Y), "key"), values)),
                ))
            });
        any(covers)
    }

    /// The row that was relied on to be unchanged: a reliance, or null.
    fn unchanged(&self, relied: Slot, of: &Term) -> Term {
        let rely = text(Rely::Unchanged(self.entity).text(self.kernel()));
        let test = both(
            same(member(slot(X), "rely"), rely),
            same(member(slot(X), "key"), of.clone()),
        );
        nth(filter(slot(relied), X, test), 0)
    }

    /// What a denial means where the row isn't there: the reference that relied on it is broken, else somebody was faster.
    fn missing(&self, relied: Slot) -> Denial {
        let kernel = self.kernel();
        let rely = text(Rely::Exists(self.entity).text(kernel));
        let tests = kernel.rules.iter().filter_map(|(id, rule)| match &rule.kind {
            RuleKind::Reference { to, .. } if *to == self.entity => {
                let test = all([
                    same(member(slot(X), "rely"), rely.clone()),
                    same(member(slot(X), "key"), slot(ITEM)),
                    same(member(slot(X), "rule"), rule_number(id)),
                ]);
                let test = both(is_null(slot(Y)), some(filter(slot(relied), X, test)));
                Some((test, Then::Refuse(Refusal::Rule(id))))
            }
            _ => None,
        });
        Denial::ByItem(Y, tests.collect(), Then::Again)
    }

    fn key_of(&self, of: &Term) -> Doc {
        key(self.layout.key_of(self.entity, of))
    }

    fn table(&self) -> Doc {
        words(&self.layout.table(self.entity).name)
    }

    /// A row that changed ones name: its counts follow.
    fn touch(&self, relied: Slot) -> Doc {
        let of = slot(ITEM);
        let same_row = self.unchanged(relied, &of);
        let digest = member(same_row, "row");
        let mut names = vec![("#p".into(), words(PK))];
        let mut values = Vec::new();
        let mut condition = vec![text("attribute_exists(#p)")];
        digest_piece(&digest, &mut condition, &mut names, &mut values);
        let adds = self.adds(&of, &mut names, &mut values);
        self.seen_pieces(&of, &mut condition, &mut values);
        self.held_pieces(&of, &mut condition, &mut names, &mut values);
        let mut expression = self.list_sets(&of, "SET ", &mut names, &mut values);
        expression.push(text(format!("ADD {adds}")));
        let update = document(vec![
            ("TableName", self.table()),
            ("Key", self.key_of(&of)),
            ("UpdateExpression", Doc::Hole(concat(expression))),
            ("ConditionExpression", Doc::Hole(concat(condition))),
            ("ExpressionAttributeNames", Doc::Map(names)),
            ("ExpressionAttributeValues", Doc::Map(values)),
            ("ReturnValuesOnConditionCheckFailure", words("ALL_OLD")),
        ]);
        Doc::Act(
            Box::new(self.missing(relied)),
            Box::new(document(vec![("Update", update)])),
        )
    }

    /// A row that was only relied on.
    fn check(&self, relied: Slot) -> Doc {
        let of = slot(ITEM);
        let same_row = self.unchanged(relied, &of);
        let digest = member(same_row.clone(), "row");
        let lists = self.lists();
        let absent = || {
            let unheld = lists.iter().map(|it| it.absent(&of));
            any([both(is_set(same_row.clone()), is_null(digest.clone()))]
                .into_iter()
                .chain(unheld))
        };
        let mut names = vec![("#p".into(), words(PK))];
        let mut values = Vec::new();
        let mut condition = vec![text("attribute_exists(#p)")];
        digest_piece(&digest, &mut condition, &mut names, &mut values);
        for (at, count) in self.counts().iter().enumerate() {
            let seen = self.seen(count, &of);
            let name = Doc::If(is_set(seen), Box::new(words(count.attribute)));
            names.push((format!("#c{at}").into(), name));
        }
        self.seen_pieces(&of, &mut condition, &mut values);
        self.held_pieces(&of, &mut condition, &mut names, &mut values);
        let there = concat(condition);
        let check = |condition: Doc, names: Doc, values: Option<Doc>| {
            let mut members = vec![
                ("TableName", self.table()),
                ("Key", self.key_of(&of)),
                ("ConditionExpression", condition),
                ("ExpressionAttributeNames", names),
                ("ReturnValuesOnConditionCheckFailure", words("ALL_OLD")),
            ];
            members.extend(values.map(|it| ("ExpressionAttributeValues", it)));
            let check = document(vec![("ConditionCheck", document(members))]);
            Doc::Act(Box::new(self.missing(relied)), Box::new(check))
        };
        let gone = check(
            words("attribute_not_exists(#p)"),
            document(vec![("#p", words(PK))]),
            None,
        );
        let seen = self
            .counts()
            .iter()
            .map(|count| is_set(self.seen(count, &of)))
            .chain(lists.iter().map(|it| it.matters(&of)))
            .collect::<Vec<_>>();
        let has_any = any([is_set(digest.clone())].into_iter().chain(seen));
        let here = check(
            Doc::Hole(there),
            Doc::Map(names),
            Some(Doc::If(has_any, Box::new(Doc::Map(values)))),
        );
        let branch = concat([text_if("gone", absent()), text_if("here", not(absent()))]);
        Doc::Switch(
            branch,
            [("gone".into(), gone), ("here".into(), here)]
                .into_iter()
                .collect(),
        )
    }

    /// Documents of changed rows, by what is done.
    pub(super) fn changed(&self) -> Members {
        let kernel = self.kernel();
        if self.layout.item(self.entity).within.is_some() {
            return Vec::new();
        }
        vec![
            (Act::Insert(self.entity).text(kernel), self.insert()),
            (Act::Update(self.entity).text(kernel), self.update()),
            (Act::Delete(self.entity).text(kernel), self.delete()),
        ]
    }

    fn insert(&self) -> Doc {
        let kernel = self.kernel();
        let want = text(Want::Row(self.entity).text(kernel));
        let read = both(
            same(member(slot(X), "want"), want),
            same(member(slot(X), "key"), member(slot(ITEM), "key")),
        );
        // Who has looked looks again; who has not is refused.
        let unread = none(filter(slot(SEEN), X, read));
        let key = kernel
            .rules_of(self.entity)
            .find(|(_, rule)| matches!(rule.kind, RuleKind::Key(_)));
        let tests = key.map(|(id, _)| (unread, Then::Refuse(Refusal::Rule(id))));
        let denial = Denial::ByItem(Y, tests.into_iter().collect(), Then::Again);
        let condition = vec![text("attribute_not_exists(#p)")];
        let mut names = vec![("#p".into(), words(PK))];
        let mut values = Vec::new();
        let of = member(slot(ITEM), "key");
        let sets = self.new_lists(&of, &mut names, &mut values);
        self.write(condition, (names, values), sets, denial)
    }

    fn update(&self) -> Doc {
        let before = encode(Codec::Digest, member(slot(ITEM), "before"));
        let mut condition = vec![text("#d = :b")];
        let mut values = vec![(":b".into(), Doc::Hole(string(before)))];
        let mut names = Vec::new();
        let of = member(slot(ITEM), "key");
        self.seen_pieces(&of, &mut condition, &mut values);
        self.held_pieces(&of, &mut condition, &mut names, &mut values);
        let sets = self.list_sets(&of, ", ", &mut names, &mut values);
        let denial = Denial::Then(Then::Again);
        self.write(condition, (names, values), sets, denial)
    }

    /// An item gets a row's values, and its counts follow.
    fn write(
        &self,
        condition: Vec<Term>,
        (mut names, mut values): (Members, Members),
        lists: Vec<Term>,
        denial: Denial,
    ) -> Doc {
        let kernel = self.kernel();
        let item = self.layout.item(self.entity);
        let row = member(slot(ITEM), "after");
        names.push(("#d".into(), words(DIGEST)));
        values.push((":d".into(), Doc::Hole(string(encode(Codec::Digest, row.clone())))));
        let mut sets = vec!["#d = :d".to_owned()];
        let leaves = kernel.entities[self.entity].leaves.iter();
        for (at, (leaf, attribute)) in leaves.zip(&item.attributes).enumerate() {
            let it = &kernel.leaves[leaf];
            let value = nth(row.clone(), at);
            let encoded = Doc::Hole(encode(types::attribute(kernel, &it.ty), value.clone()));
            let name: Box<str> = format!(":a{at}").into();
            if it.nullable {
                let null = Doc::Hole(record([("NULL", Term::Value(Value::Bool(true)))]));
                values.push((name.clone(), Doc::If(is_set(value.clone()), Box::new(encoded))));
                values.push((name, Doc::If(is_null(value), Box::new(null))));
            } else {
                values.push((name, encoded));
            }
            names.push((format!("#a{at}").into(), words(&attribute.name)));
            sets.push(format!("#a{at} = :a{at}"));
        }
        let keys = item
            .indexes
            .iter()
            .flat_map(|index| self.layout.index_keys(self.entity, index, &row));
        for (at, (attribute, value)) in keys.enumerate() {
            names.push((format!("#i{at}").into(), words(attribute)));
            values.push((format!(":i{at}").into(), Doc::Hole(string(value))));
            sets.push(format!("#i{at} = :i{at}"));
        }
        let of = member(slot(ITEM), "key");
        let adds = self.adds(&of, &mut names, &mut values);
        let mut expression = vec![text(format!("SET {}", sets.join(", ")))];
        expression.extend(lists);
        if !adds.is_empty() {
            expression.push(text(format!(" ADD {adds}")));
        }
        let update = document(vec![
            ("TableName", self.table()),
            ("Key", self.key_of(&of)),
            ("UpdateExpression", Doc::Hole(concat(expression))),
            ("ConditionExpression", Doc::Hole(concat(condition))),
            ("ExpressionAttributeNames", Doc::Map(names)),
            ("ExpressionAttributeValues", Doc::Map(values)),
            ("ReturnValuesOnConditionCheckFailure", words("ALL_OLD")),
        ]);
        Doc::Act(Box::new(denial), Box::new(document(vec![("Update", update)])))
    }

    /// A row goes where it is the one that was read, and nobody names it but who goes along.
    fn delete(&self) -> Doc {
        let of = member(slot(ITEM), "key");
        let digest = || string(encode(Codec::Digest, member(slot(ITEM), "before")));
        let mut names = vec![("#d".into(), words(DIGEST))];
        let mut values = vec![(":d".into(), Doc::Hole(digest()))];
        let mut condition = "#d = :d".to_owned();
        let mut tests = vec![(not(same(member(slot(Y), DIGEST), digest())), Then::Again)];
        let mut held = Vec::new();
        self.held_pieces(&of, &mut held, &mut names, &mut values);
        let all = self.counts();
        for (at, count) in all.iter().filter(|it| it.living.is_none()).enumerate() {
            let taken = self.naming(count, "before", &of);
            names.push((format!("#c{at}").into(), words(count.attribute)));
            values.push((format!(":c{at}").into(), Doc::Hole(numeric(taken.clone()))));
            condition = format!("{condition} AND #c{at} = :c{at}");
            if let Some((rule, OnDelete::Restrict)) = reference(self.kernel(), count.field) {
                let counted = member(member(slot(Y), count.attribute), "N");
                let counted = decode(Codec::NumberText(Number::Int), counted);
                tests.push((not(same(counted, taken)), Then::Refuse(Refusal::Rule(rule))));
            }
        }
        let delete = document(vec![
            ("TableName", self.table()),
            ("Key", self.key_of(&of)),
            (
                "ConditionExpression",
                Doc::Hole(concat([text(condition)].into_iter().chain(held))),
            ),
            ("ExpressionAttributeNames", Doc::Map(names)),
            ("ExpressionAttributeValues", Doc::Map(values)),
            ("ReturnValuesOnConditionCheckFailure", words("ALL_OLD")),
        ]);
        let denial = Denial::ByItem(Y, tests, Then::Again);
        Doc::Act(Box::new(denial), Box::new(document(vec![("Delete", delete)])))
    }
}

/// That a row is the one that was read, where it was.
fn digest_piece(row: &Term, condition: &mut Vec<Term>, names: &mut Members, values: &mut Members) {
    let known = || is_set(row.clone());
    condition.push(text_if(" AND #d = :d", known()));
    names.push(("#d".into(), Doc::If(known(), Box::new(words(DIGEST)))));
    let digest = Doc::Hole(string(encode(Codec::Digest, row.clone())));
    values.push((":d".into(), Doc::If(known(), Box::new(digest))));
}

/// A number as an attribute value.
pub(super) fn numeric(of: Term) -> Term {
    record([("N", encode(Codec::NumberText(Number::Int), of))])
}

/// The rule of a reference, and what deleting the row that it names does.
pub(super) fn reference(kernel: &Kernel, field: FieldId) -> Option<(RuleId, OnDelete)> {
    kernel
        .rules_of(kernel.fields[field].entity)
        .find_map(|(id, rule)| match &rule.kind {
            RuleKind::Reference {
                field: it, on_delete, ..
            } if *it == field => Some((id, *on_delete)),
            _ => None,
        })
}

/// Steps of all parts, in order.
pub(super) fn before(parts: &mut [Part]) -> Block {
    parts
        .iter_mut()
        .flat_map(|part| std::mem::take(&mut part.before))
        .collect()
}
