//! Rules → what holds them.

use dbspec_core::arena::Id;
use dbspec_core::backend::Lowering;
use dbspec_core::backend::capability::LineId;
use dbspec_core::backend::coverage::RuleOutcome;
use dbspec_core::backend::naming::NameId;
use dbspec_core::kernel::{Facet, Filling, LeafId, LeafType, RuleId, RuleKind, Scalar};

use super::audit;
use super::node::Graph;
use crate::neo4j::capability as cap;
use crate::neo4j::layout::Layout;
use crate::neo4j::options::{Edition, Options};

/// Answers for a rule.
pub(super) fn lower(options: &Options, cx: &mut Lowering<'_>, graph: &Graph, id: RuleId) {
    let kernel = cx.kernel;
    let rule = &kernel.rules[id];
    let layout = Layout {
        kernel,
        design: &graph.design,
    };
    let at = rule.entity.index() as usize;
    let label = graph.labels.get(at).copied();
    let guarded = || RuleOutcome::Guarded {
        bound: None,
        audit: audit::audit(layout, id),
    };
    let leaf = |leaf: LeafId| graph.properties[at].get(kernel.position(leaf)).copied().or(label);
    let group = || {
        let place = kernel.entities[rule.entity].rules.position(id)?;
        let place = layout
            .node(rule.entity)
            .groups
            .iter()
            .position(|it| it.rule == place)?;
        graph.groups[at].get(place).copied()
    };
    let enterprise = match options.edition {
        Edition::Community => false,
        Edition::Enterprise => true,
    };
    let (outcome, by, line): (RuleOutcome, Option<NameId>, LineId) = match &rule.kind {
        RuleKind::Type(it) => match &kernel.leaves[*it].ty {
            // The engine's types have all values of these, and no others.
            LeafType::Scalar(Scalar::Bool | Scalar::Int64) if enterprise => {
                (RuleOutcome::Enforced, leaf(*it), cap::TYPE)
            }
            LeafType::Scalar(_) | LeafType::List(_) => (guarded(), leaf(*it), cap::LOCK),
        },
        RuleKind::Size { leaf: it, .. } | RuleKind::Version(it) => (guarded(), leaf(*it), cap::LOCK),
        RuleKind::Required(field) => {
            let leaves = kernel.fields[*field].leaves;
            let first = leaves.first();
            // A value type whose members may all be null is set where one of them is.
            let plain = leaves.iter().any(|leaf| !kernel.leaves[leaf].nullable);
            let by = first.map_or(label, leaf);
            if enterprise && plain {
                (RuleOutcome::Enforced, by, cap::EXISTS)
            } else {
                (guarded(), by, cap::LOCK)
            }
        }
        RuleKind::Key(_) => {
            let key = graph.keys.get(at).copied();
            if enterprise && !kernel.groups(id) {
                (RuleOutcome::Enforced, key, cap::KEY)
            } else {
                (guarded(), key, cap::UNIQUE)
            }
        }
        RuleKind::Unique { .. } => {
            let plain = layout.group(id).is_some_and(|it| it.kept.is_none());
            if plain {
                (RuleOutcome::Enforced, group(), cap::UNIQUE)
            } else {
                (guarded(), group(), cap::UNIQUE)
            }
        }
        RuleKind::AtMost { .. } | RuleKind::Overlap { .. } => (guarded(), group(), cap::LOCK),
        RuleKind::Reference { field, .. } => {
            let first = kernel.fields[*field].leaves.first();
            let by = first.map_or(label, leaf);
            for facet in [Facet::Exists, Facet::Action, Facet::Living, Facet::Shared] {
                cx.coverage
                    .rule_facet(kernel, (id, facet), guarded(), by, cap::LOCK);
            }
            return;
        }
        RuleKind::Default {
            filling: Filling::Sequence,
            ..
        } => (guarded(), label, cap::SEQUENCE),
        RuleKind::Bounds { .. }
        | RuleKind::Predicate { .. }
        | RuleKind::Transition(_)
        | RuleKind::Derived { .. }
        | RuleKind::Default { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::Assert { .. } => (guarded(), label, cap::LOCK),
        RuleKind::Policy { .. } => (RuleOutcome::Unsupported, label, cap::POLICY),
        RuleKind::KeepAtMost { .. } => {
            let audit = audit::audit(layout, id);
            (RuleOutcome::Audited { audit }, label, cap::RETENTION)
        }
        RuleKind::Secret(it) => match &kernel.leaves[*it].ty {
            LeafType::Scalar(Scalar::Hashed) => (guarded(), leaf(*it), cap::LOCK),
            LeafType::Scalar(_) | LeafType::List(_) => (RuleOutcome::Unsupported, leaf(*it), cap::ENCRYPTION),
        },
    };
    cx.coverage.rule(kernel, id, &outcome, by, line);
}
