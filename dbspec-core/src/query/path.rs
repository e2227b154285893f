//! Ways to rows as an engine has them, and the best of them for a query.

use super::{AccessPath, CondSet, Fit, fit};
use crate::backend::Figures;
use crate::kernel::{Dir, Kernel, LeafId, Pred, Query, Take};

/// A way to an entity's rows.
#[derive(Clone, Debug)]
pub struct Path<V> {
    /// What rows are found by, in the engine's words.
    pub via: V,
    /// The columns, in order, each with the direction in which it is kept.
    pub columns: Vec<(LeafId, Dir)>,
    /// How many leading columns must be given by equality to start at all.
    pub hash: usize,
    /// How many leading columns are unique together, if some are.
    pub unique: Option<usize>,
    /// Whether rows in which a column is null are missing.
    pub sparse: bool,
    /// Whether nulls are kept last ascending, as the model has it.
    pub nulls_last: bool,
    /// The rows it holds; `None`: all.
    pub filter: Option<Pred>,
}

impl<V> Path<V> {
    /// One over columns that starts anywhere and has all rows, nulls last.
    pub fn over(via: V, columns: Vec<(LeafId, Dir)>) -> Self {
        Self {
            via,
            columns,
            hash: 0,
            unique: None,
            sparse: false,
            nulls_last: true,
            filter: None,
        }
    }

    /// As queries are matched against it.
    pub fn access(&self) -> AccessPath<'_> {
        AccessPath {
            columns: &self.columns,
            hash: self.hash,
            sparse: self.sparse,
            nulls_last: self.nulls_last,
            filter: self.filter.as_ref(),
            unique: self.unique,
        }
    }
}

/// How a query is served, for one combination of optional parameters.
#[derive(Clone, Debug)]
pub struct Plan<V> {
    /// The way.
    pub path: Path<V>,
    /// What the query gets from it.
    pub fit: Fit,
}

/// The best way to a query's rows when the conditions in `present` count: the one that reads fewest. A path answers those
/// conditions that are `usable` on it; the others are judged on the rows that it reads.
pub fn plan<V>(
    kernel: &Kernel,
    figures: &Figures<'_>,
    (query, present): (&Query, CondSet),
    paths: impl IntoIterator<Item = Path<V>>,
    usable: &dyn Fn(&Path<V>, usize) -> bool,
) -> Option<Plan<V>> {
    let plans = paths.into_iter().filter_map(|path| {
        let can: CondSet = present.iter().filter(|at| usable(&path, *at)).collect();
        let mut whole;
        let asked = if present.without(can).is_empty() {
            query
        } else {
            whole = query.clone();
            // What is judged on rows decides how many are enough.
            whole.take = Take::All;
            &whole
        };
        let mut fit = fit(kernel, figures, asked, can, &path.access())?;
        fit.residual = present.without(fit.used);
        // What holds all rows is read from its beginning, unless something narrows it or says when to stop.
        let bounded = !fit.used.is_empty() || (fit.residual.is_empty() && query.take != Take::All);
        (path.hash > 0 || bounded).then_some(Plan { path, fit })
    });
    plans.min_by_key(|it| (it.fit.rows_read, it.fit.probes, it.fit.residual.len()))
}
