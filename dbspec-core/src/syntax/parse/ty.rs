//! Types, bounds and fan-outs.

use super::super::codes::{MISSING_PARAMETER, UNKNOWN_WORD};
use super::super::cursor::{Parse, Parser};
use super::super::token::TokenKind as T;
use crate::diag::Diagnostic;
use crate::model::{Bounds, Fan, Scalar, TypeExpr, TypeKind};

/// Levels of JSON that one type inside another adds.
const LEVELS: u32 = 3;

impl Parser<'_> {
    /// `decimal(12, 2)?`, `-> Customer`, `list<string(30)>`.
    pub(super) fn type_expr(&mut self) -> Parse<TypeExpr> {
        let start = self.span();
        let kind = self.nested(LEVELS, Self::type_kind)?;
        let optional = self.eat(T::Question);
        Some(TypeExpr {
            kind,
            optional,
            at: self.since(start),
        })
    }

    fn type_kind(&mut self) -> Parse<TypeKind> {
        if self.eat(T::Arrow) {
            return self
                .name("the entity that is referred to")
                .map(TypeKind::Reference);
        }
        let scalar = |scalar| Some(TypeKind::Scalar(scalar));
        // A quoted name is never the language's own.
        let word = self.word();
        let simple = match word {
            "bool" => Some(Scalar::Bool),
            "int16" => Some(Scalar::Int16),
            "int32" => Some(Scalar::Int32),
            "int64" => Some(Scalar::Int64),
            "float64" => Some(Scalar::Float64),
            "text" => Some(Scalar::Text),
            "uuid" => Some(Scalar::Uuid),
            "date" => Some(Scalar::Date),
            "time" => Some(Scalar::Time),
            "timestamp" => Some(Scalar::Timestamp),
            "duration" => Some(Scalar::Duration),
            "point" => Some(Scalar::Point),
            "hashed" => Some(Scalar::Hashed),
            "json" if self.nth_kind(1) != T::Less => Some(Scalar::Json),
            _ => None,
        };
        if let Some(simple) = simple {
            self.bump();
            return scalar(simple);
        }
        match self.with_parameters(word) {
            "decimal" => {
                self.parameters("(12, 2)", "its digits in all and after the point")?;
                let precision = self.small_count("the number of digits")?;
                self.expect(T::Comma, "`,` and the digits after the point")?;
                let scale = self.small_count("the number of digits after the point")?;
                self.expect(T::CloseParen, "`)`")?;
                scalar(Scalar::Decimal { precision, scale })
            }
            "string" => self
                .sized("(100)", "the most characters it has")
                .and_then(|max| scalar(Scalar::String { max })),
            "bytes" => self
                .sized("(32)", "the most bytes it has")
                .and_then(|max| scalar(Scalar::Bytes { max })),
            "vector" => self
                .sized("(384)", "its number of components")
                .and_then(|dimensions| scalar(Scalar::Vector { dimensions })),
            "list" => self.type_parameter().map(TypeKind::List),
            "set" => self.type_parameter().map(TypeKind::Set),
            "range" => self.type_parameter().map(TypeKind::Range),
            "json" => self.type_parameter().map(TypeKind::JsonOf),
            "encrypted" => self.type_parameter().map(TypeKind::Encrypted),
            "map" => {
                self.open_type_parameters("<string(20), T>", "the types of its keys and values")?;
                let key = Box::new(self.type_expr()?);
                self.expect(T::Comma, "`,` and the type of the values")?;
                let value = Box::new(self.type_expr()?);
                self.expect_greater()?;
                Some(TypeKind::Map { key, value })
            }
            _ => self.name("a type").map(TypeKind::Named),
        }
    }

    /// The type that a word with parentheses was meant to be; says so where it is a slip.
    fn with_parameters<'w>(&mut self, word: &'w str) -> &'w str {
        const KNOWN: [&str; 4] = ["decimal", "string", "bytes", "vector"];
        if self.nth_kind(1) != T::OpenParen || KNOWN.contains(&word) {
            return word;
        }
        match super::super::suggest::nearest(word, KNOWN) {
            Some(meant) => {
                let span = self.span();
                self.unknown_word(&UNKNOWN_WORD, "type with parameters", span, word, &KNOWN);
                meant
            }
            None => word,
        }
    }

    fn sized(&mut self, sample: &str, what: &str) -> Parse<u32> {
        self.parameters(sample, what)?;
        let size = self.small_count(what)?;
        self.expect(T::CloseParen, "`)`")?;
        Some(size)
    }

    fn parameters(&mut self, sample: &str, what: &str) -> Parse<()> {
        self.parameters_after(T::OpenParen, sample, what)
    }

    fn type_parameter(&mut self) -> Parse<Box<TypeExpr>> {
        self.open_type_parameters("<T>", "the type of what it holds")?;
        let inner = self.type_expr()?;
        self.expect_greater()?;
        Some(Box::new(inner))
    }

    fn open_type_parameters(&mut self, sample: &str, what: &str) -> Parse<()> {
        self.parameters_after(T::Less, sample, what)
    }

    /// Takes the type's word and the bracket after it.
    fn parameters_after(&mut self, open: T, sample: &str, what: &str) -> Parse<()> {
        let word = self.word();
        self.bump();
        if self.eat(open) {
            return Some(());
        }
        let span = self.last_span();
        self.report(
            Diagnostic::error(&MISSING_PARAMETER, format!("`{word}` lacks {what}"))
                .at(span, format!("{what} must follow"))
                .why("how a value is stored and checked depends on it")
                .help(format!("write for example `{word}{sample}`")),
        );
        None
    }

    /// Whether bounds begin here: `0..`, `-90..90`.
    pub(super) fn at_bounds(&self) -> bool {
        let number = usize::from(self.is(T::Minus));
        self.nth_kind(number) == T::Number && self.nth_kind(number + 1) == T::DotDot
    }

    /// `1..50`, `0..`.
    pub(super) fn bounds(&mut self) -> Parse<Bounds> {
        let start = self.span();
        let min = self.signed_number("the least")?;
        self.expect(T::DotDot, "`..`")?;
        let bounded = self.is(T::Number) || self.is(T::Minus) && self.nth_kind(1) == T::Number;
        // In `0.. 5..9` the second range is a mistake, which the list of modifiers finds.
        let max = if bounded && !self.at_bounds() {
            Some(self.signed_number("the greatest")?)
        } else {
            None
        };
        Some(Bounds {
            min,
            max,
            at: self.since(start),
        })
    }

    /// `0..10_000 avg 20 p99 400`, in any order.
    pub(super) fn fan(&mut self) -> Parse<Fan> {
        let mut fan = Fan::default();
        loop {
            let start = self.span();
            if self.at_bounds() {
                let bounds = self.bounds()?;
                if fan.bounds.is_some() {
                    self.given_twice("the range", bounds.at);
                } else {
                    fan.bounds = Some(bounds);
                }
            } else if self.is_word("avg") && self.nth_kind(1) == T::Number {
                self.bump();
                let number = self.number("an average")?;
                if fan.avg.replace(number).is_some() {
                    self.given_twice("`avg`", self.since(start));
                }
            } else if self.is_word("p99") && self.nth_kind(1) == T::Number {
                self.bump();
                let number = self.number("a number of rows")?;
                if fan.p99.replace(number).is_some() {
                    self.given_twice("`p99`", self.since(start));
                }
            } else {
                return Some(fan);
            }
        }
    }
}
