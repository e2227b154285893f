//! Which ways expressions go: references to one that are followed, and back to many.

use std::collections::BTreeSet;

use dbspec_core::kernel::{
    Action, Assign, Atom, Expr, Fetch, FieldId, Hop, Kernel, Many, OnDelete, Output, Place, Pred, Query,
    RuleKind, Term, Write,
};

/// References that are followed.
#[derive(Default)]
pub(crate) struct Ways {
    /// From a row to the one that it names.
    pub(crate) one: BTreeSet<FieldId>,
    /// From a row to those that name it.
    pub(crate) many: BTreeSet<FieldId>,
}

impl Ways {
    /// What answering a query follows.
    pub(crate) fn of_query(query: &Query) -> Self {
        let mut ways = Self::of_judging(query);
        query.fetch.iter().for_each(|it| ways.fetch(it));
        ways
    }

    /// What a query's conditions, order and outputs follow.
    pub(crate) fn of_judging(query: &Query) -> Self {
        let mut ways = Self::default();
        for cond in &query.conds {
            ways.pred(&cond.pred);
        }
        for order in &query.order {
            match &order.term {
                Term::Expr(expr) => ways.expr(expr),
                Term::Leaf(_) | Term::Output(_) => {}
            }
        }
        match &query.output {
            Output::Row => {}
            Output::Select { columns, .. } => columns.iter().for_each(|(_, it)| ways.expr(it)),
            Output::Groups(group) => {
                group
                    .by
                    .iter()
                    .chain(&group.select)
                    .for_each(|(_, it)| ways.expr(it));
                group.having.iter().for_each(|it| ways.pred(it));
            }
        }
        ways
    }

    /// What judging writes may have to find: rows that name another, also those whose rules look at one that changes.
    pub(crate) fn of_writes(kernel: &Kernel) -> BTreeSet<FieldId> {
        let mut ways = Self::default();
        for (_, rule) in kernel.rules.iter() {
            match &rule.kind {
                RuleKind::Predicate { holds, .. } | RuleKind::Assert { holds } => ways.pred(holds),
                RuleKind::Derived { value, .. } => ways.expr(value),
                RuleKind::Bounds { via, filter, .. } => {
                    if let Some(filter) = filter {
                        ways.pred(filter);
                        ways.many.insert(*via);
                    }
                }
                RuleKind::Reference {
                    field,
                    on_delete,
                    shared,
                    ..
                } => {
                    if *on_delete != OnDelete::Restrict || !shared.is_empty() {
                        ways.many.insert(*field);
                    }
                }
                RuleKind::Type(_)
                | RuleKind::Size { .. }
                | RuleKind::Required(_)
                | RuleKind::Key(_)
                | RuleKind::Unique { .. }
                | RuleKind::AtMost { .. }
                | RuleKind::Overlap { .. }
                | RuleKind::Transition(_)
                | RuleKind::Version(_)
                | RuleKind::Default { .. }
                | RuleKind::Policy { .. }
                | RuleKind::KeepAtLeast { .. }
                | RuleKind::KeepAtMost { .. }
                | RuleKind::Secret(_) => {}
            }
        }
        let mut all = ways.many;
        all.append(&mut ways.one);
        let mut ways = Self::default();
        kernel.writes.iter().for_each(|(_, it)| ways.write(it));
        all.append(&mut ways.many);
        all
    }

    fn write(&mut self, write: &Write) {
        for it in &write.body {
            self.action(it);
        }
    }

    fn action(&mut self, action: &Action) {
        let assigns = |ways: &mut Self, set: &[Assign]| set.iter().for_each(|it| ways.expr(&it.value));
        match action {
            Action::Insert { set, .. } | Action::Upsert { set, .. } => assigns(self, set),
            Action::Update {
                filter, require, set, ..
            } => {
                self.pred(filter);
                for (_, it) in require {
                    self.pred(it);
                }
                assigns(self, set);
            }
            Action::Delete { filter, require, .. } => {
                self.pred(filter);
                for (_, it) in require {
                    self.pred(it);
                }
            }
            Action::Restore { filter, .. } | Action::Read { filter, .. } => self.pred(filter),
            Action::For { body, .. } => body.iter().for_each(|it| self.action(it)),
            Action::If {
                cond,
                then,
                otherwise,
            } => {
                self.pred(cond);
                then.iter().chain(otherwise).for_each(|it| self.action(it));
            }
            Action::Require { holds, .. } => self.pred(holds),
            Action::Return(members) => members.iter().for_each(|(_, it)| self.expr(it)),
        }
    }

    fn fetch(&mut self, fetch: &Fetch) {
        self.hops(&fetch.hops);
        for it in &fetch.fetch {
            self.fetch(it);
        }
    }

    fn hops(&mut self, hops: &[Hop]) {
        for hop in hops {
            match hop {
                Hop::One(field) => self.one.insert(*field),
                Hop::Many(field) => self.many.insert(*field),
            };
        }
    }

    fn many(&mut self, many: &Many) {
        self.hops(&many.hops);
    }

    fn place(&mut self, place: &Place) {
        match place {
            Place::Leaf { via, .. } => self.one.extend(via),
            Place::Var { .. }
            | Place::Session { .. }
            | Place::Item { .. }
            | Place::Output(_)
            | Place::Now
            | Place::Today => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Value(_) => {}
            Expr::At(place) => self.place(place),
            Expr::Do(_, a, b) | Expr::Else(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            Expr::Neg(of) => self.expr(of),
            Expr::Call(_, args) => args.iter().for_each(|it| self.expr(it)),
            Expr::Aggregate { over, filter, of, .. } => {
                self.many(over);
                if let Some(it) = filter {
                    self.pred(it);
                }
                if let Some(it) = of {
                    self.expr(it);
                }
            }
            Expr::Grouped { filter, of, .. } => {
                if let Some(it) = filter {
                    self.pred(it);
                }
                if let Some(it) = of {
                    self.expr(it);
                }
            }
        }
    }

    fn pred(&mut self, pred: &Pred) {
        match pred {
            Pred::Const(_) => {}
            Pred::Atom(atom) => self.atom(atom),
            Pred::IsNull(of) => self.expr(of),
            Pred::Not(of) => self.pred(of),
            Pred::And(parts) | Pred::Or(parts) => parts.iter().for_each(|it| self.pred(it)),
            Pred::Any(many, of) => {
                self.many(many);
                self.pred(of);
            }
        }
    }

    fn atom(&mut self, atom: &Atom) {
        match atom {
            Atom::Cmp(_, a, b)
            | Atom::StartsWith(a, b)
            | Atom::EndsWith(a, b)
            | Atom::Contains(a, b)
            | Atom::Has(a, b)
            | Atom::Verify(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            Atom::In(of, list) => {
                self.expr(of);
                for it in list {
                    self.expr(it);
                }
            }
            Atom::InVar(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => self.expr(of),
            Atom::Overlaps(ends) => ends.iter().for_each(|it| self.expr(it)),
        }
    }
}
