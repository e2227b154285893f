//! Changes: nodes come, change and go, with their relationships.

use dbspec_core::kernel::EntityId;
use dbspec_core::program::terms::{
    all, any, both, encode, filter, is_null, is_set, join, len, less, list, map, member, not, nth, number,
    same, slot, some, text,
};
use dbspec_core::program::{Act, Block, Codec, Doc, Slot, Step, Term};
use dbspec_core::value::Value;

use super::need::entity;
use super::request::{change, key, parts, property};
use super::{CHANGES, ITEM, X, lock};
use crate::cypher::{self, keyed, node, quoted};
use crate::neo4j::design::{LAST, NAME, Relationship};
use crate::neo4j::layout::Layout;
use crate::neo4j::lower::is_unique;

/// The changes of an entity's rows.
pub(super) struct Rows<'a> {
    layout: Layout<'a>,
    entity: EntityId,
    /// All of them.
    all: Slot,
    /// Those whose node comes: it wasn't there, or had another key.
    come: Slot,
    /// Those whose node changes.
    stay: Slot,
    /// Those whose node goes.
    go: Slot,
}

impl<'a> Rows<'a> {
    pub(super) fn new(layout: Layout<'a>, entity: EntityId, slots: &mut dyn FnMut() -> Slot) -> Self {
        Self {
            layout,
            entity,
            all: slots(),
            come: slots(),
            stay: slots(),
            go: slots(),
        }
    }

    /// The places of the key.
    fn key(&self) -> &'a [usize] {
        &self.layout.node(self.entity).key
    }

    fn label(&self) -> &'a str {
        &self.layout.node(self.entity).label
    }

    /// Tells the changes apart.
    pub(super) fn collect(&self) -> Block {
        let kernel = self.layout.kernel;
        let acts = [
            Act::Insert(self.entity),
            Act::Update(self.entity),
            Act::Delete(self.entity),
        ];
        let is_own = any(acts.map(|act| same(member(slot(X), "do"), text(act.text(kernel)))));
        let side = |side: &str| member(slot(X), side);
        let key_of = |side: &Term| list(self.key().iter().map(|at| nth(side.clone(), *at)));
        let moved = not(same(key_of(&side("before")), key_of(&side("after"))));
        let of = |test: Term| filter(slot(self.all), X, test);
        vec![
            Step::Set(self.all, filter(slot(CHANGES), X, is_own)),
            Step::Set(self.come, of(both(is_set(side("after")), moved.clone()))),
            Step::Set(self.stay, of(both(is_set(side("after")), not(moved.clone())))),
            Step::Set(self.go, of(both(is_set(side("before")), moved))),
        ]
    }

    /// The names of what is touched.
    pub(super) fn names(&self) -> Term {
        lock::touched(self.layout, self.entity, &slot(self.all))
    }

    /// The nodes by the key of a row, as `n`, for the items of `$rows` as `r`.
    fn found(&self) -> String {
        let key = self.layout.key(self.entity);
        format!(
            "UNWIND $rows AS r MATCH {}",
            keyed("n", self.label(), &key, "r.k")
        )
    }

    /// The parameter `$rows`: for each change what finds its node, and more.
    fn rows(&self, over: Term, side: &str, more: Vec<(Box<str>, Doc)>) -> Vec<(Box<str>, Doc)> {
        let row = member(slot(ITEM), side);
        let mut members = vec![(
            "k".into(),
            Doc::Hole(parts(self.layout, self.entity, self.key(), &row)),
        )];
        members.extend(more);
        let rows = Doc::Repeat {
            over,
            item: ITEM,
            doc: Box::new(Doc::Map(members)),
        };
        vec![("rows".into(), Doc::List(vec![rows]))]
    }

    /// Nodes go, with their relationships: those that named them go or change along.
    pub(super) fn delete(&self) -> Step {
        let statement = format!("{} DETACH DELETE n", self.found());
        let rows = self.rows(slot(self.go), "before", Vec::new());
        Step::When(
            some(slot(self.go)),
            vec![Step::Send(vec![change(statement, rows)])],
            Vec::new(),
        )
    }

    /// Where several nodes change at once, they give up their unique values first, so that they may exchange them.
    pub(super) fn clear(&self) -> Option<Step> {
        let kernel = self.layout.kernel;
        let of = &kernel.entities[self.entity];
        let node = self.layout.node(self.entity);
        let mut names: Vec<String> = Vec::new();
        for group in &node.groups {
            let rule = of.rules.iter().nth(group.rule);
            if !rule.is_some_and(|rule| is_unique(&kernel.rules[rule].kind)) {
                continue;
            }
            let own: Vec<&str> = match &group.kept {
                Some(name) => vec![name],
                None => self.layout.names(
                    self.entity,
                    &group
                        .leaves
                        .iter()
                        .copied()
                        .filter(|at| !node.key.contains(at))
                        .collect::<Vec<_>>(),
                ),
            };
            for name in own {
                let name = cypher::property("n", name);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        if names.is_empty() {
            return None;
        }
        let statement = format!("{} REMOVE {}", self.found(), names.join(", "));
        let rows = self.rows(slot(self.stay), "before", Vec::new());
        Some(Step::When(
            less(number(1), len(slot(self.stay))),
            vec![Step::Send(vec![change(statement, rows)])],
            Vec::new(),
        ))
    }

    /// Nodes change, and come.
    pub(super) fn write(&self) -> Vec<Step> {
        let update = format!("{} SET n += r.row", self.found());
        let insert = format!(
            "UNWIND $rows AS r CREATE {} SET n = r.row",
            node("n", self.label())
        );
        [(self.stay, update), (self.come, insert)]
            .map(|(list, statement)| {
                let more = vec![("row".into(), self.properties())];
                let rows = self.rows(slot(list), "after", more);
                Step::When(
                    some(slot(list)),
                    vec![Step::Send(vec![change(statement, rows)])],
                    Vec::new(),
                )
            })
            .into()
    }

    /// All properties of the row that a change leaves.
    fn properties(&self) -> Doc {
        let layout = self.layout;
        let node = layout.node(self.entity);
        let row = member(slot(ITEM), "after");
        let mut members: Vec<(Box<str>, Doc)> = node
            .properties
            .iter()
            .enumerate()
            .map(|(at, of)| {
                let value = property(layout, self.entity, at, nth(row.clone(), at));
                (of.name.as_str().into(), Doc::Hole(value))
            })
            .collect();
        let rules = layout.kernel.entities[self.entity].rules;
        for group in &node.groups {
            let Some((rule, name)) = rules.iter().nth(group.rule).zip(group.kept.as_deref()) else {
                continue;
            };
            let bound = Term::Bound(rule, Box::new(row.clone()));
            let digest = encode(Codec::Digest, bound.clone());
            members.push((
                name.into(),
                Doc::If(is_set(bound.clone()), Box::new(Doc::Hole(digest))),
            ));
            members.push((
                name.into(),
                Doc::If(is_null(bound), Box::new(Doc::Hole(Term::Value(Value::Null)))),
            ));
        }
        Doc::Map(members)
    }

    /// Relationships follow the references.
    pub(super) fn relate(&self) -> Block {
        let relationships = &self.layout.node(self.entity).relationships;
        relationships.iter().flat_map(|it| self.lead(it)).collect()
    }

    fn lead(&self, to: &Relationship) -> Block {
        let layout = self.layout;
        let target = entity(to.to);
        let named = |of: &Term| list(to.leaves.iter().map(|at| nth(of.clone(), *at)));
        let side = |side: &str| member(slot(X), side);
        let leading = all(to.leaves.iter().map(|at| is_set(nth(side("after"), *at))));
        let turned = filter(
            slot(self.stay),
            X,
            not(same(named(&side("before")), named(&side("after")))),
        );
        let made = filter(join([slot(self.come), turned.clone()]), X, leading);
        let ty = quoted(&to.ty);
        let cut = format!("{}-[x:{ty}]->() DELETE x", self.found());
        let label = &layout.node(target).label;
        let create = format!(
            "{} MATCH {} CREATE (n)-[:{ty}]->(m)",
            self.found(),
            keyed("m", label, &layout.key(target), "r.m")
        );
        let leads = vec![(
            "m".into(),
            Doc::Hole(key(layout, target, &named(&member(slot(ITEM), "after")))),
        )];
        vec![
            Step::When(
                some(turned.clone()),
                vec![Step::Send(vec![change(
                    cut,
                    self.rows(turned, "after", Vec::new()),
                )])],
                Vec::new(),
            ),
            Step::When(
                some(made.clone()),
                vec![Step::Send(vec![change(create, self.rows(made, "after", leads))])],
                Vec::new(),
            ),
        ]
    }

    /// Moves a sequence past the numbers that rows were given beyond the last that was taken.
    pub(super) fn pass(&self, leaf: usize, name: &str, last: Slot) -> Step {
        let values = map(slot(self.all), X, nth(member(slot(X), "after"), leaf));
        let given = filter(values, X, both(is_set(slot(X)), less(slot(last), slot(X))));
        let at = cypher::property("s", LAST);
        let statement = format!(
            "UNWIND $given AS each WITH max(each) AS given MERGE (s:{} {{{}: $name}}) SET {at} = CASE WHEN coalesce({at}, 0) < given THEN given ELSE {at} END",
            quoted(&self.layout.design.numbers.0),
            quoted(NAME),
        );
        let parameters = vec![
            ("given".into(), Doc::Hole(given.clone())),
            ("name".into(), Doc::Hole(text(name))),
        ];
        Step::When(
            some(given),
            vec![Step::Send(vec![change(statement, parameters)])],
            Vec::new(),
        )
    }
}
