//! The most bytes that rows take, as far as sizes are declared.

use dbspec_core::kernel::{EntityId, Item, Kernel, LeafType, ListKind, ListType, Member, Scalar, Type};

/// The most bytes of a row's values whose sizes are declared; what has none counts nothing.
pub(crate) fn longest_row(kernel: &Kernel, entity: EntityId) -> u64 {
    let it = &kernel.entities[entity];
    let sizes = it.leaves.iter().map(|leaf| match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => of_scalar(scalar),
        LeafType::List(list) => {
            let each = match &list.item {
                Item::Scalar(scalar) => of_scalar(scalar),
                Item::Group(members) => members.iter().map(|it| of_type(&it.ty)).sum(),
            };
            each.saturating_mul(list.max.map_or(0, u64::from))
        }
    });
    sizes.fold(0u64, u64::saturating_add)
}

fn of_type(ty: &Type) -> u64 {
    match ty {
        Type::Scalar(scalar) => of_scalar(scalar),
        Type::Range(scalar) => 2 * of_scalar(scalar),
        Type::Group(members) => members.iter().map(|it| of_type(&it.ty)).sum(),
        Type::Ref(_) | Type::List(_) => 0,
    }
}

/// The most bytes of a value whose size is declared; what has none counts nothing.
fn of_scalar(scalar: &Scalar) -> u64 {
    match scalar {
        Scalar::String { max } => u64::from(*max) * 4,
        Scalar::Bytes { max } => u64::from(*max),
        Scalar::Encrypted { max, .. } => u64::from(*max) * 4,
        Scalar::Vector { dimensions } => u64::from(*dimensions) * 22,
        Scalar::Text
        | Scalar::Json
        | Scalar::Hashed
        | Scalar::Bool
        | Scalar::Int16
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Decimal { .. }
        | Scalar::Float64
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Enum(_)
        | Scalar::Point => 0,
    }
}

/// The most bytes of a row's values; `None` where something has no limit.
pub(crate) fn most_bytes(kernel: &Kernel, entity: EntityId) -> Option<u64> {
    let leaves = kernel.entities[entity].leaves.iter();
    let sizes = leaves.map(|leaf| match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => most_of(kernel, scalar),
        LeafType::List(list) => most_in(kernel, list),
    });
    sum(sizes)
}

fn most_in(kernel: &Kernel, list: &ListType) -> Option<u64> {
    let each = match &list.item {
        Item::Scalar(scalar) => most_of(kernel, scalar),
        Item::Group(members) => most_of_group(kernel, members),
    };
    let key = match &list.kind {
        ListKind::List | ListKind::Set => 0,
        ListKind::Map { key } => 16 + u64::from(*key) * 4,
    };
    each?.checked_add(key + 4)?.checked_mul(list.max.map(u64::from)?)
}

fn most_of_group(kernel: &Kernel, members: &[Member]) -> Option<u64> {
    sum(members.iter().map(|it| {
        let value = match &it.ty {
            Type::Scalar(scalar) => most_of(kernel, scalar),
            Type::Range(scalar) => most_of(kernel, scalar)?.checked_mul(2),
            Type::Group(members) => most_of_group(kernel, members),
            Type::List(list) => most_in(kernel, list),
            Type::Ref(_) => None,
        };
        value?.checked_add(it.name.len() as u64 + 4)
    }))
}

/// The most bytes of a value, in any of its forms.
fn most_of(kernel: &Kernel, scalar: &Scalar) -> Option<u64> {
    Some(match scalar {
        Scalar::Bool => 1,
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 | Scalar::Duration => 21,
        Scalar::Decimal { precision, .. } => u64::from(*precision) + 3,
        Scalar::Float64 => 25,
        Scalar::String { max } => u64::from(*max) * 4,
        Scalar::Bytes { max } => u64::from(*max),
        Scalar::Uuid => 36,
        Scalar::Date => 10,
        Scalar::Time => 15,
        Scalar::Timestamp => 27,
        Scalar::Enum(id) => kernel.enums[*id].labels.iter().map(|it| it.len() as u64).max()?,
        Scalar::Point => 64,
        Scalar::Vector { dimensions } => u64::from(*dimensions) * 28,
        Scalar::Encrypted { max, .. } => u64::from(*max) * 8 + 200,
        Scalar::Text | Scalar::Json | Scalar::Hashed => return None,
    })
}

fn sum(mut sizes: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    sizes.try_fold(0u64, |sum, it| sum.checked_add(it?))
}
