//! What is said of text that is wrong, and how parsing goes on behind it: lists end, items begin again.

use super::codes::{GIVEN_TWICE, MISSING_CLOSE, TOO_MANY_ERRORS, UNEXPECTED_TOKEN};
use super::cursor::{List, MAX_ERRORS, Parse, Parser};
use super::suggest::nearest;
use super::token::TokenKind;
use crate::diag::{Code, Diagnostic, Fix};
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_ERRORS {
            self.diagnostics.push(diagnostic);
        } else if self.diagnostics.len() == MAX_ERRORS {
            self.diagnostics.push(
                Diagnostic::error(&TOO_MANY_ERRORS, format!("more than {MAX_ERRORS} errors"))
                    .at(diagnostic.span(), "the rest of the file is left unread")
                    .why("so many rarely are separate mistakes")
                    .help("mend the first ones, or look whether this is the right file"),
            );
            self.at = self.tokens.len() - 1;
        }
    }

    /// Complains that `what` should stand here.
    pub(super) fn unexpected(&mut self, what: &str) {
        self.unexpected_of(what, &[]);
    }

    /// Complains that `what` should stand here, which may be one of the words.
    pub(super) fn unexpected_of(&mut self, what: &str, words: &[&str]) {
        // What the lexer complained about needs no second complaint.
        if self.is(TokenKind::Bad) {
            return;
        }
        let found = self.describe(self.nth(0));
        // Something missing is pointed at where it would be written, not at the start of the next line.
        let span = if self.nth(0).first_on_line && self.at > 0 {
            self.last_span().after()
        } else {
            self.span()
        };
        let mut diagnostic = Diagnostic::error(&UNEXPECTED_TOKEN, format!("expected {what}, found {found}"))
            .at(span, format!("{what} must stand here"))
            .why(format!("{found} can't stand here"));
        let suggestion = nearest(self.word(), words.iter().copied());
        diagnostic = match suggestion.filter(|_| self.is(TokenKind::Word)) {
            Some(word) => diagnostic.help(format!("did you mean `{word}`?")).fix(Fix::maybe(
                format!("write `{word}`"),
                self.span(),
                word,
            )),
            None if words.is_empty() => diagnostic.help(format!("write {what}")),
            None => diagnostic.help(format!("one of: {}", words.join(", "))),
        };
        self.report(diagnostic);
    }

    /// Complains about a word that isn't one of those known in this place.
    pub(super) fn unknown_word(
        &mut self,
        code: &'static Code,
        what: &str,
        span: Span,
        word: &str,
        known: &[&str],
    ) {
        let mut diagnostic = Diagnostic::error(code, format!("`{word}` is no {what}"))
            .at(span, "not known here")
            .why(format!(
                "the {what}s that can stand here are: {}",
                known.join(", ")
            ));
        diagnostic = match nearest(word, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::maybe(
                format!("write `{near}`"),
                span,
                near,
            )),
            None => diagnostic.help("use one of those, or remove it"),
        };
        self.report(diagnostic);
    }

    /// Complains that something that counts once is said again.
    pub(super) fn given_twice(&mut self, what: &str, again: Span) {
        self.report(
            Diagnostic::error(&GIVEN_TWICE, format!("{what} is given twice"))
                .at(again, "again here")
                .why("it can be said once, and the first counts")
                .help("remove one of the two")
                .fix(Fix::maybe("remove this one", again, "")),
        );
    }

    /// Parses elements up to the closing token and takes that. Each element that fails is skipped, and never more
    /// than that: where the next one begins, or a list further out goes on, parsing does too.
    pub(super) fn list(
        &mut self,
        list: List,
        open: Span,
        close: TokenKind,
        mut element: impl FnMut(&mut Self) -> Parse<()>,
    ) {
        loop {
            if self.eat(close) {
                return;
            }
            if self.ends_early(list) {
                return self.missing_close(open, close);
            }
            self.separators(list);
            if self.is(close) || self.ends_early(list) {
                continue;
            }
            let before = self.at;
            if element(self).is_none() {
                self.skip_to_next(list, close, before);
            }
            // Progress, whatever an element did.
            if self.at == before && !self.is(close) {
                self.skip_tree();
            }
        }
    }

    /// The file's own list, which only its end closes.
    pub(super) fn items(&mut self, mut item: impl FnMut(&mut Self) -> Parse<()>) {
        while !self.is(TokenKind::End) {
            self.separators(List::Items);
            if self.is(TokenKind::End) {
                break;
            }
            let before = self.at;
            if item(self).is_none() {
                self.skip_to_next(List::Items, TokenKind::End, before);
            }
            if self.at == before {
                self.skip_tree();
            }
        }
        self.drop_docs();
    }

    /// Complains about commas and semicolons where nothing separates but space.
    fn separators(&mut self, list: List) {
        if list == List::Elements {
            return;
        }
        while matches!(self.kind(), TokenKind::Comma | TokenKind::Semicolon) {
            let span = self.span();
            let token = self.bump();
            let found = self.describe(token);
            self.report(
                Diagnostic::error(&UNEXPECTED_TOKEN, format!("{found} separates nothing here"))
                    .at(span, "")
                    .why("declarations, fields, rules, clauses and statements stand one after the other")
                    .help("remove it")
                    .fix(Fix::safe("remove it", span, "")),
            );
        }
    }

    /// Whether the list must end here although nothing closes it: the file does, or a declaration begins.
    fn ends_early(&self, list: List) -> bool {
        self.is(TokenKind::End) || list != List::Items && self.starts_item()
    }

    /// Whether a declaration begins here without doubt, whatever is still open.
    pub(super) fn starts_item(&self) -> bool {
        let after = self.nth_kind(2);
        let after_word = self.nth_word(2);
        let certain = match self.word() {
            "entity" => {
                matches!(after, TokenKind::OpenBrace | TokenKind::At) || matches!(after_word, "in" | "is")
            }
            "enum" => matches!(after, TokenKind::OpenBrace | TokenKind::At) || after_word == "ordered",
            "type" => matches!(after, TokenKind::OpenBrace | TokenKind::At | TokenKind::Assign),
            "relation" => matches!(after, TokenKind::Colon | TokenKind::At),
            "access" | "write" => {
                matches!(after, TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::At)
            }
            "role" => matches!(after, TokenKind::OpenBrace | TokenKind::At) || after_word == "is",
            "target" => {
                matches!(after, TokenKind::Number | TokenKind::OpenBrace | TokenKind::Colon)
                    || self.nth(2).first_on_line
            }
            "workload" | "flow" => after == TokenKind::OpenBrace,
            "policy" | "assert" | "cache" => after_word == "on",
            "scale" => after == TokenKind::Assign,
            "keep" => matches!(after_word, "at" | "history"),
            "prefer" => self.is_name(2),
            "feed" => after_word == "to" || after == TokenKind::Comma,
            "place" => after_word == "on" || after == TokenKind::Comma,
            "session" | "operate" => {
                return self.nth_kind(1) == TokenKind::OpenBrace && self.nth(0).first_on_line;
            }
            "restrict" => return self.nth_word(1) == "policy" && self.nth(0).first_on_line,
            _ => return false,
        };
        certain && self.is_name(1) && self.nth(0).first_on_line
    }

    fn missing_close(&mut self, open: Span, close: TokenKind) {
        let (opened, closed) = match close {
            TokenKind::CloseBrace => ("{", "}"),
            TokenKind::CloseParen => ("(", ")"),
            TokenKind::CloseBracket => ("[", "]"),
            _ => ("<", ">"),
        };
        let found = self.describe(self.nth(0));
        let end = self.last_span().after();
        self.report(
            Diagnostic::error(&MISSING_CLOSE, format!("`{opened}` is never closed"))
                .at(open, "opened here")
                .at(end, format!("`{closed}` must stand before {found}"))
                .why(format!("{found} begins something new"))
                .help(format!("write `{closed}`"))
                .fix(Fix::maybe(format!("write `{closed}`"), end, closed)),
        );
    }

    /// Skips what is left of an element that failed.
    fn skip_to_next(&mut self, list: List, close: TokenKind, before: usize) {
        while !self.is(close) && !self.is(TokenKind::End) && !self.starts_item() {
            let token = self.nth(0);
            let next = self.at > before
                && match list {
                    List::Items => token.first_on_line && token.kind == TokenKind::Word,
                    List::Members => self.is_field() || token.first_on_line && self.is_name(0),
                    List::Clauses | List::Statements => token.first_on_line && token.kind == TokenKind::Word,
                    List::Elements => token.kind == TokenKind::Comma,
                };
            // A brace that closes a list further out ends this one, which then says what it misses.
            if next || list == List::Elements && token.kind == TokenKind::CloseBrace {
                return;
            }
            self.skip_tree();
        }
    }

    /// Skips one token, or a whole bracket with what is in it; a loop, for brackets can be ten thousand deep.
    pub(super) fn skip_tree(&mut self) {
        let mut depth = 0u32;
        loop {
            match self.kind() {
                TokenKind::End => return,
                TokenKind::OpenBrace | TokenKind::OpenParen | TokenKind::OpenBracket => depth += 1,
                TokenKind::CloseBrace | TokenKind::CloseParen | TokenKind::CloseBracket => {
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            if depth > 0 && self.starts_item() {
                return;
            }
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }
}
