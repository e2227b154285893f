//! The language as text: lexer, parser and formatter.
//!
//! [`parse`] never fails: it returns what it could read and a diagnostic for each thing it couldn't.

mod codes;
mod cursor;
mod format;
mod lexer;
mod load;
mod parse;
mod recover;
mod suggest;
mod text;
mod token;

pub use codes::*;
pub(crate) use format::short;
pub use format::{format, format_model};
pub use load::{Loaded, MAX_BYTES, Reader, load};
pub use suggest::nearest;
pub(crate) use token::is_word;

use crate::diag::Diagnostic;
use crate::model::Model;
use crate::span::{FileId, Span};

/// What a text says, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The declarations that could be read.
    pub model: Model,
    /// Comments beside the tree, by position, which the formatter puts back.
    pub comments: Vec<Comment>,
    /// What is wrong, by position.
    pub diagnostics: Vec<Diagnostic>,
    /// The text itself, which spans point into.
    pub text: String,
}

/// `// …` or `/* … */`, or documentation that documents nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// With its slashes.
    pub text: String,
    /// Where it stands.
    pub at: Span,
}

/// Reads a text that is the only one.
pub fn parse(text: &str) -> Parsed {
    parse_file(text, FileId::default())
}

/// Reads one of several texts.
pub fn parse_file(text: &str, file: FileId) -> Parsed {
    let mut lexed = lexer::lex(text, file);
    let mut comments = std::mem::take(&mut lexed.comments);
    let mut parser = cursor::Parser::new(text, file, lexed);
    let model = parser.model();
    comments.append(&mut parser.lost_docs);
    comments.sort_by_key(|span| span.position());
    let comments = comments
        .into_iter()
        .map(|at| Comment {
            text: text[at.start as usize..at.end as usize].trim_end().to_owned(),
            at,
        })
        .collect();
    let mut diagnostics = parser.diagnostics;
    diagnostics.sort_by_key(|diagnostic| diagnostic.span().position());
    Parsed {
        model,
        comments,
        diagnostics,
        text: text.to_owned(),
    }
}
