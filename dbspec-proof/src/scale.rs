//! More rows of the same kind: copies with shifted keys, so that each row has the fan-out that it had.

use std::collections::BTreeSet;

use dbspec_core::kernel::{EntityId, Kernel, LeafId, LeafType, RuleKind, Scalar, Type};
use dbspec_core::rows::Given;
use dbspec_core::value::Value;

/// So many copies of rows, the first as they are. In the others texts differ everywhere; numbers and ids where they are
/// keys, name rows, or must be unique.
pub fn copies(kernel: &Kernel, rows: &[(EntityId, Given)], times: u8) -> Vec<(EntityId, Given)> {
    let shifting = shifting(kernel);
    let mut all = rows.to_vec();
    for copy in 1..times {
        all.extend(rows.iter().map(|(entity, row)| {
            let row = row
                .iter()
                .map(|(leaf, value)| (*leaf, shifted(kernel, *leaf, value, copy, &shifting)));
            (*entity, row.collect())
        }));
    }
    all
}

/// Leaves that are keys, name rows, or are unique.
fn shifting(kernel: &Kernel) -> BTreeSet<LeafId> {
    let mut leaves = BTreeSet::new();
    for (_, rule) in kernel.rules.iter() {
        match &rule.kind {
            RuleKind::Key(of) | RuleKind::Unique { leaves: of, .. } | RuleKind::Overlap { by: of, .. } => {
                leaves.extend(of);
            }
            RuleKind::Type(leaf) => {
                let field = kernel.leaves[*leaf].field;
                if matches!(kernel.fields[field].ty, Type::Ref(_)) {
                    leaves.insert(*leaf);
                }
            }
            _ => {}
        }
    }
    leaves
}

fn shifted(kernel: &Kernel, leaf: LeafId, value: &Value, copy: u8, shifting: &BTreeSet<LeafId>) -> Value {
    const APART: i64 = 1_000_000;
    let shifts = shifting.contains(&leaf);
    match (value, &kernel.leaves[leaf].ty) {
        (Value::Int(number), _) if shifts => Value::Int(number + i64::from(copy) * APART),
        (Value::Uuid(bytes), _) if shifts => {
            let mut bytes = *bytes;
            bytes[1] = bytes[1].wrapping_add(copy);
            Value::Uuid(bytes)
        }
        (Value::Text(text), LeafType::Scalar(scalar @ (Scalar::String { .. } | Scalar::Text))) => {
            let most = match scalar {
                Scalar::String { max } => *max as usize,
                _ => usize::MAX,
            };
            let suffix = format!("00{copy}");
            let suffix = if most > text.chars().count() + 3 {
                suffix.as_str()
            } else {
                &suffix[2..]
            };
            let kept = most.saturating_sub(suffix.len());
            Value::text(text.chars().take(kept).collect::<String>() + suffix)
        }
        (value, _) => value.clone(),
    }
}
