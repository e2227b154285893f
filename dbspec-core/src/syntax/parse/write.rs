//! Declared writes.

use super::super::codes::INCOMPLETE;
use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::diag::Diagnostic;
use crate::model::{
    Assign, Delete, Expr, For, If, Insert, InsertRow, Load, Matching, Name, Read, Require, Restore, Return,
    Statement, Update, Upsert, Write,
};
use crate::span::Span;

/// What can begin a statement.
const STATEMENTS: &[&str] = &[
    "insert", "upsert", "update", "delete", "restore", "read", "for", "if", "require", "return", "rate",
    "peak", "p99",
];

/// Levels of JSON that one block inside another adds.
const LEVELS: u32 = 3;

/// What update, delete, restore and read have in common.
struct Matched {
    entity: Name,
    matching: Matching,
    filter: Option<Expr>,
    require: Vec<Expr>,
}

impl Parser<'_> {
    pub(super) fn write(&mut self, docs: Option<String>) -> Parse<Write> {
        let start = self.span();
        self.bump();
        let name = self.name("the write's name")?;
        let was = self.was()?;
        let params = self.params();
        let open = self.expect(T::OpenBrace, "`{` and statements")?;
        let (mut statements, mut load) = (Vec::new(), Load::default());
        self.in_write = true;
        self.list(List::Statements, open, T::CloseBrace, |p| {
            if let Some(parsed) = p.load_clause(&mut load) {
                return parsed;
            }
            statements.push(p.statement()?);
            Some(())
        });
        self.in_write = false;
        Some(Write {
            docs,
            name,
            was,
            params,
            statements,
            load,
            at: self.since(start),
        })
    }

    fn block(&mut self) -> Parse<Vec<Statement>> {
        let open = self.expect(T::OpenBrace, "`{` and statements")?;
        self.nested(LEVELS, |p| {
            let mut statements = Vec::new();
            p.list(List::Statements, open, T::CloseBrace, |p| {
                statements.push(p.statement()?);
                Some(())
            });
            Some(statements)
        })
    }

    fn statement(&mut self) -> Parse<Statement> {
        match self.word() {
            "insert" => self.insert().map(Statement::Insert),
            "upsert" => self.upsert().map(Statement::Upsert),
            "update" => self.update().map(Statement::Update),
            "delete" => self.delete().map(Statement::Delete),
            "restore" => self.restore().map(Statement::Restore),
            "read" => self.read().map(Statement::Read),
            "for" => self.for_each().map(Statement::For),
            "if" => self.if_then().map(Statement::If),
            "require" => self.require().map(Statement::Require),
            "return" => self.returning().map(Statement::Return),
            _ => {
                self.unexpected_of("a statement or `}`", STATEMENTS);
                None
            }
        }
    }

    fn insert(&mut self) -> Parse<Insert> {
        let start = self.span();
        self.bump();
        let row = if self.eat(T::Dollar) {
            InsertRow::Param(self.name("the name of a parameter")?)
        } else {
            InsertRow::Named(self.name("an entity, a relation or a variable")?)
        };
        let alias = self.optional_alias()?;
        let into = if self.eat_word("into") {
            Some(self.path()?)
        } else {
            None
        };
        let values = if self.is(T::OpenBrace) {
            self.values()?
        } else {
            Vec::new()
        };
        let or_skip = self.or_skip();
        Some(Insert {
            row,
            alias,
            into,
            values,
            or_skip,
            at: self.since(start),
        })
    }

    /// `{ customer = $customer  status = placed }`.
    fn values(&mut self) -> Parse<Vec<Assign>> {
        let open = self.expect(T::OpenBrace, "`{`")?;
        let mut values = Vec::new();
        self.list(List::Members, open, T::CloseBrace, |p| {
            values.push(p.assign()?);
            Some(())
        });
        Some(values)
    }

    pub(super) fn assign(&mut self) -> Parse<Assign> {
        let start = self.span();
        let field = self.field_path("a field")?;
        self.expect(T::Assign, "`=` and its value")?;
        let value = self.expr()?;
        Some(Assign {
            field,
            value,
            at: self.since(start),
        })
    }

    fn or_skip(&mut self) -> bool {
        let there = self.is_word("or") && self.nth_word(1) == "skip";
        if there {
            self.bump();
            self.bump();
        }
        there
    }

    fn upsert(&mut self) -> Parse<Upsert> {
        let start = self.span();
        self.bump();
        let entity = self.name("an entity or a relation")?;
        let by = if self.eat_word("by") {
            self.field_list()?
        } else {
            Vec::new()
        };
        let alias = self.optional_alias()?;
        let values = self.values()?;
        let set = if self.is_keyword("set") {
            self.set()?
        } else {
            Vec::new()
        };
        Some(Upsert {
            entity,
            by,
            alias,
            values,
            set,
            at: self.since(start),
        })
    }

    fn set(&mut self) -> Parse<Vec<Assign>> {
        self.expect_word("set")?;
        self.comma_separated(Self::assign)
    }

    /// `Order where … require … require …`, after the verb.
    fn matched(&mut self) -> Parse<Matched> {
        self.bump();
        let matching =
            if self.is_word("each") && self.is_name(1) && !matches!(self.nth_word(1), "where" | "set") {
                self.bump();
                Matching::Each
            } else {
                Matching::One
            };
        let entity = self.name("an entity or a relation")?;
        let filter = self.optional_where()?;
        let mut require = Vec::new();
        while self.is_keyword("require") {
            self.bump();
            require.push(self.expr()?);
        }
        Some(Matched {
            entity,
            matching,
            filter,
            require,
        })
    }

    fn update(&mut self) -> Parse<Update> {
        let start = self.span();
        let Matched {
            entity,
            matching,
            filter,
            require,
        } = self.matched()?;
        let set = self.set()?;
        let or_skip = self.or_skip();
        Some(Update {
            entity,
            matching,
            filter,
            require,
            set,
            or_skip,
            at: self.since(start),
        })
    }

    fn delete(&mut self) -> Parse<Delete> {
        let start = self.span();
        let Matched {
            entity,
            matching,
            filter,
            require,
        } = self.matched()?;
        let or_skip = self.or_skip();
        Some(Delete {
            entity,
            matching,
            filter,
            require,
            or_skip,
            at: self.since(start),
        })
    }

    fn restore(&mut self) -> Parse<Restore> {
        let start = self.span();
        let Matched {
            entity,
            matching,
            filter,
            require,
        } = self.matched()?;
        let or_skip = self.or_skip();
        Some(Restore {
            entity,
            matching,
            filter,
            require,
            or_skip,
            at: self.since(start),
        })
    }

    fn read(&mut self) -> Parse<Read> {
        let start = self.span();
        let Matched {
            entity,
            matching,
            filter,
            require,
        } = self.matched()?;
        if matching == Matching::Each || !self.is_word("as") {
            self.incomplete_read(&entity, self.since(start));
            return None;
        }
        self.bump();
        let alias = self.plain_name("an alias")?;
        let or_skip = self.or_skip();
        Some(Read {
            entity,
            filter,
            require,
            alias,
            or_skip,
            at: self.since(start),
        })
    }

    fn incomplete_read(&mut self, entity: &Name, at: Span) {
        self.report(
            Diagnostic::error(&INCOMPLETE, format!("the `read` of `{entity}` has no name"))
                .at(at, "`as` and a name must follow")
                .why("a write reads one row, to use it under a name in later statements")
                .help(format!("write `read {entity} where … as row`")),
        );
    }

    fn for_each(&mut self) -> Parse<For> {
        let start = self.span();
        self.bump();
        let variable = self.plain_name("a variable")?;
        self.expect_word("in")?;
        let list = self.path()?;
        let body = self.block()?;
        Some(For {
            variable,
            list,
            body,
            at: self.since(start),
        })
    }

    fn if_then(&mut self) -> Parse<If> {
        let start = self.span();
        self.bump();
        let condition = self.expr()?;
        let then = self.block()?;
        let otherwise = if !self.eat_word("else") {
            Vec::new()
        } else if self.is_word("if") {
            vec![self.nested(LEVELS, Self::if_then).map(Statement::If)?]
        } else {
            self.block()?
        };
        Some(If {
            condition,
            then,
            otherwise,
            at: self.since(start),
        })
    }

    fn require(&mut self) -> Parse<Require> {
        let start = self.span();
        self.bump();
        let expr = self.expr()?;
        Some(Require {
            expr,
            at: self.since(start),
        })
    }

    fn returning(&mut self) -> Parse<Return> {
        let start = self.span();
        self.bump();
        let values = self.comma_separated(Self::projection)?;
        Some(Return {
            values,
            at: self.since(start),
        })
    }
}
