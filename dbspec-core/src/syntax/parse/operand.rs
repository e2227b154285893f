//! Operands: sums, products, literals, calls and paths.

use super::super::codes::{BAD_NUMBER, GIVEN_TWICE, UNEXPECTED_TOKEN, UNKNOWN_UNIT};
use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use super::expr::{LEVELS, is_operator};
use crate::diag::{Diagnostic, Fix};
use crate::model::{BinaryOp, Expr, ExprKind, Literal, Number, Path, Repeat, Root, Step};
use crate::span::Span;

impl Parser<'_> {
    pub(super) fn else_expr(&mut self) -> Parse<Expr> {
        let left = self.sum()?;
        self.left_associative(left, Self::sum, |p| {
            (p.is_keyword("else") && p.nth_kind(1) != T::OpenBrace).then_some(BinaryOp::Else)
        })
    }

    fn sum(&mut self) -> Parse<Expr> {
        let left = self.product()?;
        self.left_associative(left, Self::product, |p| match p.kind() {
            T::Plus => Some(BinaryOp::Add),
            T::Minus => Some(BinaryOp::Sub),
            _ => None,
        })
    }

    fn product(&mut self) -> Parse<Expr> {
        let left = self.unary()?;
        self.left_associative(left, Self::unary, |p| match p.kind() {
            T::Star => Some(BinaryOp::Mul),
            T::Slash => Some(BinaryOp::Div),
            _ => None,
        })
    }

    /// `a - b - c`. A chain nests as deep as it is long, so each operator counts as a step deeper.
    fn left_associative(
        &mut self,
        mut left: Expr,
        operand: impl Fn(&mut Self) -> Parse<Expr>,
        operator: impl Fn(&Self) -> Option<BinaryOp>,
    ) -> Parse<Expr> {
        let start = left.at;
        let mut levels = 0;
        while let Some(op) = operator(self) {
            self.bump();
            levels += LEVELS;
            let right = self.nested(levels, &operand)?;
            let at = self.since(start);
            left = Expr::new(
                ExprKind::Binary {
                    op,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                at,
            );
        }
        Some(left)
    }

    fn unary(&mut self) -> Parse<Expr> {
        let start = self.span();
        if !self.eat(T::Minus) {
            return self.nested(LEVELS, Self::primary);
        }
        let operand = self.nested(LEVELS, Self::unary)?;
        Some(Expr::new(ExprKind::negated(operand), self.since(start)))
    }

    /// What follows a field's `=`: a literal, a call, a path or a parenthesis, so that modifiers can follow it.
    pub(super) fn default_value(&mut self) -> Parse<Expr> {
        if self.is(T::Minus) {
            self.unary()
        } else {
            self.nested(LEVELS, Self::primary)
        }
    }

    fn primary(&mut self) -> Parse<Expr> {
        let start = self.span();
        let kind = match self.kind() {
            T::Number => ExprKind::Literal(Literal::Number(self.plain_number()?)),
            T::Text => ExprKind::Literal(Literal::Text(self.string()?)),
            T::OpenParen => {
                self.bump();
                let inner = self.expr()?;
                self.expect(T::CloseParen, "`)`")?;
                return Some(inner);
            }
            T::OpenBracket => return self.bracketed(),
            T::Dollar => ExprKind::Path(self.path()?),
            T::Word => match self.word() {
                "null" => self.literal(Literal::Null),
                "true" => self.literal(Literal::Bool(true)),
                "false" => self.literal(Literal::Bool(false)),
                _ if self.nth_kind(1) == T::OpenParen && !is_operator(self.word()) => self.call()?,
                word if is_root(word) || Path::can_begin_with(word) => ExprKind::Path(self.path()?),
                _ => {
                    self.unexpected("an expression");
                    return None;
                }
            },
            T::Assign => {
                self.assign_for_equality();
                return None;
            }
            _ => {
                self.unexpected("an expression");
                return None;
            }
        };
        Some(Expr::new(kind, self.since(start)))
    }

    fn assign_for_equality(&mut self) {
        let span = self.span();
        self.report(
            Diagnostic::error(&UNEXPECTED_TOKEN, "expected an expression, found `=`")
                .at(span, "an expression must stand here")
                .why("`=` sets a value, `==` compares two")
                .help("write an expression"),
        );
    }

    fn literal(&mut self, literal: Literal) -> ExprKind {
        self.bump();
        ExprKind::Literal(literal)
    }

    /// A number; one with a unit is a duration of another language.
    fn plain_number(&mut self) -> Parse<Number> {
        let token = self.nth(0);
        let source = self.source(token);
        let digits = source
            .find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')
            .unwrap_or(source.len());
        let unit = &source[digits..];
        if matches!(unit, "us" | "ms" | "s" | "m" | "h" | "d" | "w") {
            let span = self.span();
            self.bump();
            let right = format!("duration(\"{source}\")");
            self.report(
                Diagnostic::error(&UNKNOWN_UNIT, format!("the number `{source}` has a unit"))
                    .at(span, "")
                    .why("numbers in expressions have no unit")
                    .help(format!("write `{right}`"))
                    .fix(Fix::safe("make it a duration", span, right)),
            );
            return Some(Number::from(0));
        }
        if Number::parse(source).is_err() {
            let span = self.span();
            self.bump();
            self.report(
                Diagnostic::error(&BAD_NUMBER, format!("`{source}` is not a number"))
                    .at(span, "")
                    .why("numbers are decimal: digits, underscores between them, a fraction after a point")
                    .help("write it with digits alone, or quote it if it is a text"),
            );
            return Some(Number::from(0));
        }
        self.number("a number")
    }

    pub(super) fn bracketed(&mut self) -> Parse<Expr> {
        let open = self.expect(T::OpenBracket, "`[`")?;
        let elements = self.nested(LEVELS, |p| {
            Some(p.comma_list(open, T::CloseBracket, Self::else_expr))
        })?;
        Some(Expr::new(ExprKind::List(elements), self.since(open)))
    }

    fn call(&mut self) -> Parse<ExprKind> {
        let function = self.name("a function")?;
        let open = self.expect(T::OpenParen, "`(`")?;
        let args = self.comma_list(open, T::CloseParen, Self::expr);
        Some(ExprKind::Call { function, args })
    }

    /// Elements with commas between them, up to the closing token; a comma after the last is fine.
    pub(super) fn comma_list<E>(
        &mut self,
        open: Span,
        close: T,
        element: impl Fn(&mut Self) -> Parse<E>,
    ) -> Vec<E> {
        let mut elements = Vec::new();
        self.list(List::Elements, open, close, |p| {
            if p.is(T::Comma) {
                p.unexpected("an element");
                p.bump();
                return Some(());
            }
            elements.push(element(p)?);
            if !p.eat(T::Comma) && !p.is(close) && !p.starts_item() {
                let closing = if close == T::CloseParen {
                    "`,` or `)`"
                } else {
                    "`,` or `]`"
                };
                p.unexpected(closing);
                return None;
            }
            Some(())
        });
        elements
    }

    /// A path, with its root.
    pub(super) fn path(&mut self) -> Parse<Path> {
        let start = self.span();
        let root = match self.kind() {
            T::Dollar => Root::Param(self.param_name()?),
            // A word that the lexer complained about, having letters of its own, is taken for the name it should be.
            T::Word => match self.word() {
                "self" => self.root(Root::SelfRow),
                "owner" => self.root(Root::Owner),
                "session" => self.root(Root::Session),
                _ => Root::Bare,
            },
            _ => {
                self.unexpected("a path, such as `lines.product`");
                return None;
            }
        };
        let mut steps = Vec::new();
        if root == Root::Bare {
            steps.push(self.step()?);
        } else if root == Root::Session && !self.is(T::Dot) {
            self.unexpected("`.` and a field of the session");
            return None;
        }
        while self.eat(T::Dot) {
            steps.push(self.step()?);
        }
        Some(Path {
            root,
            steps,
            at: self.since(start),
        })
    }

    fn root(&mut self, root: Root) -> Root {
        self.bump();
        root
    }

    fn step(&mut self) -> Parse<Step> {
        let name = self.name("the name of a field")?;
        let mut repeat = None;
        while self.is(T::OpenBracket) {
            let open = self.span();
            self.bump();
            let min = self.small_count("the least depth")?;
            self.expect(T::DotDot, "`..`")?;
            let max = self.small_count("the greatest depth")?;
            self.expect(T::CloseBracket, "`]`")?;
            let at = self.since(open);
            if repeat.is_some() {
                self.report(
                    Diagnostic::error(&GIVEN_TWICE, "the step is repeated twice")
                        .at(at, "again here")
                        .why("one range of depths says how often a step is taken")
                        .help("remove one of the two"),
                );
            } else {
                repeat = Some(Repeat { min, max, at });
            }
        }
        Some(Step { name, repeat })
    }
}

/// The words that a path begins with and that are no field.
fn is_root(word: &str) -> bool {
    matches!(word, "self" | "owner" | "session")
}
