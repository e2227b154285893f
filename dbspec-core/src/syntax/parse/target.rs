//! Targets, placement, operation, retention and reference data.

use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::model::{
    Cache, Feed, Keep, KeepBound, KeepThen, KeepWhat, Name, Number, Operate, Place, Prefer, Row, Rows,
    Setting, SettingValue, Target, Version,
};

impl Parser<'_> {
    pub(super) fn target(&mut self, docs: Option<String>) -> Parse<Target> {
        let start = self.span();
        self.bump();
        let name = if self.is_field() {
            let name = self.name("the target's name")?;
            self.bump();
            Some(name)
        } else {
            None
        };
        let engine = self.name("an engine, such as `postgres`")?;
        let version = self.version();
        let edition = self.edition()?;
        let options = if self.is(T::OpenBrace) {
            self.settings()?
        } else {
            Vec::new()
        };
        Some(Target {
            docs,
            name,
            engine,
            version,
            edition,
            options,
            at: self.since(start),
        })
    }

    /// `8.0.17`: numbers and dots that touch each other.
    fn version(&mut self) -> Option<Version> {
        let start = self.span();
        if !self.is(T::Number) {
            return None;
        }
        self.bump();
        loop {
            let touching = self.nth(0).start == self.last_span().end && self.nth(1).start == self.nth(0).end;
            if !(touching && self.is(T::Dot) && self.nth_kind(1) == T::Number) {
                break;
            }
            self.bump();
            self.bump();
        }
        let at = self.since(start);
        Some(Version {
            text: self.text[at.start as usize..at.end as usize].to_owned(),
            at,
        })
    }

    /// A name after the version, unless a declaration begins there.
    fn edition(&mut self) -> Parse<Option<Name>> {
        let next = match self.kind() {
            T::Word => !super::is_item_word(self.word()),
            T::Text => true,
            _ => false,
        };
        if next {
            self.name("an edition").map(Some)
        } else {
            Some(None)
        }
    }

    /// `{ replica_set  recovery_point 5m  storage = ssd }`.
    fn settings(&mut self) -> Parse<Vec<Setting>> {
        let open = self.expect(T::OpenBrace, "`{` and settings")?;
        let mut settings = Vec::new();
        self.list(List::Clauses, open, T::CloseBrace, |p| {
            let start = p.span();
            let name = p.plain_name("a setting")?;
            let assigned = p.eat(T::Assign);
            let value = match p.kind() {
                T::Number if Number::parse(p.source(p.nth(0))).is_ok() => {
                    Some(SettingValue::Number(p.number("a number")?))
                }
                T::Number => Some(SettingValue::Time(p.timespan()?)),
                T::Minus => Some(SettingValue::Number(p.signed_number("a number")?)),
                T::Text => Some(SettingValue::Text(p.string()?)),
                T::Word if assigned => Some(SettingValue::Word(p.name("a value")?)),
                _ if assigned => {
                    p.unexpected("a value");
                    return None;
                }
                _ => None,
            };
            settings.push(Setting {
                name,
                value,
                at: p.since(start),
            });
            Some(())
        });
        Some(settings)
    }

    pub(super) fn operate(&mut self, docs: Option<String>) -> Parse<Operate> {
        let start = self.span();
        self.bump();
        let target = if self.is(T::OpenBrace) {
            None
        } else {
            Some(self.name("`{` or a target")?)
        };
        let settings = self.settings()?;
        Some(Operate {
            docs,
            target,
            settings,
            at: self.since(start),
        })
    }

    pub(super) fn prefer(&mut self, docs: Option<String>) -> Parse<Prefer> {
        let start = self.span();
        self.bump();
        let choice = self.name("what is preferred, such as `embed`")?;
        let element = self.field_path("what it is about, such as `Order.lines`")?;
        let on = self.optional_targets()?;
        Some(Prefer {
            docs,
            choice,
            element,
            on,
            at: self.since(start),
        })
    }

    pub(super) fn place(&mut self, docs: Option<String>) -> Parse<Place> {
        let start = self.span();
        self.bump();
        let what = self.names("an entity or a relation")?;
        self.expect_word("on")?;
        let on = self.name("a target")?;
        Some(Place {
            docs,
            what,
            on,
            at: self.since(start),
        })
    }

    pub(super) fn cache(&mut self, docs: Option<String>) -> Parse<Cache> {
        let start = self.span();
        self.bump();
        let access = self.name("an access")?;
        self.expect_word("on")?;
        let on = self.name("a target")?;
        let ttl = if self.eat_word("ttl") {
            Some(self.timespan()?)
        } else {
            None
        };
        Some(Cache {
            docs,
            access,
            on,
            ttl,
            at: self.since(start),
        })
    }

    pub(super) fn feed(&mut self, docs: Option<String>) -> Parse<Feed> {
        let start = self.span();
        self.bump();
        let what = self.names("an entity or a relation")?;
        self.expect_word("to")?;
        let to = self.name("the target that gets a copy")?;
        self.expect_word("from")?;
        let from = self.name("the target that holds the rows")?;
        let staleness = if self.eat_word("staleness") {
            Some(self.timespan()?)
        } else {
            None
        };
        Some(Feed {
            docs,
            what,
            to,
            from,
            staleness,
            at: self.since(start),
        })
    }

    pub(super) fn keep(&mut self, docs: Option<String>) -> Parse<Keep> {
        let start = self.span();
        self.bump();
        let entity = self.name("an entity")?;
        let what = if self.eat_word("history") {
            KeepWhat::History
        } else {
            KeepWhat::Rows
        };
        self.expect_word("at")?;
        let bound = match self.word() {
            "least" => KeepBound::AtLeast,
            "most" => KeepBound::AtMost,
            _ => {
                self.unexpected_of("`least` or `most`", &["least", "most"]);
                return None;
            }
        };
        self.bump();
        let period = self.period()?;
        let from = if self.eat_word("from") {
            Some(self.field_path("a field with an instant or a day")?)
        } else {
            None
        };
        let then = if self.eat_word("then") {
            Some(self.keep_then()?)
        } else {
            None
        };
        Some(Keep {
            docs,
            entity,
            what,
            bound,
            period,
            from,
            then,
            at: self.since(start),
        })
    }

    fn keep_then(&mut self) -> Parse<KeepThen> {
        match self.word() {
            "delete" => {
                self.bump();
                Some(KeepThen::Delete)
            }
            "archive" => {
                self.bump();
                Some(KeepThen::Archive)
            }
            "clear" => {
                self.bump();
                let open = self.expect(T::OpenParen, "`(` and what is overwritten")?;
                Some(KeepThen::Clear(self.comma_list(
                    open,
                    T::CloseParen,
                    Self::assign,
                )))
            }
            _ => {
                self.unexpected_of(
                    "`delete`, `archive` or `clear (…)`",
                    &["delete", "archive", "clear"],
                );
                None
            }
        }
    }

    pub(super) fn rows(&mut self, docs: Option<String>) -> Parse<Rows> {
        let start = self.span();
        self.bump();
        let entity = self.name("an entity")?;
        let fields = if self.is(T::OpenParen) {
            self.field_list()?
        } else {
            Vec::new()
        };
        let open = self.expect(T::OpenBrace, "`{` and rows")?;
        let mut rows = Vec::new();
        self.list(List::Members, open, T::CloseBrace, |p| {
            let start = p.expect(T::OpenParen, "`(` and the values of a row, or `}`")?;
            let values = p.comma_list(start, T::CloseParen, Self::expr);
            rows.push(Row {
                values,
                at: p.since(start),
            });
            Some(())
        });
        Some(Rows {
            docs,
            entity,
            fields,
            rows,
            at: self.since(start),
        })
    }
}
