//! Parameters of queries, drawn from rows: values that occur, so that answers aren't empty.

use std::collections::{BTreeMap, BTreeSet};

use dbspec::kernel::{
    Cmp, EntityId, Expr, Kernel, LeafId, LeafType, Place, Query, Scalar, Shape, Type, VarId, VarType,
};
use dbspec::rows::Given;
use dbspec::value::{DAY, Value};

/// How many rows are drawn from for each query and choice of optional parameters.
const DRAWS: usize = 5;

/// Rows by entity.
pub(crate) type Rows = BTreeMap<EntityId, Vec<Given>>;

/// Arguments to ask a query with: with all optional parameters, with none, and with each alone. Empty where some
/// parameter finds no value among the rows.
pub(crate) fn arguments(kernel: &Kernel, query: &Query, rows: &Rows) -> Vec<Vec<Value>> {
    let optional: Vec<usize> = (0..query.params.len())
        .filter(|at| query.params[*at].optional)
        .collect();
    let mut given: Vec<BTreeSet<usize>> = vec![optional.iter().copied().collect(), BTreeSet::new()];
    if optional.len() > 1 {
        given.extend(optional.iter().map(|at| BTreeSet::from([*at])));
    }
    let mut found = Vec::new();
    let draws = if query.params.is_empty() { 1 } else { DRAWS };
    for draw in 0..draws {
        let all: Vec<Option<Value>> = (0..query.params.len())
            .map(|at| argument(kernel, query, rows, at, draw))
            .collect();
        for given in &given {
            let args: Option<Vec<Value>> = all
                .iter()
                .enumerate()
                .map(|(at, value)| {
                    if query.params[at].optional && !given.contains(&at) {
                        Some(Value::Null)
                    } else {
                        value.clone()
                    }
                })
                .collect();
            if let Some(args) = args
                && !found.contains(&args)
            {
                found.push(args);
            }
        }
    }
    found
}

/// What a parameter is compared with.
#[derive(Clone, Copy)]
enum Use {
    /// As it is.
    Same(LeafId),
    /// A lower bound.
    Low(LeafId),
    /// An upper bound.
    High(LeafId),
    /// The beginning of it.
    Begin(LeafId),
}

fn argument(kernel: &Kernel, query: &Query, rows: &Rows, at: usize, draw: usize) -> Option<Value> {
    let param = &query.params[at];
    let used = usage(query, at);
    let leaf = used.map(|it| match it {
        Use::Same(leaf) | Use::Low(leaf) | Use::High(leaf) | Use::Begin(leaf) => leaf,
    });
    let value = match (&param.ty, used) {
        (VarType::Ref(to), _) => {
            // The key as the rows name it: all leaves of the reference, of one row.
            let leaves: Vec<LeafId> = match leaf.map(|leaf| kernel.leaves[leaf].field) {
                Some(field) if matches!(kernel.fields[field].ty, Type::Ref(_)) => {
                    kernel.fields[field].leaves.iter().collect()
                }
                Some(_) | None => kernel.key_leaves(*to),
            };
            Value::List(nth(tuples(kernel, rows, &leaves), draw, DRAWS)?)
        }
        (VarType::Scalar(scalar), used) => {
            let leaf = leaf.or_else(|| alike(kernel, query.from, scalar))?;
            let values = values(kernel, rows, leaf);
            let value = match used {
                // Bounds that leave something between them.
                Some(Use::Low(_)) => nth(values, draw, 2 * DRAWS)?,
                Some(Use::High(_)) => nth(values, 2 * DRAWS - 1 - draw, 2 * DRAWS)?,
                Some(Use::Same(_) | Use::Begin(_)) => nth(values, draw, DRAWS)?,
                None => nth(
                    values,
                    if at.is_multiple_of(2) {
                        draw
                    } else {
                        2 * DRAWS - 1 - draw
                    },
                    2 * DRAWS,
                )?,
            };
            let value = fit(scalar, value)?;
            match (used, value) {
                (Some(Use::Begin(_)), Value::Text(text)) => {
                    Value::text(text.chars().take(1 + draw % 3).collect::<String>())
                }
                (_, value) => value,
            }
        }
        (VarType::List { of, max, .. }, _) => {
            let many = max.map_or(3, |max| (max as usize).clamp(1, 3));
            let values = match (&**of, leaf) {
                (VarType::Scalar(scalar), leaf) => {
                    values(kernel, rows, leaf.or_else(|| alike(kernel, query.from, scalar))?)
                }
                (VarType::Ref(to), _) => match kernel.key_leaves(*to).as_slice() {
                    [key] => values(kernel, rows, *key),
                    _ => return None,
                },
                (VarType::Row(_) | VarType::List { .. }, _) => return None,
            };
            let picked: Vec<Value> = (0..many)
                .filter_map(|more| nth(values.clone(), draw + more, DRAWS + many))
                .collect();
            if picked.is_empty() {
                return None;
            }
            Value::List(picked)
        }
        (VarType::Row(_), _) => return None,
    };
    Some(value)
}

fn usage(query: &Query, at: usize) -> Option<Use> {
    query.conds.iter().find_map(|cond| {
        let leaf = cond.leaf?;
        let is_param = match &cond.operand {
            Some(Expr::At(Place::Var { var, .. })) => is(*var, at),
            Some(Expr::Call(_, args)) => args
                .iter()
                .any(|arg| matches!(arg, Expr::At(Place::Var { var, .. }) if is(*var, at))),
            _ => false,
        };
        if !is_param {
            return None;
        }
        Some(match cond.shape {
            Shape::Range(Cmp::Gt | Cmp::Ge) => Use::Low(leaf),
            Shape::Range(Cmp::Lt | Cmp::Le) => Use::High(leaf),
            Shape::Prefix => Use::Begin(leaf),
            Shape::Eq | Shape::In(_) | Shape::Range(Cmp::Eq | Cmp::Ne) | Shape::Null | Shape::Other => {
                Use::Same(leaf)
            }
        })
    })
}

fn is(var: VarId, at: usize) -> bool {
    dbspec::arena::Id::index(var) as usize == at
}

/// A leaf whose values a parameter of that type might mean, first of all one of the entity's own.
fn alike(kernel: &Kernel, from: EntityId, scalar: &Scalar) -> Option<LeafId> {
    let fits = |leaf: &LeafId| match (&kernel.leaves[*leaf].ty, scalar) {
        (LeafType::Scalar(Scalar::Timestamp), Scalar::Date) => true,
        (LeafType::Scalar(Scalar::String { .. } | Scalar::Text), Scalar::String { .. } | Scalar::Text) => {
            true
        }
        (LeafType::Scalar(Scalar::Decimal { .. }), Scalar::Decimal { .. }) => true,
        (
            LeafType::Scalar(Scalar::Int16 | Scalar::Int32 | Scalar::Int64),
            Scalar::Int16 | Scalar::Int32 | Scalar::Int64,
        ) => true,
        (LeafType::Scalar(it), scalar) => it == scalar,
        (LeafType::List(_), _) => false,
    };
    let own = kernel.entities[from].leaves.iter().find(fits);
    own.or_else(|| kernel.leaves.ids().find(fits))
}

/// The value as the parameter's type has it.
fn fit(scalar: &Scalar, value: Value) -> Option<Value> {
    match (scalar, value) {
        (Scalar::Date, Value::Timestamp(at)) => i32::try_from(at.div_euclid(DAY)).ok().map(Value::Date),
        (Scalar::String { max }, Value::Text(text)) if text.chars().count() > *max as usize => {
            Some(Value::text(text.chars().take(*max as usize).collect::<String>()))
        }
        (_, value) => Some(value),
    }
}

/// The distinct values of a leaf, nulls apart, in order.
fn values(kernel: &Kernel, rows: &Rows, leaf: LeafId) -> Vec<Value> {
    let found = tuples(kernel, rows, &[leaf]);
    found.into_iter().flatten().collect()
}

/// The distinct combinations of some leaves of one entity, without nulls, in order.
fn tuples(kernel: &Kernel, rows: &Rows, leaves: &[LeafId]) -> Vec<Vec<Value>> {
    let Some(first) = leaves.first() else {
        return Vec::new();
    };
    let rows = rows.get(&kernel.entity_of(*first)).map_or(&[][..], Vec::as_slice);
    let tuples: BTreeSet<Vec<Value>> = rows
        .iter()
        .filter_map(|row| {
            leaves
                .iter()
                .map(|leaf| row.get(leaf).filter(|value| !value.is_null()).cloned())
                .collect()
        })
        .collect();
    tuples.into_iter().collect()
}

/// One of so many places spread evenly over a list.
fn nth<T>(mut list: Vec<T>, at: usize, of: usize) -> Option<T> {
    if list.is_empty() {
        return None;
    }
    let at = at * list.len() / of;
    Some(list.swap_remove(at.min(list.len() - 1)))
}
