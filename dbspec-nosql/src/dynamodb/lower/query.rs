//! Queries → how each is served.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{EntityId, Query, QueryId};
use dbspec_core::query::{reads, variants};

use super::table::Tables;
use crate::document::walk::Ways;
use crate::dynamodb::capability;
use crate::dynamodb::layout::Layout;
use crate::dynamodb::path::{Via, children, plan};

/// Answers for a query: the worst that absent parameters leave.
pub(super) fn lower(cx: &mut Lowering<'_>, tables: &Tables, indexes: &[Vec<NameId>], id: QueryId) {
    let kernel = cx.kernel;
    let query = &kernel.queries[id];
    let layout = Layout {
        kernel,
        design: &tables.design,
    };
    let (outcome, by, line) = outcome(cx, layout, tables, indexes, query);
    for facet in query.facets.iter() {
        cx.coverage
            .answer(facet, Outcome::Query(outcome.clone()), Some(by), line);
    }
}

fn outcome(
    cx: &Lowering<'_>,
    layout: Layout<'_>,
    tables: &Tables,
    indexes: &[Vec<NameId>],
    query: &Query,
) -> (QueryOutcome, NameId, LineId) {
    let table = tables.names[layout.item(query.from).table];
    if !can_be_strong(layout, query) {
        let instead = "leave out `consistency strong`: an index then finds the rows that name another".into();
        return (QueryOutcome::NotServed { instead }, table, capability::STRONG);
    }
    let mut worst: Option<(u64, u8, u32)> = None;
    let mut by = (table, capability::KEY_READ);
    for present in variants(query) {
        let Some(plan) = plan(layout, &cx.figures, query, present) else {
            if query.full_read {
                let others = all_rows(cx, layout, query.from) - cx.figures.rows(query.from).value;
                let rows_read = reads(layout.kernel, &cx.figures, query, None, 1).saturating_add(others);
                return (QueryOutcome::FullRead { rows_read }, table, capability::FULL_READ);
            }
            let (instead, line) = if query.strong {
                (
                    "leave out `consistency strong`, or ask by a key or a unique rule",
                    capability::STRONG,
                )
            } else {
                (
                    "say `full read`, or give a condition that is an equality",
                    capability::UNORDERED,
                )
            };
            return (
                QueryOutcome::NotServed {
                    instead: instead.into(),
                },
                table,
                line,
            );
        };
        let residual = u8::try_from(plan.fit.residual.len()).unwrap_or(u8::MAX);
        // A guard names the row: both are read.
        let guards = u64::from(matches!(plan.path.via, Via::Guard(_)));
        let rows_read = reads(layout.kernel, &cx.figures, query, Some(&plan.fit), 1).saturating_add(guards);
        let this = (rows_read, residual, plan.fit.probes);
        if worst.is_none_or(|it| it < this) {
            worst = Some(this);
            by = match plan.path.via {
                Via::Table | Via::Owner => (table, capability::KEY_READ),
                Via::Index(at) => {
                    let all = &indexes[query.from.index() as usize];
                    (all.get(at).copied().unwrap_or(table), capability::INDEX)
                }
                Via::Guard(at) => {
                    let all = &tables.guards[query.from.index() as usize];
                    (all.get(at).copied().unwrap_or(table), capability::UNIQUE)
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

/// Whether what a strong query follows can be read consistently.
pub(in crate::dynamodb) fn can_be_strong(layout: Layout<'_>, query: &Query) -> bool {
    !query.strong
        || Ways::of_query(query).many.into_iter().all(|field| {
            children(layout, field).is_none_or(|path| matches!(path.via, Via::Table | Via::Owner))
        })
}

/// All rows of the table that holds an entity's.
fn all_rows(cx: &Lowering<'_>, layout: Layout<'_>, entity: EntityId) -> u64 {
    let table = layout.item(entity).table;
    let here = layout
        .kernel
        .entities
        .ids()
        .filter(|id| layout.item(*id).table == table);
    here.map(|id| cx.figures.rows(id).value)
        .fold(0, u64::saturating_add)
}
