//! The parser's hands: looking at tokens, taking them, complaining and recovering. It knows no production.

use super::codes::{BAD_NAME, BAD_NUMBER, LOST_DOCUMENTATION, TOO_DEEP};
use super::lexer::Lexed;
use super::text::unescape;
use super::token::{Token, TokenKind};
use crate::diag::{Diagnostic, Fix};
use crate::model::{Name, Number};
use crate::span::{FileId, Span};

/// A production's result; `None` when it has complained and the list around it must recover.
pub(super) type Parse<T> = Option<T>;

/// After so many errors the rest of the file is left unread.
pub(super) const MAX_ERRORS: usize = 500;

/// How deep things nest, counted in levels of JSON, which `serde_json` reads to 128.
const MAX_LEVELS: u32 = 100;

/// What is being listed, so that recovery inside knows what the lists around it want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Declarations of a file.
    Items,
    /// Members of an entity, fields of a type.
    Members,
    /// Clauses of an access.
    Clauses,
    /// Statements of a write.
    Statements,
    /// Anything else between braces or parentheses.
    Elements,
}

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) file: FileId,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Documentation that documented nothing, which the formatter keeps like comments.
    pub(super) lost_docs: Vec<Span>,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    docs: Vec<(usize, Span)>,
    next_doc: usize,
    levels: u32,
    /// Whether `or skip` ends an expression, as it does in writes.
    pub(super) in_write: bool,
    /// Whether an expression is being parsed, which is then not the outermost.
    pub(super) in_expr: bool,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, file: FileId, lexed: Lexed) -> Self {
        Self {
            text,
            file,
            diagnostics: lexed.diagnostics,
            lost_docs: Vec::new(),
            tokens: lexed.tokens,
            at: 0,
            docs: lexed.docs,
            next_doc: 0,
            levels: 0,
            in_write: false,
            in_expr: false,
        }
    }

    // Looking.

    pub(super) fn nth(&self, ahead: usize) -> Token {
        self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.nth(0).kind
    }

    pub(super) fn nth_kind(&self, ahead: usize) -> TokenKind {
        self.nth(ahead).kind
    }

    pub(super) fn span(&self) -> Span {
        self.nth(0).span(self.file)
    }

    /// The span of the token before.
    pub(super) fn last_span(&self) -> Span {
        match self.at.checked_sub(1) {
            Some(before) => self.tokens[before].span(self.file),
            None => Span::new(self.file, 0, 0),
        }
    }

    /// From a token's start to the end of the token before.
    pub(super) fn since(&self, start: Span) -> Span {
        let last = self.last_span();
        if last.end < start.start {
            start
        } else {
            start.to(last)
        }
    }

    pub(super) fn source(&self, token: Token) -> &'t str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// The word ahead, or nothing if it is no word.
    pub(super) fn nth_word(&self, ahead: usize) -> &'t str {
        let token = self.nth(ahead);
        if token.kind == TokenKind::Word {
            self.source(token)
        } else {
            ""
        }
    }

    pub(super) fn word(&self) -> &'t str {
        self.nth_word(0)
    }

    pub(super) fn is(&self, kind: TokenKind) -> bool {
        self.kind() == kind
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.word() == word
    }

    /// Whether a name, quoted or not, stands `ahead`.
    pub(super) fn is_name(&self, ahead: usize) -> bool {
        matches!(self.nth_kind(ahead), TokenKind::Word | TokenKind::Text)
    }

    /// Whether a new field begins here: a name and a colon. Then no word is a keyword.
    pub(super) fn is_field(&self) -> bool {
        self.is_name(0) && self.nth_kind(1) == TokenKind::Colon
    }

    /// Whether the word is a keyword here: it is the word, and neither `:` nor `=` makes it a name.
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        self.is_word(word) && !matches!(self.nth_kind(1), TokenKind::Colon | TokenKind::Assign)
    }

    // Taking.

    pub(super) fn bump(&mut self) -> Token {
        let token = self.nth(0);
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    pub(super) fn eat(&mut self, kind: TokenKind) -> bool {
        let there = self.is(kind);
        if there {
            self.bump();
        }
        there
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let there = self.is_word(word);
        if there {
            self.bump();
        }
        there
    }

    pub(super) fn expect(&mut self, kind: TokenKind, what: &str) -> Parse<Span> {
        let span = self.span();
        if self.eat(kind) {
            return Some(span);
        }
        self.unexpected(what);
        None
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Parse<Span> {
        let span = self.span();
        if self.eat_word(word) {
            return Some(span);
        }
        self.unexpected(&format!("`{word}`"));
        None
    }

    /// A `>`, also where it clings to a `=` that follows (`list<int32>= …`).
    pub(super) fn expect_greater(&mut self) -> Parse<()> {
        if self.is(TokenKind::GreaterEq) {
            let token = &mut self.tokens[self.at];
            token.kind = TokenKind::Assign;
            token.start += 1;
            return Some(());
        }
        self.expect(TokenKind::Greater, "`>`").map(|_| ())
    }

    /// A name, quoted or not.
    pub(super) fn name(&mut self, what: &str) -> Parse<Name> {
        let span = self.span();
        match self.kind() {
            TokenKind::Word => {
                let text = self.word().to_owned();
                self.bump();
                Some(Name::new(text, span))
            }
            TokenKind::Text => {
                let text = self.string()?;
                if text.is_empty() {
                    self.report(
                        Diagnostic::error(&BAD_NAME, "an empty name")
                            .at(span, "")
                            .why("a name has at least one character")
                            .help(format!("write {what}")),
                    );
                    return None;
                }
                Some(Name::new(text, span))
            }
            _ => {
                self.unexpected(what);
                None
            }
        }
    }

    /// A word: what can't be quoted because expressions begin with it.
    pub(super) fn plain_name(&mut self, what: &str) -> Parse<Name> {
        if self.is(TokenKind::Text) {
            let span = self.span();
            self.bump();
            self.report(
                Diagnostic::error(&BAD_NAME, format!("{what} can't be quoted"))
                    .at(span, "")
                    .why("expressions begin with it, and there a string is a text")
                    .help("choose a word of ASCII letters, digits and `_`"),
            );
            return None;
        }
        self.name(what)
    }

    /// The text of a string token.
    pub(super) fn string(&mut self) -> Parse<String> {
        let span = self.expect(TokenKind::Text, "a string in double quotes")?;
        let source = &self.text[span.start as usize..span.end as usize];
        match unescape(source, span) {
            Ok(text) => Some(text),
            Err(diagnostic) => {
                // The shape is right, so parsing goes on with what could be read.
                self.report(*diagnostic);
                Some(source.trim_matches('"').to_owned())
            }
        }
    }

    /// A number without a unit, perhaps with a minus before it.
    pub(super) fn signed_number(&mut self, what: &str) -> Parse<Number> {
        if self.is(TokenKind::Minus) && self.nth_kind(1) == TokenKind::Number {
            self.bump();
            return self.number(what).map(|number| number.negated());
        }
        self.number(what)
    }

    /// A number without a unit.
    pub(super) fn number(&mut self, what: &str) -> Parse<Number> {
        let token = self.nth(0);
        let span = self.expect(TokenKind::Number, what)?;
        if let Ok(number) = Number::parse(self.source(token)) {
            return Some(number);
        }
        self.report(
            Diagnostic::error(&BAD_NUMBER, format!("`{}` is not a number", self.source(token)))
                .at(span, "")
                .why(format!("{what} must stand here, without a unit"))
                .help(
                    "write digits, with underscores between them if you like, and a fraction after a point",
                ),
        );
        None
    }

    /// A whole number that isn't negative.
    pub(super) fn count(&mut self, what: &str) -> Parse<u64> {
        let span = self.span();
        let number = self.number(what)?;
        let count = number.to_u64();
        if count.is_none() {
            self.report(
                Diagnostic::error(&BAD_NUMBER, format!("`{number}` is not {what}"))
                    .at(span, "")
                    .why("a whole number must stand here, at most 18,446,744,073,709,551,615")
                    .help("write a whole number"),
            );
        }
        count
    }

    /// A whole number that fits into 32 bits.
    pub(super) fn small_count(&mut self, what: &str) -> Parse<u32> {
        let span = self.span();
        let count = self.count(what)?;
        let small = u32::try_from(count).ok();
        if small.is_none() {
            self.report(
                Diagnostic::error(&BAD_NUMBER, format!("{count} is too large"))
                    .at(span, "")
                    .why(format!("{what} is at most 4,294,967,295"))
                    .help("write a smaller number"),
            );
        }
        small
    }

    // Documentation.

    /// The documentation before the token ahead.
    pub(super) fn docs(&mut self) -> Option<String> {
        self.drop_docs();
        let mut lines: Vec<&str> = Vec::new();
        while let Some((_, span)) = self
            .docs
            .get(self.next_doc)
            .filter(|(before, _)| *before == self.at)
        {
            let line = &self.text[span.start as usize + 3..span.end as usize];
            lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end());
            self.next_doc += 1;
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Documentation that was passed by documents nothing.
    pub(super) fn drop_docs(&mut self) {
        while let Some((_, span)) = self
            .docs
            .get(self.next_doc)
            .copied()
            .filter(|(before, _)| *before < self.at)
        {
            self.next_doc += 1;
            self.lost_docs.push(span);
            let slashes = Span::new(span.file, span.start, span.start + 3);
            self.report(
                Diagnostic::warning(&LOST_DOCUMENTATION, "this documents nothing")
                    .at(span, "")
                    .why("`///` documents the declaration, field, rule or label that follows it")
                    .help("write `//` for a comment")
                    .fix(Fix::safe("make it a comment", slashes, "//")),
            );
        }
    }

    // Complaining.

    pub(super) fn describe(&self, token: Token) -> String {
        match token.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Text => "a string".to_owned(),
            TokenKind::Number => format!("the number `{}`", self.source(token)),
            _ => format!("`{}`", self.source(token)),
        }
    }

    // Recovering.

    /// Runs a production one step deeper, unless that is too deep.
    pub(super) fn nested<T>(&mut self, levels: u32, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.levels + levels > MAX_LEVELS {
            self.too_deep();
            return None;
        }
        self.levels += levels;
        let parsed = parse(self);
        self.levels -= levels;
        parsed
    }

    /// Complains where so many levels are too many here.
    pub(super) fn nested_in(&mut self, levels: u32, at: Span) -> Parse<()> {
        if self.levels + levels <= MAX_LEVELS {
            return Some(());
        }
        self.report_depth(at);
        None
    }

    fn too_deep(&mut self) {
        self.report_depth(self.span());
        // What is open around here is closed again as a whole, so that one complaint is enough.
        while !self.is(TokenKind::End) && !self.nth(0).first_on_line {
            self.skip_tree();
        }
    }

    fn report_depth(&mut self, span: Span) {
        self.report(
            Diagnostic::error(&TOO_DEEP, "this nests too deep")
                .at(span, "too deep from here on")
                .why("expressions, types and blocks nest about 50 deep")
                .help("name a part of it, as a derived field, a type or a write of its own"),
        );
    }
}
