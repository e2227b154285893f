//! Text to tokens. Never fails: what is no token becomes a diagnostic.

use super::codes::{
    NEEDS_QUOTES, NOT_TEXT, SOURCE_TOO_LARGE, UNKNOWN_CHARACTER, UNTERMINATED_COMMENT, UNTERMINATED_STRING,
};
use super::token::{Token, TokenKind};
use crate::diag::{Diagnostic, Fix};
use crate::span::{FileId, Span};

/// What a text consists of.
pub(super) struct Lexed {
    /// Ends with [`TokenKind::End`].
    pub(super) tokens: Vec<Token>,
    /// `//` and `/* */`, in order.
    pub(super) comments: Vec<Span>,
    /// `///` lines, each with the index of the token that follows.
    pub(super) docs: Vec<(usize, Span)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The most bytes that a source may have.
const MAX_SOURCE: usize = 32 << 20;

/// Beyond this many complaints about single characters the rest is noise.
const MAX_COMPLAINTS: usize = 100;

/// Each string without an end costs a search to the end of the text, so there can't be many.
const MAX_UNTERMINATED: u32 = 20;

pub(super) fn lex(text: &str, file: FileId) -> Lexed {
    let nothing = Lexed {
        tokens: Vec::new(),
        comments: Vec::new(),
        docs: Vec::new(),
        diagnostics: Vec::new(),
    };
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        file,
        first_on_line: true,
        unterminated: 0,
        lexed: nothing,
    };
    if text.len() > MAX_SOURCE {
        lexer.too_large();
    } else if let Some(at) = text.bytes().position(is_binary) {
        lexer.not_text(at);
    } else {
        lexer.run();
    }
    let end = lexer.at as u32;
    lexer.lexed.tokens.push(Token {
        kind: TokenKind::End,
        start: end,
        end,
        first_on_line: true,
    });
    lexer.lexed
}

/// Control characters that no text has.
fn is_binary(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c) || byte == 0x7f
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    file: FileId,
    first_on_line: bool,
    unterminated: u32,
    lexed: Lexed,
}

impl Lexer<'_> {
    fn too_large(&mut self) {
        let size = self.text.len() >> 20;
        self.lexed.diagnostics.push(
            Diagnostic::error(&SOURCE_TOO_LARGE, format!("the source is too large: {size} MiB"))
                .at(Span::new(self.file, 0, 0), "")
                .why("a source file may have 32 MiB; ten thousand entities need less than ten")
                .help("look whether this is the right file, or split the model with `use`"),
        );
    }

    fn not_text(&mut self, at: usize) {
        let byte = self.bytes[at];
        self.lexed.diagnostics.push(
            Diagnostic::error(
                &NOT_TEXT,
                format!("the source is not text: it holds the control character 0x{byte:02x}"),
            )
            .at(self.span(at, at + 1), "here")
            .why("a description is plain text in UTF-8, and nothing in it was read")
            .help("look whether this is the right file, and remove the character if it is"),
        );
    }

    fn run(&mut self) {
        self.at = if self.text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.first_on_line = true;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' | 0x0c => self.at += 1,
                b'/' if self.rest(1) == Some(b'/') => self.line_comment(),
                b'/' if self.rest(1) == Some(b'*') => self.block_comment(),
                b'"' => self.string(),
                b'r' if self.raw_hashes().is_some() => self.raw_string(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
                b'0'..=b'9' => self.number(),
                128.. => self.foreign_letters(),
                _ => self.punctuation(byte),
            }
        }
    }

    fn rest(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn push(&mut self, kind: TokenKind, end: usize) {
        let (start, first_on_line) = (self.at as u32, self.first_on_line);
        self.lexed.tokens.push(Token {
            kind,
            start,
            end: end as u32,
            first_on_line,
        });
        self.first_on_line = false;
        self.at = end;
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        if self.lexed.diagnostics.len() < MAX_COMPLAINTS {
            self.lexed.diagnostics.push(diagnostic);
        }
    }

    fn end_of(&self, start: usize, wanted: impl Fn(u8) -> bool) -> usize {
        start
            + self.bytes[start..]
                .iter()
                .take_while(|byte| wanted(**byte))
                .count()
    }

    fn line_comment(&mut self) {
        let end = self.end_of(self.at, |byte| byte != b'\n');
        let end = end - usize::from(end > self.at && self.bytes[end - 1] == b'\r');
        let span = self.span(self.at, end);
        // Rust's rule: three slashes document, four only decorate.
        if self.rest(2) == Some(b'/') && self.rest(3) != Some(b'/') {
            self.lexed.docs.push((self.lexed.tokens.len(), span));
        } else {
            self.lexed.comments.push(span);
        }
        self.at = end;
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0u32;
        loop {
            match (self.rest(0), self.rest(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                (Some(_), _) => self.at += 1,
                (None, _) => {
                    let diagnostic = Diagnostic::error(&UNTERMINATED_COMMENT, "the comment has no end")
                        .at(self.span(start, start + 2), "it begins here")
                        .why("everything after it is comment")
                        .help("close it with `*/`");
                    self.complain(diagnostic);
                    break;
                }
            }
        }
        self.lexed.comments.push(self.span(start, self.at));
    }

    fn string(&mut self) {
        let mut end = self.at + 1;
        loop {
            match self.bytes.get(end) {
                Some(b'"') => return self.push(TokenKind::Text, end + 1),
                Some(b'\\') => end += 2,
                Some(_) => end += 1,
                None => return self.unterminated("\""),
            }
        }
    }

    /// The number of `#` of a raw string that begins here.
    fn raw_hashes(&self) -> Option<usize> {
        let hashes = self.bytes[self.at + 1..]
            .iter()
            .take_while(|byte| **byte == b'#')
            .count();
        (self.rest(1 + hashes) == Some(b'"')).then_some(hashes)
    }

    fn raw_string(&mut self) {
        let close = format!("\"{}", "#".repeat(self.raw_hashes().unwrap_or(0)));
        let body = self.at + 1 + close.len();
        match self.text[body..].find(&close) {
            Some(length) => self.push(TokenKind::Text, body + length + close.len()),
            None => self.unterminated(&close),
        }
    }

    /// The string runs to the end of the file; only its line is given up, so that what follows is still read.
    fn unterminated(&mut self, close: &str) {
        let end = self.end_of(self.at, |byte| byte != b'\n');
        let diagnostic = Diagnostic::error(&UNTERMINATED_STRING, "the string has no end")
            .at(self.span(self.at, end), "it begins here")
            .why("no quote closes it before the file ends")
            .help(format!("close it with `{close}`"));
        self.complain(diagnostic);
        self.push(TokenKind::Bad, end);
        self.unterminated += 1;
        if self.unterminated > MAX_UNTERMINATED {
            self.at = self.bytes.len();
        }
    }

    fn word(&mut self) {
        let end = self.end_of(self.at, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if self.bytes.get(end).is_some_and(|byte| *byte >= 128) {
            self.foreign_letters();
        } else {
            self.push(TokenKind::Word, end);
        }
    }

    fn number(&mut self) {
        let clinging = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut end = self.end_of(self.at, clinging);
        let digit_at = |at: usize| self.bytes.get(at).is_some_and(u8::is_ascii_digit);
        let after_dot = self
            .lexed
            .tokens
            .last()
            .is_some_and(|last| last.kind == TokenKind::Dot && last.end as usize == self.at);
        // `1..50` is a range, `8.0.17` a version of which `8.0` and `17` are numbers.
        if self.bytes.get(end) == Some(&b'.') && digit_at(end + 1) && !after_dot {
            end = self.end_of(end + 1, clinging);
        }
        let exponent =
            matches!(self.bytes[end - 1], b'e' | b'E') && matches!(self.bytes.get(end), Some(b'+' | b'-'));
        if exponent && digit_at(end + 1) {
            end = self.end_of(end + 1, clinging);
        }
        self.push(TokenKind::Number, end);
    }

    /// Letters that the language hasn't: a name that someone forgot to quote, or a stray character.
    fn foreign_letters(&mut self) {
        let wordish = |c: char| c.is_alphanumeric() || c == '_';
        let rest = &self.text[self.at..];
        let word: usize = rest.chars().take_while(|c| wordish(*c)).map(char::len_utf8).sum();
        if word > 0 {
            let end = self.at + word;
            let name = &rest[..word];
            let span = self.span(self.at, end);
            let diagnostic = Diagnostic::error(&NEEDS_QUOTES, format!("the name `{name}` needs quotes"))
                .at(span, "other letters than ASCII")
                .why("words are ASCII, so that every token is one of Rust's; any other name is a string")
                .help(format!("write \"{name}\", and self.\"{name}\" in expressions"))
                .fix(Fix::safe("quote the name", span, format!("\"{name}\"")));
            self.complain(diagnostic);
            return self.push(TokenKind::Word, end);
        }
        let end = self.at
            + rest
                .chars()
                .take_while(|c| !wordish(*c) && !c.is_ascii())
                .map(char::len_utf8)
                .sum::<usize>();
        self.unknown_character(end.max(self.at + 1));
    }

    fn unknown_character(&mut self, end: usize) {
        let what = &self.text[self.at..end];
        // Spaces of other kinds separate like plain ones once they are complained about.
        let help = match what {
            "'" => "strings stand in double quotes: \"…\"",
            "“" | "”" | "„" => "strings stand in straight quotes: \"…\"",
            "#" | "`" | "~" | "^" | "\\" | "&" | "!" => "remove it",
            _ => "remove it, or put it in a string",
        };
        let diagnostic = Diagnostic::error(
            &UNKNOWN_CHARACTER,
            format!("`{}` means nothing here", what.escape_debug()),
        )
        .at(self.span(self.at, end), "")
        .why("outside of strings and comments the language is ASCII words, numbers and a few signs")
        .help(help);
        self.complain(diagnostic);
        self.push(TokenKind::Bad, end);
    }

    /// `'…'` on one line is a string of another language.
    fn single_quoted(&mut self) {
        let body = self.end_of(self.at + 1, |byte| byte != b'\'' && byte != b'\n');
        if self.bytes.get(body) != Some(&b'\'') {
            return self.unknown_character(self.at + 1);
        }
        let span = self.span(self.at, body + 1);
        let text = &self.text[self.at + 1..body];
        let diagnostic = Diagnostic::error(&UNKNOWN_CHARACTER, "a string in single quotes")
            .at(span, "")
            .why("strings stand in double quotes")
            .help(format!("write {text:?}"))
            .fix(Fix::safe("use double quotes", span, format!("{text:?}")));
        self.complain(diagnostic);
        self.push(TokenKind::Text, body + 1);
    }

    fn punctuation(&mut self, byte: u8) {
        use TokenKind as T;
        let (kind, length) = match (byte, self.rest(1)) {
            (b'{', _) => (T::OpenBrace, 1),
            (b'}', _) => (T::CloseBrace, 1),
            (b'(', _) => (T::OpenParen, 1),
            (b')', _) => (T::CloseParen, 1),
            (b'[', _) => (T::OpenBracket, 1),
            (b']', _) => (T::CloseBracket, 1),
            (b'<', Some(b'=')) => (T::LessEq, 2),
            (b'<', Some(b'>')) => (T::Foreign, 2),
            (b'<', _) => (T::Less, 1),
            (b'>', Some(b'=')) => (T::GreaterEq, 2),
            (b'>', _) => (T::Greater, 1),
            (b'=', Some(b'=')) => (T::EqEq, 2),
            (b'=', _) => (T::Assign, 1),
            (b'!', Some(b'=')) => (T::NotEq, 2),
            (b'!', _) => (T::Foreign, 1),
            (b'&', Some(b'&')) | (b'|', Some(b'|')) => (T::Foreign, 2),
            (b',', _) => (T::Comma, 1),
            (b':', _) => (T::Colon, 1),
            (b';', _) => (T::Semicolon, 1),
            (b'.', Some(b'.')) => (T::DotDot, 2),
            (b'.', _) => (T::Dot, 1),
            (b'-', Some(b'>')) => (T::Arrow, 2),
            (b'-', _) => (T::Minus, 1),
            (b'+', _) => (T::Plus, 1),
            (b'*', _) => (T::Star, 1),
            (b'/', _) => (T::Slash, 1),
            (b'%', _) => (T::Percent, 1),
            (b'?', _) => (T::Question, 1),
            (b'@', _) => (T::At, 1),
            (b'$', _) => (T::Dollar, 1),
            (b'|', _) => (T::Pipe, 1),
            (b'\'', _) => return self.single_quoted(),
            _ => return self.unknown_character(self.at + 1),
        };
        self.push(kind, self.at + length);
    }
}
