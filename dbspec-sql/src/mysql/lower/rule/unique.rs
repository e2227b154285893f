//! Keys and unique rules → the primary key and unique indexes.

use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::kernel::{Dir, LeafId, Nulls, Pred, RuleId, RuleKind};

use super::{guarded, piece};
use crate::mysql::capability as cap;
use crate::mysql::design::{ColumnType, Index, IndexKey};
use crate::mysql::lower::{Body, Draft};
use crate::mysql::types;
use crate::relational::express::{Express, Nothing};
use crate::relational::index::{By, Indexing as _, Path};
use crate::relational::{Sql, audit, local};

/// The bytes of a hash.
const HASH: u32 = 32;

pub(super) fn key(draft: &mut Draft<'_>, rule: RuleId, leaves: &[LeafId]) {
    let kernel = draft.kernel;
    let folds = leaves.iter().any(|leaf| kernel.leaves[*leaf].ignore_case);
    let fits = draft.key_bytes(leaves).is_some();
    // A primary key has columns alone, no expressions.
    if folds || !fits {
        let by = unique_index(draft, rule, leaves, (None, Nulls::Distinct));
        if fits {
            path(draft, rule, leaves, by);
        } else {
            search(draft, rule, leaves);
        }
        return draft.answer(rule, None, RuleOutcome::Enforced, by, cap::FUNCTIONAL);
    }
    let columns = draft.columns(leaves);
    draft
        .referable
        .insert((kernel.rules[rule].entity, columns.clone()));
    let key = piece(draft, rule, "primary key", String::new(), Body::Key(columns));
    path(draft, rule, leaves, key);
    draft.answer(rule, None, RuleOutcome::Enforced, key, cap::PRIMARY_KEY);
}

pub(super) fn unique(
    draft: &mut Draft<'_>,
    rule: RuleId,
    leaves: &[LeafId],
    (filter, nulls): (Option<&Pred>, Nulls),
) {
    let kernel = draft.kernel;
    let entity = kernel.rules[rule].entity;
    let nullable = leaves.iter().any(|leaf| kernel.leaves[*leaf].nullable);
    let nulls = if nullable { nulls } else { Nulls::Distinct };
    let condition = filter.and_then(|filter| local::filter(draft.on(), entity, filter));
    if filter.is_some() && condition.is_none() {
        let text = audit::repeated(draft.on(), entity, leaves, filter, 1, nulls);
        return guarded(draft, rule, text);
    }
    let folds = leaves.iter().any(|leaf| kernel.leaves[*leaf].ignore_case);
    let fits = draft.key_bytes(leaves).is_some();
    let plain = condition.is_none() && nulls == Nulls::Distinct && fits;
    let by = unique_index(draft, rule, leaves, (condition, nulls));
    let line = if plain && !folds {
        let columns = draft.columns(leaves);
        draft.referable.insert((entity, columns));
        cap::UNIQUE
    } else {
        cap::FUNCTIONAL
    };
    if plain {
        path(draft, rule, leaves, by);
    } else if filter.is_none() && !fits {
        search(draft, rule, leaves);
    }
    draft.answer(rule, None, RuleOutcome::Enforced, by, line);
}

/// What queries get from a key or a unique index that holds its columns as they are.
fn path(draft: &mut Draft<'_>, rule: RuleId, leaves: &[LeafId], by: By) {
    let path = Path {
        columns: leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect(),
        whole: leaves.len(),
        filter: None,
        unique: true,
        by,
    };
    draft.add_path(draft.kernel.rules[rule].entity, path);
}

/// An index to search by, where the unique one holds hashes.
fn search(draft: &mut Draft<'_>, rule: RuleId, leaves: &[LeafId]) {
    let it = &draft.kernel.rules[rule];
    let columns: Vec<(LeafId, Dir)> = leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect();
    if let Some((by, whole)) = draft.create(it.entity, it.element, &columns, None) {
        let path = Path {
            columns,
            whole,
            filter: None,
            unique: true,
            by,
        };
        draft.add_path(it.entity, path);
    }
}

/// The longest columns give way to hashes until the rest fits an index.
fn hashed(draft: &Draft<'_>, leaves: &[LeafId]) -> Vec<LeafId> {
    let bytes = |leaf: &LeafId| types::key_bytes(draft.column(*leaf).ty).unwrap_or(u32::MAX);
    let mut by_length = leaves.to_vec();
    by_length.sort_by_key(|leaf| std::cmp::Reverse(bytes(leaf)));
    let mut hashed = Vec::new();
    for longest in by_length {
        let total: u64 = leaves
            .iter()
            .map(|leaf| u64::from(if hashed.contains(leaf) { HASH } else { bytes(leaf) }))
            .sum();
        if total <= u64::from(types::LONGEST_KEY) {
            break;
        }
        hashed.push(longest);
    }
    hashed
}

fn unique_index(
    draft: &mut Draft<'_>,
    rule: RuleId,
    leaves: &[LeafId],
    (filter, nulls): (Option<Sql>, Nulls),
) -> By {
    let kernel = draft.kernel;
    let entity = kernel.rules[rule].entity;
    let hashed = hashed(draft, leaves);
    let mut parts = Vec::new();
    {
        let mut nothing = Nothing;
        let express = Express::new(draft.on(), &mut nothing);
        for leaf in leaves {
            let mut value = express.compared(None, *leaf);
            if hashed.contains(leaf) {
                let hash = Sql::call("sha2", [value, Sql::number(256)]);
                value = Sql::call("unhex", [hash]).cast(format!("binary({HASH})"));
            }
            if nulls == Nulls::Equal && kernel.leaves[*leaf].nullable {
                // Whether it is null, and the value or a constant that null then shares with no value.
                let other = if hashed.contains(leaf) {
                    Sql::text("")
                } else {
                    stand_in(draft.column(*leaf).ty)
                };
                parts.push(value.clone().is_null());
                parts.push(Sql::call("coalesce", [value, other]));
            } else {
                parts.push(value);
            }
        }
    }
    // Null, and so distinct from all, where the rule doesn't bind.
    let bound = |part: Sql| match &filter {
        None => part,
        Some(filter) => Sql::Case(vec![(filter.clone(), part)], Box::new(Sql::Null)),
    };
    let keys = parts.into_iter().map(|part| IndexKey {
        by: bound(part),
        prefix: None,
        descending: false,
    });
    let body = Body::Index(Index {
        name: String::new(),
        keys: keys.collect(),
        unique: true,
    });
    let words = match &kernel.rules[rule].kind {
        RuleKind::Unique { filter: Some(_), .. } => kernel.rules[rule].name.to_string(),
        _ => draft.columns(leaves).join("_"),
    };
    let wish = draft.wish(entity, &words, "key");
    piece(draft, rule, "unique index", wish, body)
}

/// Some value of a type.
fn stand_in(ty: ColumnType) -> Sql {
    let constant = |ty: &'static str, text: &'static str| Sql::Constant(ty.into(), text.into());
    match ty {
        ColumnType::Boolean | ColumnType::Smallint | ColumnType::Int | ColumnType::Bigint => Sql::number(0),
        ColumnType::Decimal { .. } | ColumnType::Double => Sql::number(0),
        ColumnType::Varchar(_) | ColumnType::Longtext => Sql::text(""),
        ColumnType::Varbinary(_) | ColumnType::Longblob | ColumnType::Uuid => {
            Sql::call("unhex", [Sql::text("")])
        }
        ColumnType::Date => constant("date", "2000-01-01"),
        ColumnType::Time => constant("time", "00:00:00"),
        ColumnType::Datetime => constant("timestamp", "2000-01-01 00:00:00"),
        ColumnType::Json => Sql::text("null").cast("json"),
    }
}
