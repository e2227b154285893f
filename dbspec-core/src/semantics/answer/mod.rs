//! Queries: the rows of an answer.
//!
//! A query is judged on candidates in stages: conditions (those marked `when $x` only where `$x` is given), then groups or
//! distinct outputs, then the order and the cursor, then as many rows as are asked for; only these are fetched for and
//! printed. Overflow and division by zero are unknown in a condition, and null in an output.

mod group;
mod output;

use std::cmp::Ordering;

use super::eval::{Env, Here, Lack, Scope, all};
use super::{Answer, Asked, Candidates, Context, Need, Row, Store};
use crate::arena::Id;
use crate::kernel::{Cond, Dir, EntityId, Kernel, OrderTerm, Output, Pred, Query, Take, Term};
use crate::value::Value;

pub use output::{composed_key, is_shown, shown};

/// The rows of a query.
///
/// # Errors
/// What the store must find out first; never empty.
pub fn answer(
    kernel: &Kernel,
    store: &dyn Store,
    candidates: Candidates<'_>,
    asked: &Asked,
    context: &Context,
) -> Result<Answer, Vec<Need>> {
    let vars: Vec<Option<Value>> = asked.args.iter().cloned().map(Some).collect();
    let env = Env {
        kernel,
        store,
        context,
        vars: &vars,
    };
    env.answer(&kernel.queries[asked.query], candidates, asked)
        .map_err(|lack| match lack {
            Lack::Needs(mut needs) => {
                needs.sort();
                needs.dedup();
                needs
            }
            // Nothing that is worked out here is invalid: conditions are unknown then, outputs null.
            Lack::Invalid => Vec::new(),
        })
}

/// What an order sorts: the values of its terms, and what comes out.
struct Ordered<T> {
    terms: Vec<Value>,
    of: T,
}

impl Env<'_> {
    fn answer(&self, query: &Query, candidates: Candidates<'_>, asked: &Asked) -> Result<Answer, Lack> {
        let given = |cond: &Cond| {
            cond.when.is_none_or(|var| {
                asked
                    .args
                    .get(var.index() as usize)
                    .is_some_and(|it| !it.is_null())
            })
        };
        let conds: Vec<&Pred> = query
            .conds
            .iter()
            .filter(|it| given(it))
            .map(|it| &it.pred)
            .collect();
        let found;
        let rows = match candidates {
            Candidates::Rows(rows) => rows,
            Candidates::All => {
                found = self.found(query.from, &conds)?;
                &found
            }
        };
        let kept = all(rows.iter().map(|row| self.satisfies(query.from, row, &conds)))?;
        let rows: Vec<&Row> = rows
            .iter()
            .zip(kept)
            .filter(|(_, kept)| *kept)
            .map(|(row, _)| row)
            .collect();
        match &query.output {
            Output::Row => {
                let (rows, next) = cut(query, asked, self.ordered(&query.order, query.from, rows)?);
                let rows = all(rows.into_iter().map(|row| self.printed(query, row)))?;
                Ok(Answer { rows, next })
            }
            Output::Select {
                columns,
                distinct: false,
            } => {
                let (rows, next) = cut(query, asked, self.ordered(&query.order, query.from, rows)?);
                let rows = all(rows.into_iter().map(|row| self.selected(query, columns, row)))?;
                Ok(Answer { rows, next })
            }
            Output::Select {
                columns,
                distinct: true,
            } => {
                let outputs = self.distinct(query.from, columns, &rows)?;
                let names = columns.iter().map(|(name, _)| &**name);
                self.outputs(query, asked, outputs, &names.collect::<Vec<_>>())
            }
            Output::Groups(group) => {
                let outputs = self.grouped(query.from, group, rows)?;
                let names = group.by.iter().chain(&group.select).map(|(name, _)| &**name);
                self.outputs(query, asked, outputs, &names.collect::<Vec<_>>())
            }
        }
    }

    /// Whether all conditions are true; one that isn't decides, whatever the others lack.
    fn satisfies(&self, entity: EntityId, row: &Row, conds: &[&Pred]) -> Result<bool, Lack> {
        let mut lack: Option<Lack> = None;
        for cond in conds {
            match self.is_true(&Scope::row(entity, row), cond) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(more) => lack = Some(lack.map_or_else(|| more.clone(), |it| it.and(more.clone()))),
            }
        }
        lack.map_or(Ok(true), Err)
    }

    /// A value that comes out: null where it can't be worked out.
    fn out(&self, scope: &Scope<'_>, expr: &crate::kernel::Expr) -> Result<Value, Lack> {
        match self.value(scope, expr) {
            Err(Lack::Invalid) => Ok(Value::Null),
            other => other,
        }
    }

    /// Rows in an order.
    fn ordered<'r>(
        &self,
        order: &[OrderTerm],
        entity: EntityId,
        rows: Vec<&'r Row>,
    ) -> Result<Vec<Ordered<&'r Row>>, Lack> {
        let mut ordered = all(rows.into_iter().map(|row| {
            let scope = Scope::row(entity, row);
            let terms = all(order.iter().map(|it| match &it.term {
                Term::Leaf(leaf) => Ok(row.get(self.kernel.position(*leaf)).cloned().unwrap_or_default()),
                Term::Expr(expr) => self.out(&scope, expr),
                Term::Output(_) => Ok(Value::Null),
            }))?;
            Ok(Ordered { terms, of: row })
        }))?;
        ordered.sort_by(|a, b| by_terms(order, &a.terms, &b.terms));
        Ok(ordered)
    }

    /// Outputs of groups or of a distinct selection, in order, as they come out.
    fn outputs(
        &self,
        query: &Query,
        asked: &Asked,
        outputs: Vec<Vec<Value>>,
        names: &[&str],
    ) -> Result<Answer, Lack> {
        let mut ordered = all(outputs.into_iter().map(|outputs| {
            let scope = Scope {
                here: Here::Group(query.from, &[], &outputs),
                outer: None,
            };
            let terms = all(query.order.iter().map(|it| match &it.term {
                Term::Output(at) => Ok(outputs.get(usize::from(*at)).cloned().unwrap_or_default()),
                Term::Expr(expr) => self.out(&scope, expr),
                Term::Leaf(_) => Ok(Value::Null),
            }))?;
            Ok(Ordered { terms, of: outputs })
        }))?;
        ordered.sort_by(|a, b| by_terms(&query.order, &a.terms, &b.terms));
        let (rows, next) = cut(query, asked, ordered);
        let members = |outputs: Vec<Value>| names.iter().map(|it| Box::from(*it)).zip(outputs).collect();
        Ok(Answer {
            rows: rows.into_iter().map(members).map(Value::Map).collect(),
            next,
        })
    }
}

/// Nulls are last ascending and first descending, as values are ordered anyway.
fn by_terms(order: &[OrderTerm], a: &[Value], b: &[Value]) -> Ordering {
    order
        .iter()
        .zip(a.iter().zip(b))
        .fold(Ordering::Equal, |sofar, (term, (a, b))| {
            sofar.then_with(|| match term.dir {
                Dir::Asc => a.cmp(b),
                Dir::Desc => b.cmp(a),
            })
        })
}

/// Those after the cursor, as many as are asked for; and the next cursor, where the page is full.
fn cut<T>(query: &Query, asked: &Asked, ordered: Vec<Ordered<T>>) -> (Vec<T>, Option<Vec<Value>>) {
    let begin = asked.after.as_ref().map_or(0, |after| {
        ordered.partition_point(|it| by_terms(&query.order, &it.terms, after) != Ordering::Greater)
    });
    let most = match query.take {
        Take::All => usize::MAX,
        Take::Limit(most) | Take::Page(most) => usize::try_from(most).unwrap_or(usize::MAX),
    };
    let mut next = None;
    let mut kept = Vec::new();
    for it in ordered.into_iter().skip(begin).take(most) {
        if matches!(query.take, Take::Page(_)) && kept.len() + 1 == most {
            next = Some(it.terms);
        }
        kept.push(it.of);
    }
    (kept, next)
}
