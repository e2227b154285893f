//! The kernel's queries and writes in a short form.
//!
//! Rows in scope are written `^n`, counted from the innermost; the row itself has none. Ways go `.field>` to the row that
//! a reference names and `.<Entity.field` to the rows that name this one.

use std::fmt::Write as _;

use dbspec_core::arena::Id;
use dbspec_core::kernel::{
    Action, Assign, Atom, Cmp, Cond, Dir, EntityId, Expr, Fetch, Func, Hop, Kernel, LeafId, Many, Op,
    OrderTerm, Output, Place, Pred, QueryId, Shape, Take, Term, Var, VarType, WriteId,
};
use dbspec_core::value::{Value, print_date};

/// Prints with the variables of one query or write.
struct Printer<'k> {
    kernel: &'k Kernel,
    vars: &'k [Var],
}

/// A query.
pub(crate) fn query(kernel: &Kernel, id: QueryId) -> String {
    let query = &kernel.queries[id];
    let it = Printer {
        kernel,
        vars: &query.params,
    };
    let mut out = format!("access {} ({})\n", query.name, it.params(query.params.len()));
    let _ = writeln!(out, "  from {}", it.entity(query.from));
    for cond in &query.conds {
        let _ = writeln!(out, "  where {}", it.cond(cond));
    }
    if !query.order.is_empty() {
        let _ = writeln!(out, "  order {}", it.order(&query.order));
    }
    match query.take {
        Take::All => {}
        Take::Limit(most) => _ = writeln!(out, "  limit {most}"),
        Take::Page(size) => _ = writeln!(out, "  page {size}"),
    }
    match &query.output {
        Output::Row => {}
        Output::Select { columns, distinct } => {
            let distinct = if *distinct { " distinct" } else { "" };
            let _ = writeln!(out, "  select{distinct} {}", it.named(columns));
        }
        Output::Groups(group) => {
            let _ = writeln!(out, "  group {}", it.named(&group.by));
            let _ = writeln!(out, "  select {}", it.named(&group.select));
            if let Some(having) = &group.having {
                let _ = writeln!(out, "  having {}", it.pred(having));
            }
        }
    }
    for fetch in &query.fetch {
        it.fetch(&mut out, fetch, 2);
    }
    let flags = [(query.full_read, "full read"), (query.strong, "strong")];
    for (_, word) in flags.iter().filter(|(said, _)| *said) {
        let _ = writeln!(out, "  {word}");
    }
    if let Some(ms) = query.staleness_ms {
        let _ = writeln!(out, "  staleness {ms} ms");
    }
    rate(&mut out, query.rate);
    out
}

/// A write.
pub(crate) fn write(kernel: &Kernel, id: WriteId) -> String {
    let write = &kernel.writes[id];
    let it = Printer {
        kernel,
        vars: &write.vars,
    };
    let mut out = format!("write {} ({})\n", write.name, it.params(write.params.into()));
    it.body(&mut out, &write.body, 2);
    rate(&mut out, write.rate);
    out
}

fn rate(out: &mut String, rate: dbspec_core::kernel::Rate) {
    let parts = [
        ("rate", rate.milli_per_second, "/1000s"),
        ("peak", rate.peak_milli_per_second, "/1000s"),
        ("p99", rate.p99_micros, "us"),
    ];
    for (word, number, unit) in parts {
        if let Some(number) = number {
            let _ = writeln!(out, "  {word} {number}{unit}");
        }
    }
}

impl Printer<'_> {
    fn params(&self, count: usize) -> String {
        let params = self.vars[..count].iter().map(|var| {
            let mark = if var.optional { "?" } else { "" };
            format!("{}: {}{mark}", var.name, self.ty(&var.ty))
        });
        params.collect::<Vec<_>>().join(", ")
    }

    fn ty(&self, ty: &VarType) -> String {
        match ty {
            VarType::Scalar(scalar) => format!("{scalar:?}"),
            VarType::Ref(entity) => format!("-> {}", self.entity(*entity)),
            VarType::Row(entity) => self.entity(*entity).to_owned(),
            VarType::List { of, min, max } => {
                let max = max.map_or(String::new(), |max| max.to_string());
                format!("list<{}> {min}..{max}", self.ty(of))
            }
        }
    }

    fn entity(&self, entity: EntityId) -> &str {
        &self.kernel.entities[entity].name
    }

    fn leaf(&self, leaf: LeafId) -> String {
        let leaf = &self.kernel.leaves[leaf];
        let mut text = self.kernel.fields[leaf.field].name.to_string();
        for name in &leaf.path {
            text += ".";
            text += name;
        }
        text
    }

    fn cond(&self, cond: &Cond) -> String {
        let shape = match cond.shape {
            Shape::Eq => "eq".to_owned(),
            Shape::In(count) => format!("in {count}"),
            Shape::Range(cmp) => format!("range {}", symbol(cmp)),
            Shape::Prefix => "prefix".to_owned(),
            Shape::Null => "null".to_owned(),
            Shape::Other => "other".to_owned(),
        };
        let leaf = cond
            .leaf
            .map_or(String::new(), |leaf| format!(" {}", self.leaf(leaf)));
        let operand = cond.operand.as_ref();
        let operand = operand.map_or(String::new(), |operand| format!(" by {}", self.expr(operand)));
        let when = cond
            .when
            .map_or(String::new(), |var| format!(" when ${}", self.var(var)));
        format!("{}{when}  [{shape}{leaf}{operand}]", self.pred(&cond.pred))
    }

    fn var(&self, var: dbspec_core::kernel::VarId) -> &str {
        &self.vars[var.index() as usize].name
    }

    fn order(&self, terms: &[OrderTerm]) -> String {
        let terms = terms.iter().map(|term| {
            let what = match &term.term {
                Term::Leaf(leaf) => self.leaf(*leaf),
                Term::Expr(expr) => self.expr(expr),
                Term::Output(at) => format!("#{at}"),
            };
            match term.dir {
                Dir::Asc => what,
                Dir::Desc => what + " desc",
            }
        });
        terms.collect::<Vec<_>>().join(", ")
    }

    fn named(&self, columns: &[(Box<str>, Expr)]) -> String {
        let columns = columns
            .iter()
            .map(|(name, expr)| format!("{name}: {}", self.expr(expr)));
        columns.collect::<Vec<_>>().join(", ")
    }

    fn fetch(&self, out: &mut String, fetch: &Fetch, indent: usize) {
        let _ = write!(
            out,
            "{:indent$}with {} {}",
            "",
            fetch.name,
            self.hops(&fetch.hops)
        );
        if let Some(fields) = &fetch.fields {
            let fields = fields.iter().map(|field| &*self.kernel.fields[*field].name);
            let _ = write!(out, " ({})", fields.collect::<Vec<_>>().join(", "));
        }
        if !fetch.order.is_empty() {
            let _ = write!(out, " order {}", self.order(&fetch.order));
        }
        if let Some(limit) = fetch.limit {
            let _ = write!(out, " limit {limit}");
        }
        out.push('\n');
        for inner in &fetch.fetch {
            self.fetch(out, inner, indent + 2);
        }
    }

    fn hops(&self, hops: &[Hop]) -> String {
        let hops = hops.iter().map(|hop| match hop {
            Hop::One(field) => format!(".{}>", self.kernel.fields[*field].name),
            Hop::Many(field) => {
                let field = &self.kernel.fields[*field];
                format!(".<{}.{}", self.entity(field.entity), field.name)
            }
        });
        hops.collect()
    }

    fn many(&self, many: &Many) -> String {
        let up = scope(many.up);
        let items = many
            .items
            .map_or(String::new(), |leaf| format!(".{}", self.leaf(leaf)));
        format!("{up}{}{items}", self.hops(&many.hops))
    }

    fn body(&self, out: &mut String, body: &[Action], indent: usize) {
        for action in body {
            self.action(out, action, indent);
        }
    }

    fn action(&self, out: &mut String, action: &Action, indent: usize) {
        let bound = |bind: &Option<_>| bind.map_or(String::new(), |var| format!(" as {}", self.var(var)));
        let row = |row: &Option<_>| row.map_or(String::new(), |var| format!(" from {}", self.var(var)));
        let each = |each: bool| if each { " each" } else { "" };
        let (entity, require, text) = match action {
            Action::Insert {
                entity,
                row: from,
                set,
                bind,
                or_skip,
            } => {
                let skip = if *or_skip { " or skip" } else { "" };
                let (from, bind) = (row(from), bound(bind));
                (entity, &[][..], ("insert", from + &bind + skip, self.set(set)))
            }
            Action::Upsert {
                entity,
                row: from,
                set,
                bind,
            } => (
                entity,
                &[][..],
                ("upsert", row(from) + &bound(bind), self.set(set)),
            ),
            Action::Update {
                entity,
                filter,
                each: all,
                require,
                set,
                bind,
            } => {
                let filter = format!("{}{} where {}", each(*all), bound(bind), self.pred(filter));
                (entity, require.as_slice(), ("update", filter, self.set(set)))
            }
            Action::Delete {
                entity,
                filter,
                each: all,
                require,
            } => {
                let filter = format!("{} where {}", each(*all), self.pred(filter));
                (entity, require.as_slice(), ("delete", filter, String::new()))
            }
            Action::Restore { entity, filter } => {
                let filter = format!(" where {}", self.pred(filter));
                (entity, &[][..], ("restore", filter, String::new()))
            }
            Action::Read { entity, filter, bind } => {
                let filter = format!(" as {} where {}", self.var(*bind), self.pred(filter));
                (entity, &[][..], ("read", filter, String::new()))
            }
            Action::For { over, item, body } => {
                let _ = writeln!(
                    out,
                    "{:indent$}for {} in {}",
                    "",
                    self.var(*item),
                    self.var(*over)
                );
                return self.body(out, body, indent + 2);
            }
            Action::If {
                cond,
                then,
                otherwise,
            } => {
                let _ = writeln!(out, "{:indent$}if {}", "", self.pred(cond));
                self.body(out, then, indent + 2);
                if !otherwise.is_empty() {
                    let _ = writeln!(out, "{:indent$}else", "");
                    self.body(out, otherwise, indent + 2);
                }
                return;
            }
            Action::Require { name, holds } => {
                let _ = writeln!(out, "{:indent$}require {name}: {}", "", self.pred(holds));
                return;
            }
            Action::Return(columns) => {
                let _ = writeln!(out, "{:indent$}return {}", "", self.named(columns));
                return;
            }
        };
        let (verb, what, set) = text;
        let _ = writeln!(out, "{:indent$}{verb} {}{what}{set}", "", self.entity(*entity));
        for (name, pred) in require {
            let _ = writeln!(out, "{:indent$}  require {name}: {}", "", self.pred(pred));
        }
    }

    fn set(&self, set: &[Assign]) -> String {
        if set.is_empty() {
            return String::new();
        }
        let set = set.iter();
        let set = set.map(|assign| format!("{} = {}", self.leaf(assign.leaf), self.expr(&assign.value)));
        format!(" {{ {} }}", set.collect::<Vec<_>>().join("; "))
    }

    fn place(&self, place: &Place) -> String {
        match place {
            Place::Leaf { up, via, leaf } => {
                let via = via
                    .iter()
                    .map(|field| format!("{}>", self.kernel.fields[*field].name));
                let mut steps: Vec<String> = via.collect();
                steps.push(self.leaf(*leaf));
                format!("{}{}", scope(*up), steps.join("."))
            }
            Place::Var { var, at } => {
                let part = at.map_or(String::new(), |at| self.part(*var, at));
                format!("${}{part}", self.var(*var))
            }
            Place::Session { member, at } => {
                let at = at.map_or(String::new(), |at| format!("#{at}"));
                format!("session.{}{at}", self.kernel.session[usize::from(*member)].name)
            }
            Place::Item { up, member } => {
                let member = member
                    .as_ref()
                    .map_or(String::new(), |member| format!(".{member}"));
                format!("{}item{member}", scope(*up))
            }
            Place::Output(at) => format!("#{at}"),
            Place::Now => "now".to_owned(),
            Place::Today => "today".to_owned(),
        }
    }

    /// A part of a variable, by the name of the leaf that it is.
    fn part(&self, var: dbspec_core::kernel::VarId, at: u16) -> String {
        let leaf = match &self.vars[var.index() as usize].ty {
            VarType::Row(entity) => self.kernel.entities[*entity].leaves.iter().nth(at.into()),
            VarType::Ref(entity) => self.kernel.key_leaves(*entity).get(usize::from(at)).copied(),
            VarType::Scalar(_) | VarType::List { .. } => None,
        };
        format!(".{}", self.leaf(leaf.expect("the variable has such a part")))
    }

    fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Value(value) => constant(value),
            Expr::At(place) => self.place(place),
            Expr::Do(op, left, right) => {
                let op = match op {
                    Op::Add => "+",
                    Op::Sub => "-",
                    Op::Mul => "*",
                    Op::Div => "/",
                };
                format!("({} {op} {})", self.expr(left), self.expr(right))
            }
            Expr::Neg(of) => format!("-{}", self.expr(of)),
            Expr::Else(first, second) => format!("({} else {})", self.expr(first), self.expr(second)),
            Expr::Call(func, args) => {
                let args: Vec<String> = args.iter().map(|arg| self.expr(arg)).collect();
                format!("{}({})", name_of(*func), args.join(", "))
            }
            Expr::Aggregate {
                how,
                over,
                filter,
                of,
            } => {
                let of = of
                    .as_ref()
                    .map_or(String::new(), |of| format!(" {}", self.expr(of)));
                let filter = filter.as_ref();
                let filter = filter.map_or(String::new(), |filter| format!(" if {}", self.pred(filter)));
                format!("{how:?}({}:{of}{filter})", self.many(over))
            }
            Expr::Grouped { how, filter, of } => {
                let of = of.as_ref().map_or(String::new(), |of| self.expr(of));
                let filter = filter.as_ref();
                let filter = filter.map_or(String::new(), |filter| format!(" if {}", self.pred(filter)));
                format!("{how:?}({of}{filter})")
            }
        }
    }

    fn pred(&self, pred: &Pred) -> String {
        let joined = |all: &[Pred], word: &str| {
            let all: Vec<String> = all.iter().map(|one| self.pred(one)).collect();
            format!("({})", all.join(word))
        };
        match pred {
            Pred::Const(value) => value.to_string(),
            Pred::Atom(atom) => self.atom(atom),
            Pred::IsNull(expr) => format!("{} is null", self.expr(expr)),
            Pred::Not(inner) => format!("not {}", self.pred(inner)),
            Pred::And(all) => joined(all, " and "),
            Pred::Or(all) => joined(all, " or "),
            Pred::Any(many, inner) => format!("any {} ({})", self.many(many), self.pred(inner)),
        }
    }

    fn atom(&self, atom: &Atom) -> String {
        let two = |left: &Expr, word: &str, right: &Expr| {
            format!("{} {word} {}", self.expr(left), self.expr(right))
        };
        match atom {
            Atom::Cmp(cmp, left, right) => two(left, symbol(*cmp), right),
            Atom::In(left, list) => {
                let list: Vec<String> = list.iter().map(|one| self.expr(one)).collect();
                format!("{} in [{}]", self.expr(left), list.join(", "))
            }
            Atom::InVar(left, var) => format!("{} in ${}", self.expr(left), self.var(*var)),
            Atom::StartsWith(left, right) => two(left, "starts with", right),
            Atom::EndsWith(left, right) => two(left, "ends with", right),
            Atom::Contains(left, right) => two(left, "contains", right),
            Atom::Matches(left, pattern) => format!("{} matches {:?}", self.expr(left), pattern.0),
            Atom::Holds(of) => self.expr(of),
            Atom::Has(left, right) => two(left, "has", right),
            Atom::Overlaps(ends) => {
                let ends = ends.each_ref().map(|end| self.expr(end));
                format!("[{}, {}) overlaps [{}, {})", ends[0], ends[1], ends[2], ends[3])
            }
            Atom::Verify(left, right) => two(left, "verifies", right),
        }
    }
}

fn scope(up: u8) -> String {
    match up {
        0 => String::new(),
        up => format!("^{up}."),
    }
}

fn symbol(cmp: Cmp) -> &'static str {
    match cmp {
        Cmp::Eq => "==",
        Cmp::Ne => "!=",
        Cmp::Lt => "<",
        Cmp::Le => "<=",
        Cmp::Gt => ">",
        Cmp::Ge => ">=",
    }
}

fn name_of(func: Func) -> String {
    format!("{func:?}").to_lowercase()
}

fn constant(value: &Value) -> String {
    match value {
        Value::Int(it) => it.to_string(),
        Value::Decimal(it) => it.to_string(),
        Value::Text(it) => format!("{it:?}"),
        Value::Enum(it) => it.text.to_string(),
        Value::Bool(it) => it.to_string(),
        Value::Date(it) => print_date(*it),
        Value::Null => "null".to_owned(),
        Value::Float(_)
        | Value::Bytes(_)
        | Value::Uuid(_)
        | Value::Time(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Json(_)
        | Value::List(_)
        | Value::Map(_) => format!("{value:?}"),
    }
}
