//! References → foreign keys.

use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::{Audit, RuleOutcome};
use dbspec_core::kernel::{
    Dir, EntityId, Facet, FieldId, Kernel, LeafId, Moving, OnDelete, RuleId, RuleKind,
};

use super::{Body, Draft, Piece};
use crate::mysql::capability as cap;
use crate::mysql::design::{self, ForeignKey, Index, IndexKey};
use crate::relational::index::{By, Indexing as _, Path};
use crate::relational::{Sql, audit};

/// Answers for a reference.
pub(super) fn lower(draft: &mut Draft<'_>, rule: RuleId) {
    let kernel = draft.kernel;
    let RuleKind::Reference {
        field,
        to,
        on_delete,
        living,
        shared,
    } = &kernel.rules[rule].kind
    else {
        return;
    };
    let over = self::shared(draft, rule, (*field, *to), (shared, *on_delete));
    exists(draft, rule, (*field, *to), (*on_delete, over));
    if living.is_some() {
        // A row that is deleted softly may still be named by those that named it before.
        guarded(draft, rule, Facet::Living, audit::nothing_left(), cap::PAST_STATE);
    }
}

fn guarded(draft: &mut Draft<'_>, rule: RuleId, facet: Facet, text: Box<str>, line: LineId) {
    let outcome = RuleOutcome::Guarded {
        bound: None,
        audit: Audit { text },
    };
    draft.answer(rule, Some(facet), outcome, By::Nothing, line);
}

/// The columns of a reference and those that they refer to; `None` where letters are folded, which no foreign key does, or
/// where they are too long for the index that one needs.
fn columns(draft: &Draft<'_>, field: FieldId, to: EntityId) -> Option<(Vec<LeafId>, Vec<LeafId>)> {
    let kernel = draft.kernel;
    let leaves: Vec<LeafId> = kernel.fields[field].leaves.iter().collect();
    let key = kernel.key_leaves(to);
    let folds = leaves
        .iter()
        .chain(&key)
        .any(|leaf| kernel.leaves[*leaf].ignore_case);
    let fits = leaves.len() == key.len()
        && leaves
            .iter()
            .zip(&key)
            .all(|(leaf, target)| kernel.leaves[*leaf].refers == Some(*target))
        && draft.key_bytes(&key).is_some();
    (fits && !folds).then_some((leaves, key))
}

/// Whether a trigger judges what the action of a reference does, which no foreign key calls.
fn judged_by_trigger(kernel: &Kernel, field: FieldId, on_delete: OnDelete) -> bool {
    kernel
        .rules_of(kernel.fields[field].entity)
        .any(|(_, rule)| match (&rule.kind, on_delete) {
            (RuleKind::Transition(Moving::AppendOnly), OnDelete::Cascade | OnDelete::SetNull)
            | (RuleKind::KeepAtLeast { .. }, OnDelete::Cascade) => true,
            (RuleKind::Transition(Moving::Frozen(it)), OnDelete::SetNull) => *it == field,
            _ => false,
        })
}

/// Whether another foreign key over the same columns restricts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Restricting,
}

fn exists(
    draft: &mut Draft<'_>,
    rule: RuleId,
    (field, to): (FieldId, EntityId),
    (on_delete, over): (OnDelete, Over),
) {
    let kernel = draft.kernel;
    let Some((leaves, key)) = columns(draft, field, to) else {
        let text = audit::dangling(draft.on(), field, to);
        guarded(draft, rule, Facet::Exists, text.clone(), cap::SERIALIZABLE);
        guarded(draft, rule, Facet::Action, text, cap::SERIALIZABLE);
        return;
    };
    let entity = kernel.fields[field].entity;
    // The engine sets no column to null that can't be, or that a CHECK names.
    let settable = leaves.iter().all(|leaf| {
        let column = draft.column(*leaf);
        !column.required && !draft.checked.contains(&(entity, column.name.clone()))
    });
    let free = over == Over::Nothing && !judged_by_trigger(kernel, field, on_delete);
    let (action, by_engine) = match on_delete {
        OnDelete::Restrict => (design::OnDelete::Restrict, true),
        OnDelete::Cascade if free => (design::OnDelete::Cascade, true),
        OnDelete::SetNull if free && settable => (design::OnDelete::SetNull, true),
        OnDelete::Cascade | OnDelete::SetNull => (design::OnDelete::Restrict, false),
    };
    let by = foreign_key(draft, rule, (&leaves, to, &key), action);
    let enforced = RuleOutcome::Enforced;
    draft.answer(rule, Some(Facet::Exists), enforced.clone(), by, cap::FOREIGN_KEY);
    if by_engine {
        draft.answer(rule, Some(Facet::Action), enforced, by, cap::FK_ACTION);
    } else {
        let text = audit::dangling(draft.on(), field, to);
        guarded(draft, rule, Facet::Action, text, cap::PROGRAM_ACTION);
    }
}

fn foreign_key(
    draft: &mut Draft<'_>,
    rule: RuleId,
    (leaves, to, key): (&[LeafId], EntityId, &[LeafId]),
    on_delete: design::OnDelete,
) -> By {
    let entity = draft.kernel.rules[rule].entity;
    let columns = draft.columns(leaves);
    let wish = draft.wish(entity, &columns.join("_"), "fkey");
    draft.piece(Piece {
        entity,
        element: draft.kernel.rules[rule].element,
        noun: "foreign key",
        wish,
        body: Body::ForeignKey(ForeignKey {
            name: String::new(),
            columns,
            table: draft.table(to).name.clone(),
            references: draft.columns(key),
            on_delete,
        }),
    })
}

/// Shared values are equal at both ends: a second foreign key, over the reference and them.
fn shared(
    draft: &mut Draft<'_>,
    rule: RuleId,
    (field, to): (FieldId, EntityId),
    (shared, on_delete): (&[(LeafId, LeafId)], OnDelete),
) -> Over {
    if shared.is_empty() {
        return Over::Nothing;
    }
    let kernel = draft.kernel;
    // A foreign key with a null among its columns isn't judged.
    let plain = shared.iter().all(|(mine, theirs)| {
        let (mine, theirs) = (&kernel.leaves[*mine], &kernel.leaves[*theirs]);
        !mine.nullable && !theirs.nullable && !mine.ignore_case && !theirs.ignore_case
    });
    let both = columns(draft, field, to)
        .filter(|_| plain)
        .map(|(mut leaves, mut key)| {
            for (mine, theirs) in shared {
                // A reference may stand on shared columns itself; a foreign key names each once.
                if !leaves.contains(mine) && !key.contains(theirs) {
                    leaves.push(*mine);
                    key.push(*theirs);
                }
            }
            (leaves, key)
        })
        .filter(|(leaves, key)| draft.key_bytes(leaves).is_some() && draft.key_bytes(key).is_some());
    let Some((leaves, key)) = both else {
        let text = audit::unshared(draft.on(), field, shared);
        guarded(draft, rule, Facet::Shared, text, cap::SERIALIZABLE);
        return Over::Nothing;
    };
    referred(draft, rule, to, &key);
    let (entity, element) = (kernel.rules[rule].entity, kernel.rules[rule].element);
    let columns: Vec<(LeafId, Dir)> = leaves.iter().map(|leaf| (*leaf, Dir::Asc)).collect();
    if let Some((by, whole)) = draft.create(entity, element, &columns, None) {
        let path = Path {
            columns,
            whole,
            filter: None,
            unique: false,
            by,
        };
        draft.add_path(entity, path);
    }
    let (action, over) = match on_delete {
        OnDelete::Cascade if !judged_by_trigger(kernel, field, on_delete) => {
            (design::OnDelete::Cascade, Over::Nothing)
        }
        OnDelete::Cascade | OnDelete::Restrict | OnDelete::SetNull => {
            (design::OnDelete::Restrict, Over::Restricting)
        }
    };
    let by = foreign_key(draft, rule, (&leaves, to, &key), action);
    draft.answer(
        rule,
        Some(Facet::Shared),
        RuleOutcome::Enforced,
        by,
        cap::SHARED_KEY,
    );
    over
}

/// What a foreign key refers to is unique by an index of its own.
fn referred(draft: &mut Draft<'_>, rule: RuleId, to: EntityId, key: &[LeafId]) {
    let columns = draft.columns(key);
    if !draft.referable.insert((to, columns.clone())) {
        return;
    }
    let wish = draft.wish(to, &columns.join("_"), "key");
    let key = |name: String| IndexKey {
        by: Sql::column(name),
        prefix: None,
        descending: false,
    };
    draft.piece(Piece {
        entity: to,
        element: draft.kernel.rules[rule].element,
        noun: "unique index",
        wish,
        body: Body::Index(Index {
            name: String::new(),
            keys: columns.into_iter().map(key).collect(),
            unique: true,
        }),
    });
}
