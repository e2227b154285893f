//! Rules that need nothing but the row.

use crate::kernel::{Kernel, LeafId, LeafType, RuleId, RuleKind, Scalar, SizeOf};
use crate::value::Value;

/// Whether a row breaks a rule of size, requirement or secrecy; `false` for rules of other kinds.
pub(in crate::semantics) fn breaks_alone(kernel: &Kernel, rule: RuleId, row: &[Value]) -> bool {
    let at = |leaf: LeafId| row.get(kernel.position(leaf)).unwrap_or(&Value::Null);
    match &kernel.rules[rule].kind {
        RuleKind::Size { leaf, of, min, max } => sizes(at(*leaf), *of)
            .any(|size| size < *min as usize || max.is_some_and(|max| size > max as usize)),
        RuleKind::Required(field) => kernel.fields[*field]
            .leaves
            .iter()
            .any(|leaf| !kernel.leaves[leaf].nullable && at(leaf).is_null()),
        RuleKind::Secret(leaf) => match (&kernel.leaves[*leaf].ty, at(*leaf)) {
            (LeafType::Scalar(Scalar::Hashed), Value::Text(text)) => !is_hash(text),
            _ => false,
        },
        RuleKind::Type(_)
        | RuleKind::Predicate { .. }
        | RuleKind::Key(_)
        | RuleKind::Unique { .. }
        | RuleKind::Reference { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Assert { .. } => false,
    }
}

/// What is measured; nothing where there is no value.
fn sizes(value: &Value, of: SizeOf) -> impl Iterator<Item = usize> {
    let one = match (of, value) {
        (SizeOf::Characters, Value::Text(text)) => Some(text.chars().count()),
        (SizeOf::Bytes, Value::Bytes(bytes)) => Some(bytes.len()),
        (SizeOf::Bytes, Value::Text(text)) => Some(text.len()),
        (SizeOf::Items, Value::List(items)) => Some(items.len()),
        (SizeOf::Characters | SizeOf::Bytes | SizeOf::Items | SizeOf::ItemCharacters, _) => None,
    };
    let items = match (of, value) {
        (SizeOf::ItemCharacters, Value::List(items)) => items.as_slice(),
        (SizeOf::Characters | SizeOf::Bytes | SizeOf::Items | SizeOf::ItemCharacters, _) => &[],
    };
    let each = items.iter().filter_map(|item| match item {
        Value::Text(text) => Some(text.chars().count()),
        _ => None,
    });
    one.into_iter().chain(each.collect::<Vec<_>>())
}

/// Whether a text is in the form in which hashes are kept (`$scheme$…$…`), rather than a plain secret.
fn is_hash(text: &str) -> bool {
    let mut parts = text.split('$');
    parts.next() == Some("") && parts.next().is_some_and(|scheme| !scheme.is_empty()) && parts.count() >= 2
}
