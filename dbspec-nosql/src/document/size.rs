//! The most bytes that rows take, as far as sizes are declared.

use dbspec_core::kernel::{EntityId, Item, Kernel, LeafType, Scalar, Type};

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
