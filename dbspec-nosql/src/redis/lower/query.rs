//! Queries → how each is served.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{Query, QueryId};
use dbspec_core::query::{reads, variants};

use super::hash::Hashes;
use crate::redis::capability;
use crate::redis::layout::Layout;
use crate::redis::path::{Via, plan};

/// Answers for a query: the worst that absent parameters leave.
pub(super) fn lower(cx: &mut Lowering<'_>, all: &Hashes, id: QueryId) {
    let kernel = cx.kernel;
    let query = &kernel.queries[id];
    let layout = Layout {
        kernel,
        design: &all.design,
    };
    let (outcome, by, line) = outcome(cx, layout, all, query);
    for facet in query.facets.iter() {
        cx.coverage
            .answer(facet, Outcome::Query(outcome.clone()), Some(by), line);
    }
}

fn outcome(
    cx: &Lowering<'_>,
    layout: Layout<'_>,
    all: &Hashes,
    query: &Query,
) -> (QueryOutcome, NameId, LineId) {
    let number = query.from.index() as usize;
    let hash = all.names[number];
    let mut worst: Option<(u64, u8, u32)> = None;
    let mut by = (hash, capability::KEY_READ);
    for present in variants(query) {
        let Some(plan) = plan(layout, &cx.figures, query, present) else {
            if query.full_read {
                let rows_read = reads(layout.kernel, &cx.figures, query, None, 1);
                return (QueryOutcome::FullRead { rows_read }, hash, capability::FULL_READ);
            }
            let instead = "say `full read`, or give a condition that an index can answer".into();
            return (QueryOutcome::NotServed { instead }, hash, capability::UNORDERED);
        };
        let residual = u8::try_from(plan.fit.residual.len()).unwrap_or(u8::MAX);
        let rows_read = reads(layout.kernel, &cx.figures, query, Some(&plan.fit), 1);
        let this = (rows_read, residual, plan.fit.probes);
        if worst.is_none_or(|it| it < this) {
            worst = Some(this);
            by = match plan.path.via {
                Via::Names => (hash, capability::KEY_READ),
                Via::Index(at) => (
                    all.indexes[number].get(at).copied().unwrap_or(hash),
                    capability::INDEX,
                ),
                Via::Group(at) => (
                    all.groups[number].get(at).copied().unwrap_or(hash),
                    capability::INDEX,
                ),
            };
        }
    }
    let (rows_read, residual, probes) = worst.unwrap_or((1, 0, 1));
    (
        QueryOutcome::Served {
            rows_read,
            residual,
            probes,
        },
        by.0,
        by.1,
    )
}
