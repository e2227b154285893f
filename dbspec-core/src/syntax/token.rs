//! Tokens. Each is also a token of Rust, edition 2024, so that a macro can hold the same language.

use crate::span::{FileId, Span};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum TokenKind {
    /// A word: ASCII letters, digits and `_`, not beginning with a digit.
    Word,
    /// `"…"` or `r"…"`, closed.
    Text,
    /// `12`, `1.50`, `10ms`: digits and what clings to them.
    Number,
    OpenBrace,
    CloseBrace,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Less,
    Greater,
    LessEq,
    GreaterEq,
    /// `=`.
    Assign,
    /// `==`.
    EqEq,
    /// `!=`.
    NotEq,
    Comma,
    Colon,
    Semicolon,
    Dot,
    /// `..`.
    DotDot,
    /// `->`.
    Arrow,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Question,
    At,
    Dollar,
    Pipe,
    /// What another language has and this one hasn't (`&&`, `||`, `!`, `<>`): a good message needs it whole.
    Foreign,
    /// What the lexer has already complained about.
    Bad,
    /// After the last token.
    End,
}

/// A token and the bytes it covers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether it is the first on its line, by which recovery guesses where something new begins.
    pub(super) first_on_line: bool,
}

impl Token {
    pub(super) fn span(self, file: FileId) -> Span {
        Span::new(file, self.start, self.end)
    }
}

/// Whether a text can stand as a name without quotes.
pub(crate) fn is_word(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text != "_"
}
