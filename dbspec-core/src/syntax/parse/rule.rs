//! Rules and hints inside entities, and assertions over several.

use super::super::codes::{INCOMPLETE, UNEXPECTED_TOKEN};
use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::diag::Diagnostic;
use crate::model::{
    Assert, AtMost, Check, Derive, Determines, Direction, Exclusive, Expr, FieldList, FieldPath, IndexField,
    IndexHint, Judged, Key, Move, Moves, Name, NoOverlap, Nulls, Unique,
};

impl Parser<'_> {
    /// `during.end`.
    pub(super) fn field_path(&mut self, what: &str) -> Parse<FieldPath> {
        let start = self.span();
        let mut names = vec![self.name(what)?];
        while self.eat(T::Dot) {
            names.push(self.name("the name of a field")?);
        }
        Some(FieldPath {
            names,
            at: self.since(start),
        })
    }

    /// `(a, b)`, at least one.
    pub(super) fn field_list(&mut self) -> Parse<FieldList> {
        let open = self.expect(T::OpenParen, "`(` and fields")?;
        let fields = self.comma_list(open, T::CloseParen, |p| p.field_path("a field"));
        if fields.is_empty() {
            let at = self.since(open);
            self.report(
                Diagnostic::error(&INCOMPLETE, "a list of no fields")
                    .at(at, "")
                    .why("at least one field must stand between the parentheses")
                    .help("name a field, or remove the whole"),
            );
            return None;
        }
        Some(fields)
    }

    /// `where …`, if it stands here.
    pub(super) fn optional_where(&mut self) -> Parse<Option<Expr>> {
        if !self.is_keyword("where") {
            return Some(None);
        }
        self.bump();
        self.expr().map(Some)
    }

    pub(super) fn derive(&mut self, docs: Option<String>) -> Parse<Derive> {
        let start = self.span();
        self.bump();
        let name = self.name("the derived field's name")?;
        let was = self.was()?;
        self.expect(T::Colon, "`:` and a type")?;
        let ty = self.type_expr()?;
        self.expect(T::Assign, "`=` and what it is derived from")?;
        let expr = self.expr()?;
        let staleness = if self.is_keyword("staleness") {
            self.bump();
            Some(self.timespan()?)
        } else {
            None
        };
        Some(Derive {
            docs,
            name,
            was,
            ty,
            expr,
            staleness,
            at: self.since(start),
        })
    }

    pub(super) fn check(&mut self, docs: Option<String>) -> Parse<Check> {
        let start = self.span();
        self.bump();
        let name = self.name("the check's name")?;
        let was = self.was()?;
        let judged = if self.is_word("on") {
            self.bump();
            self.expect_word("write")?;
            Judged::OnWrite
        } else {
            Judged::Always
        };
        self.expect(T::Colon, "`:` and a condition")?;
        let expr = self.expr()?;
        Some(Check {
            docs,
            name,
            was,
            judged,
            expr,
            at: self.since(start),
        })
    }

    pub(super) fn key(&mut self) -> Parse<Key> {
        let start = self.span();
        self.bump();
        let fields = self.field_list()?;
        Some(Key {
            fields,
            at: self.since(start),
        })
    }

    fn optional_name(&mut self, what: &str) -> Parse<Option<Name>> {
        if self.is(T::OpenParen) {
            Some(None)
        } else {
            self.name(what).map(Some)
        }
    }

    pub(super) fn unique(&mut self, docs: Option<String>) -> Parse<Unique> {
        let start = self.span();
        self.bump();
        let name = self.optional_name("`(` and fields, or the rule's name")?;
        let was = self.was()?;
        let fields = self.field_list()?;
        let (mut nulls, mut filter) = (None, None);
        loop {
            let clause = self.span();
            if self.is_word("nulls") && self.nth_word(1) == "equal" {
                self.bump();
                self.bump();
                self.once("`nulls equal`", clause, &mut nulls, Some(Nulls::Equal))?;
            } else if self.is_keyword("where") {
                let parsed = self.optional_where()?;
                self.once("`where`", clause, &mut filter, parsed)?;
            } else {
                break;
            }
        }
        let nulls = nulls.unwrap_or_default();
        Some(Unique {
            docs,
            name,
            was,
            fields,
            nulls,
            filter,
            at: self.since(start),
        })
    }

    pub(super) fn moves(&mut self, docs: Option<String>) -> Parse<Moves> {
        let start = self.span();
        self.bump();
        let field = self.field_path("the field that moves")?;
        let open = self.expect(T::OpenBrace, "`{` and what may follow what")?;
        let mut moves = Vec::new();
        self.list(List::Elements, open, T::CloseBrace, |p| {
            moves.push(p.one_move()?);
            if !p.eat(T::Comma) && !p.is(T::CloseBrace) && !p.starts_item() {
                p.unexpected("`,`, `|` or `}`");
                return None;
            }
            Some(())
        });
        Some(Moves {
            docs,
            field,
            moves,
            at: self.since(start),
        })
    }

    fn one_move(&mut self) -> Parse<Move> {
        let start = self.span();
        let from = self.name("the label before")?;
        self.expect(T::Arrow, "`->` and the labels that may follow")?;
        let mut to = vec![self.name("a label that may follow")?];
        while self.eat(T::Pipe) {
            to.push(self.name("a label that may follow")?);
        }
        Some(Move {
            from,
            to,
            at: self.since(start),
        })
    }

    pub(super) fn no_overlap(&mut self, docs: Option<String>) -> Parse<NoOverlap> {
        let start = self.span();
        self.bump();
        self.expect_word("overlap")?;
        let name = self.optional_name("`(` and fields, or the rule's name")?;
        let fields = self.field_list()?;
        let filter = self.optional_where()?;
        Some(NoOverlap {
            docs,
            name,
            fields,
            filter,
            at: self.since(start),
        })
    }

    pub(super) fn exclusive(&mut self, docs: Option<String>) -> Parse<Exclusive> {
        let start = self.span();
        self.bump();
        let name = self.name("the rule's name")?;
        let fields = self.field_list()?;
        Some(Exclusive {
            docs,
            name,
            fields,
            at: self.since(start),
        })
    }

    pub(super) fn at_most(&mut self, docs: Option<String>) -> Parse<AtMost> {
        let start = self.span();
        self.bump();
        self.expect_word("most")?;
        let count = self.count("a number of rows")?;
        self.expect_word("per")?;
        let fields = self.field_list()?;
        let filter = self.optional_where()?;
        Some(AtMost {
            docs,
            count,
            fields,
            filter,
            at: self.since(start),
        })
    }

    pub(super) fn determines(&mut self) -> Parse<Determines> {
        let start = self.span();
        self.bump();
        let from = self.field_list()?;
        self.expect(T::Arrow, "`->` and what is determined")?;
        let to = self.field_list()?;
        Some(Determines {
            from,
            to,
            at: self.since(start),
        })
    }

    pub(super) fn index(&mut self) -> Parse<IndexHint> {
        let start = self.span();
        self.bump();
        let open = self.expect(T::OpenParen, "`(` and fields")?;
        let fields = self.comma_list(open, T::CloseParen, |p| {
            let field = p.field_path("a field")?;
            Some(IndexField {
                field,
                direction: p.direction(),
            })
        });
        let on = self.optional_targets()?;
        Some(IndexHint {
            fields,
            on,
            at: self.since(start),
        })
    }

    /// `asc`, `desc` or nothing.
    pub(super) fn direction(&mut self) -> Direction {
        if self.eat_word("desc") {
            Direction::Descending
        } else {
            self.eat_word("asc");
            Direction::Ascending
        }
    }

    /// `on a, b`, if it stands here.
    pub(super) fn optional_targets(&mut self) -> Parse<Vec<Name>> {
        if self.is_keyword("on") && self.is_name(1) {
            self.bump();
            return self.names("a target");
        }
        Some(Vec::new())
    }

    pub(super) fn assertion(&mut self, docs: Option<String>) -> Parse<Assert> {
        let start = self.span();
        self.bump();
        let name = self.name("the assertion's name")?;
        self.expect_word("on")?;
        let entity = self.name("the entity whose rows it is judged on")?;
        if self.is(T::Comma) {
            let span = self.span();
            self.report(
                Diagnostic::error(&UNEXPECTED_TOKEN, "an assertion on several entities")
                    .at(span, "")
                    .why("it is judged on each row of one entity, and reaches others by paths")
                    .help("write one assertion for each entity"),
            );
            return None;
        }
        self.expect(T::Colon, "`:` and a condition")?;
        let expr = self.expr()?;
        Some(Assert {
            docs,
            name,
            entity,
            expr,
            at: self.since(start),
        })
    }
}
