//! Names, paths of names and numbers: the words of every other node.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::span::Span;

/// A name that the user gave: any text but the empty one; compared exactly. In JSON a plain string.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Name {
    /// The name itself, without quotes.
    pub text: String,
    /// Where it stands.
    #[serde(skip)]
    pub at: Span,
}

impl Name {
    /// A name at a place in the text.
    pub fn new(text: impl Into<String>, at: Span) -> Self {
        Self {
            text: text.into(),
            at,
        }
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text, Span::NONE)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self::new(text, Span::NONE)
    }
}

impl From<&Self> for Name {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.text
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

/// Names joined by dots (`during.end`, `Order.lines`), at least one. In JSON a list of strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldPath {
    /// The names, outermost first.
    pub names: Vec<Name>,
    /// Where the path stands.
    #[serde(skip)]
    pub at: Span,
}

impl FieldPath {
    /// The path of one or more names.
    pub fn new(names: impl IntoIterator<Item = Name>) -> Self {
        let names: Vec<Name> = names.into_iter().collect();
        let at = names.iter().fold(Span::NONE, |at, name| at.to(name.at));
        Self { names, at }
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, name) in self.names.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(&name.text)?;
        }
        Ok(())
    }
}

/// Splits at dots, so `"during.end"` has two names; build names that hold dots with [`FieldPath::new`].
impl From<&str> for FieldPath {
    fn from(text: &str) -> Self {
        Self::new(text.split('.').map(Name::from))
    }
}

/// An exact number as text: digits, perhaps a sign before, a fraction and an exponent after; no underscores. The text
/// is kept because `1.50` says its scale. In JSON a string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

/// The text is no number of the language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number: digits with an optional sign, fraction and exponent are")]
pub struct NotANumber(pub String);

impl Number {
    /// Reads a number; underscores between digits are dropped.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let clean: String = text.chars().filter(|c| *c != '_').collect();
        if is_number(&clean) {
            Ok(Self(clean))
        } else {
            Err(NotANumber(text.to_owned()))
        }
    }

    /// The exact text, such as `-12.50`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has neither fraction nor exponent.
    pub fn is_integer(&self) -> bool {
        self.0.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    }

    /// Whether it has a minus sign.
    pub fn is_negative(&self) -> bool {
        self.0.starts_with('-')
    }

    /// The same number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        match self.0.strip_prefix('-') {
            Some(positive) => Self(positive.to_owned()),
            None => Self(format!("-{}", self.0)),
        }
    }

    /// The value, if it is an integer that fits.
    pub fn to_i128(&self) -> Option<i128> {
        self.0.parse().ok()
    }

    /// The value, if it is an integer that fits and isn't negative.
    pub fn to_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }
}

fn is_number(text: &str) -> bool {
    fn digits(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
    }
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['-', '+']).unwrap_or(e)))
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.to_string())
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(value.to_string())
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self(value.to_string())
    }
}

impl TryFrom<String> for Number {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        Self::parse(&text)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.0
    }
}
