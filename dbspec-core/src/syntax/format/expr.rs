//! Expressions, with the parentheses that the tree needs and no others.

use super::super::text::quote;
use super::words;
use crate::model::{BinaryOp, Condition, Expr, ExprKind, Literal, Name, Path, Root};

/// How tightly an expression binds, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Comparison,
    Else,
    Sum,
    Product,
    Unary,
    Primary,
}

pub(super) fn expr(expr: &Expr) -> String {
    at_least(expr, Binding::Or)
}

/// What can follow the `=` of a field.
pub(super) fn default(expr: &Expr) -> String {
    at_least(expr, Binding::Unary)
}

/// The parts of a condition joined by `and` or `or`, each beginning with that word but the first: where a line is too
/// long it is broken between them.
pub(super) fn parts(expr: &Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::And(operands) if operands.len() > 1 => joined("and", operands, Binding::Not),
        ExprKind::Or(operands) if operands.len() > 1 => joined("or", operands, Binding::And),
        ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Literal(_)
        | ExprKind::Path(_)
        | ExprKind::List(_)
        | ExprKind::Not(_)
        | ExprKind::Negate(_)
        | ExprKind::Binary {
            op: _,
            left: _,
            right: _,
        }
        | ExprKind::Between {
            value: _,
            low: _,
            high: _,
        }
        | ExprKind::IsNull {
            operand: _,
            negated: _,
        }
        | ExprKind::IsType {
            operand: _,
            entity: _,
            negated: _,
        }
        | ExprKind::Call { function: _, args: _ }
        | ExprKind::Quantified {
            quantifier: _,
            over: _,
            body: _,
        } => vec![self::expr(expr)],
    }
}

fn joined(word: &str, operands: &[Expr], binding: Binding) -> Vec<String> {
    let mut parts = Vec::with_capacity(operands.len());
    for (i, operand) in operands.iter().enumerate() {
        let text = at_least(operand, binding);
        // In a write, `or skip` ends a statement; a parenthesis tells a field of that name apart.
        let text = if word == "or" && first_word(&text) == "skip" {
            format!("({text})")
        } else {
            text
        };
        parts.push(if i == 0 { text } else { format!("{word} {text}") });
    }
    parts
}

fn first_word(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len());
    &text[..end]
}

/// The conditions of a `where`, each beginning with `and` but the first.
pub(super) fn conditions(conditions: &[Condition]) -> Vec<String> {
    if let [
        Condition {
            expr,
            when: None,
            at: _,
        },
    ] = conditions
        && matches!(expr.kind, ExprKind::Or(_))
    {
        return parts(expr);
    }
    let mut parts = Vec::with_capacity(conditions.len());
    for (i, Condition { expr, when, at: _ }) in conditions.iter().enumerate() {
        let when = when
            .as_ref()
            .map(|when| format!(" when ${}", words::name(when)))
            .unwrap_or_default();
        let and = if i == 0 { "" } else { "and " };
        parts.push(format!("{and}{}{when}", at_least(expr, Binding::Not)));
    }
    parts
}

fn at_least(expr: &Expr, least: Binding) -> String {
    let (text, binding) = bound(expr);
    // As a condition of its own, a field named like a quantifier would take the next word for its path.
    let like_quantifier = least <= Binding::Not && matches!(text.as_str(), "any" | "all" | "none");
    if binding < least || like_quantifier {
        format!("({text})")
    } else {
        text
    }
}

fn bound(expr: &Expr) -> (String, Binding) {
    match &expr.kind {
        ExprKind::Literal(Literal::Number(number)) => {
            let binding = if number.is_negative() {
                Binding::Unary
            } else {
                Binding::Primary
            };
            (words::number(number), binding)
        }
        ExprKind::Literal(Literal::Null) => ("null".to_owned(), Binding::Primary),
        ExprKind::Literal(Literal::Bool(value)) => (value.to_string(), Binding::Primary),
        ExprKind::Literal(Literal::Text(text)) => (quote(text), Binding::Primary),
        ExprKind::Path(path) => (self::path(path), Binding::Primary),
        ExprKind::List(elements) => (format!("[{}]", list(elements, Binding::Else)), Binding::Primary),
        ExprKind::Not(operand) => (format!("not {}", at_least(operand, Binding::Not)), Binding::Not),
        ExprKind::Negate(operand) => (format!("-{}", at_least(operand, Binding::Unary)), Binding::Unary),
        ExprKind::And(operands) => (joined("and", operands, Binding::Not).join(" "), Binding::And),
        ExprKind::Or(operands) => (joined("or", operands, Binding::And).join(" "), Binding::Or),
        ExprKind::Binary { op, left, right } => {
            let (binding, left_least, right_least) = operator(*op);
            let (left, right) = (at_least(left, left_least), at_least(right, right_least));
            (format!("{left} {} {right}", op.text()), binding)
        }
        ExprKind::Between { value, low, high } => {
            let [value, low, high] = [value, low, high].map(|operand| at_least(operand, Binding::Else));
            (format!("{value} between {low} and {high}"), Binding::Comparison)
        }
        ExprKind::IsNull { operand, negated } => {
            let not = if *negated { "not " } else { "" };
            (
                format!("{} is {not}null", at_least(operand, Binding::Else)),
                Binding::Comparison,
            )
        }
        ExprKind::IsType {
            operand,
            entity,
            negated,
        } => {
            let not = if *negated { "not " } else { "" };
            let entity = words::name_unless(entity, &["null", "not"]);
            (
                format!("{} is {not}{entity}", at_least(operand, Binding::Else)),
                Binding::Comparison,
            )
        }
        ExprKind::Call { function, args } => (
            format!("{}({})", words::name(function), list(args, Binding::Or)),
            Binding::Primary,
        ),
        ExprKind::Quantified {
            quantifier,
            over,
            body,
        } => {
            let body = body
                .as_ref()
                .map(|body| format!(" ({})", self::expr(body)))
                .unwrap_or_default();
            (
                format!("{} {}{body}", quantifier.word(), self::path(over)),
                Binding::Not,
            )
        }
    }
}

fn list(elements: &[Expr], least: Binding) -> String {
    elements
        .iter()
        .map(|element| at_least(element, least))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How tightly an operator binds, and how tightly its operands must.
fn operator(op: BinaryOp) -> (Binding, Binding, Binding) {
    match op {
        BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::In
        | BinaryOp::StartsWith
        | BinaryOp::EndsWith
        | BinaryOp::Contains
        | BinaryOp::Matches
        | BinaryOp::Overlaps => (Binding::Comparison, Binding::Else, Binding::Else),
        BinaryOp::Else => (Binding::Else, Binding::Else, Binding::Sum),
        BinaryOp::Add | BinaryOp::Sub => (Binding::Sum, Binding::Sum, Binding::Product),
        BinaryOp::Mul | BinaryOp::Div => (Binding::Product, Binding::Product, Binding::Unary),
    }
}

pub(super) fn path(path: &Path) -> String {
    let mut text = match &path.root {
        Root::Bare => bare_root(path.steps.first().map(|step| &step.name)),
        Root::SelfRow => "self".to_owned(),
        Root::Owner => "owner".to_owned(),
        Root::Session => "session".to_owned(),
        Root::Param(param) => format!("${}", words::name(param)),
    };
    for (i, step) in path.steps.iter().enumerate() {
        if i > 0 || path.root != Root::Bare {
            text.push('.');
            text += &words::name(&step.name);
        }
        if let Some(repeat) = &step.repeat {
            text += &format!("[{}..{}]", repeat.min, repeat.max);
        }
    }
    text
}

/// The first word of a path without a root; what can't stand there is reached from `self`.
fn bare_root(name: Option<&Name>) -> String {
    match name {
        Some(name) if Path::can_begin_with(&name.text) => name.text.clone(),
        Some(name) => format!("self.{}", words::name(name)),
        None => "self".to_owned(),
    }
}
