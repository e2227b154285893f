//! Access patterns and the parameters of accesses and writes.

use super::super::codes::{BAD_NAME, INCOMPLETE, UNKNOWN_WORD};
use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::diag::Diagnostic;
use crate::model::{Access, Consistency, Fetch, Load, Name, OrderTerm, Param, Projection, Source, Window};
use crate::span::Span;

/// What can begin a clause.
const CLAUSES: &[&str] = &[
    "from",
    "also from",
    "group by",
    "having",
    "select",
    "distinct",
    "order by",
    "page",
    "limit",
    "with",
    "rate",
    "peak",
    "p99",
    "staleness",
    "consistency",
    "rows",
    "full read",
];

impl Parser<'_> {
    pub(super) fn access(&mut self, docs: Option<String>) -> Parse<Access> {
        let start = self.span();
        self.bump();
        let name = self.name("the access's name")?;
        let was = self.was()?;
        let params = self.params();
        let open = self.expect(T::OpenBrace, "`{` and `from`")?;
        let mut access = Access {
            docs,
            name,
            was,
            params,
            sources: Vec::new(),
            group_by: Vec::new(),
            having: None,
            select: Vec::new(),
            distinct: false,
            order_by: Vec::new(),
            window: None,
            with: Vec::new(),
            deleted: false,
            load: Load::default(),
            rows: None,
            staleness: None,
            consistency: None,
            full_read: false,
            at: Span::NONE,
        };
        let errors = self.diagnostics.len();
        self.list(List::Clauses, open, T::CloseBrace, |p| p.clause(&mut access));
        access.at = self.since(start);
        if access.sources.is_empty() && self.diagnostics.len() == errors {
            self.report(
                Diagnostic::error(&INCOMPLETE, format!("the access `{}` reads nothing", access.name))
                    .at(access.name.at, "")
                    .why("an access says with `from` which entity it reads")
                    .help("write `from` and an entity"),
            );
        }
        Some(access)
    }

    /// `(customer: -> Customer, since: timestamp?)`; without parentheses there are none.
    pub(super) fn params(&mut self) -> Vec<Param> {
        let open = self.span();
        if !self.eat(T::OpenParen) {
            return Vec::new();
        }
        self.comma_list(open, T::CloseParen, |p| {
            let start = p.span();
            if p.is(T::Dollar) {
                p.report(
                    Diagnostic::error(&BAD_NAME, "a parameter declared with `$`")
                        .at(start, "")
                        .why("`$` stands where a parameter is used, not where it is declared")
                        .help("remove it")
                        .fix(crate::diag::Fix::safe("remove it", start, "")),
                );
                p.bump();
            }
            let name = p.name("the parameter's name")?;
            p.expect(T::Colon, "`:` and a type")?;
            let ty = p.type_expr()?;
            let fan = p.fan()?;
            Some(Param {
                name,
                ty,
                fan,
                at: p.since(start),
            })
        })
    }

    fn clause(&mut self, access: &mut Access) -> Parse<()> {
        let start = self.span();
        if let Some(parsed) = self.load_clause(&mut access.load) {
            return parsed;
        }
        match (self.word(), self.nth_word(1)) {
            ("from", _) => {
                self.bump();
                let source = self.query_source()?;
                if access.sources.is_empty() {
                    access.sources.push(source);
                } else {
                    self.given_twice("`from`", self.since(start));
                }
            }
            ("also", _) => {
                self.bump();
                self.expect_word("from")?;
                let source = self.query_source()?;
                access.sources.push(source);
            }
            ("group", _) => {
                self.bump();
                self.expect_word("by")?;
                let terms = self.comma_separated(Self::expr)?;
                self.once_list("`group by`", start, &mut access.group_by, terms);
            }
            ("having", _) => {
                self.bump();
                let having = self.expr();
                self.once("`having`", start, &mut access.having, having)?;
            }
            ("select", _) => {
                self.bump();
                if self.is_word("distinct") && self.nth_kind(1) != T::Comma {
                    self.bump();
                    access.distinct = true;
                }
                let select = self.comma_separated(Self::projection)?;
                self.once_list("`select`", start, &mut access.select, select);
            }
            ("distinct", _) => {
                self.bump();
                access.distinct = true;
            }
            ("order", _) => {
                self.bump();
                self.expect_word("by")?;
                let terms = self.comma_separated(Self::order_term)?;
                self.once_list("`order by`", start, &mut access.order_by, terms);
            }
            ("page", _) => {
                self.bump();
                let window = self.count("a number of rows").map(Window::Page);
                self.once("`page` or `limit`", start, &mut access.window, window)?;
            }
            ("limit", _) => {
                self.bump();
                let window = self.count("a number of rows").map(Window::Limit);
                self.once("`page` or `limit`", start, &mut access.window, window)?;
            }
            ("with", "deleted") if !matches!(self.nth_kind(2), T::Dot | T::OpenParen) => {
                self.bump();
                self.bump();
                access.deleted = true;
            }
            ("with", _) => {
                self.bump();
                let fetches = self.comma_separated(Self::fetch)?;
                access.with.extend(fetches);
            }
            ("rows", _) => {
                self.bump();
                let rows = self.count("a number of rows");
                self.once("`rows`", start, &mut access.rows, rows)?;
            }
            ("staleness", _) => {
                self.bump();
                let staleness = self.timespan();
                self.once("`staleness`", start, &mut access.staleness, staleness)?;
            }
            ("consistency", _) => {
                self.bump();
                let consistency = self.consistency();
                self.once("`consistency`", start, &mut access.consistency, consistency)?;
            }
            ("full", _) => {
                self.bump();
                self.expect_word("read")?;
                access.full_read = true;
            }
            ("where", _) => {
                self.report(
                    Diagnostic::error(&UNKNOWN_WORD, "`where` without a `from` before it")
                        .at(start, "")
                        .why("the condition belongs to what is read, and stands right after `from` and its name")
                        .help("move it there; several conditions are joined by `and`"),
                );
                self.bump();
                self.conditions()?;
            }
            _ => {
                self.unexpected_of("a clause of the access or `}`", CLAUSES);
                return None;
            }
        }
        Some(())
    }

    fn once_list<V>(&mut self, what: &str, start: Span, place: &mut Vec<V>, values: Vec<V>) {
        if place.is_empty() {
            *place = values;
        } else {
            self.given_twice(what, self.since(start));
        }
    }

    /// `a, b`, at least one, with nothing around them.
    pub(super) fn comma_separated<E>(&mut self, element: impl Fn(&mut Self) -> Parse<E>) -> Parse<Vec<E>> {
        let mut elements = vec![element(self)?];
        while self.eat(T::Comma) {
            elements.push(element(self)?);
        }
        Some(elements)
    }

    fn query_source(&mut self) -> Parse<Source> {
        let start = self.span();
        let entity = self.name("an entity or a relation")?;
        let filter = if self.is_keyword("where") {
            self.bump();
            self.conditions()?
        } else {
            Vec::new()
        };
        Some(Source {
            entity,
            filter,
            at: self.since(start),
        })
    }

    /// `count() as orders`.
    pub(super) fn projection(&mut self) -> Parse<Projection> {
        let start = self.span();
        let expr = self.expr()?;
        let alias = if self.eat_word("as") {
            Some(self.name("a name for it")?)
        } else {
            None
        };
        Some(Projection {
            expr,
            alias,
            at: self.since(start),
        })
    }

    fn order_term(&mut self) -> Parse<OrderTerm> {
        let start = self.span();
        let expr = self.expr()?;
        let direction = self.direction();
        Some(OrderTerm {
            expr,
            direction,
            at: self.since(start),
        })
    }

    /// `lines (quantity) order by line_no desc limit 5`. A comma begins the next fetch, so several terms of an order
    /// stand in parentheses.
    fn fetch(&mut self) -> Parse<Fetch> {
        let start = self.span();
        let path = self.field_path("what comes along")?;
        let fields = if self.is(T::OpenParen) {
            self.field_list()?
        } else {
            Vec::new()
        };
        let mut order_by = Vec::new();
        if self.is_word("order") && self.nth_word(1) == "by" {
            self.bump();
            self.bump();
            let open = self.span();
            if self.eat(T::OpenParen) {
                order_by = self.comma_list(open, T::CloseParen, Self::order_term);
            } else {
                order_by.push(self.order_term()?);
            }
        }
        let limit = if self.is_word("limit") {
            self.bump();
            Some(self.count("a number of rows")?)
        } else {
            None
        };
        Some(Fetch {
            path,
            fields,
            order_by,
            limit,
            at: self.since(start),
        })
    }

    fn consistency(&mut self) -> Parse<Consistency> {
        let consistency = match self.word() {
            "strong" => Consistency::Strong,
            "eventual" => Consistency::Eventual,
            _ => {
                self.unexpected_of("`strong` or `eventual`", &["strong", "eventual"]);
                return None;
            }
        };
        self.bump();
        Some(consistency)
    }

    /// `as order`: a word, because expressions begin with it.
    pub(super) fn optional_alias(&mut self) -> Parse<Option<Name>> {
        if self.eat_word("as") {
            self.plain_name("an alias").map(Some)
        } else {
            Some(None)
        }
    }
}
