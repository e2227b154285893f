//! Values that a leaf might have: at the edges of its type, and beside what rules compare it with.

use std::collections::BTreeSet;

use super::simple;
use crate::kernel::{Atom, EntityId, Expr, Kernel, LeafId, LeafType, Pred, RuleId, RuleKind, Scalar, SizeOf};
use crate::pred::Regex;
use crate::value::{Decimal, Value};

/// The longest text that is tried.
const LONGEST: u32 = 1_000;

/// Values for a leaf of a row, simplest first, without repeats.
pub(super) fn values(kernel: &Kernel, leaf: LeafId, row: &[Value]) -> Vec<Value> {
    let entity = kernel.entity_of(leaf);
    let mut all = vec![
        Value::Null,
        simple::value(kernel, leaf, 1),
        simple::value(kernel, leaf, 2),
    ];
    let mut constants = Vec::new();
    for (_, rule) in kernel.rules_of(entity) {
        match &rule.kind {
            RuleKind::Predicate { holds, .. } | RuleKind::Assert { holds } => pred(holds, &mut constants),
            RuleKind::Unique {
                filter: Some(filter), ..
            }
            | RuleKind::AtMost {
                filter: Some(filter), ..
            }
            | RuleKind::Overlap {
                filter: Some(filter), ..
            }
            | RuleKind::Bounds {
                filter: Some(filter), ..
            } => pred(filter, &mut constants),
            RuleKind::Size {
                leaf: of,
                of: what,
                min,
                max,
            } if *of == leaf => {
                sizes(
                    kernel,
                    leaf,
                    *what,
                    [
                        Some(*min),
                        min.checked_sub(1),
                        *max,
                        max.map(|it| it.saturating_add(1)),
                    ],
                    &mut all,
                );
            }
            _ => {}
        }
    }
    match &kernel.leaves[leaf].ty {
        LeafType::Scalar(scalar) => of_scalar(kernel, scalar, &mut all),
        LeafType::List(_) => {}
    }
    // What stands beside it may be what it is compared with.
    constants.extend(row.iter().cloned());
    for constant in constants {
        near(kernel, leaf, &constant, &mut all);
    }
    let mut seen = BTreeSet::new();
    all.retain(|it| seen.insert(it.clone()));
    all
}

fn of_scalar(kernel: &Kernel, scalar: &Scalar, all: &mut Vec<Value>) {
    let ints = |values: &[i64]| values.iter().map(|it| Value::Int(*it)).collect::<Vec<_>>();
    match scalar {
        Scalar::Bool => all.extend([Value::Bool(false), Value::Bool(true)]),
        Scalar::Int16 => all.extend(ints(&[0, -1, i64::from(i16::MAX) + 1])),
        Scalar::Int32 => all.extend(ints(&[0, -1, i64::from(i32::MAX) + 1])),
        Scalar::Int64 => all.extend(ints(&[0, -1])),
        Scalar::Decimal { precision, scale } => {
            for number in [0, -1] {
                all.push(Value::Decimal(
                    Decimal::from(number)
                        .rescale(*scale)
                        .unwrap_or_else(|| Decimal::from(0)),
                ));
            }
            // One digit too many.
            let beyond = 10_i128.checked_pow(u32::from(*precision));
            all.extend(beyond.and_then(|it| Decimal::new(it, *scale)).map(Value::Decimal));
        }
        Scalar::String { max } => {
            all.push(Value::text(""));
            texts(*max, all);
        }
        Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. } => all.push(Value::text("")),
        Scalar::Bytes { max } => {
            all.push(Value::Bytes(Box::default()));
            if *max < LONGEST {
                all.push(Value::Bytes(vec![0; *max as usize + 1].into()));
            }
        }
        Scalar::Enum(id) => {
            let it = &kernel.enums[*id];
            all.extend(it.labels.iter().filter_map(|label| it.value(label)));
        }
        Scalar::Float64
        | Scalar::Uuid
        | Scalar::Date
        | Scalar::Time
        | Scalar::Timestamp
        | Scalar::Duration
        | Scalar::Json
        | Scalar::Point
        | Scalar::Vector { .. } => {}
    }
}

/// Texts as long as may be, and one too long.
fn texts(max: u32, all: &mut Vec<Value>) {
    if max < LONGEST {
        all.push(Value::text("a".repeat(max as usize)));
        all.push(Value::text("a".repeat(max as usize + 1)));
    }
}

fn sizes(kernel: &Kernel, leaf: LeafId, of: SizeOf, sizes: [Option<u32>; 4], all: &mut Vec<Value>) {
    for size in sizes.into_iter().flatten().filter(|it| *it <= LONGEST) {
        let length = size as usize;
        all.push(match of {
            SizeOf::Characters => Value::text("a".repeat(length)),
            SizeOf::Bytes => Value::Bytes(vec![0; length].into()),
            SizeOf::Items => {
                let items: Option<Vec<Value>> = (1..=size).map(|at| simple::item(kernel, leaf, at)).collect();
                match items {
                    Some(items) => Value::List(items),
                    None => continue,
                }
            }
            SizeOf::ItemCharacters => Value::List(vec![Value::text("a".repeat(length))]),
        });
    }
}

/// A constant, and what lies just beside it, where it is of the leaf's type.
fn near(kernel: &Kernel, leaf: LeafId, constant: &Value, all: &mut Vec<Value>) {
    let LeafType::Scalar(scalar) = &kernel.leaves[leaf].ty else {
        return;
    };
    match (scalar, constant) {
        (Scalar::Int16 | Scalar::Int32 | Scalar::Int64, Value::Int(it)) => {
            all.extend([*it, it.saturating_sub(1), it.saturating_add(1)].map(Value::Int));
        }
        (Scalar::Decimal { scale, .. }, Value::Decimal(it)) => {
            if let Some(it) = it.rescale(*scale) {
                for step in [0, -1, 1] {
                    let moved = it
                        .mantissa
                        .checked_add(step)
                        .and_then(|it| Decimal::new(it, *scale));
                    all.extend(moved.map(Value::Decimal));
                }
            }
        }
        (Scalar::Decimal { scale, .. }, Value::Int(it)) => {
            for number in [*it, it.saturating_sub(1), it.saturating_add(1)] {
                all.extend(Decimal::from(number).rescale(*scale).map(Value::Decimal));
            }
        }
        (Scalar::Date, Value::Date(it)) => {
            all.extend([*it, it.saturating_sub(1), it.saturating_add(1)].map(Value::Date));
        }
        (Scalar::Time, Value::Time(it)) => all.push(Value::Time(*it)),
        (Scalar::Timestamp, Value::Timestamp(it)) => {
            all.extend([*it, it.saturating_sub(1), it.saturating_add(1)].map(Value::Timestamp));
        }
        (Scalar::Duration, Value::Duration(it)) => {
            all.extend([*it, it.saturating_sub(1), it.saturating_add(1)].map(Value::Duration));
        }
        (Scalar::String { .. } | Scalar::Text, Value::Text(it)) => {
            all.extend([Value::Text(it.clone()), Value::text(format!("{it}a"))]);
        }
        (Scalar::Float64, Value::Float(_)) | (Scalar::Uuid, Value::Uuid(_)) => all.push(constant.clone()),
        _ => {}
    }
}

/// The constants of a predicate, and texts that follow its patterns.
fn pred(of: &Pred, into: &mut Vec<Value>) {
    match of {
        Pred::Const(_) => {}
        Pred::Atom(it) => atom(it, into),
        Pred::IsNull(it) => expr(it, into),
        Pred::Not(it) | Pred::Any(_, it) => pred(it, into),
        Pred::And(all) | Pred::Or(all) => all.iter().for_each(|it| pred(it, into)),
    }
}

fn atom(of: &Atom, into: &mut Vec<Value>) {
    match of {
        Atom::Cmp(_, a, b)
        | Atom::StartsWith(a, b)
        | Atom::EndsWith(a, b)
        | Atom::Contains(a, b)
        | Atom::Has(a, b)
        | Atom::Verify(a, b) => [a, b].into_iter().for_each(|it| expr(it, into)),
        Atom::In(a, list) => std::iter::once(a).chain(list).for_each(|it| expr(it, into)),
        Atom::InVar(it, _) | Atom::Holds(it) => expr(it, into),
        Atom::Matches(_, pattern) => {
            if let Ok(regex) = pattern.parse() {
                let mut text = String::new();
                spell(&regex, &mut text);
                into.push(Value::text(text));
            }
        }
        Atom::Overlaps(ends) => ends.iter().for_each(|it| expr(it, into)),
    }
}

fn expr(of: &Expr, into: &mut Vec<Value>) {
    match of {
        Expr::Value(it) => into.push(it.clone()),
        Expr::At(_) => {}
        Expr::Do(_, a, b) | Expr::Else(a, b) => [a, b].into_iter().for_each(|it| expr(it, into)),
        Expr::Neg(it) => expr(it, into),
        Expr::Call(_, args) => args.iter().for_each(|it| expr(it, into)),
        Expr::Aggregate { filter, of, .. } | Expr::Grouped { filter, of, .. } => {
            if let Some(filter) = filter {
                pred(filter, into);
            }
            if let Some(of) = of {
                expr(of, into);
            }
        }
    }
}

/// The shortest text that follows a pattern.
fn spell(regex: &Regex, text: &mut String) {
    match regex {
        Regex::Class { negated, ranges } => text.push(if *negated {
            let within = |it: &char| ranges.iter().any(|(from, to)| from <= it && it <= to);
            ('!'..='~')
                .chain('\u{A1}'..='\u{FF}')
                .find(|it| !within(it))
                .unwrap_or('\u{100}')
        } else {
            ranges.first().map_or('a', |(from, _)| *from)
        }),
        Regex::Seq(all) => all.iter().for_each(|it| spell(it, text)),
        Regex::Alt(all) => {
            if let Some(first) = all.first() {
                spell(first, text);
            }
        }
        Regex::Repeat { of, min, .. } => (0..*min).for_each(|_| spell(of, text)),
    }
}

/// The leaves of a row that a rule speaks of.
pub(super) fn leaves(kernel: &Kernel, entity: EntityId, kind: &RuleKind) -> Vec<LeafId> {
    let own = |pred: &Pred| {
        let leaves = crate::semantics::own_leaves(kernel, pred).into_iter();
        leaves.filter(|leaf| kernel.entity_of(*leaf) == entity).collect()
    };
    match kind {
        RuleKind::Type(leaf)
        | RuleKind::Size { leaf, .. }
        | RuleKind::Version(leaf)
        | RuleKind::Secret(leaf) => {
            vec![*leaf]
        }
        RuleKind::Required(field) | RuleKind::Derived { field, .. } | RuleKind::Reference { field, .. } => {
            kernel.fields[*field].leaves.iter().collect()
        }
        RuleKind::Predicate { holds, .. } | RuleKind::Assert { holds } => own(holds),
        RuleKind::Key(leaves) | RuleKind::Unique { leaves, .. } | RuleKind::AtMost { leaves, .. } => {
            leaves.clone()
        }
        RuleKind::Overlap { by, range, .. } => by.iter().copied().chain([range.0, range.1]).collect(),
        RuleKind::Bounds { .. }
        | RuleKind::Transition(_)
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. } => Vec::new(),
    }
}

/// The rules that say something of the same value: what breaks one of them may not be able to leave the others.
pub(super) fn beside(kernel: &Kernel, rule: RuleId) -> BTreeSet<RuleId> {
    let it = &kernel.rules[rule];
    let of: BTreeSet<LeafId> = leaves(kernel, it.entity, &it.kind).into_iter().collect();
    let others = kernel.rules_of(it.entity).filter(|(id, other)| {
        let alone = match &other.kind {
            RuleKind::Type(_)
            | RuleKind::Size { .. }
            | RuleKind::Required(_)
            | RuleKind::Predicate { .. }
            | RuleKind::Version(_)
            | RuleKind::Derived { .. }
            | RuleKind::Secret(_) => true,
            RuleKind::Key(_)
            | RuleKind::Unique { .. }
            | RuleKind::Reference { .. }
            | RuleKind::Bounds { .. }
            | RuleKind::AtMost { .. }
            | RuleKind::Overlap { .. }
            | RuleKind::Transition(_)
            | RuleKind::Default { .. }
            | RuleKind::Policy { .. }
            | RuleKind::KeepAtLeast { .. }
            | RuleKind::KeepAtMost { .. }
            | RuleKind::Assert { .. } => false,
        };
        let theirs = leaves(kernel, other.entity, &other.kind);
        *id != rule && alone && !theirs.is_empty() && theirs.iter().all(|leaf| of.contains(leaf))
    });
    others.map(|(id, _)| id).collect()
}
