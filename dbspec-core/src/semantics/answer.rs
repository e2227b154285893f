//! Queries: the rows of an answer.

use super::{Answer, Asked, Candidates, Context, Need, Store};
use crate::kernel::Kernel;

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
    let _ = (kernel, store, candidates, asked, context);
    Ok(Answer::default())
}
