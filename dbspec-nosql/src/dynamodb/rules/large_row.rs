//! A row that can be larger than an item.

use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{EntityId, Item, Kernel, LeafType, Scalar, Type};

/// The most bytes of an item, names of attributes included.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const ITEM: u64 = 400 * 1024;

/// A row that can be larger than an item.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1102",
        name: "dynamodb-large-row",
        docs: "Values of the declared sizes make a row larger than the 400 KB that DynamoDB takes as one item. Writes of such rows are refused as beyond a limit. State smaller sizes, or let another entity own the large part.",
    },
    bad: "entity A { id: int32 @key  picture: bytes(1_000_000) }",
    good: "entity A { id: int32 @key  picture: bytes(100_000) }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    kernel.entities.ids().filter_map(|it| one(kernel, it)).collect()
}

fn one(kernel: &Kernel, entity: EntityId) -> Option<Diagnostic> {
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
    let longest = sizes.fold(0u64, u64::saturating_add);
    (longest > ITEM).then(|| {
        RULE.warning(format!(
            "a row of `{}` takes up to {longest} bytes in DynamoDB",
            it.name
        ))
        .at(kernel.elements[it.element].span, "")
        .why("an item has at most 409600 bytes")
        .help("state smaller sizes, or let another entity own the large part; larger rows are refused as beyond a limit")
    })
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
