//! References → foreign keys.

use dbspec_core::backend::coverage::{Audit, RuleOutcome};
use dbspec_core::kernel::{EntityId, Facet, FieldId, LeafId, OnDelete, RuleId, RuleKind};

use super::{Body, Draft, Piece, end};
use crate::postgres::capability as cap;
use crate::postgres::design::{self, ForeignKey, Unique};
use crate::relational::audit;
use crate::relational::index::By;

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
    exists(draft, rule, *field, *to, *on_delete);
    if let Some(living) = living
        && !end::living(draft, rule, *field, *to, living)
    {
        // A row that is deleted softly may still be named by those that named it before.
        let outcome = RuleOutcome::Guarded {
            bound: None,
            audit: Audit {
                text: audit::nothing_left(),
            },
        };
        draft.answer(rule, Some(Facet::Living), outcome, By::Nothing, cap::PAST_STATE);
    }
    if !shared.is_empty() {
        self::shared(draft, rule, *field, *to, shared);
    }
}

fn guarded(draft: &mut Draft<'_>, rule: RuleId, facet: Facet, text: Box<str>) {
    let outcome = RuleOutcome::Guarded {
        bound: None,
        audit: Audit { text },
    };
    draft.answer(rule, Some(facet), outcome, By::Nothing, cap::SERIALIZABLE);
}

/// The columns of a reference and those that they refer to; `None` where letters are folded, which no foreign key does.
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
            .all(|(leaf, target)| kernel.leaves[*leaf].refers == Some(*target));
    (fits && !folds).then_some((leaves, key))
}

fn exists(draft: &mut Draft<'_>, rule: RuleId, field: FieldId, to: EntityId, on_delete: OnDelete) {
    let kernel = draft.kernel;
    let Some((leaves, key)) = columns(draft, field, to) else {
        let text = audit::dangling(draft.ground(), field, to);
        guarded(draft, rule, Facet::Exists, text.clone());
        guarded(draft, rule, Facet::Action, text);
        return;
    };
    let entity = kernel.fields[field].entity;
    let nullable = leaves.iter().all(|leaf| kernel.leaves[*leaf].nullable);
    let action = match on_delete {
        OnDelete::Cascade => design::OnDelete::Cascade,
        OnDelete::SetNull if nullable => design::OnDelete::SetNull,
        OnDelete::SetNull | OnDelete::Restrict => design::OnDelete::NoAction,
    };
    let wish = draft.wish(entity, &draft.columns(&leaves).join("_"), "fkey");
    let by = draft.piece(Piece {
        entity,
        element: kernel.rules[rule].element,
        noun: "foreign key",
        wish,
        body: Body::ForeignKey(ForeignKey {
            name: String::new(),
            columns: draft.columns(&leaves),
            table: draft.table(to).name.clone(),
            references: draft.columns(&key),
            on_delete: action,
        }),
    });
    for (facet, line) in [(Facet::Exists, cap::FOREIGN_KEY), (Facet::Action, cap::FK_ACTION)] {
        draft.answer(rule, Some(facet), RuleOutcome::Enforced, by, line);
    }
}

/// Shared values are equal at both ends: a second foreign key, over the reference and them.
fn shared(draft: &mut Draft<'_>, rule: RuleId, field: FieldId, to: EntityId, shared: &[(LeafId, LeafId)]) {
    let kernel = draft.kernel;
    // A foreign key with a null among its columns isn't judged.
    let plain = shared.iter().all(|(mine, theirs)| {
        let (mine, theirs) = (&kernel.leaves[*mine], &kernel.leaves[*theirs]);
        !mine.nullable && !theirs.nullable && !mine.ignore_case && !theirs.ignore_case
    });
    let Some((mut leaves, mut key)) = columns(draft, field, to).filter(|_| plain) else {
        let text = audit::unshared(draft.ground(), field, shared);
        return guarded(draft, rule, Facet::Shared, text);
    };
    leaves.extend(shared.iter().map(|(mine, _)| *mine));
    key.extend(shared.iter().map(|(_, theirs)| *theirs));
    let element = kernel.rules[rule].element;
    let wanted = draft.columns(&key);
    let table = draft.table(to).name.clone();
    if !draft.refers_to(to, &wanted) {
        let wish = draft.wish(to, &wanted.join("_"), "key");
        draft.piece(Piece {
            entity: to,
            element,
            noun: "unique",
            wish,
            body: Body::Unique(Unique {
                name: String::new(),
                columns: wanted.clone(),
                nulls_equal: false,
                deferred: false,
            }),
        });
    }
    let entity = kernel.fields[field].entity;
    let columns = draft.columns(&leaves);
    let wish = draft.wish(entity, &columns.join("_"), "fkey");
    let by = draft.piece(Piece {
        entity,
        element,
        noun: "foreign key",
        wish,
        body: Body::ForeignKey(ForeignKey {
            name: String::new(),
            columns,
            table,
            references: wanted,
            on_delete: design::OnDelete::NoAction,
        }),
    });
    draft.answer(
        rule,
        Some(Facet::Shared),
        RuleOutcome::Enforced,
        by,
        cap::SHARED_KEY,
    );
}
