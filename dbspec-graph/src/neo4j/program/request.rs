//! Requests: a statement, its parameters, and the rows that come back.

use std::sync::Arc;

use dbspec_core::kernel::EntityId;
use dbspec_core::program::terms::{encode, member, nth, slot};
use dbspec_core::program::{Doc, Expect, LeafCodec, Replay, Request, Shape, Slot, Term};

use super::REPLY;
use crate::cypher::part;
use crate::neo4j::layout::Layout;
use crate::neo4j::types;

/// A request that reads.
pub(super) fn read(text: impl Into<Box<str>>, parameters: Vec<(Box<str>, Doc)>, into: Slot) -> Request {
    Request {
        text: text.into(),
        args: Doc::Map(parameters),
        into: Some(into),
        replay: Replay::Safe,
        expect: Expect::default(),
    }
}

/// A request that changes something, within a transaction.
pub(super) fn change(text: impl Into<Box<str>>, parameters: Vec<(Box<str>, Doc)>) -> Request {
    Request {
        text: text.into(),
        args: Doc::Map(parameters),
        into: None,
        replay: Replay::Never,
        expect: Expect::default(),
    }
}

/// The rows of an entity in a reply.
pub(super) fn rows(layout: Layout<'_>, entity: EntityId) -> Term {
    let kernel = layout.kernel;
    let leaves = kernel.entities[entity].leaves.iter();
    let leaves = leaves
        .zip(&layout.node(entity).properties)
        .map(|(leaf, property)| {
            let codec = types::property(kernel, &kernel.leaves[leaf].ty);
            (vec![property.name.as_str().into()], LeafCodec::One(codec))
        });
    let shape = Shape {
        entity,
        leaves: leaves.collect(),
    };
    Term::DecodeRows(Arc::new(shape), Box::new(member(slot(REPLY), "rows")))
}

/// The value at a place of a row, as a property.
pub(super) fn property(layout: Layout<'_>, entity: EntityId, at: usize, of: Term) -> Term {
    let ty = &layout.kernel.leaves[layout.leaf(entity, at)].ty;
    encode(types::property(layout.kernel, ty), of)
}

/// The parts of an entity's key, of a list of its values.
pub(super) fn key(layout: Layout<'_>, entity: EntityId, of: &Term) -> Term {
    let parts = layout.node(entity).key.iter().enumerate();
    Term::Record(
        parts
            .map(|(at, place)| {
                (
                    part(at).into(),
                    property(layout, entity, *place, nth(of.clone(), at)),
                )
            })
            .collect(),
    )
}

/// The parts of the values at some places of a row.
pub(super) fn parts(layout: Layout<'_>, entity: EntityId, places: &[usize], row: &Term) -> Term {
    let parts = places.iter().enumerate();
    Term::Record(
        parts
            .map(|(at, place)| {
                let value = property(layout, entity, *place, nth(row.clone(), *place));
                (part(at).into(), value)
            })
            .collect(),
    )
}
