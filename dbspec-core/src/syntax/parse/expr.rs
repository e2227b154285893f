//! Expressions, by precedence: `or`, `and`, `not`, comparisons, `else`, `+ -`, `* /`, `-`, paths and calls.

use super::super::codes::{CHAINED_COMPARISON, WHEN_MISPLACED, WRONG_OPERATOR};
use super::super::cursor::{Parse, Parser};
use super::super::token::TokenKind as T;
use crate::diag::{Diagnostic, Fix};
use crate::model::{BinaryOp, Condition, Expr, ExprKind, Name, Quantifier};
use crate::span::Span;

/// Levels of JSON that one expression inside another adds.
pub(super) const LEVELS: u32 = 2;

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

    pub(super) fn param_name(&mut self) -> Parse<Name> {
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

/// The words that stand between operands, or after them.
pub(super) fn is_operator(word: &str) -> bool {
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
