//! The simplest values and rows.

use crate::kernel::{EntityId, FieldId, Item, Kernel, LeafId, LeafType, RuleKind, Scalar, Type};
use crate::semantics::Row;
use crate::value::{Decimal, Float, Value, hash_secret};

/// A value of a leaf: the simplest for 1, others for other numbers.
pub(super) fn value(kernel: &Kernel, leaf: LeafId, number: u32) -> Value {
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(it) => scalar(kernel, it, number),
        LeafType::List(_) => Value::List(Vec::new()),
    }
}

/// An item of a collection, where items are single values.
pub(super) fn item(kernel: &Kernel, leaf: LeafId, number: u32) -> Option<Value> {
    match &kernel.leaves[leaf].ty {
        LeafType::List(list) => match &list.item {
            Item::Scalar(it) => Some(scalar(kernel, it, number)),
            Item::Group(_) => None,
        },
        LeafType::Scalar(_) => None,
    }
}

fn scalar(kernel: &Kernel, scalar: &Scalar, number: u32) -> Value {
    let int = i64::from(number);
    let float = |it: f64| Float::new(it).map_or(Value::Null, Value::Float);
    match scalar {
        Scalar::Bool => Value::Bool(number.is_multiple_of(2)),
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Value::Int(int),
        Scalar::Decimal { precision, scale } => {
            let whole = Decimal::from(int).fit(*precision, *scale);
            // A fraction alone has no room for a whole.
            let least = Decimal::new(i128::from(number), *scale);
            whole.or(least).map_or(Value::Null, Value::Decimal)
        }
        Scalar::Float64 => float(f64::from(number)),
        Scalar::String { .. } | Scalar::Text | Scalar::Encrypted { .. } => Value::text(letters(number)),
        Scalar::Hashed => Value::text(hash_secret(&letters(number), [0; 16], 1)),
        Scalar::Bytes { max } => Value::Bytes(if *max == 0 {
            Box::default()
        } else {
            Box::from([number as u8])
        }),
        Scalar::Uuid => Value::Uuid(u128::from(number).to_be_bytes()),
        Scalar::Date => Value::Date(10_956_i32.saturating_add_unsigned(number)),
        Scalar::Time => Value::Time((int - 1) * 1_000_000),
        Scalar::Timestamp => Value::Timestamp(super::place::NOW + (int - 1) * 86_400_000_000),
        Scalar::Duration => Value::Duration((int - 1) * 1_000_000),
        Scalar::Enum(id) => {
            let it = &kernel.enums[*id];
            let at = (number as usize).saturating_sub(1) % it.labels.len().max(1);
            it.labels
                .get(at)
                .and_then(|label| it.value(label))
                .unwrap_or_default()
        }
        Scalar::Json => Value::Json(number.to_string().into()),
        Scalar::Point => Value::List(vec![float(f64::from(number % 90)), float(0.0)]),
        Scalar::Vector { dimensions } => {
            Value::List((0..*dimensions).map(|_| float(f64::from(number))).collect())
        }
    }
}

/// `a`, `b`, …, `z`, `ba`, …
fn letters(number: u32) -> String {
    let mut rest = number.saturating_sub(1);
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
        if rest == 0 {
            break;
        }
    }
    letters.iter().rev().collect()
}

/// A key: a number tells it from others by what of it is no reference, where there is any such.
pub(super) fn key(kernel: &Kernel, entity: EntityId, number: u32) -> Vec<Value> {
    let fields = &kernel.entities[entity].key;
    fields
        .iter()
        .flat_map(|field| key_field(kernel, entity, *field, number))
        .collect()
}

/// A field of a key.
pub(super) fn key_field(kernel: &Kernel, entity: EntityId, field: FieldId, number: u32) -> Vec<Value> {
    let is_plain = |field: &FieldId| !matches!(kernel.fields[*field].ty, Type::Ref(_));
    match kernel.fields[field].ty {
        Type::Ref(to) => {
            let own = kernel.entities[entity].key.iter().any(is_plain);
            key(kernel, to, if own { 1 } else { number })
        }
        Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => {
            let leaves = kernel.fields[field].leaves.iter();
            leaves.map(|leaf| value(kernel, leaf, number)).collect()
        }
    }
}

/// A row: what may be null is.
pub(super) fn row(kernel: &Kernel, entity: EntityId, number: u32) -> Row {
    let it = &kernel.entities[entity];
    let mut row = Vec::with_capacity(it.leaves.len());
    for id in it.fields.iter() {
        let field = &kernel.fields[id];
        if it.key.contains(&id) {
            row.extend(key_field(kernel, entity, id, number));
        } else if field.nullable {
            row.extend(field.leaves.iter().map(|_| Value::Null));
        } else if let Type::Ref(to) = field.ty {
            row.extend(key(kernel, to, 1));
        } else if let Type::Range(_) = field.ty {
            row.extend(
                field
                    .leaves
                    .iter()
                    .zip(1..)
                    .map(|(leaf, at)| value(kernel, leaf, number * 2 + at)),
            );
        } else {
            row.extend(field.leaves.iter().map(|leaf| {
                if kernel.leaves[leaf].nullable {
                    Value::Null
                } else {
                    value(kernel, leaf, number)
                }
            }));
        }
    }
    if let Some(version) = it.version
        && let Some(slot) = row.get_mut(kernel.position(version))
    {
        *slot = Value::Int(1);
    }
    row
}

/// The rule of a reference's field.
pub(super) fn shared(kernel: &Kernel, rule: crate::kernel::RuleId) -> &[(LeafId, LeafId)] {
    match &kernel.rules[rule].kind {
        RuleKind::Reference { shared, .. } => shared,
        _ => &[],
    }
}
