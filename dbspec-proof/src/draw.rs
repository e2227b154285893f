//! Arguments of queries, drawn from the rows that there are, so that answers aren't empty.

use std::collections::BTreeSet;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Cmp, Expr, Kernel, LeafId, LeafType, Place, Query, QueryId, Scalar, Shape, Type, VarType,
};
use dbspec_core::value::{DAY, Value};
use dbspec_memory::Memory;

/// Arguments for a query: so many choices, each with the optional ones and without. Empty where the rows have none.
pub fn arguments(memory: &Memory, query: QueryId, draws: usize) -> Vec<Vec<Value>> {
    let kernel = memory.kernel();
    let query = &kernel.queries[query];
    let mut found: Vec<Vec<Value>> = Vec::new();
    for draw in 0..draws {
        for optional in [true, false] {
            let args = query.params.iter().enumerate().map(|(at, param)| {
                if param.optional && !optional {
                    Some(Value::Null)
                } else {
                    argument(memory, query, at, (draw, draws))
                }
            });
            if let Some(args) = args.collect::<Option<Vec<Value>>>()
                && !found.contains(&args)
            {
                found.push(args);
            }
        }
    }
    found
}

fn argument(memory: &Memory, query: &Query, at: usize, draw: (usize, usize)) -> Option<Value> {
    let kernel = memory.kernel();
    let used = usage(query, at);
    let leaf = used.map(|(leaf, _)| leaf);
    match &query.params[at].ty {
        VarType::Ref(to) => {
            let leaves = match leaf.map(|leaf| kernel.leaves[leaf].field) {
                Some(field) if matches!(kernel.fields[field].ty, Type::Ref(_)) => {
                    kernel.fields[field].leaves.iter().collect()
                }
                Some(_) | None => kernel.key_leaves(*to),
            };
            Some(Value::List(nth(tuples(memory, &leaves), draw)?))
        }
        VarType::Scalar(scalar) => {
            let leaf = leaf.or_else(|| alike(kernel, query, scalar))?;
            let (at, of) = draw;
            let draw = match used {
                // Bounds that leave something between them.
                Some((_, Shape::Range(Cmp::Gt | Cmp::Ge))) => (at, 2 * of),
                Some((_, Shape::Range(Cmp::Lt | Cmp::Le))) => (2 * of - 1 - at, 2 * of),
                Some(_) => draw,
                // Of a pair that no condition names: the first the lower.
                None if query.params.len() > 1 && is_last(query, leaf, scalar) => (2 * of - 1 - at, 2 * of),
                None => (at, 2 * of),
            };
            let value = fit(scalar, nth(values(memory, leaf), draw)?)?;
            Some(match (used, value) {
                (Some((_, Shape::Prefix)), Value::Text(text)) => {
                    Value::text(text.chars().take(1 + at % 3).collect::<String>())
                }
                (_, value) => value,
            })
        }
        VarType::List { of, max, .. } => {
            let VarType::Scalar(scalar) = &**of else {
                return None;
            };
            let values = values(memory, leaf.or_else(|| alike(kernel, query, scalar))?);
            let many = max.map_or(3, |max| (max as usize).clamp(1, 3));
            let (at, draws) = draw;
            let picked: Option<Vec<Value>> = (0..many)
                .map(|more| nth(values.clone(), (at + more, draws + many)))
                .collect();
            Some(Value::List(picked?))
        }
        VarType::Row(_) => None,
    }
}

/// Whether the second of two parameters of a type is asked for.
fn is_last(query: &Query, _: LeafId, scalar: &Scalar) -> bool {
    let last = query
        .params
        .iter()
        .rposition(|it| it.ty == VarType::Scalar(scalar.clone()));
    last.is_some_and(|last| last > 0)
}

/// The leaf that a parameter is compared with, and how.
fn usage(query: &Query, at: usize) -> Option<(LeafId, Shape)> {
    query.conds.iter().find_map(|cond| {
        let operand = cond.operand.as_ref()?;
        mentions(operand, at).then_some((cond.leaf?, cond.shape))
    })
}

fn mentions(expr: &Expr, at: usize) -> bool {
    match expr {
        Expr::At(Place::Var { var, .. }) => var.index() as usize == at,
        Expr::Call(_, args) => args.iter().any(|arg| mentions(arg, at)),
        Expr::Do(_, left, right) | Expr::Else(left, right) => mentions(left, at) || mentions(right, at),
        Expr::Neg(of) => mentions(of, at),
        Expr::At(_) | Expr::Value(_) | Expr::Aggregate { .. } | Expr::Grouped { .. } => false,
    }
}

/// A leaf whose values a parameter of that type might mean: first of all one of the entity's own.
fn alike(kernel: &Kernel, query: &Query, scalar: &Scalar) -> Option<LeafId> {
    let kind = |scalar: &Scalar| match scalar {
        Scalar::Int16 | Scalar::Int32 | Scalar::Int64 => Scalar::Int64,
        Scalar::String { .. } | Scalar::Text => Scalar::Text,
        Scalar::Decimal { .. } => Scalar::Decimal {
            precision: 38,
            scale: 0,
        },
        Scalar::Date | Scalar::Timestamp => Scalar::Timestamp,
        other => other.clone(),
    };
    let fits = |leaf: &LeafId| match &kernel.leaves[*leaf].ty {
        LeafType::Scalar(it) => kind(it) == kind(scalar),
        LeafType::List(_) => false,
    };
    let own = kernel.entities[query.from].leaves.iter().find(fits);
    own.or_else(|| kernel.leaves.ids().find(fits))
}

/// The value as the parameter's type has it.
fn fit(scalar: &Scalar, value: Value) -> Option<Value> {
    match (scalar, value) {
        (Scalar::Date, Value::Timestamp(at)) => i32::try_from(at.div_euclid(DAY)).ok().map(Value::Date),
        (Scalar::String { max }, Value::Text(text)) => {
            Some(Value::text(text.chars().take(*max as usize).collect::<String>()))
        }
        (_, value) => Some(value),
    }
}

fn values(memory: &Memory, leaf: LeafId) -> Vec<Value> {
    tuples(memory, &[leaf]).into_iter().flatten().collect()
}

/// The distinct combinations of some leaves of one entity, without nulls, in order.
fn tuples(memory: &Memory, leaves: &[LeafId]) -> Vec<Vec<Value>> {
    let kernel = memory.kernel();
    let Some(first) = leaves.first() else {
        return Vec::new();
    };
    let places: Vec<usize> = leaves.iter().map(|leaf| kernel.position(*leaf)).collect();
    let tuples: BTreeSet<Vec<Value>> = memory
        .rows(kernel.entity_of(*first))
        .map(|row| places.iter().map(|at| row[*at].clone()).collect())
        .filter(|tuple: &Vec<Value>| !tuple.iter().any(Value::is_null))
        .collect();
    tuples.into_iter().collect()
}

/// One of so many places spread evenly over a list.
fn nth<T>(mut list: Vec<T>, (at, of): (usize, usize)) -> Option<T> {
    if list.is_empty() {
        return None;
    }
    let at = at * list.len() / of.max(1);
    Some(list.swap_remove(at.min(list.len() - 1)))
}
