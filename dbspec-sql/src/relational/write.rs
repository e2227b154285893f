//! The writer: prints expressions and selects.

use super::{Infix, Select, Sorting, Source, Sql};

/// What the writer asks an engine.
pub trait Dialect {
    /// Writes a name, quoted where it has to be.
    fn name(&self, name: &str, out: &mut String);
    /// Writes a text as a literal.
    fn text(&self, text: &str, out: &mut String);
    /// How binds stand in a statement.
    fn binds(&self) -> Binding;
    /// How casts are written.
    fn casts(&self) -> Casting;
}

/// How binds stand in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// By number: `$1`.
    Numbered,
    /// In the order in which they stand: `?`.
    InOrder,
}

/// How casts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casting {
    /// `x::type`
    Behind,
    /// `cast(x as type)`
    Around,
}

/// Prints an expression.
pub fn print(dialect: &dyn Dialect, sql: &Sql) -> String {
    let mut writer = Writer::new(dialect);
    writer.sql(sql);
    writer.finish()
}

/// How tightly an expression holds together; looser operands stand in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Is,
    Compare,
    Other,
    Add,
    Mul,
    Zone,
    Collate,
    Negative,
    Atom,
}

/// Writes SQL.
pub struct Writer<'d> {
    dialect: &'d dyn Dialect,
    out: String,
    /// The binds, as they stand.
    holes: Vec<u16>,
}

impl<'d> Writer<'d> {
    /// An empty writer.
    pub fn new(dialect: &'d dyn Dialect) -> Self {
        Self {
            dialect,
            out: String::new(),
            holes: Vec::new(),
        }
    }

    /// The text written.
    pub fn finish(self) -> String {
        self.out
    }

    /// The numbers of the binds in the order in which they stand; `None` where the engine goes by their numbers.
    pub fn holes(&self) -> Option<&[u16]> {
        match self.dialect.binds() {
            Binding::Numbered => None,
            Binding::InOrder => Some(&self.holes),
        }
    }

    /// How long the text is.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Writes words of the engine: never a word of the model.
    pub fn word(&mut self, word: &str) -> &mut Self {
        self.out.push_str(word);
        self
    }

    /// Writes a name.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.dialect.name(name, &mut self.out);
        self
    }

    /// Writes names, separated by commas.
    pub fn names<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) -> &mut Self {
        for (at, name) in names.into_iter().enumerate() {
            if at > 0 {
                self.word(", ");
            }
            self.name(name);
        }
        self
    }

    /// Writes a text as a literal.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.dialect.text(text, &mut self.out);
        self
    }

    /// Writes an expression.
    pub fn sql(&mut self, sql: &Sql) -> &mut Self {
        match sql {
            Sql::Null => self.word("null"),
            Sql::Bool(it) => self.word(if *it { "true" } else { "false" }),
            Sql::Number(it) => self.word(it),
            Sql::Text(it) => self.text(it),
            Sql::Bind(at) => {
                self.holes.push(*at);
                match self.dialect.binds() {
                    Binding::Numbered => self.word(&format!("${at}")),
                    Binding::InOrder => self.word("?"),
                }
            }
            Sql::Column { of, name } => {
                if let Some(of) = of {
                    self.name(of).word(".");
                }
                self.name(name)
            }
            Sql::Call(function, args) => self.word(function).word("(").list(args).word(")"),
            Sql::Aggregate { call, filter, order } => self.aggregate(call, filter.as_deref(), order),
            Sql::RowNumber => self.word("row_number() over ()"),
            Sql::Cast(of, ty) => match self.dialect.casts() {
                Casting::Behind => self.within(of, Level::Atom).word("::").word(ty),
                Casting::Around => self.word("cast(").sql(of).word(" as ").word(ty).word(")"),
            },
            Sql::Collate(of, collation) => self.within(of, Level::Negative).word(" collate ").name(collation),
            Sql::Infix(op, a, b) => self.infix(*op, a, b),
            Sql::Not(of) => self.word("not ").within(of, Level::Is),
            Sql::Negative(of) => self.word("-").within(of, Level::Atom),
            Sql::IsNull(of) => self.within(of, Level::Compare).word(" is null"),
            Sql::NotNull(of) => self.within(of, Level::Compare).word(" is not null"),
            Sql::And(parts) => self.joined(parts, " and ", Level::Not),
            Sql::Or(parts) => self.joined(parts, " or ", Level::And),
            Sql::In(of, list) => self.within(of, Level::Other).word(" in (").list(list).word(")"),
            Sql::InSelect(of, select) => self
                .within(of, Level::Other)
                .word(" in (")
                .select(select)
                .word(")"),
            Sql::EqualsAny(of, array) => self
                .within(of, Level::Other)
                .word(" = any (")
                .sql(array)
                .word(")"),
            Sql::Row(items) => self.word("(").list(items).word(")"),
            Sql::Array(items) => self.word("array[").list(items).word("]"),
            Sql::Item(of, at) => self.word("(").sql(of).word(")[").sql(at).word("]"),
            Sql::ArrayOf(select) => self.word("array(").select(select).word(")"),
            Sql::Case(arms, otherwise) => {
                self.word("case");
                for (when, then) in arms {
                    self.word(" when ").sql(when).word(" then ").sql(then);
                }
                self.word(" else ").sql(otherwise).word(" end")
            }
            Sql::Exists(select) => self.word("exists (").select(select).word(")"),
            Sql::Scalar(select) => self.word("(").select(select).word(")"),
            Sql::Constant(ty, text) => self.word(ty).word(" ").text(text),
            Sql::Interval(of, unit) => self
                .word("interval ")
                .within(of, Level::Atom)
                .word(" ")
                .word(unit),
        }
    }

    fn aggregate(&mut self, call: &Sql, filter: Option<&Sql>, order: &[Sorting]) -> &mut Self {
        match call {
            Sql::Call(function, args) if !order.is_empty() => {
                self.word(function).word("(").list(args).word(" order by ");
                self.sorting(order).word(")");
            }
            other => {
                self.sql(other);
            }
        }
        if let Some(filter) = filter {
            self.word(" filter (where ").sql(filter).word(")");
        }
        self
    }

    fn infix(&mut self, op: Infix, a: &Sql, b: &Sql) -> &mut Self {
        let level = infix_level(op);
        let next = match level {
            // Comparisons don't chain.
            Level::Compare | Level::Is => Level::Other,
            Level::Other => Level::Add,
            Level::Add => Level::Mul,
            Level::Mul => Level::Zone,
            _ => Level::Collate,
        };
        let left = if matches!(level, Level::Compare | Level::Is) {
            next
        } else {
            level
        };
        self.within(a, left)
            .word(" ")
            .word(op.word())
            .word(" ")
            .within(b, next)
    }

    fn joined(&mut self, parts: &[Sql], with: &str, level: Level) -> &mut Self {
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                self.word(with);
            }
            self.within(part, level);
        }
        self
    }

    fn within(&mut self, sql: &Sql, at_least: Level) -> &mut Self {
        if level(sql) < at_least {
            self.word("(").sql(sql).word(")")
        } else {
            self.sql(sql)
        }
    }

    /// Writes expressions, separated by commas.
    pub fn list(&mut self, items: &[Sql]) -> &mut Self {
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.word(", ");
            }
            self.sql(item);
        }
        self
    }

    /// Writes a select.
    pub fn select(&mut self, select: &Select) -> &mut Self {
        self.word(if select.distinct {
            "select distinct "
        } else {
            "select "
        });
        if select.columns.is_empty() {
            self.word("1");
        }
        for (at, (sql, name)) in select.columns.iter().enumerate() {
            if at > 0 {
                self.word(", ");
            }
            self.sql(sql);
            if let Some(name) = name {
                self.word(" as ").name(name);
            }
        }
        for (at, source) in select.from.iter().enumerate() {
            self.word(if at == 0 { " from " } else { ", " }).source(source);
        }
        if let Some(filter) = &select.filter {
            self.word(" where ").sql(filter);
        }
        if !select.group.is_empty() {
            self.word(" group by ").list(&select.group);
        }
        if let Some(having) = &select.having {
            self.word(" having ").sql(having);
        }
        if !select.order.is_empty() {
            self.word(" order by ").sorting(&select.order);
        }
        if let Some(limit) = select.limit {
            self.word(&format!(" limit {limit}"));
        }
        self
    }

    fn sorting(&mut self, order: &[Sorting]) -> &mut Self {
        for (at, term) in order.iter().enumerate() {
            if at > 0 {
                self.word(", ");
            }
            self.sql(&term.by);
            if term.descending {
                self.word(" desc");
            }
        }
        self
    }

    /// Writes what a select takes rows from.
    pub fn source(&mut self, source: &Source) -> &mut Self {
        match source {
            Source::Table { name, alias } => {
                self.name(name);
                if let Some(alias) = alias {
                    self.word(" as ").name(alias);
                }
                self
            }
            Source::Sub(select, alias) => self.word("(").select(select).word(") as ").name(alias),
            Source::Union(selects, alias) => {
                self.word("(");
                for (at, select) in selects.iter().enumerate() {
                    self.word(if at == 0 { "(" } else { " union all (" })
                        .select(select)
                        .word(")");
                }
                self.word(") as ").name(alias)
            }
            Source::JsonTable { of, alias, columns } => {
                self.word("json_table(").sql(of).word(", '$[*]' columns (");
                for (at, (name, ty, path)) in columns.iter().enumerate() {
                    if at > 0 {
                        self.word(", ");
                    }
                    self.name(name).word(" ").word(ty);
                    if let Some(path) = path {
                        self.word(" path ").text(path);
                    }
                }
                self.word(")) as ").name(alias)
            }
            Source::Function { call, alias, columns } => {
                self.sql(call).word(" as ").name(alias);
                if !columns.is_empty() {
                    self.word("(");
                    for (at, (name, ty)) in columns.iter().enumerate() {
                        if at > 0 {
                            self.word(", ");
                        }
                        self.name(name);
                        if let Some(ty) = ty {
                            self.word(" ").word(ty);
                        }
                    }
                    self.word(")");
                }
                self
            }
        }
    }
}

fn infix_level(op: Infix) -> Level {
    match op {
        Infix::Eq | Infix::Same | Infix::Ne | Infix::Lt | Infix::Le | Infix::Gt | Infix::Ge => Level::Compare,
        Infix::Distinct => Level::Is,
        Infix::Add | Infix::Sub => Level::Add,
        Infix::Mul | Infix::Div | Infix::Rem => Level::Mul,
        Infix::Concat
        | Infix::Matches
        | Infix::Contains
        | Infix::Member
        | Infix::MemberText
        | Infix::PathText => Level::Other,
        Infix::AtTimeZone => Level::Zone,
    }
}

fn level(sql: &Sql) -> Level {
    match sql {
        Sql::Or(_) => Level::Or,
        Sql::And(_) => Level::And,
        Sql::Not(_) => Level::Not,
        Sql::IsNull(_) | Sql::NotNull(_) => Level::Is,
        Sql::In(..) | Sql::InSelect(..) | Sql::EqualsAny(..) => Level::Compare,
        Sql::Infix(op, ..) => infix_level(*op),
        Sql::Collate(..) => Level::Collate,
        Sql::Negative(_) | Sql::Constant(..) | Sql::Interval(..) => Level::Negative,
        Sql::Number(it) if it.starts_with('-') => Level::Negative,
        Sql::Null
        | Sql::Bool(_)
        | Sql::Number(_)
        | Sql::Text(_)
        | Sql::Bind(_)
        | Sql::Column { .. }
        | Sql::Call(..)
        | Sql::Aggregate { .. }
        | Sql::RowNumber
        | Sql::Cast(..)
        | Sql::Row(_)
        | Sql::Array(_)
        | Sql::Item(..)
        | Sql::ArrayOf(_)
        | Sql::Case(..)
        | Sql::Exists(_)
        | Sql::Scalar(_) => Level::Atom,
    }
}
