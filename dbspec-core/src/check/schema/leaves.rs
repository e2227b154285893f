//! Leaves: what a field is really stored as.

use crate::arena::Id;
use crate::kernel::{EntityId, LeafType, ListType, Scalar, Type};

/// A leaf before it has an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::check) struct LeafShape {
    /// Names from the field down.
    pub path: Vec<Box<str>>,
    /// What it holds.
    pub ty: LeafType,
    /// Whether it may be null by itself.
    pub nullable: bool,
    /// Whether ASCII letters are folded.
    pub ignore_case: bool,
}

impl LeafShape {
    fn of(ty: LeafType) -> Self {
        Self {
            path: Vec::new(),
            ty,
            nullable: false,
            ignore_case: false,
        }
    }

    fn under(mut self, name: &str) -> Self {
        self.path.insert(0, name.into());
        self
    }
}

/// The leaves of a type; a reference is those of its target's key.
pub(in crate::check) fn shapes(ty: &Type, keys: &[Vec<LeafShape>]) -> Vec<LeafShape> {
    match ty {
        Type::Scalar(scalar) => vec![LeafShape::of(LeafType::Scalar(scalar.clone()))],
        Type::List(list) => vec![LeafShape::of(LeafType::List(list.clone()))],
        Type::Ref(entity) => key_of(*entity, keys).to_vec(),
        Type::Range(scalar) => range(scalar),
        Type::Group(members) => {
            let mut all = Vec::new();
            for member in members {
                for mut leaf in shapes(&member.ty, keys) {
                    leaf.nullable |= member.nullable;
                    all.push(leaf.under(&member.name));
                }
            }
            all
        }
    }
}

fn key_of(entity: EntityId, keys: &[Vec<LeafShape>]) -> &[LeafShape] {
    keys.get(entity.index() as usize).map_or(&[], Vec::as_slice)
}

fn range(scalar: &Scalar) -> Vec<LeafShape> {
    ["start", "end"]
        .map(|end| LeafShape::of(LeafType::Scalar(scalar.clone())).under(end))
        .into()
}

/// Whether values of a type have an equality.
pub(in crate::check) fn has_equality(ty: &Type) -> bool {
    match ty {
        Type::Scalar(scalar) => scalar_has_equality(scalar),
        Type::Ref(_) | Type::Range(_) => true,
        Type::Group(members) => members.iter().all(|member| has_equality(&member.ty)),
        Type::List(ListType { .. }) => false,
    }
}

/// Whether values of a scalar have an equality.
pub(in crate::check) fn scalar_has_equality(scalar: &Scalar) -> bool {
    match scalar {
        Scalar::Bool
        | Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Decimal { .. }
        | Scalar::Float64
        | Scalar::String { .. }
        | Scalar::Text
        | Scalar::Bytes { .. }
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Enum(_) => true,
        Scalar::Encrypted { lookup, .. } => *lookup,
        Scalar::Json | Scalar::Point | Scalar::Vector { .. } | Scalar::Hashed => false,
    }
}
