//! How rows lie in a design: what lowering and programs ask of it.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{EntityId, FieldId, Kernel, LeafId, RuleId};

use super::design::{Design, Group, Node, Relationship, Sequence};

/// A kernel and its design.
#[derive(Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) design: &'a Design,
}

impl<'a> Layout<'a> {
    pub(super) fn node(self, entity: EntityId) -> &'a Node {
        &self.design.nodes[entity.index() as usize]
    }

    /// The leaf at a place of a row.
    pub(super) fn leaf(self, entity: EntityId, at: usize) -> LeafId {
        let leaves = self.kernel.entities[entity].leaves;
        leaves.iter().nth(at).unwrap_or_else(|| LeafId::new(0))
    }

    /// The property of a leaf.
    pub(super) fn property(self, leaf: LeafId) -> &'a str {
        let node = self.node(self.kernel.entity_of(leaf));
        &node.properties[self.kernel.position(leaf)].name
    }

    /// The names of properties at places of a row.
    pub(super) fn names(self, entity: EntityId, leaves: &[usize]) -> Vec<&'a str> {
        let node = self.node(entity);
        leaves
            .iter()
            .map(|at| node.properties[*at].name.as_str())
            .collect()
    }

    /// The names of the properties of an entity's key.
    pub(super) fn key(self, entity: EntityId) -> Vec<&'a str> {
        self.names(entity, &self.node(entity).key)
    }

    /// How the rows of a rule are found, where it compares rows.
    pub(super) fn group(self, rule: RuleId) -> Option<&'a Group> {
        let entity = self.kernel.rules[rule].entity;
        let at = self.kernel.entities[entity].rules.position(rule)?;
        self.node(entity).groups.iter().find(|it| it.rule == at)
    }

    /// The relationship of a reference.
    pub(super) fn relationship(self, field: FieldId) -> Option<&'a Relationship> {
        let it = &self.kernel.fields[field];
        let node = self.node(it.entity);
        node.relationships.iter().find(|of| *of.field == *it.name)
    }

    /// The sequence of a field.
    pub(super) fn sequence(self, field: FieldId) -> Option<&'a Sequence> {
        let it = &self.kernel.fields[field];
        let at = self.kernel.position(it.leaves.first()?);
        self.node(it.entity).sequences.iter().find(|of| of.leaf == at)
    }
}
