//! Sessions, roles and policies.

use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::model::{Grant, GrantObject, Policy, PolicyKind, Role, Session, Verb};

const VERBS: &[&str] = &["read", "insert", "update", "delete", "call"];

impl Parser<'_> {
    pub(super) fn session(&mut self, docs: Option<String>) -> Parse<Session> {
        let start = self.span();
        self.bump();
        let fields = self.fields()?;
        Some(Session {
            docs,
            fields,
            at: self.since(start),
        })
    }

    pub(super) fn role(&mut self, docs: Option<String>) -> Parse<Role> {
        let start = self.span();
        self.bump();
        let name = self.name("the role's name")?;
        let was = self.was()?;
        let is = if self.eat_word("is") {
            self.names("a role")?
        } else {
            Vec::new()
        };
        let mut grants = Vec::new();
        // A role that only joins others needs no braces.
        if self.is(T::OpenBrace) || is.is_empty() {
            let open = self.expect(T::OpenBrace, "`{` and what the role may do")?;
            self.list(List::Clauses, open, T::CloseBrace, |p| {
                grants.push(p.grant()?);
                Some(())
            });
        }
        Some(Role {
            docs,
            name,
            was,
            is,
            grants,
            at: self.since(start),
        })
    }

    fn verb(&self) -> Option<Verb> {
        match self.word() {
            "read" => Some(Verb::Read),
            "insert" => Some(Verb::Insert),
            "update" => Some(Verb::Update),
            "delete" => Some(Verb::Delete),
            "call" => Some(Verb::Call),
            _ => None,
        }
    }

    fn grant(&mut self) -> Parse<Grant> {
        let start = self.span();
        let Some(verb) = self.verb() else {
            self.unexpected_of("what the role may do, or `}`", VERBS);
            return None;
        };
        self.bump();
        let on = self.comma_separated(|p| {
            let name = p.name("what it may do that with")?;
            let open = p.span();
            let fields = if p.eat(T::OpenParen) {
                p.comma_list(open, T::CloseParen, |p| p.name("a field"))
            } else {
                Vec::new()
            };
            Some(GrantObject { name, fields })
        })?;
        Some(Grant {
            verb,
            on,
            at: self.since(start),
        })
    }

    pub(super) fn policy(&mut self, docs: Option<String>) -> Parse<Policy> {
        let start = self.span();
        let kind = if self.eat_word("restrict") {
            PolicyKind::Restrict
        } else {
            PolicyKind::Permit
        };
        self.expect_word("policy")?;
        let name = self.name("the policy's name")?;
        let was = self.was()?;
        self.expect_word("on")?;
        let on = self.names("an entity")?;
        self.expect_word("for")?;
        let roles = self.names("a role")?;
        let mut verbs = Vec::new();
        while !self.is(T::Colon) {
            let span = self.span();
            let Some(verb) = self.verb().filter(|verb| *verb != Verb::Call) else {
                self.unexpected_of(
                    "`:` and a condition, or a verb",
                    &["read", "insert", "update", "delete"],
                );
                return None;
            };
            self.bump();
            if verbs.contains(&verb) {
                self.given_twice(&format!("`{}`", verb.word()), span);
            } else {
                verbs.push(verb);
            }
            self.eat(T::Comma);
        }
        verbs.sort_unstable();
        self.expect(T::Colon, "`:` and a condition")?;
        let expr = self.expr()?;
        Some(Policy {
            docs,
            name,
            was,
            kind,
            on,
            roles,
            verbs,
            expr,
            at: self.since(start),
        })
    }
}
