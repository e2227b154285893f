//! Expressions, by precedence: `or`, `and`, `not`, comparisons, `else`, `+ -`, `* /`, `-`, paths and calls.

use super::super::codes::{
    BAD_NUMBER, CHAINED_COMPARISON, GIVEN_TWICE, UNEXPECTED_TOKEN, UNKNOWN_UNIT, WHEN_MISPLACED,
    WRONG_OPERATOR,
};
use super::super::cursor::{List, Parse, Parser};
use super::super::token::TokenKind as T;
use crate::diag::{Diagnostic, Fix};
use crate::model::{
    BinaryOp, Condition, Expr, ExprKind, Literal, Name, Number, Path, Quantifier, Repeat, Root, Step,
};
use crate::span::Span;

/// Levels of JSON that one expression inside another adds.
const LEVELS: u32 = 2;

impl Parser<'_> {
    /// A whole expression.
    pub(super) fn expr(&mut self) -> Parse<Expr> {
        let outermost = !std::mem::replace(&mut self.in_expr, true);
        let parsed = self.or_expr();
        self.in_expr = !outermost;
        let expr = parsed?;
        if outermost {
            self.check_depth(&expr)?;
        }
        if self.is_keyword("when") && self.nth_kind(1) == T::Dollar {
            self.misplaced_when();
            self.bump();
            self.param_name();
        }
        Some(expr)
    }

    /// Left operands nest without brackets, which the parser's own depth doesn't see.
    fn check_depth(&mut self, expr: &Expr) -> Parse<()> {
        self.nested_in(LEVELS * depth(expr), expr.at)
    }

    fn or_expr(&mut self) -> Parse<Expr> {
        let first = self.and_expr()?;
        self.or_rest(first)
    }

    fn or_rest(&mut self, first: Expr) -> Parse<Expr> {
        let mut parts = vec![first];
        while self.eat_infix("or", "||") {
            parts.push(self.and_expr()?);
        }
        Some(joined(parts, ExprKind::Or))
    }

    fn and_expr(&mut self) -> Parse<Expr> {
        let mut parts = vec![self.not_expr()?];
        while self.eat_infix("and", "&&") {
            parts.push(self.not_expr()?);
        }
        Some(joined(parts, ExprKind::And))
    }

    /// The conditions of a `where`, each perhaps with its `when`.
    pub(super) fn conditions(&mut self) -> Parse<Vec<Condition>> {
        let mut conditions = Vec::new();
        loop {
            let start = self.span();
            let expr = self.not_expr()?;
            self.check_depth(&expr)?;
            let when = self.when()?;
            conditions.push(Condition {
                expr,
                when,
                at: self.since(start),
            });
            if !self.eat_infix("and", "&&") {
                break;
            }
        }
        if !self.at_infix("or", "||") {
            return Some(conditions);
        }
        // With an `or` at the top there is one condition, which holds all that came before.
        if conditions.iter().any(|condition| condition.when.is_some()) {
            self.misplaced_when();
        }
        let start = conditions.first().map_or(Span::NONE, |first| first.at);
        let parts = conditions.into_iter().map(|condition| condition.expr).collect();
        let expr = self.or_rest(joined(parts, ExprKind::And))?;
        self.check_depth(&expr)?;
        if self.is_word("when") {
            self.misplaced_when();
            self.when()?;
        }
        Some(vec![Condition {
            expr,
            when: None,
            at: self.since(start),
        }])
    }

    fn when(&mut self) -> Parse<Option<Name>> {
        if !(self.is_word("when") && self.nth_kind(1) == T::Dollar) {
            return Some(None);
        }
        self.bump();
        self.param_name().map(Some)
    }

    fn param_name(&mut self) -> Parse<Name> {
        self.expect(T::Dollar, "`$` and a parameter")?;
        self.name("the name of a parameter")
    }

    fn misplaced_when(&mut self) {
        let span = self.span();
        self.report(
            Diagnostic::error(&WHEN_MISPLACED, "`when` marks no top-level condition")
                .at(span, "")
                .why("`when $x` makes one top-level condition of a `where` count only if the parameter is given")
                .help("join the marked conditions by `and`, without parentheses around them"),
        );
    }

    /// `&&` and `||` mean what they mean elsewhere, after a complaint.
    fn eat_infix(&mut self, word: &str, foreign: &str) -> bool {
        if !self.at_infix(word, foreign) {
            return false;
        }
        if self.is(T::Foreign) {
            self.wrong_operator(word);
        }
        self.bump();
        true
    }

    fn at_infix(&self, word: &str, foreign: &str) -> bool {
        if self.is(T::Foreign) {
            return self.source(self.nth(0)) == foreign;
        }
        let skip = word == "or" && self.in_write && self.nth_word(1) == "skip";
        self.is_keyword(word) && !skip
    }

    fn wrong_operator(&mut self, right: &str) {
        let span = self.span();
        let wrong = self.source(self.nth(0)).to_owned();
        self.report(
            Diagnostic::error(&WRONG_OPERATOR, format!("`{wrong}` is no operator here"))
                .at(span, "")
                .why("conditions are joined by `and`, `or`, `not`; equality is `==`, inequality `!=`")
                .help(format!("write `{right}`"))
                .fix(Fix::safe(
                    format!("write `{right}`"),
                    span,
                    if wrong == "!" { "not " } else { right },
                )),
        );
    }

    fn not_expr(&mut self) -> Parse<Expr> {
        let start = self.span();
        let foreign = self.is(T::Foreign) && self.source(self.nth(0)) == "!";
        let word = self.is_keyword("not") && self.nth_kind(1) != T::Dot;
        if foreign || word {
            if foreign {
                self.wrong_operator("not");
            }
            self.bump();
            let operand = self.nested(LEVELS, Self::not_expr)?;
            return Some(Expr::new(ExprKind::Not(Box::new(operand)), self.since(start)));
        }
        match self.quantifier() {
            Some(quantifier) => self.nested(LEVELS, |p| p.quantified(quantifier)),
            None => self.comparison(),
        }
    }

    /// A quantifier, if its word is one here: a path follows it, not an operator.
    fn quantifier(&self) -> Option<Quantifier> {
        let quantifier = match self.word() {
            "any" => Quantifier::Any,
            "all" => Quantifier::All,
            "none" => Quantifier::None,
            _ => return None,
        };
        let path = match self.nth_kind(1) {
            T::Dollar => true,
            T::Word => !is_operator(self.nth_word(1)) || self.nth_kind(2) == T::OpenParen,
            _ => false,
        };
        path.then_some(quantifier)
    }

    fn quantified(&mut self, quantifier: Quantifier) -> Parse<Expr> {
        let start = self.span();
        self.bump();
        let over = self.path()?;
        let mut body = None;
        if self.eat(T::OpenParen) {
            body = Some(Box::new(self.nested(LEVELS, Self::expr)?));
            self.expect(T::CloseParen, "`)`")?;
        }
        Some(Expr::new(
            ExprKind::Quantified {
                quantifier,
                over,
                body,
            },
            self.since(start),
        ))
    }

    fn comparison(&mut self) -> Parse<Expr> {
        let left = self.else_expr()?;
        if !self.at_comparison() {
            return Some(left);
        }
        let compared = self.compare(left)?;
        if self.at_comparison() {
            let span = self.span();
            self.report(
                Diagnostic::error(&CHAINED_COMPARISON, "a comparison of a comparison")
                    .at(span, "a second comparison")
                    .why("a comparison is true or false, which can't be compared again")
                    .help("join two comparisons by `and`, or write `between … and …`"),
            );
            return None;
        }
        Some(compared)
    }

    fn at_comparison(&self) -> bool {
        self.is_keyword("is")
            || self.is_keyword("between")
            || self.is_keyword("not") && self.nth_word(1) == "in"
            || self.comparison_op().is_some()
    }

    /// The comparison that follows its left side.
    fn compare(&mut self, left: Expr) -> Parse<Expr> {
        let start = left.at;
        if self.is_keyword("is") {
            return self.is_test(left);
        }
        if self.eat_word("between") {
            let low = self.else_expr()?;
            self.expect_word("and")?;
            let high = self.else_expr()?;
            let kind = ExprKind::Between {
                value: Box::new(left),
                low: Box::new(low),
                high: Box::new(high),
            };
            return Some(Expr::new(kind, self.since(start)));
        }
        // `a not in b` reads well and is `not a in b`.
        let negated = self.eat_word("not");
        let Some(op) = self.comparison_op() else {
            return Some(left);
        };
        self.take_operator(op);
        let right = if op == BinaryOp::In && self.is(T::OpenBracket) {
            self.bracketed()?
        } else {
            self.else_expr()?
        };
        let at = self.since(start);
        let compared = Expr::new(
            ExprKind::Binary {
                op,
                left: Box::new(left),
                right: Box::new(right),
            },
            at,
        );
        Some(if negated {
            Expr::new(ExprKind::Not(Box::new(compared)), at)
        } else {
            compared
        })
    }

    fn is_test(&mut self, operand: Expr) -> Parse<Expr> {
        let start = operand.at;
        let operand = Box::new(operand);
        self.bump();
        let negated = self.is_word("not") && (self.nth_word(1) == "null" || self.is_name(1));
        if negated {
            self.bump();
        }
        let kind = if self.eat_word("null") {
            ExprKind::IsNull { operand, negated }
        } else {
            let entity = self.name("`null`, `not null` or a subtype")?;
            ExprKind::IsType {
                operand,
                entity,
                negated,
            }
        };
        Some(Expr::new(kind, self.since(start)))
    }

    fn comparison_op(&self) -> Option<BinaryOp> {
        match self.kind() {
            T::EqEq => Some(BinaryOp::Eq),
            T::NotEq => Some(BinaryOp::Ne),
            T::Less => Some(BinaryOp::Lt),
            T::LessEq => Some(BinaryOp::Le),
            T::Greater => Some(BinaryOp::Gt),
            T::GreaterEq => Some(BinaryOp::Ge),
            T::Foreign if self.source(self.nth(0)) == "<>" => Some(BinaryOp::Ne),
            T::Word if matches!(self.nth_kind(1), T::Colon | T::Assign) => None,
            T::Word => match self.word() {
                "in" => Some(BinaryOp::In),
                "starts" if self.nth_word(1) == "with" => Some(BinaryOp::StartsWith),
                "ends" if self.nth_word(1) == "with" => Some(BinaryOp::EndsWith),
                "contains" => Some(BinaryOp::Contains),
                "matches" => Some(BinaryOp::Matches),
                "overlaps" => Some(BinaryOp::Overlaps),
                _ => None,
            },
            _ => None,
        }
    }

    fn take_operator(&mut self, op: BinaryOp) {
        if self.is(T::Foreign) {
            self.wrong_operator(op.text());
        }
        self.bump();
        if matches!(op, BinaryOp::StartsWith | BinaryOp::EndsWith) {
            self.bump();
        }
    }

    fn else_expr(&mut self) -> Parse<Expr> {
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

    fn bracketed(&mut self) -> Parse<Expr> {
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

/// The parts joined, or the only one.
fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> ExprKind) -> Expr {
    let at = parts.iter().fold(Span::NONE, |at, part| at.to(part.at));
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            Expr::new(join(parts), at)
        }
    }
}

/// The words that a path begins with and that are no field.
fn is_root(word: &str) -> bool {
    matches!(word, "self" | "owner" | "session")
}

/// The words that stand between operands, or after them.
fn is_operator(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "in"
            | "is"
            | "between"
            | "starts"
            | "ends"
            | "contains"
            | "matches"
            | "overlaps"
            | "else"
            | "not"
            | "when"
            | "as"
            | "asc"
            | "desc"
    )
}

/// How many expressions lie inside each other.
fn depth(expr: &Expr) -> u32 {
    fn deepest<'e>(parts: impl IntoIterator<Item = &'e Expr>) -> u32 {
        parts.into_iter().map(depth).max().unwrap_or(0)
    }
    1 + match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Path(_) => 0,
        ExprKind::List(parts) | ExprKind::And(parts) | ExprKind::Or(parts) => deepest(parts),
        ExprKind::Not(operand) | ExprKind::Negate(operand) => depth(operand),
        ExprKind::Binary { op: _, left, right } => depth(left).max(depth(right)),
        ExprKind::Between { value, low, high } => depth(value).max(depth(low)).max(depth(high)),
        ExprKind::IsNull { operand, negated: _ } => depth(operand),
        ExprKind::IsType {
            operand,
            entity: _,
            negated: _,
        } => depth(operand),
        ExprKind::Call { function: _, args } => deepest(args),
        ExprKind::Quantified {
            quantifier: _,
            over: _,
            body,
        } => body.as_deref().map_or(0, depth),
    }
}
