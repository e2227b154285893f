//! Indexes: as few as serve the queries, and those that references need.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::QueryOutcome;
use dbspec_core::backend::decision::{Alternative, Decision, Quantity};
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{
    Dir, ElementId, EntityId, FieldId, Kernel, LeafId, Pred, Query, QueryId, Shape, Take, Type,
};
use dbspec_core::query::{AccessPath, CondSet, Fit, Sorted, Wanted, choose, fit, reads, variants, wanted};

use super::Ground;
use super::express::is_beyond;

/// By which name an outcome is realised.
#[derive(Clone, Copy)]
pub(crate) enum By {
    Nothing,
    Named(NameId),
    /// The piece at a position.
    Piece(usize),
}

/// A key or an index, as queries see it.
pub(crate) struct Path {
    pub(crate) columns: Vec<(LeafId, Dir)>,
    /// How many of them, from the first, it holds whole: what is cut gives no order.
    pub(crate) whole: usize,
    pub(crate) filter: Option<Pred>,
    pub(crate) unique: bool,
    pub(crate) by: By,
}

impl Path {
    fn access(&self, nulls: Nulls, columns: usize) -> AccessPath<'_> {
        AccessPath {
            columns: &self.columns[..columns],
            hash: 0,
            sparse: false,
            nulls_last: nulls == Nulls::Last,
            filter: self.filter.as_ref(),
            unique: (self.unique && columns == self.columns.len()).then_some(columns),
        }
    }
}

/// Where nulls stand in an index that goes up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

/// Which rows an index holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holding {
    All,
    /// Those that a filter keeps, where it has one.
    Filtered,
}

/// In which order an index has to have a reference's columns so that it serves it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    AnyOrder,
    SameOrder,
}

/// What the engine's indexes are like.
pub(crate) struct Kind {
    pub(crate) nulls: Nulls,
    pub(crate) holding: Holding,
    pub(crate) references: Columns,
    /// The planner reads and sorts what an index would give in order, where that is up to so many times what is asked for.
    pub(crate) ahead: u64,
    pub(crate) index: LineId,
    pub(crate) full_read: LineId,
    pub(crate) no_index: LineId,
    /// The evaluator answers on rows that are read along an index or as a whole.
    pub(crate) evaluated: LineId,
}

/// A design that gets indexes.
pub(crate) trait Indexing {
    /// What translations stand on.
    fn ground(&self) -> Ground<'_>;
    /// What indexes are like.
    fn kind(&self) -> &'static Kind;
    /// Keys and indexes of an entity's table.
    fn paths(&self, entity: EntityId) -> &[Path];
    /// One more.
    fn add_path(&mut self, entity: EntityId, path: Path);
    /// The name of an entity's table.
    fn table_name(&self, entity: EntityId) -> NameId;
    /// Makes an index and says how many of its columns it holds whole; `None`: it can't be.
    fn create(
        &mut self,
        entity: EntityId,
        element: ElementId,
        columns: &[(LeafId, Dir)],
        filter: Option<&Pred>,
    ) -> Option<(By, usize)>;
}

/// What becomes of a query.
pub(crate) struct Answered {
    pub(crate) query: QueryId,
    pub(crate) outcome: QueryOutcome,
    pub(crate) by: By,
    pub(crate) line: LineId,
}

/// Makes indexes and says what they do for each query.
pub(crate) fn lower(draft: &mut dyn Indexing, cx: &mut Lowering<'_>) -> Vec<Answered> {
    let kernel = cx.kernel;
    let mut wishes: Vec<Vec<(QueryId, Wanted, Option<Pred>)>> = Vec::new();
    wishes.resize_with(kernel.entities.len(), Vec::new);
    for (id, query) in kernel.queries.iter() {
        if query.full_read {
            continue;
        }
        for present in variants(query) {
            let (wish, filter) = wish(draft, kernel, query, present);
            wishes[query.from.index() as usize].push((id, wish, filter));
        }
    }
    for (entity, wishes) in kernel.entities.ids().zip(&wishes) {
        for_queries(draft, cx, entity, wishes);
    }
    for (field, it) in kernel.fields.iter() {
        if let Type::Ref(to) = it.ty {
            for_reference(draft, cx, field, to);
        }
    }
    kernel
        .queries
        .iter()
        .map(|(id, query)| answered(draft, cx, id, query))
        .collect()
}

/// What a query would like. That rows are living is a matter of a partial index, where there are such, not of a column.
fn wish(draft: &dyn Indexing, kernel: &Kernel, query: &Query, present: CondSet) -> (Wanted, Option<Pred>) {
    let mut wish = wanted(query, present);
    trim(draft, kernel, query.from, &mut wish);
    if draft.kind().holding == Holding::All {
        return (wish, None);
    }
    let deleted = kernel.entities[query.from].soft_delete;
    let living = present
        .iter()
        .map(|at| &query.conds[at])
        .find(|cond| deleted.is_some() && cond.leaf == deleted && cond.shape == Shape::Null);
    let Some(living) = living else { return (wish, None) };
    wish.equal.retain(|leaf| Some(*leaf) != deleted);
    (wish, Some(living.pred.clone()))
}

/// Behind values that are unique together nothing is left to be sorted.
fn trim(draft: &dyn Indexing, kernel: &Kernel, entity: EntityId, wish: &mut Wanted) {
    let known = |leaf: LeafId, upto: usize| {
        wish.equal.contains(&leaf) || wish.then[..upto].iter().any(|(it, _)| *it == leaf)
    };
    let enough = (0..wish.then.len()).find(|upto| {
        draft.paths(entity).iter().any(|path| {
            path.unique
                && path.filter.is_none()
                && path
                    .columns
                    .iter()
                    .all(|(leaf, _)| !kernel.leaves[*leaf].nullable && known(*leaf, *upto))
        })
    });
    if let Some(upto) = enough {
        wish.then.truncate(upto);
    }
}

/// The indexes of an entity's queries: those of all rows, and those of living ones.
fn for_queries(
    draft: &mut dyn Indexing,
    cx: &mut Lowering<'_>,
    entity: EntityId,
    wishes: &[(QueryId, Wanted, Option<Pred>)],
) {
    let mut filters: Vec<&Option<Pred>> = wishes.iter().map(|(_, _, filter)| filter).collect();
    filters.sort_by_key(|it| it.is_some());
    filters.dedup();
    for filter in filters {
        let of: Vec<(QueryId, Wanted)> = wishes
            .iter()
            .filter(|(_, _, it)| it == filter)
            .map(|(query, wish, _)| (*query, wish.clone()))
            .collect();
        let chosen = {
            let existing: Vec<AccessPath<'_>> = draft
                .paths(entity)
                .iter()
                .filter(|path| path.filter.is_none() || path.filter == *filter)
                .map(|path| path.access(draft.kind().nulls, path.columns.len()))
                .collect();
            choose(&of, &existing)
        };
        for index in chosen {
            let columns = forward(&index.columns, index.equal);
            let Some(first) = index.queries.first() else {
                continue;
            };
            let element = cx.kernel.queries[*first].element;
            let Some((by, whole)) = draft.create(entity, element, &columns, filter.as_ref()) else {
                continue;
            };
            decide(draft, cx, entity, &columns, &index.queries);
            let filter = filter.clone();
            let path = Path {
                columns,
                whole,
                filter,
                unique: false,
                by,
            };
            draft.add_path(entity, path);
        }
    }
}

/// Columns that all go down behind the equal ones are kept going up and read backward.
fn forward(columns: &[(LeafId, Dir)], equal: usize) -> Vec<(LeafId, Dir)> {
    let down = columns[equal..].iter().all(|(_, dir)| *dir == Dir::Desc);
    columns
        .iter()
        .map(|(leaf, dir)| (*leaf, if down { Dir::Asc } else { *dir }))
        .collect()
}

fn described(draft: &dyn Indexing, columns: &[(LeafId, Dir)]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|(leaf, dir)| match dir {
            Dir::Asc => draft.ground().column(*leaf).to_owned(),
            Dir::Desc => format!("{} desc", draft.ground().column(*leaf)),
        })
        .collect();
    columns.join(", ")
}

fn decide(
    draft: &dyn Indexing,
    cx: &mut Lowering<'_>,
    entity: EntityId,
    columns: &[(LeafId, Dir)],
    queries: &[QueryId],
) {
    let kernel = cx.kernel;
    let rows = cx.figures.rows(entity);
    let mut turned_on = vec![(rows, None)];
    turned_on.extend(queries.iter().map(|query| (cx.figures.query_rate(*query), None)));
    let names: Vec<&str> = queries.iter().map(|it| &*kernel.queries[*it].name).collect();
    let Some(first) = queries.first() else { return };
    debug_assert!(matches!(rows.what, Quantity::Rows(_)));
    cx.decisions.push(Decision {
        element: kernel.queries[*first].element,
        code: "index",
        chosen: format!(
            "an index on {} ({}) for {}",
            draft.ground().table(entity),
            described(draft, columns),
            names.join(", ")
        )
        .into(),
        cost: None,
        alternatives: vec![Alternative {
            what: "no index: the table is read as a whole".into(),
            cost: Some(rows.value.saturating_mul(1000)),
            why_not: "each answer would read all rows (thousandths of rows)".into(),
        }],
        turned_on,
        flips: "the queries' conditions or order; `full read` on them".into(),
        line: Some(draft.kind().index),
    });
}

/// Rows that refer to a row are looked for when it is deleted or when its rules are judged.
fn for_reference(draft: &mut dyn Indexing, cx: &mut Lowering<'_>, field: FieldId, to: EntityId) {
    let kernel = cx.kernel;
    let entity = kernel.fields[field].entity;
    let leaves: Vec<LeafId> = kernel.fields[field].leaves.iter().collect();
    let served = draft.paths(entity).iter().any(|path| {
        path.filter.is_none()
            && path.columns.len() >= leaves.len()
            && match draft.kind().references {
                Columns::AnyOrder => path.columns[..leaves.len()]
                    .iter()
                    .all(|(leaf, _)| leaves.contains(leaf)),
                Columns::SameOrder => path
                    .columns
                    .iter()
                    .map(|(leaf, _)| leaf)
                    .take(leaves.len())
                    .eq(&leaves),
            }
    });
    let (false, Some(first)) = (served, leaves.first()) else {
        return;
    };
    let columns: Vec<(LeafId, Dir)> = leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect();
    let element = kernel.fields[kernel.leaves[*first].field].element;
    let Some((by, whole)) = draft.create(entity, element, &columns, None) else {
        return;
    };
    let fan_out = cx.figures.fan_out(field);
    cx.decisions.push(Decision {
        element: kernel.fields[field].element,
        code: "reference-index",
        chosen: format!(
            "an index on {} ({}), so that deleting a row of {} needn't read all",
            draft.ground().table(entity),
            described(draft, &columns),
            draft.ground().table(to)
        )
        .into(),
        cost: None,
        alternatives: vec![Alternative {
            what: "no index".into(),
            cost: Some(cx.figures.rows(entity).value.saturating_mul(1000)),
            why_not: "each delete would read all rows that could refer (thousandths of rows)".into(),
        }],
        turned_on: vec![(fan_out, None)],
        flips: "rows that are never deleted and never looked up along the reference".into(),
        line: Some(draft.kind().index),
    });
    let path = Path {
        columns,
        whole,
        filter: None,
        unique: false,
        by,
    };
    draft.add_path(entity, path);
}

/// The worst of what a query gets over its variants.
fn answered(draft: &dyn Indexing, cx: &Lowering<'_>, id: QueryId, query: &Query) -> Answered {
    let (kernel, kind) = (cx.kernel, draft.kind());
    let (served, whole_read) = if is_beyond(kernel, query) {
        (kind.evaluated, kind.evaluated)
    } else {
        (kind.index, kind.full_read)
    };
    let mut worst: Option<(Fit, By)> = None;
    let mut whole = false;
    for present in variants(query) {
        let best = draft
            .paths(query.from)
            .iter()
            .filter_map(|path| {
                let by = |columns: usize| {
                    let access = path.access(kind.nulls, columns);
                    fit(kernel, &cx.figures, query, present, &access)
                };
                // A column that is cut serves where it is given by equality alone.
                let all = path.columns.len();
                let found = by(all).filter(|fit| path.whole == all || fit.equal > path.whole);
                found.or_else(|| by(path.whole)).map(|fit| (fit, path.by))
            })
            .filter(|(fit, _)| serves(query, fit))
            .min_by_key(|(fit, _)| (fit.rows_read, fit.residual.len(), fit.sorted == Sorted::No));
        match best {
            None => whole = true,
            Some(best) => {
                let reads = |fit: &Fit| reads(kernel, &cx.figures, query, Some(fit), kind.ahead);
                if worst.as_ref().is_none_or(|(fit, _)| reads(&best.0) > reads(fit)) {
                    worst = Some(best);
                }
            }
        }
    }
    match worst {
        Some((fit, by)) if !whole => Answered {
            query: id,
            outcome: QueryOutcome::Served {
                rows_read: reads(kernel, &cx.figures, query, Some(&fit), kind.ahead),
                residual: u8::try_from(fit.residual.len()).unwrap_or(u8::MAX),
                probes: fit.probes,
            },
            by,
            line: served,
        },
        Some(_) | None if query.full_read => Answered {
            query: id,
            outcome: QueryOutcome::FullRead {
                rows_read: reads(kernel, &cx.figures, query, None, kind.ahead),
            },
            by: By::Named(draft.table_name(query.from)),
            line: whole_read,
        },
        Some(_) | None => Answered {
            query: id,
            outcome: QueryOutcome::NotServed {
                instead:
                    "say `full read`, or give a condition or an order on fields of the row, without `when`"
                        .into(),
            },
            by: By::Nothing,
            line: kind.no_index,
        },
    }
}

/// Whether a path spares reading everything.
fn serves(query: &Query, fit: &Fit) -> bool {
    let limited = match query.take {
        Take::Limit(_) | Take::Page(_) => true,
        Take::All => false,
    };
    fit.single
        || fit.equal > 0
        || !fit.used.is_empty()
        || (fit.sorted != Sorted::No && limited && fit.residual.is_empty())
}
