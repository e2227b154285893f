//! Locks: of what a write judges on and of what it changes, by names.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, RuleId};
use dbspec_core::program::terms::{encode, filter, is_set, join, list, map, member, nth, slot, text};
use dbspec_core::program::{Codec, Doc, Request, Term, Want};

use super::request::change;
use super::{X, Y};
use crate::cypher::{node, property, quoted};
use crate::neo4j::design::{HELD, NAME};
use crate::neo4j::layout::Layout;

/// So many digits of a name's digest say which node stands for it.
const DIGITS: u8 = 2;

/// The name of a row, by the list of its key's values.
pub(super) fn row(layout: Layout<'_>, entity: EntityId, key: &Term) -> Term {
    let kernel = layout.kernel;
    let leaves = kernel.key_leaves(entity);
    let parts = leaves.iter().enumerate().map(|(at, leaf)| {
        let value = nth(key.clone(), at);
        if kernel.leaves[*leaf].ignore_case {
            encode(Codec::Folded, value)
        } else {
            value
        }
    });
    name(Want::Row(entity).text(kernel), list(parts))
}

/// The name of the values of a rule that compares rows.
pub(super) fn values(layout: Layout<'_>, rule: RuleId, values: Term) -> Term {
    name(Want::Same(rule).text(layout.kernel), values)
}

fn name(what: Box<str>, of: Term) -> Term {
    encode(Codec::Digest, list([text(what), of]))
}

/// Takes the locks of names, in order.
pub(super) fn names(layout: Layout<'_>, names: Term) -> Request {
    let (label, _) = &layout.design.locks;
    let statement = format!(
        "UNWIND $names AS name WITH DISTINCT left(name, {DIGITS}) AS part ORDER BY part MATCH {} WHERE {} = part SET {} = true",
        node("l", label),
        property("l", NAME),
        property("l", HELD)
    );
    change(statement, vec![("names".into(), Doc::Hole(names))])
}

/// Takes all locks, in order.
pub(super) fn all(layout: Layout<'_>) -> Request {
    let (label, _) = &layout.design.locks;
    let statement = format!(
        "MATCH {} WITH l ORDER BY l.{} SET {} = true",
        node("l", label),
        quoted(NAME),
        property("l", HELD)
    );
    change(statement, Vec::new())
}

/// The names that the changes of an entity's rows touch: the rows, those that they name and named, their values and those
/// that they had.
pub(super) fn touched(layout: Layout<'_>, entity: EntityId, changes: &Term) -> Term {
    let kernel = layout.kernel;
    let it = &kernel.entities[entity];
    let states = join(["before", "after"].map(|side| {
        let rows = map(changes.clone(), X, member(slot(X), side));
        filter(rows, X, is_set(slot(X)))
    }));
    let listed = |places: &[usize]| list(places.iter().map(|at| nth(slot(X), *at)));
    let key = listed(&layout.node(entity).key);
    let mut all = vec![map(states.clone(), X, row(layout, entity, &key))];
    for to in &layout.node(entity).relationships {
        let target = EntityId::new(u32::try_from(to.to).unwrap_or(u32::MAX));
        let named = row(layout, target, &listed(&to.leaves));
        all.push(map(states.clone(), X, named));
    }
    for rule in it.rules.iter().filter(|rule| kernel.groups(*rule)) {
        let bound = map(states.clone(), X, Term::Bound(rule, Box::new(slot(X))));
        let bound = filter(bound, Y, is_set(slot(Y)));
        all.push(map(bound, X, values(layout, rule, slot(X))));
    }
    join(all)
}
