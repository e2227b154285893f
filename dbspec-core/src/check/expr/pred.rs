//! Conditions.

use super::literal::Fit;
use super::path::By;
use super::{Frame, ManyEnd, Operand, Scope, kind_of};
use crate::check::rules::not_supported_yet::unsupported;
use crate::check::rules::unknown_name::unknown;
use crate::check::rules::{not_a_condition, unfit_call, unfit_literal, wrong_type};
use crate::check::schema::{Schema, Target};
use crate::check::sink::Sink;
use crate::kernel::{Atom, Cmp, Expr, Pattern, Place, Pred, Scalar};
use crate::model::{BinaryOp, Expr as Written, ExprKind, Literal, Name, Path, Quantifier};
use crate::span::Span;

impl<'m> Scope<'_, 'm> {
    /// An expression as a condition; `None`: reported.
    pub(in crate::check) fn pred(&mut self, written: &'m Written) -> Option<Pred> {
        let at = written.at;
        match &written.kind {
            ExprKind::Literal(Literal::Bool(value)) => Some(Pred::Const(*value)),
            ExprKind::Not(inner) => Some(not(self.pred(inner)?)),
            ExprKind::And(all) => self.several(all).map(Pred::And),
            ExprKind::Or(all) => self.several(all).map(Pred::Or),
            ExprKind::Binary { op, left, right } => match op {
                BinaryOp::Eq => self.compare(Cmp::Eq, left, right, at),
                BinaryOp::Ne => self.compare(Cmp::Ne, left, right, at),
                BinaryOp::Lt => self.compare(Cmp::Lt, left, right, at),
                BinaryOp::Le => self.compare(Cmp::Le, left, right, at),
                BinaryOp::Gt => self.compare(Cmp::Gt, left, right, at),
                BinaryOp::Ge => self.compare(Cmp::Ge, left, right, at),
                BinaryOp::In => self.in_list(left, right),
                BinaryOp::StartsWith | BinaryOp::EndsWith | BinaryOp::Contains | BinaryOp::Overlaps => {
                    self.test(*op, left, right, at)
                }
                BinaryOp::Matches => self.matches(left, right),
                BinaryOp::Else | BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div => {
                    self.holds(written)
                }
            },
            ExprKind::Between { value, low, high } => {
                let least = self.compare(Cmp::Ge, value, low, at);
                let most = self.compare(Cmp::Le, value, high, at);
                Some(Pred::And(vec![least?, most?]))
            }
            ExprKind::IsNull { operand, negated } => {
                let found = self.operand(operand);
                let null = self.is_null(found, operand.at)?;
                Some(if *negated { not(null) } else { null })
            }
            ExprKind::IsType {
                operand,
                entity,
                negated,
            } => {
                let is = self.is_type(operand, entity)?;
                Some(if *negated { not(is) } else { is })
            }
            ExprKind::Call { function, args } if function == "verify" => self.verify(function, args),
            ExprKind::Quantified {
                quantifier,
                over,
                body,
            } => self.quantified(*quantifier, over, body.as_deref()),
            ExprKind::Literal(_)
            | ExprKind::Path(_)
            | ExprKind::List(_)
            | ExprKind::Negate(_)
            | ExprKind::Call { .. } => self.holds(written),
        }
    }

    fn several(&mut self, all: &'m [Written]) -> Option<Vec<Pred>> {
        // Each is looked at, so that one broken part doesn't hide another.
        let all: Vec<Option<Pred>> = all.iter().map(|it| self.pred(it)).collect();
        all.into_iter().collect()
    }

    /// A value that is true.
    fn holds(&mut self, written: &'m Written) -> Option<Pred> {
        let operand = self.operand(written);
        match operand {
            Operand::Broken => None,
            Operand::Value(typed) if typed.ty == Scalar::Bool => Some(Pred::Atom(Atom::Holds(typed.expr))),
            Operand::Word(name) => {
                let found = self.unknown_word(&name);
                self.sink.report(found);
                None
            }
            other => {
                let what = kind_of(self.schema, &other);
                let found = not_a_condition::RULE.error(format!("{what} is no condition"));
                let found = found.at(written.at, "neither true nor false");
                self.sink.report(match other {
                    Operand::Many(_) => found.help("write `any`, `all` or `none` before it"),
                    _ => found.help("compare it with something, or test `is null`"),
                });
                None
            }
        }
    }

    fn is_null(&mut self, operand: Operand, at: Span) -> Option<Pred> {
        let first = match operand {
            Operand::Broken => return None,
            Operand::Value(typed) => typed.expr,
            Operand::Ref { parts, .. } => parts.into_iter().next()?,
            Operand::Range(ends) => ends.start,
            Operand::List(list) => list.expr,
            Operand::Group(parts) => {
                return Some(Pred::And(
                    parts
                        .into_iter()
                        .map(|(_, typed)| Pred::IsNull(typed.expr))
                        .collect(),
                ));
            }
            Operand::Params(var, _) => Expr::At(var.into()),
            other @ (Operand::Many(_)
            | Operand::Number(_)
            | Operand::Text(_)
            | Operand::Word(_)
            | Operand::Null) => {
                match other {
                    Operand::Word(name) => {
                        let found = self.unknown_word(&name);
                        self.sink.report(found);
                    }
                    other => {
                        let what = kind_of(self.schema, &other);
                        let found = wrong_type::RULE
                            .error(format!("{what} is never null"))
                            .at(at, "always there");
                        self.sink.report(found.help("for many rows, write `none path`"));
                    }
                }
                return None;
            }
        };
        Some(Pred::IsNull(first))
    }

    fn is_type(&mut self, operand: &'m Written, entity: &'m Name) -> Option<Pred> {
        let target = self.schema.rows(entity, self.sink)?;
        let row = match &operand.kind {
            ExprKind::Path(path) => self.path_row(path),
            _ => None,
        };
        let Some(row) = row else {
            let found = wrong_type::RULE
                .error("`is` asks for the subtype of a row")
                .at(operand.at, "no row");
            self.sink
                .report(found.help("write `self is Card`, or a reference before `is`"));
            return None;
        };
        let (Some(subtype), true) = (target.subtype, target.entity == row.to.entity) else {
            let base = &self.schema.entities[row.to.entity];
            let found = unknown(
                &format!("subtype of `{}`", base.name),
                entity,
                base.subtypes.iter().map(|it| &*it.name),
            );
            self.sink.report(found);
            return None;
        };
        if matches!(row.by, By::Many { .. }) {
            let found = crate::check::rules::path_to_many::RULE
                .error("`is` asks about one row")
                .at(operand.at, "many rows");
            self.sink.report(found.help("write `any path (self is …)`"));
            return None;
        }
        let leaf = self.schema.entities[row.to.entity].discriminator?;
        let is = self.leaf_at(&row, leaf, operand.at)?;
        Some(self.is_labelled(is, target.entity, subtype))
    }

    /// `is` holds a label of a subtype or of one under it.
    pub(in crate::check) fn is_labelled(
        &self,
        is: Expr,
        entity: crate::kernel::EntityId,
        subtype: u16,
    ) -> Pred {
        crate::check::rule::is_labelled(self.schema, is, entity, subtype)
    }

    fn matches(&mut self, left: &'m Written, right: &'m Written) -> Option<Pred> {
        let ExprKind::Literal(Literal::Text(pattern)) = &right.kind else {
            let what = "`matches` with anything but a pattern written out";
            self.sink.report(unsupported(
                what,
                right.at,
                "write `matches r\"[A-Z]+\"`, or `starts with`, `contains`",
            ));
            return None;
        };
        let operand = self.operand(left);
        let typed = self.typed(operand, Some(&Scalar::Text), Fit::Compared, left.at)?;
        if !super::operand::is_text(&typed.ty) {
            let found = wrong_type::RULE
                .error("a pattern is for text")
                .at(left.at, "no text");
            self.sink.report(found.help("name a string"));
            return None;
        }
        matching(self.sink, typed.expr, pattern, right.at)
    }

    fn verify(&mut self, function: &'m Name, args: &'m [Written]) -> Option<Pred> {
        let [secret, given] = args else {
            let found = unfit_call::RULE.error("`verify` takes a hashed field and what was given");
            self.sink.report(
                found
                    .at(function.at, "two arguments")
                    .help("write `verify(password, $p)`"),
            );
            return None;
        };
        let (operand, plain) = (self.operand(secret), self.operand(given));
        let Operand::Value(typed) = operand else {
            if !matches!(operand, Operand::Broken) {
                let found = wrong_type::RULE
                    .error("`verify` looks at a hashed field")
                    .at(secret.at, "not hashed");
                self.sink.report(found.help("write `verify(password, $p)`"));
            }
            return None;
        };
        let plain = self.typed(plain, Some(&Scalar::Text), Fit::Compared, given.at)?;
        if typed.ty != Scalar::Hashed || !super::operand::is_text(&plain.ty) {
            let found = wrong_type::RULE
                .error("`verify` compares a hashed field with text")
                .at(function.at, "other types");
            self.sink.report(found.help("write `verify(password, $p)`"));
            return None;
        }
        Some(Pred::Atom(Atom::Verify(typed.expr, plain.expr)))
    }

    fn quantified(
        &mut self,
        quantifier: Quantifier,
        over: &'m Path,
        body: Option<&'m Written>,
    ) -> Option<Pred> {
        let (many, frame, filter) = match self.path(over) {
            Operand::Broken => return None,
            Operand::Many(ManyEnd {
                many,
                to,
                filter,
                rest: None,
            }) => (many, Frame::Row(to), filter),
            Operand::Many(ManyEnd {
                rest: Some(inner), ..
            }) if matches!(*inner, Operand::List(_)) => {
                self.sink.report(unsupported(
                    "a collection of each of many rows",
                    over.at,
                    "ask for the rows: `any rows (any items (…))`",
                ));
                return None;
            }
            Operand::List(list) => match &list.many {
                Some(many) => (many.clone(), Self::item_frame(&list), None),
                None => {
                    self.sink.report(unsupported(
                        "a quantifier over a variable's collection",
                        over.at,
                        "read the row first",
                    ));
                    return None;
                }
            },
            other => {
                let what = kind_of(self.schema, &other);
                let found = wrong_type::RULE
                    .error(format!("`{}` needs a way to many, not {what}", quantifier.word()));
                self.sink.report(
                    found
                        .at(over.at, "not many")
                        .help("name an inverse, owned rows, a relation or a collection"),
                );
                return None;
            }
        };
        let inner = match body {
            Some(body) => self.within(frame, |scope| scope.pred(body))?,
            None => Pred::Const(true),
        };
        let any = |inner: Pred| Pred::Any(many.clone(), Box::new(both(filter.clone(), inner)));
        Some(match quantifier {
            Quantifier::Any => any(inner),
            Quantifier::None => not(any(inner)),
            Quantifier::All => not(any(not(inner))),
        })
    }
}

/// That a text follows a pattern. `None`: it is none, which is reported.
pub(in crate::check) fn matching(sink: &mut Sink, text: Expr, pattern: &str, said: Span) -> Option<Pred> {
    let pattern = Pattern(pattern.into());
    if let Err(why) = pattern.parse() {
        let found = unfit_literal::RULE.error(format!("`{}` is no pattern", pattern.0));
        sink.report(
            found
                .at(said, why.to_string())
                .help("a pattern has classes, repetition and alternation: `[A-Z]{3}-[0-9]+`"),
        );
        return None;
    }
    Some(Pred::Atom(Atom::Matches(text, pattern)))
}

/// The negation, without piling up.
pub(in crate::check) fn not(pred: Pred) -> Pred {
    match pred {
        Pred::Not(inner) => *inner,
        Pred::Const(value) => Pred::Const(!value),
        other => Pred::Not(Box::new(other)),
    }
}

/// Both, where there are two.
pub(in crate::check) fn both(first: Option<Pred>, second: Pred) -> Pred {
    match (first, second) {
        (None, second) => second,
        (Some(first), Pred::Const(true)) => first,
        (Some(first), Pred::And(mut rest)) => {
            rest.insert(0, first);
            Pred::And(rest)
        }
        (Some(first), second) => Pred::And(vec![first, second]),
    }
}

/// That a row is of a target's subtype, where it has one; only true counts.
pub(in crate::check) fn labelled_row(schema: &Schema<'_>, target: Target) -> Option<Pred> {
    let is = Expr::At(Place::Leaf {
        up: 0,
        via: Vec::new(),
        leaf: schema.entities[target.entity].discriminator?,
    });
    Some(crate::check::rule::labelled(
        schema,
        is,
        target.entity,
        target.subtype?,
    ))
}
