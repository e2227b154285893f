//! The items of a declared write.
//!
//! A transaction names each item once, whatever is done with it. Rows are told apart by what their keys are in the write's
//! own words, so that an update of `line.product` and the count of those that name it are one.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Action, Assign, Atom, Cmp, EntityId, Expr, FieldId, Kernel, LeafId, Place, Pred, RuleKind, VarId,
    VarType, Write,
};

use super::{Counting, guards, references};

/// What a declared write takes where its lists have at most so many items; `None` where nothing bounds it.
pub(super) fn call(counting: Counting<'_>, write: &Write, longest: u32) -> Option<u32> {
    let mut call = Call {
        counting,
        write,
        longest,
        loops: Vec::new(),
        bound: Vec::new(),
        rows: Vec::new(),
        others: 0,
    };
    call.body(&write.body)?;
    let rows = call.rows.iter().map(|row| row.times);
    Some(rows.fold(call.others, u32::saturating_add))
}

/// Rows whose key is the same in the write's words.
struct Row {
    entity: EntityId,
    key: Vec<Expr>,
    times: u32,
}

/// A loop: the variable of the item, and how often it goes round.
#[derive(Clone, Copy)]
struct Loop {
    item: VarId,
    times: u32,
}

/// A variable that holds a row.
struct Bound {
    var: VarId,
    /// The loops that it is bound in.
    within: Vec<Loop>,
    /// The entity of the row, where it comes with this write.
    fresh: Option<EntityId>,
}

struct Call<'a> {
    counting: Counting<'a>,
    write: &'a Write,
    longest: u32,
    loops: Vec<Loop>,
    bound: Vec<Bound>,
    rows: Vec<Row>,
    /// What isn't told apart.
    others: u32,
}

impl<'a> Call<'a> {
    fn kernel(&self) -> &'a Kernel {
        self.counting.kernel
    }

    fn body(&mut self, body: &[Action]) -> Option<()> {
        body.iter().try_for_each(|it| self.action(it))
    }

    fn action(&mut self, action: &Action) -> Option<()> {
        match action {
            Action::Insert {
                entity,
                row,
                set,
                bind,
                or_skip: _,
            } => self.insert(*entity, *row, set, *bind)?,
            Action::Upsert { entity, bind, .. } => {
                let insert = self.counting.insert(*entity)?;
                self.other(insert.max(self.counting.update(*entity)?));
                self.bind(*bind, None);
            }
            Action::Update { each: true, .. } | Action::Delete { each: true, .. } => return None,
            Action::Update {
                entity,
                filter,
                set,
                bind,
                ..
            } => {
                let leaves: Vec<LeafId> = set.iter().map(|it| it.leaf).collect();
                self.row(*entity, self.found(*entity, filter));
                let besides = self.counting.updated(*entity, &leaves)?.saturating_sub(1);
                self.other(besides);
                self.bind(*bind, None);
            }
            Action::Delete { entity, .. } => {
                let items = if self.kernel().entities[*entity].soft_delete.is_some() {
                    self.counting.update(*entity)?
                } else {
                    self.counting.delete(*entity)?
                };
                self.other(items);
            }
            Action::Restore { entity, .. } => {
                let items = self.counting.update(*entity)?;
                self.other(items);
            }
            // The row that is read must be the same still.
            Action::Read { entity, filter, bind } => {
                self.row(*entity, self.found(*entity, filter));
                self.bind(Some(*bind), None);
            }
            Action::For { over, item, body } => {
                let times = match &self.write.vars[over.index() as usize].ty {
                    VarType::List { max, .. } => (*max)?.min(self.longest),
                    VarType::Scalar(_) | VarType::Ref(_) | VarType::Row(_) => 1,
                };
                self.loops.push(Loop { item: *item, times });
                self.body(body)?;
                self.loops.pop();
            }
            // Both ways count: what one of them names the other need not.
            Action::If { then, otherwise, .. } => {
                self.body(then)?;
                self.body(otherwise)?;
            }
            Action::Require { .. } | Action::Return(_) => {}
        }
        Some(())
    }

    fn insert(
        &mut self,
        entity: EntityId,
        row: Option<VarId>,
        set: &[Assign],
        bind: Option<VarId>,
    ) -> Option<()> {
        let kernel = self.kernel();
        self.bind(bind, Some(entity));
        let given = |leaf: LeafId| -> Option<Expr> {
            let assigned = set.iter().rev().find(|it| it.leaf == leaf);
            let at = u16::try_from(kernel.position(leaf)).ok();
            let of_row = row.map(|var| Expr::At(Place::Var { var, at }));
            assigned.map(|it| it.value.clone()).or(of_row)
        };
        let key = kernel.key_leaves(entity);
        let own = match bind {
            Some(var) => Some(key.iter().map(|leaf| held(kernel, var, *leaf)).collect()),
            None => key.iter().map(|leaf| given(*leaf)).collect(),
        };
        self.row(entity, own);
        let mut stored: Vec<FieldId> = Vec::new();
        for field in references(kernel, entity) {
            let leaves = kernel.fields[field].leaves;
            let named: Option<Vec<Expr>> = leaves.iter().map(given).collect();
            if named.is_none() && !filled(kernel, entity, field) {
                // Nothing is named.
                continue;
            }
            let Some(to) = kernel.target(field) else { continue };
            if !named.as_ref().is_some_and(|it| self.is_fresh(to, it)) {
                stored.push(field);
            }
            self.row(to, named);
        }
        let guards = guards(self.counting.kernel, entity, 1);
        self.other(guards);
        // A row that comes with the write has no others to look at yet.
        let read = self
            .counting
            .reads
            .moved(entity, &|field| stored.contains(&field))?;
        self.other(read);
        Some(())
    }

    fn bind(&mut self, var: Option<VarId>, fresh: Option<EntityId>) {
        let within = self.loops.clone();
        self.bound.extend(var.map(|var| Bound { var, within, fresh }));
    }

    /// Whether a key is that of a row that comes with this write.
    fn is_fresh(&self, entity: EntityId, key: &[Expr]) -> bool {
        let kernel = self.kernel();
        let leaves = kernel.key_leaves(entity);
        let fresh = self.bound.iter().filter(|it| it.fresh == Some(entity));
        let mut keys = fresh.map(|it| leaves.iter().map(move |leaf| held(kernel, it.var, *leaf)));
        keys.any(|it| it.eq(key.iter().cloned()))
    }

    /// The key of the row that a filter finds.
    fn found(&self, entity: EntityId, filter: &Pred) -> Option<Vec<Expr>> {
        let equal = |leaf: LeafId| {
            let parts = match filter {
                Pred::And(parts) => parts.as_slice(),
                other => std::slice::from_ref(other),
            };
            parts.iter().find_map(|it| match it {
                Pred::Atom(Atom::Cmp(Cmp::Eq, a, b)) if is_own(a, leaf) => Some(b.clone()),
                Pred::Atom(Atom::Cmp(Cmp::Eq, a, b)) if is_own(b, leaf) => Some(a.clone()),
                _ => None,
            })
        };
        let key = self.kernel().key_leaves(entity);
        key.into_iter().map(equal).collect()
    }

    /// Counts what is done here without telling it apart.
    fn other(&mut self, items: u32) {
        let times = self.loops.iter().map(|it| it.times).fold(1, u32::saturating_mul);
        self.others = self.others.saturating_add(items.saturating_mul(times));
    }

    /// Counts a row, once for all that is done with it: as often as the loops go round that its key speaks of.
    fn row(&mut self, entity: EntityId, key: Option<Vec<Expr>>) {
        let kernel = self.kernel();
        let owner = kernel.entities[entity]
            .owner
            .filter(|_| self.counting.listed.contains(&entity));
        if let Some(owner) = owner {
            let width = kernel.key_leaves(owner).len();
            let key = key.map(|it| it.into_iter().take(width).collect());
            return self.row(owner, key);
        }
        let plain = key.and_then(|key| Some((self.times(&key)?, key)));
        let Some((times, key)) = plain else {
            return self.other(1);
        };
        match self
            .rows
            .iter_mut()
            .find(|it| it.entity == entity && it.key == key)
        {
            Some(row) => row.times = row.times.max(times),
            None => self.rows.push(Row { entity, key, times }),
        }
    }

    /// How many values a key has; `None` where it isn't plain.
    fn times(&self, key: &[Expr]) -> Option<u32> {
        let mut spoken: Vec<VarId> = Vec::new();
        for part in key {
            match part {
                Expr::Value(_) | Expr::At(Place::Session { .. }) => {}
                Expr::At(Place::Var { var, .. }) => spoken.push(*var),
                _ => return None,
            }
        }
        let bound = self.bound.iter().filter(|it| spoken.contains(&it.var));
        let within: Vec<VarId> = bound.flat_map(|it| &it.within).map(|it| it.item).collect();
        let goes = self
            .loops
            .iter()
            .filter(|it| spoken.contains(&it.item) || within.contains(&it.item));
        Some(goes.map(|it| it.times).fold(1, u32::saturating_mul))
    }
}

/// What a variable that holds a row has in a leaf.
fn held(kernel: &Kernel, var: VarId, leaf: LeafId) -> Expr {
    let at = u16::try_from(kernel.position(leaf)).ok();
    Expr::At(Place::Var { var, at })
}

fn is_own(expr: &Expr, leaf: LeafId) -> bool {
    matches!(expr, Expr::At(Place::Leaf { up: 0, via, leaf: it }) if via.is_empty() && *it == leaf)
}

/// Whether a field that isn't given gets a value.
fn filled(kernel: &Kernel, entity: EntityId, field: FieldId) -> bool {
    kernel
        .rules_of(entity)
        .any(|(_, rule)| matches!(&rule.kind, RuleKind::Default { field: it, .. } if *it == field))
}
