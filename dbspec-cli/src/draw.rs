//! Parameters of queries, drawn from rows: values that occur, so that answers aren't empty.

use std::collections::{BTreeMap, BTreeSet};

use dbspec::kernel::{
    Atom, Cmp, EntityId, Expr, Kernel, LeafId, LeafType, Place, Pred, Query, Scalar, Shape, Type, VarId,
    VarType,
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
    for number in 0..draws {
        let draw = Draw {
            kernel,
            query,
            rows,
            number,
            row: nth(about(query, rows), number, draws),
        };
        let all: Vec<Option<Value>> = (0..query.params.len()).map(|at| draw.argument(at)).collect();
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

/// What a draw takes values from.
struct Draw<'a> {
    kernel: &'a Kernel,
    query: &'a Query,
    rows: &'a Rows,
    /// Which of the draws.
    number: usize,
    /// A row of what the query is about: what its own fields are compared with comes from one row.
    row: Option<&'a Given>,
}

impl Draw<'_> {
    fn argument(&self, at: usize) -> Option<Value> {
        let used = usage(self.query, at);
        let leaf = used.map(|it| match it {
            Use::Same(leaf) | Use::Low(leaf) | Use::High(leaf) | Use::Begin(leaf) => leaf,
        });
        match &self.query.params[at].ty {
            VarType::Ref(to) => {
                // The key as the rows name it: all leaves of the reference, of one row.
                let leaves: Vec<LeafId> = match leaf.map(|leaf| self.kernel.leaves[leaf].field) {
                    Some(field) if matches!(self.kernel.fields[field].ty, Type::Ref(_)) => {
                        self.kernel.fields[field].leaves.iter().collect()
                    }
                    Some(_) | None => self.kernel.key_leaves(*to),
                };
                let same = self.row.and_then(|row| tuple(row, &leaves));
                let drawn = same.or_else(|| nth(tuples(self.kernel, self.rows, &leaves), self.number, DRAWS));
                drawn.map(Value::List)
            }
            VarType::Scalar(scalar) => self.scalar(at, scalar, used, leaf),
            VarType::List { of, max, .. } => self.list(of, *max, leaf),
            VarType::Row(_) => None,
        }
    }

    fn scalar(&self, at: usize, scalar: &Scalar, used: Option<Use>, leaf: Option<LeafId>) -> Option<Value> {
        let leaf = leaf.or_else(|| alike(self.kernel, self.query.from, scalar))?;
        let values = || values(self.kernel, self.rows, leaf);
        let same = || {
            self.row
                .and_then(|row| row.get(&leaf))
                .filter(|it| !it.is_null())
                .cloned()
        };
        // Bounds that leave something between them.
        let low = || nth(values(), self.number, 2 * DRAWS);
        let high = || nth(values(), 2 * DRAWS - 1 - self.number, 2 * DRAWS);
        let value = match used {
            Some(Use::Low(_)) => low(),
            Some(Use::High(_)) => high(),
            Some(Use::Same(_) | Use::Begin(_)) => same().or_else(|| nth(values(), self.number, DRAWS)),
            None if at.is_multiple_of(2) => low(),
            None => high(),
        };
        match (used, fit(scalar, value?)?) {
            (Some(Use::Begin(_)), Value::Text(text)) => {
                let begin: String = text.chars().take(1 + self.number % 3).collect();
                Some(Value::text(begin))
            }
            (_, value) => Some(value),
        }
    }

    fn list(&self, of: &VarType, max: Option<u32>, leaf: Option<LeafId>) -> Option<Value> {
        let many = max.map_or(3, |max| (max as usize).clamp(1, 3));
        let leaf = match of {
            VarType::Scalar(scalar) => leaf.or_else(|| alike(self.kernel, self.query.from, scalar))?,
            VarType::Ref(to) => match self.kernel.key_leaves(*to).as_slice() {
                [key] => *key,
                _ => return None,
            },
            VarType::Row(_) | VarType::List { .. } => return None,
        };
        let picked: Vec<Value> = (0..many)
            .filter_map(|more| {
                nth(
                    values(self.kernel, self.rows, leaf),
                    self.number + more,
                    DRAWS + many,
                )
            })
            .collect();
        (!picked.is_empty()).then_some(Value::List(picked))
    }
}

/// The rows of what a query is about that have a null where it asks for one.
fn about<'r>(query: &Query, rows: &'r Rows) -> Vec<&'r Given> {
    let nulls: Vec<LeafId> = query
        .conds
        .iter()
        .filter(|cond| cond.shape == Shape::Null)
        .filter_map(|cond| cond.leaf)
        .collect();
    let own = rows.get(&query.from).map_or(&[][..], Vec::as_slice);
    own.iter()
        .filter(|row| nulls.iter().all(|leaf| row.get(leaf).is_none_or(Value::is_null)))
        .collect()
}

fn usage(query: &Query, at: usize) -> Option<Use> {
    query.conds.iter().find_map(|cond| {
        let leaf = cond.leaf?;
        let is_param = match &cond.operand {
            Some(Expr::At(Place::Var { var, .. })) => is(*var, at),
            Some(Expr::Call(_, args)) => args
                .iter()
                .any(|arg| matches!(arg, Expr::At(Place::Var { var, .. }) if is(*var, at))),
            _ => matches!(&cond.pred, Pred::Atom(Atom::InVar(_, var)) if is(*var, at)),
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
    let tuples: BTreeSet<Vec<Value>> = rows.iter().filter_map(|row| tuple(row, leaves)).collect();
    tuples.into_iter().collect()
}

/// Some leaves of a row, where none of them is null.
fn tuple(row: &Given, leaves: &[LeafId]) -> Option<Vec<Value>> {
    leaves
        .iter()
        .map(|leaf| row.get(leaf).filter(|value| !value.is_null()).cloned())
        .collect()
}

/// One of so many places spread evenly over a list.
fn nth<T>(mut list: Vec<T>, at: usize, of: usize) -> Option<T> {
    if list.is_empty() {
        return None;
    }
    let at = at * list.len() / of;
    Some(list.swap_remove(at.min(list.len() - 1)))
}
