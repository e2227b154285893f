//! Which other rows an expression or predicate on a row looks at, and back: which rows look at a changed one.

use std::collections::BTreeSet;

use super::eval::{Env, Lack, all};
use super::view::{Pending, View};
use super::{Row, RowKey};
use crate::kernel::{Atom, EntityId, Expr, Hop, Kernel, LeafId, Many, Place, Pred, RuleId, RuleKind};

/// A way from a row to others, and what is read of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dependency {
    /// The way; never empty.
    pub(crate) hops: Vec<Hop>,
    /// The leaves read at its end; `None` stands for the row's being there.
    pub(crate) reads: BTreeSet<LeafId>,
}

/// Collects the ways of a predicate or expression; `bases` holds each scope's way, innermost last.
struct Walk {
    bases: Vec<Vec<Hop>>,
    found: BTreeSet<(Vec<Hop>, Option<LeafId>)>,
}

/// A way along which judging a rule leads from a row to others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The entity of the row that it begins at.
    pub from: EntityId,
    /// Its steps; never empty.
    pub hops: Vec<Hop>,
    /// Whether nothing is asked of the rows at its end but how many they are.
    pub counts: bool,
    /// Whether the row that it begins at gets another value by what is there.
    pub derives: bool,
}

/// The ways along which judging a rule, or deriving its field, leads.
pub fn ways(kernel: &Kernel, rule: RuleId) -> Vec<Way> {
    let it = &kernel.rules[rule];
    let of = |from: EntityId, found: Vec<Dependency>| -> Vec<Way> {
        let way = |it: Dependency| Way {
            from,
            hops: it.hops,
            counts: false,
            derives: false,
        };
        found.into_iter().map(way).collect()
    };
    // Those of a predicate on the rows at the end of a step.
    let behind = |from: EntityId, hop: Hop, pred: Option<&Pred>| {
        let mut all = vec![Way {
            from,
            hops: vec![hop],
            counts: false,
            derives: false,
        }];
        let found = pred.map(|it| of_pred(kernel, it)).unwrap_or_default();
        all.extend(of(from, found).into_iter().map(|mut way| {
            way.hops.insert(0, hop);
            way
        }));
        all
    };
    match &it.kind {
        RuleKind::Predicate { holds, .. } | RuleKind::Assert { holds } => {
            of(it.entity, of_pred(kernel, holds))
        }
        RuleKind::Derived { value, .. } => {
            let way = |it: Dependency, from: EntityId| Way {
                from,
                counts: it.reads.is_empty() && matches!(it.hops.as_slice(), [Hop::Many(_)]),
                hops: it.hops,
                derives: true,
            };
            let found = of_expr(kernel, value);
            found.into_iter().map(|found| way(found, it.entity)).collect()
        }
        RuleKind::Bounds {
            owner,
            via,
            filter: Some(filter),
            ..
        } => behind(*owner, Hop::Many(*via), Some(filter)),
        RuleKind::Reference {
            field,
            living,
            shared,
            ..
        } => {
            // Whether the named row is living is asked where it is named, no more when it changes.
            let mut all = behind(it.entity, Hop::One(*field), living.as_ref());
            all.retain(|way| way.hops.len() > 1 || !shared.is_empty());
            all
        }
        RuleKind::Type(_)
        | RuleKind::Size { .. }
        | RuleKind::Required(_)
        | RuleKind::Key(_)
        | RuleKind::Unique { .. }
        | RuleKind::Bounds { .. }
        | RuleKind::AtMost { .. }
        | RuleKind::Overlap { .. }
        | RuleKind::Transition(_)
        | RuleKind::Version(_)
        | RuleKind::Default { .. }
        | RuleKind::Policy { .. }
        | RuleKind::KeepAtLeast { .. }
        | RuleKind::KeepAtMost { .. }
        | RuleKind::Secret(_) => Vec::new(),
    }
}

/// The ways of an expression on a row.
pub(crate) fn of_expr(kernel: &Kernel, expr: &Expr) -> Vec<Dependency> {
    let mut walk = Walk {
        bases: vec![Vec::new()],
        found: BTreeSet::new(),
    };
    walk.expr(kernel, expr);
    walk.finish()
}

/// The ways of a predicate on a row.
pub(crate) fn of_pred(kernel: &Kernel, pred: &Pred) -> Vec<Dependency> {
    let mut walk = Walk {
        bases: vec![Vec::new()],
        found: BTreeSet::new(),
    };
    walk.pred(kernel, pred);
    walk.finish()
}

/// Whether a predicate on a row looks beyond it.
pub(crate) fn walks(pred: &Pred) -> bool {
    match pred {
        Pred::Const(_) => false,
        Pred::Atom(atom) => match atom {
            Atom::Cmp(_, a, b)
            | Atom::StartsWith(a, b)
            | Atom::EndsWith(a, b)
            | Atom::Contains(a, b)
            | Atom::Has(a, b)
            | Atom::Verify(a, b) => expr_walks(a) || expr_walks(b),
            Atom::In(of, list) => expr_walks(of) || list.iter().any(expr_walks),
            Atom::InVar(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => expr_walks(of),
            Atom::Overlaps(ends) => ends.iter().any(expr_walks),
        },
        Pred::IsNull(of) => expr_walks(of),
        Pred::Not(of) => walks(of),
        Pred::And(parts) | Pred::Or(parts) => parts.iter().any(walks),
        Pred::Any(many, of) => !many.hops.is_empty() || walks(of),
    }
}

fn expr_walks(expr: &Expr) -> bool {
    match expr {
        Expr::Value(_) => false,
        Expr::At(Place::Leaf { via, .. }) => !via.is_empty(),
        Expr::At(_) => false,
        Expr::Do(_, a, b) | Expr::Else(a, b) => expr_walks(a) || expr_walks(b),
        Expr::Neg(of) => expr_walks(of),
        Expr::Call(_, args) => args.iter().any(expr_walks),
        Expr::Aggregate { over, filter, of, .. } => {
            !over.hops.is_empty()
                || filter.as_deref().is_some_and(walks)
                || of.as_deref().is_some_and(expr_walks)
        }
        Expr::Grouped { filter, of, .. } => {
            filter.as_deref().is_some_and(walks) || of.as_deref().is_some_and(expr_walks)
        }
    }
}

/// The leaves of the row itself that a predicate reads.
pub fn own_leaves(kernel: &Kernel, pred: &Pred) -> BTreeSet<LeafId> {
    let mut walk = Walk {
        bases: vec![Vec::new()],
        found: BTreeSet::new(),
    };
    walk.pred(kernel, pred);
    walk.found
        .iter()
        .filter(|(hops, _)| hops.is_empty())
        .filter_map(|(_, leaf)| *leaf)
        .collect()
}

/// The keys of the rows of an entity that change, or look along these ways at a row that does.
pub(crate) fn affected(
    env: &Env<'_>,
    view: &View<'_>,
    entity: EntityId,
    ways: &[Dependency],
) -> Result<BTreeSet<RowKey>, Lack> {
    let changed = view.pending_of(entity).filter(|(_, it)| it.after.is_some());
    let mut keys: BTreeSet<RowKey> = changed.map(|(key, _)| key.clone()).collect();
    let mut lacks = Vec::new();
    for way in ways {
        let Some(end) = way.end(env.kernel) else { continue };
        for (_, it) in view
            .pending_of(end)
            .filter(|(_, it)| way.sees(env.kernel, end, it))
        {
            for row in it.before.iter().chain(&it.after) {
                lacks.push(starts(env, &way.hops, row).map(|starts| keys.extend(starts)));
            }
        }
    }
    all(lacks)?;
    Ok(keys)
}

impl Walk {
    fn finish(self) -> Vec<Dependency> {
        let mut ways: Vec<Dependency> = Vec::new();
        for (hops, leaf) in self.found {
            if hops.is_empty() {
                continue;
            }
            match ways.last_mut() {
                Some(last) if last.hops == hops => last.reads.extend(leaf),
                Some(_) | None => ways.push(Dependency {
                    hops,
                    reads: leaf.into_iter().collect(),
                }),
            }
        }
        ways
    }

    fn base(&self, up: u8) -> Vec<Hop> {
        let at = self.bases.len().saturating_sub(1 + usize::from(up));
        self.bases.get(at).cloned().unwrap_or_default()
    }

    /// Goes on from a way, noting what each step reads.
    fn go(&mut self, kernel: &Kernel, mut base: Vec<Hop>, hops: impl Iterator<Item = Hop>) -> Vec<Hop> {
        for hop in hops {
            if let Hop::One(field) = hop {
                self.found.extend(
                    kernel.fields[field]
                        .leaves
                        .iter()
                        .map(|leaf| (base.clone(), Some(leaf))),
                );
            }
            base.push(hop);
            self.found.insert((base.clone(), None));
        }
        base
    }

    fn place(&mut self, kernel: &Kernel, place: &Place) {
        if let Place::Leaf { up, via, leaf } = place {
            let base = self.base(*up);
            let end = self.go(kernel, base, via.iter().copied().map(Hop::One));
            self.found.insert((end, Some(*leaf)));
        }
    }

    fn many(&mut self, kernel: &Kernel, many: &Many, inner: impl FnOnce(&mut Self)) {
        let base = self.base(many.up);
        let end = self.go(kernel, base, many.hops.iter().copied());
        if let Some(leaf) = many.items {
            self.found.insert((end.clone(), Some(leaf)));
        }
        self.bases.push(end);
        inner(self);
        self.bases.pop();
    }

    fn expr(&mut self, kernel: &Kernel, expr: &Expr) {
        match expr {
            Expr::Value(_) => {}
            Expr::At(place) => self.place(kernel, place),
            Expr::Do(_, a, b) | Expr::Else(a, b) => {
                self.expr(kernel, a);
                self.expr(kernel, b);
            }
            Expr::Neg(of) => self.expr(kernel, of),
            Expr::Call(_, args) => args.iter().for_each(|arg| self.expr(kernel, arg)),
            Expr::Aggregate { over, filter, of, .. } => self.many(kernel, over, |it| {
                if let Some(filter) = filter {
                    it.pred(kernel, filter);
                }
                if let Some(of) = of {
                    it.expr(kernel, of);
                }
            }),
            Expr::Grouped { filter, of, .. } => {
                if let Some(filter) = filter {
                    self.pred(kernel, filter);
                }
                if let Some(of) = of {
                    self.expr(kernel, of);
                }
            }
        }
    }

    fn pred(&mut self, kernel: &Kernel, pred: &Pred) {
        match pred {
            Pred::Const(_) => {}
            Pred::Atom(atom) => match atom {
                Atom::Cmp(_, a, b)
                | Atom::StartsWith(a, b)
                | Atom::EndsWith(a, b)
                | Atom::Contains(a, b)
                | Atom::Has(a, b)
                | Atom::Verify(a, b) => {
                    self.expr(kernel, a);
                    self.expr(kernel, b);
                }
                Atom::In(of, list) => {
                    self.expr(kernel, of);
                    for item in list {
                        self.expr(kernel, item);
                    }
                }
                Atom::InVar(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => self.expr(kernel, of),
                Atom::Overlaps(ends) => ends.iter().for_each(|end| self.expr(kernel, end)),
            },
            Pred::IsNull(of) => self.expr(kernel, of),
            Pred::Not(of) => self.pred(kernel, of),
            Pred::And(parts) | Pred::Or(parts) => parts.iter().for_each(|part| self.pred(kernel, part)),
            Pred::Any(many, of) => self.many(kernel, many, |it| it.pred(kernel, of)),
        }
    }
}

impl Dependency {
    /// The entity at the end of the way.
    pub(crate) fn end(&self, kernel: &Kernel) -> Option<EntityId> {
        match self.hops.last()? {
            Hop::One(field) => kernel.target(*field),
            Hop::Many(field) => Some(kernel.fields[*field].entity),
        }
    }

    /// Whether a change of a row at the end can be seen from the start.
    pub(crate) fn sees(&self, kernel: &Kernel, entity: EntityId, change: &Pending) -> bool {
        let differs = |leaf: LeafId| match (&change.before, &change.after) {
            (Some(before), Some(after)) => {
                before.get(kernel.position(leaf)) != after.get(kernel.position(leaf))
            }
            (None, None) => false,
            (Some(_), None) | (None, Some(_)) => true,
        };
        let read = self.reads.iter().any(|leaf| differs(*leaf));
        match self.hops.last() {
            Some(Hop::Many(field)) => {
                let set = change.before.is_some() != change.after.is_some();
                let soft = kernel.entities[entity].soft_delete.is_some_and(differs);
                set || soft || read || kernel.fields[*field].leaves.iter().any(differs)
            }
            // A row that comes or goes is named by rows that change themselves.
            Some(Hop::One(_)) => read && change.before.is_some() && change.after.is_some(),
            None => false,
        }
    }
}

/// The keys of the rows from which a way leads to a row, as far as can be told; the row as it was or will be.
pub(crate) fn starts(env: &Env<'_>, hops: &[Hop], end: &Row) -> Result<BTreeSet<RowKey>, Lack> {
    let kernel = env.kernel;
    let mut rows = vec![end.clone()];
    for (at, hop) in hops.iter().enumerate().rev() {
        let mut before = Vec::new();
        for row in &rows {
            match hop {
                Hop::One(field) => {
                    let Some(to) = kernel.target(*field) else { continue };
                    before.extend(env.store.children(*field, &kernel.key_of(to, row))?);
                }
                Hop::Many(field) => {
                    let (Some(to), Some(key)) = (kernel.target(*field), kernel.referred(*field, row)) else {
                        continue;
                    };
                    if at == 0 {
                        // The start's key is enough.
                        return Ok(rows
                            .iter()
                            .filter_map(|row| kernel.referred(*field, row))
                            .collect());
                    }
                    before.extend(env.store.row(to, &key)?);
                }
            }
        }
        rows = before;
    }
    let entity = hops.first().map(|hop| match hop {
        Hop::One(field) => kernel.fields[*field].entity,
        Hop::Many(field) => kernel.target(*field).unwrap_or(kernel.fields[*field].entity),
    });
    Ok(entity
        .map(|entity| rows.iter().map(|row| kernel.key_of(entity, row)).collect())
        .unwrap_or_default())
}
