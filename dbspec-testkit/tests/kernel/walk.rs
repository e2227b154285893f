//! A walk through all expressions of a kernel: every place must be one that is in scope there, and values must meet
//! values of their own kind.

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Action, Aggregate, Assign, Atom, EntityId, Expr, Fetch, Filling, Hop, Item, Kernel, LeafId, LeafType,
    ListType, Many, OnDelete, Output, Place, Pred, RuleKind, Scalar, Term, Type, Var, VarType,
};
use dbspec_core::value::Value;

/// What a scope is about.
#[derive(Clone, Copy)]
enum Here<'k> {
    Row(EntityId),
    Item(&'k ListType),
    /// Groups of rows, with so many outputs so far.
    Group(EntityId, usize),
}

/// Whether an expression may ask when, or who and when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum May {
    Nothing,
    When,
    Who,
}

struct Walk<'k> {
    kernel: &'k Kernel,
    vars: &'k [Var],
    scopes: Vec<Here<'k>>,
    may: May,
    whence: String,
    mistakes: Vec<String>,
}

/// Everything that is wrong, in words.
pub(crate) fn mistakes(kernel: &Kernel) -> Vec<String> {
    let mut walk = Walk {
        kernel,
        vars: &[],
        scopes: Vec::new(),
        may: May::Nothing,
        whence: String::new(),
        mistakes: Vec::new(),
    };
    walk.rules();
    walk.queries();
    walk.writes();
    walk.mistakes
}

impl<'k> Walk<'k> {
    fn must(&mut self, holds: bool, what: &str) {
        if !holds {
            self.mistakes.push(format!("{}: {what}", self.whence));
        }
    }

    fn rules(&mut self) {
        let kernel = self.kernel;
        for (_, rule) in kernel.rules.iter() {
            self.whence = format!("{}.{}", kernel.entities[rule.entity].name, rule.name);
            self.scopes = vec![Here::Row(rule.entity)];
            self.may = match &rule.kind {
                RuleKind::Predicate { on_write: true, .. } => May::When,
                RuleKind::Policy { .. } | RuleKind::Default { .. } => May::Who,
                _ => May::Nothing,
            };
            match &rule.kind {
                RuleKind::Predicate { holds, .. } | RuleKind::Assert { holds } => self.pred(holds),
                RuleKind::Policy { allows, .. } => self.pred(allows),
                RuleKind::Unique { leaves, filter, .. } | RuleKind::AtMost { leaves, filter, .. } => {
                    self.own(rule.entity, leaves);
                    if let Some(it) = filter {
                        self.pred(it);
                    }
                }
                RuleKind::Overlap { by, range, filter } => {
                    self.own(rule.entity, by);
                    self.own(rule.entity, &[range.0, range.1]);
                    if let Some(it) = filter {
                        self.pred(it);
                    }
                }
                RuleKind::Bounds {
                    owner,
                    via,
                    filter,
                    min,
                    max,
                } => {
                    self.must(
                        kernel.fields[*via].entity == rule.entity,
                        "counts another entity's reference",
                    );
                    self.must(
                        kernel.fields[*via].ty == Type::Ref(*owner),
                        "counts a reference elsewhere",
                    );
                    self.must(
                        max.is_none_or(|max| *min <= max),
                        "bounds without numbers between",
                    );
                    if let Some(it) = filter {
                        self.pred(it);
                    }
                }
                RuleKind::Reference {
                    field,
                    to,
                    on_delete,
                    living,
                    shared,
                } => {
                    self.must(kernel.fields[*field].ty == Type::Ref(*to), "refers elsewhere");
                    let nullable = kernel.fields[*field].nullable;
                    self.must(
                        nullable || *on_delete != OnDelete::SetNull,
                        "sets null what is required",
                    );
                    let refers = kernel.fields[*field]
                        .leaves
                        .iter()
                        .map(|leaf| kernel.leaves[leaf].refers);
                    let ties = refers.eq(kernel.key_leaves(*to).into_iter().map(Some));
                    self.must(ties, "its leaves aren't those of the key");
                    for (own, far) in shared {
                        self.own(rule.entity, &[*own]);
                        self.own(*to, &[*far]);
                    }
                    self.scopes = vec![Here::Row(*to)];
                    if let Some(it) = living {
                        self.pred(it);
                    }
                }
                RuleKind::Derived { value, .. } => self.expr(value),
                RuleKind::Default { filling, only, .. } => {
                    if let Some(it) = only {
                        self.pred(it);
                    }
                    self.scopes.clear();
                    match filling {
                        Filling::Expr(value) => self.expr(value),
                        Filling::Session(member) => {
                            self.must(
                                usize::from(*member) < kernel.session.len(),
                                "no such session member",
                            );
                        }
                        Filling::Uuid7 | Filling::Uuid4 | Filling::Sequence => {}
                    }
                }
                RuleKind::Type(leaf)
                | RuleKind::Size { leaf, .. }
                | RuleKind::Version(leaf)
                | RuleKind::Secret(leaf) => {
                    self.own(rule.entity, &[*leaf]);
                }
                RuleKind::KeepAtLeast { from, .. } | RuleKind::KeepAtMost { from, .. } => {
                    self.own(rule.entity, &[*from]);
                }
                RuleKind::Required(_) | RuleKind::Key(_) | RuleKind::Transition(_) => {}
            }
        }
    }

    fn queries(&mut self) {
        for (_, query) in self.kernel.queries.iter() {
            self.whence = format!("access {}", query.name);
            self.may = May::Who;
            self.vars = &query.params;
            self.scopes = vec![Here::Row(query.from)];
            for cond in &query.conds {
                self.pred(&cond.pred);
                if let Some(leaf) = cond.leaf {
                    self.own(query.from, &[leaf]);
                }
            }
            let outputs = match &query.output {
                Output::Row => 0,
                Output::Select { columns, .. } => {
                    for (_, expr) in columns {
                        self.expr(expr);
                    }
                    columns.len()
                }
                Output::Groups(group) => {
                    for (_, expr) in &group.by {
                        self.expr(expr);
                    }
                    let count = group.by.len() + group.select.len();
                    for (at, (_, expr)) in group.select.iter().enumerate() {
                        self.scopes = vec![Here::Group(query.from, group.by.len() + at)];
                        self.expr(expr);
                    }
                    self.scopes = vec![Here::Group(query.from, count)];
                    if let Some(it) = &group.having {
                        self.pred(it);
                    }
                    count
                }
            };
            self.scopes = vec![Here::Row(query.from)];
            for term in &query.order {
                self.term(query.from, &term.term, outputs);
            }
            self.fetches(query.from, &query.fetch);
        }
    }

    fn term(&mut self, of: EntityId, term: &'k Term, outputs: usize) {
        match term {
            Term::Leaf(leaf) => self.own(of, &[*leaf]),
            Term::Expr(expr) => self.expr(expr),
            Term::Output(at) => self.must(usize::from(*at) < outputs, "orders by no output"),
        }
    }

    fn fetches(&mut self, from: EntityId, all: &'k [Fetch]) {
        for fetch in all {
            self.must(
                self.follow(from, &fetch.hops) == Some(fetch.entity),
                "fetches along no way",
            );
            self.scopes = vec![Here::Row(fetch.entity)];
            for term in &fetch.order {
                self.term(fetch.entity, &term.term, 0);
            }
            let fields = self.kernel.entities[fetch.entity].fields;
            let own = fetch.fields.iter().flatten().all(|field| fields.contains(*field));
            self.must(own, "fetches another entity's field");
            self.fetches(fetch.entity, &fetch.fetch);
        }
    }

    fn writes(&mut self) {
        for (_, write) in self.kernel.writes.iter() {
            self.whence = format!("write {}", write.name);
            self.may = May::Who;
            self.vars = &write.vars;
            self.scopes.clear();
            self.must(
                usize::from(write.params) <= write.vars.len(),
                "more parameters than variables",
            );
            self.actions(&write.body);
        }
    }

    fn actions(&mut self, body: &'k [Action]) {
        for action in body {
            match action {
                Action::Insert {
                    entity,
                    row,
                    set,
                    bind,
                    or_skip: _,
                }
                | Action::Upsert {
                    entity,
                    row,
                    set,
                    bind,
                } => {
                    self.set(*entity, set);
                    for var in row.iter().chain(bind) {
                        let held = &self.vars[var.index() as usize].ty;
                        self.must(*held == VarType::Row(*entity), "a variable of other rows");
                    }
                }
                Action::Update {
                    entity,
                    filter,
                    each: _,
                    require,
                    set,
                    bind: _,
                } => {
                    self.scopes = vec![Here::Row(*entity)];
                    self.pred(filter);
                    for (_, it) in require {
                        self.pred(it);
                    }
                    self.set(*entity, set);
                    self.scopes.clear();
                }
                Action::Delete {
                    entity,
                    filter,
                    each: _,
                    require,
                } => {
                    self.scopes = vec![Here::Row(*entity)];
                    self.pred(filter);
                    for (_, it) in require {
                        self.pred(it);
                    }
                    self.scopes.clear();
                }
                Action::Restore { entity, filter }
                | Action::Read {
                    entity,
                    filter,
                    bind: _,
                } => {
                    self.scopes = vec![Here::Row(*entity)];
                    self.pred(filter);
                    self.scopes.clear();
                }
                Action::For { over, item, body } => {
                    let of = &self.vars[item.index() as usize].ty;
                    let list = matches!(&self.vars[over.index() as usize].ty, VarType::List { of: it, .. } if **it == *of);
                    self.must(list, "goes over another list");
                    self.actions(body);
                }
                Action::If {
                    cond,
                    then,
                    otherwise,
                } => {
                    self.pred(cond);
                    self.actions(then);
                    self.actions(otherwise);
                }
                Action::Require { name: _, holds } => self.pred(holds),
                Action::Return(all) => {
                    for (_, expr) in all {
                        self.expr(expr);
                    }
                }
            }
        }
    }

    fn set(&mut self, entity: EntityId, all: &'k [Assign]) {
        for assign in all {
            self.own(entity, &[assign.leaf]);
            self.expr(&assign.value);
            self.meets(
                &Expr::At(Place::Leaf {
                    up: 0,
                    via: Vec::new(),
                    leaf: assign.leaf,
                }),
                &assign.value,
            );
        }
    }

    fn own(&mut self, entity: EntityId, leaves: &[LeafId]) {
        let own = leaves
            .iter()
            .all(|leaf| self.kernel.entities[entity].leaves.contains(*leaf));
        self.must(own, "another entity's leaf");
    }

    /// Where hops lead.
    fn follow(&self, from: EntityId, hops: &[Hop]) -> Option<EntityId> {
        let mut at = from;
        for hop in hops {
            let (Hop::One(field) | Hop::Many(field)) = hop;
            let def = &self.kernel.fields[*field];
            let Type::Ref(to) = def.ty else { return None };
            let (start, end) = match hop {
                Hop::One(_) => (def.entity, to),
                Hop::Many(_) => (to, def.entity),
            };
            if start != at {
                return None;
            }
            at = end;
        }
        Some(at)
    }

    fn out(&self, up: u8) -> Option<Here<'k>> {
        let at = self.scopes.len().checked_sub(1 + usize::from(up))?;
        Some(self.scopes[at])
    }

    fn place(&mut self, place: &Place) {
        match place {
            Place::Leaf { up, via, leaf } => {
                let Some(Here::Row(start)) = self.out(*up) else {
                    return self.must(false, "a leaf where no row is in scope");
                };
                let hops: Vec<Hop> = via.iter().copied().map(Hop::One).collect();
                match self.follow(start, &hops) {
                    Some(entity) => self.own(entity, &[*leaf]),
                    None => self.must(false, "a leaf along no way"),
                }
            }
            Place::Var { var, at } => {
                let Some(var) = self.vars.get(var.index() as usize) else {
                    return self.must(false, "no such variable");
                };
                let parts = match &var.ty {
                    VarType::Scalar(_) | VarType::List { .. } => None,
                    VarType::Ref(entity) => Some(self.kernel.key_leaves(*entity).len()),
                    VarType::Row(entity) => Some(self.kernel.entities[*entity].leaves.len()),
                };
                self.must(is_part(*at, parts), "a variable as what it isn't");
            }
            Place::Session { member, at } => {
                self.must(self.may == May::Who, "asks who");
                let parts = self
                    .kernel
                    .session
                    .get(usize::from(*member))
                    .map(|member| match member.ty {
                        Type::Ref(entity) => Some(self.kernel.key_leaves(entity).len()),
                        _ => None,
                    });
                self.must(
                    parts.is_some_and(|parts| is_part(*at, parts)),
                    "no such session member",
                );
            }
            Place::Item { up, member } => {
                let known = match (self.out(*up), member) {
                    (
                        Some(Here::Item(ListType {
                            item: Item::Scalar(_),
                            ..
                        })),
                        None,
                    ) => true,
                    (
                        Some(Here::Item(ListType {
                            item: Item::Group(members),
                            ..
                        })),
                        Some(name),
                    ) => members.iter().any(|member| member.name == *name),
                    _ => false,
                };
                self.must(known, "no such item in scope");
            }
            Place::Output(at) => {
                let known =
                    matches!(self.out(0), Some(Here::Group(_, outputs)) if usize::from(*at) < outputs);
                self.must(known, "no such output");
            }
            Place::Now | Place::Today => self.must(self.may >= May::When, "asks when"),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Value(_) => {}
            Expr::At(place) => self.place(place),
            Expr::Do(_, left, right) | Expr::Else(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Expr::Neg(inner) => self.expr(inner),
            Expr::Call(_, args) => {
                for arg in args {
                    self.expr(arg);
                }
            }
            Expr::Aggregate {
                how,
                over,
                filter,
                of,
            } => {
                self.must(*how == Aggregate::Count || of.is_some(), "aggregates nothing");
                self.many(over, |walk| {
                    if let Some(it) = filter {
                        walk.pred(it);
                    }
                    if let Some(it) = of {
                        walk.expr(it);
                    }
                });
            }
            Expr::Grouped { how, filter, of } => {
                self.must(*how == Aggregate::Count || of.is_some(), "aggregates nothing");
                let Some(Here::Group(entity, outputs)) = self.scopes.pop() else {
                    return self.must(false, "no groups in scope");
                };
                self.scopes.push(Here::Row(entity));
                if let Some(it) = filter {
                    self.pred(it);
                }
                if let Some(it) = of {
                    self.expr(it);
                }
                self.scopes.pop();
                self.scopes.push(Here::Group(entity, outputs));
            }
        }
    }

    fn many(&mut self, many: &Many, inner: impl FnOnce(&mut Self)) {
        let Some(Here::Row(start)) = self.out(many.up) else {
            return self.must(false, "a way from no row");
        };
        let Some(end) = self.follow(start, &many.hops) else {
            return self.must(false, "no such way");
        };
        let here = match many.items {
            None => {
                let leads = many.hops.iter().any(|hop| matches!(hop, Hop::Many(_)));
                self.must(leads, "a way to one row");
                Here::Row(end)
            }
            Some(leaf) => {
                self.own(end, &[leaf]);
                match &self.kernel.leaves[leaf].ty {
                    LeafType::List(list) => Here::Item(list),
                    LeafType::Scalar(_) => return self.must(false, "items of no collection"),
                }
            }
        };
        self.scopes.push(here);
        inner(self);
        self.scopes.pop();
    }

    fn pred(&mut self, pred: &Pred) {
        match pred {
            Pred::Const(_) => {}
            Pred::Atom(atom) => self.atom(atom),
            Pred::IsNull(expr) => self.expr(expr),
            Pred::Not(inner) => self.pred(inner),
            Pred::And(all) | Pred::Or(all) => {
                for it in all {
                    self.pred(it);
                }
            }
            Pred::Any(many, inner) => self.many(many, |walk| walk.pred(inner)),
        }
    }

    fn atom(&mut self, atom: &Atom) {
        match atom {
            Atom::Cmp(_, left, right) => {
                self.expr(left);
                self.expr(right);
                self.meets(left, right);
                self.meets(right, left);
            }
            Atom::StartsWith(left, right)
            | Atom::EndsWith(left, right)
            | Atom::Contains(left, right)
            | Atom::Has(left, right)
            | Atom::Verify(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            Atom::In(left, list) => {
                self.expr(left);
                for it in list {
                    self.expr(it);
                    self.meets(left, it);
                }
            }
            Atom::InVar(left, var) => {
                self.expr(left);
                let list = self.vars.get(var.index() as usize);
                self.must(
                    list.is_some_and(|it| matches!(it.ty, VarType::List { .. })),
                    "in no list",
                );
            }
            Atom::Matches(left, pattern) => {
                self.expr(left);
                self.must(pattern.parse().is_ok(), "no pattern");
            }
            Atom::Holds(held) => self.expr(held),
            Atom::Overlaps(ends) => {
                for it in ends.iter() {
                    self.expr(it);
                }
            }
        }
    }

    /// A literal has the type of the leaf that it meets.
    fn meets(&mut self, left: &Expr, right: &Expr) {
        let (Expr::At(Place::Leaf { leaf, .. }), Expr::Value(value)) = (left, right) else {
            return;
        };
        let LeafType::Scalar(scalar) = &self.kernel.leaves[*leaf].ty else {
            return;
        };
        let fits = match (scalar, value) {
            (_, Value::Null) => true,
            (Scalar::Bool, it) => matches!(it, Value::Bool(_)),
            (Scalar::Int16 | Scalar::Int32 | Scalar::Int64, it) => {
                matches!(it, Value::Int(_) | Value::Decimal(_))
            }
            (Scalar::Decimal { .. }, it) => matches!(it, Value::Decimal(_)),
            (Scalar::Float64, it) => matches!(it, Value::Float(_)),
            (Scalar::String { .. } | Scalar::Text | Scalar::Hashed | Scalar::Encrypted { .. }, it) => {
                matches!(it, Value::Text(_))
            }
            (Scalar::Bytes { .. }, it) => matches!(it, Value::Bytes(_)),
            (Scalar::Uuid, it) => matches!(it, Value::Uuid(_)),
            (Scalar::Date, it) => matches!(it, Value::Date(_)),
            (Scalar::Time, it) => matches!(it, Value::Time(_)),
            (Scalar::Timestamp, it) => matches!(it, Value::Timestamp(_)),
            (Scalar::Duration, it) => matches!(it, Value::Duration(_)),
            (Scalar::Enum(id), Value::Enum(label)) => {
                self.kernel.enums[*id].value(&label.text).as_ref() == Some(value)
            }
            (Scalar::Enum(_), _) => false,
            (Scalar::Json, it) => matches!(it, Value::Json(_)),
            (Scalar::Point | Scalar::Vector { .. }, _) => true,
        };
        self.must(fits, &format!("{value:?} beside {scalar:?}"));
    }
}

/// Whether a position is right for something of so many parts, or of one.
fn is_part(at: Option<u16>, parts: Option<usize>) -> bool {
    match (at, parts) {
        (None, None) => true,
        (Some(at), Some(parts)) => usize::from(at) < parts,
        (None, Some(_)) | (Some(_), None) => false,
    }
}
