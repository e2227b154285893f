//! Queries → how each is served.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{Query, QueryId};
use dbspec_core::query::{reads, variants};

use super::node::Graph;
use crate::neo4j::capability;
use crate::neo4j::layout::Layout;
use crate::neo4j::path::{Via, plan};

/// Answers for a query: the worst that absent parameters leave.
pub(super) fn lower(cx: &mut Lowering<'_>, graph: &Graph, indexes: &[Vec<NameId>], id: QueryId) {
    let query = &cx.kernel.queries[id];
    let (outcome, by, line) = outcome(cx, graph, indexes, query);
    for facet in query.facets.iter() {
        cx.coverage
            .answer(facet, Outcome::Query(outcome.clone()), by, line);
    }
}

fn outcome(
    cx: &Lowering<'_>,
    graph: &Graph,
    indexes: &[Vec<NameId>],
    query: &Query,
) -> (QueryOutcome, Option<NameId>, LineId) {
    let kernel = cx.kernel;
    let layout = Layout {
        kernel,
        design: &graph.design,
    };
    let at = query.from.index() as usize;
    let label = graph.labels.get(at).copied();
    let mut worst: Option<(u64, u8, u32)> = None;
    let mut by = (label, capability::KEY_READ);
    for present in variants(query) {
        let Some(plan) = plan(layout, &cx.figures, query, present) else {
            if query.full_read {
                let rows_read = reads(kernel, &cx.figures, query, None, 1);
                return (QueryOutcome::FullRead { rows_read }, label, capability::FULL_READ);
            }
            let instead =
                "say `full read`, or give a condition or an order with a limit that an index can hold";
            return (
                QueryOutcome::NotServed {
                    instead: instead.into(),
                },
                label,
                capability::UNORDERED,
            );
        };
        let residual = u8::try_from(plan.fit.residual.len()).unwrap_or(u8::MAX);
        let rows_read = reads(kernel, &cx.figures, query, Some(&plan.fit), 1);
        let this = (rows_read, residual, plan.fit.probes);
        if worst.is_none_or(|it| it < this) {
            worst = Some(this);
            by = match plan.path.via {
                Via::Key => (graph.keys.get(at).copied(), capability::KEY_READ),
                Via::Group(place) => (graph.groups[at].get(place).copied(), capability::UNIQUE),
                Via::Relationship(place) => {
                    let to = layout.node(query.from).relationships[place].to;
                    (graph.labels.get(to).copied(), capability::RELATIONSHIP)
                }
                Via::Index(place) => (indexes[at].get(place).copied(), capability::INDEX),
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
