//! Diagnostics: what is wrong, where, why, and what to do, as data. Rendering is apart: [`render`] for people,
//! [`json`] for machines.

pub mod json;
pub mod registry;
#[cfg(feature = "render")]
pub mod render;
mod source;

use std::fmt;

use serde::{Serialize, Serializer};

pub use source::{Location, Source, SourceMap};

use crate::span::Span;

/// The stable identity of a kind of diagnostic. Each room declares its own as statics beside the rule that raises
/// them and lists them in its `CODES`, which [`registry`] joins.
///
/// ```
/// use dbspec_core::diag::Code;
///
/// pub static DUPLICATE_NAME: Code = Code {
///     id: "E0301",
///     name: "duplicate-name",
///     docs: "Two things in one namespace have the same name. Rename one of them.",
/// };
/// ```
#[derive(Debug)]
pub struct Code {
    /// Such as `E0102`; never reused for something else.
    pub id: &'static str,
    /// A short name in words, such as `unexpected-token`.
    pub name: &'static str,
    /// What it means and what to do, in Markdown.
    pub docs: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not meant.
    Warning,
    /// Nothing is compiled.
    Error,
}

impl Severity {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding. Texts are lower case, without a final dot, and name what they are about, because a model from the
/// builder or JSON has no text to point at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Which kind.
    pub code: &'static Code,
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where, most important first; the first is the primary one.
    pub labels: Vec<DiagnosticLabel>,
    /// Why it is wrong.
    pub why: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Edits that would do it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// An error; say where with [`at`](Self::at).
    pub fn error(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning; say where with [`at`](Self::at).
    pub fn warning(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A finding of any severity.
    pub fn new(code: &'static Code, severity: Severity, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            severity,
            message,
            labels: Vec::new(),
            why: None,
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Where, with what to say there (may be empty). The first call is the primary place, later ones are secondary.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.labels.push(DiagnosticLabel {
            span,
            text: label.into(),
        });
        self
    }

    /// Why it is wrong.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// An edit that would do it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }

    /// The primary place, or [`Span::NONE`].
    pub fn span(&self) -> Span {
        self.labels.first().map_or(Span::NONE, |label| label.span)
    }
}

/// A place and what to say there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiagnosticLabel {
    /// The place.
    #[serde(skip)]
    pub span: Span,
    /// What to say there.
    pub text: String,
}

/// Edits that would mend a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does, such as "quote the name".
    pub title: String,
    /// The edits; none overlaps another.
    pub edits: Vec<Edit>,
    /// Whether it can be applied unseen.
    pub applicability: Applicability,
}

impl Fix {
    /// A fix of one edit that keeps the meaning.
    pub fn safe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        let edits = vec![Edit {
            span,
            text: text.into(),
        }];
        Self {
            title: title.into(),
            edits,
            applicability: Applicability::Safe,
        }
    }

    /// A fix of one edit that someone should look at.
    pub fn maybe(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self {
            applicability: Applicability::Review,
            ..Self::safe(title, span, text)
        }
    }
}

/// Replaces a span by a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// What is replaced; empty to insert.
    #[serde(skip)]
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Whether a fix can be applied unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applicability {
    /// It says what was meant.
    Safe,
    /// Probably; someone should look.
    Review,
}
