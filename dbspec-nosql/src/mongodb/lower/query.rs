//! Queries → how each is served.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{Query, QueryId};
use dbspec_core::query::{reads, variants};

use super::collection::{Collections, MOST_INDEXES};
use crate::mongodb::capability;
use crate::mongodb::layout::Layout;
use crate::mongodb::path::{Via, plan};

/// Answers for a query: the worst that absent parameters leave.
pub(super) fn lower(cx: &mut Lowering<'_>, all: &Collections, id: QueryId) {
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
    all: &Collections,
    query: &Query,
) -> (QueryOutcome, NameId, LineId) {
    let number = query.from.index() as usize;
    let collection = all.names[number];
    let mut worst: Option<(u64, u8, u32)> = None;
    let mut by = (collection, capability::KEY_READ);
    for present in variants(query) {
        let Some(plan) = plan(layout, &cx.figures, query, present) else {
            if query.full_read {
                let rows_read = reads(layout.kernel, &cx.figures, query, None, 1);
                return (
                    QueryOutcome::FullRead { rows_read },
                    collection,
                    capability::FULL_READ,
                );
            }
            let instead = if layout.collection(query.from).indexes.len() >= MOST_INDEXES {
                "say `full read`, or ask less of this entity: its collection has as many indexes as it may"
            } else {
                "say `full read`, or give a condition that an index can answer"
            };
            return (
                QueryOutcome::NotServed {
                    instead: instead.into(),
                },
                collection,
                capability::UNORDERED,
            );
        };
        let residual = u8::try_from(plan.fit.residual.len()).unwrap_or(u8::MAX);
        let rows_read = reads(layout.kernel, &cx.figures, query, Some(&plan.fit), 1);
        let this = (rows_read, residual, plan.fit.probes);
        if worst.is_none_or(|it| it < this) {
            worst = Some(this);
            let index = |at: usize| all.indexes[number].get(at).copied().unwrap_or(collection);
            by = match plan.path.via {
                Via::Id => (collection, capability::KEY_READ),
                Via::Index(at) => (index(at), capability::INDEX),
                Via::Group(at) => {
                    let name = all.groups[number].get(at).copied();
                    (name.unwrap_or(collection), capability::INDEX)
                }
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
