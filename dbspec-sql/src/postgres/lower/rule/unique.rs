//! Keys and unique rules → constraints and unique indexes.

use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::kernel::{Dir, LeafId, Nulls, Pred, RuleId, RuleKind};

use super::{guarded, local_filter, piece};
use crate::postgres::capability as cap;
use crate::postgres::design::{ColumnType, Index, IndexKey, Unique};
use crate::postgres::lower::{Body, Draft};
use crate::relational::Sql;
use crate::relational::audit;
use crate::relational::express::{Express, Nothing};
use crate::relational::index::{By, Indexing as _, Path};

fn names(draft: &Draft<'_>, leaves: &[LeafId]) -> String {
    draft.columns(leaves).join("_")
}

pub(super) fn key(draft: &mut Draft<'_>, rule: RuleId, leaves: &[LeafId]) {
    let kernel = draft.kernel;
    let it = &kernel.rules[rule];
    let body = Body::Key(Unique {
        name: String::new(),
        columns: draft.columns(leaves),
        nulls_equal: false,
        deferred: false,
    });
    let wish = format!("{}_pkey", draft.table(it.entity).name);
    let key = piece(draft, rule, "primary key", wish, body);
    path(draft, rule, leaves, None, key);
    let folds = leaves.iter().any(|leaf| kernel.leaves[*leaf].ignore_case);
    if folds {
        // The key's own index tells letters apart; a second one doesn't.
        let by = unique_index(draft, rule, leaves, None, Nulls::Distinct);
        draft.answer(rule, None, RuleOutcome::Enforced, by, cap::UNIQUE_INDEX);
    } else {
        draft.answer(rule, None, RuleOutcome::Enforced, key, cap::PRIMARY_KEY);
    }
}

pub(super) fn unique(
    draft: &mut Draft<'_>,
    rule: RuleId,
    leaves: &[LeafId],
    filter: Option<&Pred>,
    nulls: Nulls,
) {
    let kernel = draft.kernel;
    let entity = kernel.rules[rule].entity;
    let nullable = leaves.iter().any(|leaf| kernel.leaves[*leaf].nullable);
    let nulls = if nullable { nulls } else { Nulls::Distinct };
    let folds = leaves.iter().any(|leaf| kernel.leaves[*leaf].ignore_case);
    let condition = filter.and_then(|filter| local_filter(draft, entity, filter));
    if filter.is_some() && condition.is_none() {
        let text = audit::repeated(draft.ground(), entity, leaves, filter, 1, nulls);
        return guarded(draft, rule, text);
    }
    if condition.is_none() && !folds && nulls == Nulls::Distinct {
        let body = Body::Unique(Unique {
            name: String::new(),
            columns: draft.columns(leaves),
            nulls_equal: false,
            deferred: true,
        });
        let wish = draft.wish(entity, &names(draft, leaves), "key");
        let by = piece(draft, rule, "unique", wish, body);
        path(draft, rule, leaves, None, by);
        return draft.answer(rule, None, RuleOutcome::Enforced, by, cap::UNIQUE);
    }
    let line = match nulls {
        Nulls::Equal if draft.options.version >= 15 => cap::NULLS_NOT_DISTINCT,
        Nulls::Equal | Nulls::Distinct => cap::UNIQUE_INDEX,
    };
    let by = unique_index(draft, rule, leaves, condition, nulls);
    path(draft, rule, leaves, filter, by);
    draft.answer(rule, None, RuleOutcome::Enforced, by, line);
}

/// What queries get from a key or a unique index.
fn path(draft: &mut Draft<'_>, rule: RuleId, leaves: &[LeafId], filter: Option<&Pred>, by: By) {
    let entity = draft.kernel.rules[rule].entity;
    let path = Path {
        columns: leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect(),
        whole: leaves.len(),
        filter: filter.cloned(),
        unique: true,
        by,
    };
    draft.add_path(entity, path);
}

fn unique_index(
    draft: &mut Draft<'_>,
    rule: RuleId,
    leaves: &[LeafId],
    filter: Option<Sql>,
    nulls: Nulls,
) -> By {
    let kernel = draft.kernel;
    let entity = kernel.rules[rule].entity;
    let modern = draft.options.version >= 15;
    let mut keys = Vec::new();
    {
        let mut nothing = Nothing;
        let express = Express::new(draft.ground(), &mut nothing);
        for leaf in leaves {
            let column = express.compared(None, *leaf);
            if nulls == Nulls::Equal && !modern && kernel.leaves[*leaf].nullable {
                // Before 15: whether it is null, and the value or a constant that null then shares with no value.
                let ty = draft.table(entity).columns[kernel.position(*leaf)].ty;
                keys.push(column.clone().is_null());
                keys.push(Sql::call("coalesce", [column, stand_in(ty)]));
            } else {
                keys.push(column);
            }
        }
    }
    let body = Body::Index(Index {
        name: String::new(),
        keys: keys
            .into_iter()
            .map(|by| IndexKey {
                by,
                descending: false,
            })
            .collect(),
        unique: true,
        nulls_equal: nulls == Nulls::Equal && modern,
        filter,
    });
    let wish = match &kernel.rules[rule].kind {
        RuleKind::Unique { filter: Some(_), .. } => draft.wish(entity, &kernel.rules[rule].name, "key"),
        _ => draft.wish(entity, &names(draft, leaves), "key"),
    };
    piece(draft, rule, "unique index", wish, body)
}

/// Some value of a type.
fn stand_in(ty: ColumnType) -> Sql {
    let constant = |ty: &'static str, text: &'static str| Sql::text(text).cast(ty);
    match ty {
        ColumnType::Boolean => Sql::Bool(false),
        ColumnType::Smallint | ColumnType::Integer | ColumnType::Bigint => Sql::number(0),
        ColumnType::Numeric { .. } | ColumnType::Double => Sql::number(0),
        ColumnType::Text => Sql::text(""),
        ColumnType::Bytea => constant("bytea", ""),
        ColumnType::Uuid => constant("uuid", "00000000-0000-0000-0000-000000000000"),
        ColumnType::Date => constant("date", "2000-01-01"),
        ColumnType::Time => constant("time", "00:00"),
        ColumnType::Timestamptz => constant("timestamptz", "2000-01-01 00:00:00+00"),
        ColumnType::Jsonb => constant("jsonb", "null"),
    }
}
