//! The reference engine and a live one, side by side.

use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::kernel::{Kernel, QueryId};
use dbspec_core::semantics::{Asked, Context};
use dbspec_core::value::Value;
use dbspec_live::{Client, LiveError};
use dbspec_memory::Memory;

/// How many pages of one answer are compared at most.
const PAGES: usize = 4;

/// What the design of a client says of a query; of the reference engine nothing.
pub fn outcome(client: &Client, query: QueryId) -> Option<QueryOutcome> {
    let lowered = client.lowered()?;
    let facet = lowered.kernel().queries[query].facets.first()?;
    match &lowered.report().coverage.entry(facet).outcome {
        Outcome::Query(outcome) => Some(outcome.clone()),
        Outcome::Rule(_) | Outcome::Write(_) | Outcome::Fact(_) => None,
    }
}

/// Asks both, page after page. How many rows came, or in words where they differ.
///
/// # Errors
/// The difference.
pub async fn same_answers(
    client: &Client,
    memory: &Memory,
    (query, args): (QueryId, &[Value]),
    context: &Context,
) -> Result<usize, String> {
    let name = named(memory.kernel(), query, args);
    let mut after = None;
    let mut rows = 0;
    for page in 0..PAGES {
        let asked = Asked {
            query,
            args: args.to_vec(),
            after: after.take(),
        };
        let expected = memory.answer(&asked, context);
        let found = match client.query(asked, context).await {
            Ok(found) => found,
            Err(error @ (LiveError::NotServed(_) | LiveError::Limit(_))) => {
                return Err(format!("{name}: {error}"));
            }
            Err(error) => return Err(format!("{name}: {error}")),
        };
        if found.rows != expected.rows {
            let at = found
                .rows
                .iter()
                .zip(&expected.rows)
                .position(|(found, expected)| found != expected);
            let at = at.unwrap_or_else(|| found.rows.len().min(expected.rows.len()));
            return Err(format!(
                "{name}, page {page}: {} rows, expected {}; the first that differs is {at}:\n  found    {:?}\n  expected {:?}",
                found.rows.len(),
                expected.rows.len(),
                found.rows.get(at),
                expected.rows.get(at),
            ));
        }
        if found.next != expected.next {
            return Err(format!(
                "{name}, page {page}: goes on at {:?}, expected {:?}",
                found.next, expected.next
            ));
        }
        rows += found.rows.len();
        match expected.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(rows)
}

/// A query and its arguments in words.
pub fn named(kernel: &Kernel, query: QueryId, args: &[Value]) -> String {
    format!("{}{args:?}", kernel.queries[query].name)
}
