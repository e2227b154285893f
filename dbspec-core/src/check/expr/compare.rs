//! Comparisons.

use super::literal::Fit;
use super::operand::{is_ordered, word};
use super::step::scalar_of;
use super::{Frame, ManyEnd, Operand, Scope, Typed, kind_of};
use crate::check::rules::{incomparable, null_compared, path_to_many, secret_in_plain_place, wrong_type};
use crate::check::schema::Target;
use crate::diag::Fix;
use crate::kernel::{Atom, Cmp, Expr, Func, Place, Pred, Scalar, VarType};
use crate::model::{BinaryOp, Expr as Written, ExprKind};
use crate::span::Span;
use crate::value::Value;

impl<'m> Scope<'_, 'm> {
    /// `left op right`.
    pub(super) fn compare(
        &mut self,
        op: Cmp,
        left: &'m Written,
        right: &'m Written,
        at: Span,
    ) -> Option<Pred> {
        let (a, b) = (self.operand(left), self.operand(right));
        if self.is_ambiguous(left, &b) || self.is_ambiguous(right, &a) {
            return None;
        }
        if matches!(a, Operand::Null) || matches!(b, Operand::Null) {
            let other = if matches!(a, Operand::Null) { right } else { left };
            self.report_null(op, other, at);
            return None;
        }
        self.compare_operands(op, a, b, left.at, right.at)
    }

    fn report_null(&mut self, op: Cmp, other: &Written, at: Span) {
        let test = if op == Cmp::Ne { "is not null" } else { "is null" };
        let found = null_compared::RULE
            .error("a comparison with null is never true")
            .at(at, "compares with null");
        let found = found.help(format!("write `… {test}`"));
        let edit = Span {
            start: other.at.end,
            end: at.end,
            file: at.file,
        };
        let fixable = !at.is_none() && other.at.start == at.start;
        self.sink.report(if fixable {
            found.fix(Fix::maybe(format!("write `{test}`"), edit, format!(" {test}")))
        } else {
            found
        });
    }

    /// Two operands that are compared.
    pub(super) fn compare_operands(
        &mut self,
        op: Cmp,
        a: Operand,
        b: Operand,
        left: Span,
        right: Span,
    ) -> Option<Pred> {
        match (a, b) {
            (Operand::Broken, _) | (_, Operand::Broken) => None,
            (
                Operand::Ref { to, parts },
                Operand::Ref {
                    to: other,
                    parts: others,
                },
            ) if to == other => {
                self.only_equality(op, "references", left.to(right))?;
                Some(all_equal(op, parts.into_iter().zip(others)))
            }
            (Operand::Range(a), Operand::Range(b)) if Self::meets(&a.of, &b.of) => {
                self.only_equality(op, "ranges", left.to(right))?;
                Some(all_equal(op, [(a.start, b.start), (a.end, b.end)]))
            }
            (Operand::Group(a), Operand::Group(b)) if same_members(&a, &b) => {
                self.only_equality(op, "value types", left.to(right))?;
                let pairs = a.into_iter().zip(b).map(|((_, a), (_, b))| folded(a, b));
                Some(all_equal(op, pairs))
            }
            (Operand::Many(end), _) | (_, Operand::Many(end)) => {
                let name = self.schema.name_of(end.to).to_owned();
                let found = path_to_many::RULE.error(format!("a comparison with many rows of `{name}`"));
                let found = found.at(left.to(right), "which of them?");
                self.sink
                    .report(found.help("write `any path (…)`, `all path (…)`, `x in path`, or an aggregate"));
                None
            }
            (a, b) => {
                let wants = (scalar_of(&b).cloned(), scalar_of(&a).cloned());
                if wants.0.is_some() && !is_one(&a)
                    || wants.1.is_some() && !is_one(&b)
                    || (!is_one(&a) && !is_one(&b))
                {
                    self.report_types(&a, &b, left.to(right));
                    return None;
                }
                let a = self.typed(a, wants.0.as_ref(), Fit::Compared, left)?;
                let b = self.typed(b, wants.1.as_ref(), Fit::Compared, right)?;
                self.scalars(op, a, b, left.to(right))
            }
        }
    }

    fn scalars(&mut self, op: Cmp, a: Typed, b: Typed, at: Span) -> Option<Pred> {
        for side in [&a.ty, &b.ty] {
            let secret = match side {
                Scalar::Hashed => true,
                Scalar::Encrypted { lookup, .. } => !(*lookup && matches!(op, Cmp::Eq | Cmp::Ne)),
                _ => false,
            };
            if secret {
                let found = secret_in_plain_place::RULE
                    .error("a secret can't be compared")
                    .at(at, "compares a secret");
                let help = "write `verify(field, $p)` for a hash; mark an encrypted field with `@lookup` to find it by equality";
                self.sink.report(found.help(help));
                return None;
            }
        }
        if !Self::meets(&a.ty, &b.ty) {
            self.report_types(&Operand::Value(a), &Operand::Value(b), at);
            return None;
        }
        let ordered = is_ordered(self.schema, &a.ty);
        let equal = crate::check::schema::scalar_has_equality(&a.ty);
        let fits = match op {
            Cmp::Eq | Cmp::Ne => equal,
            Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => ordered,
        };
        if !fits {
            let what = word(self.schema, &a.ty);
            let has = if equal {
                "no order"
            } else {
                "neither order nor equality"
            };
            let found = incomparable::RULE
                .error(format!("{what} has {has}"))
                .at(at, "can't be compared so");
            let help = match a.ty {
                Scalar::Enum(_) => "say `enum … ordered`, or compare with `==` and `in`",
                _ => "compare something else",
            };
            self.sink.report(found.help(help));
            return None;
        }
        let (left, right) = folded(a, b);
        Some(Pred::Atom(Atom::Cmp(op, left, right)))
    }

    pub(super) fn report_types(&mut self, a: &Operand, b: &Operand, at: Span) {
        let (a, b) = (kind_of(self.schema, a), kind_of(self.schema, b));
        let found = wrong_type::RULE
            .error(format!("{a} can't be compared with {b}"))
            .at(at, "two types");
        let both = format!("{a} {b}");
        let help = if both.contains("reference") {
            "compare references with references: declare the parameter as `-> E`"
        } else if both.contains("date") && both.contains("timestamp") {
            "write `date(at)` for the date of a timestamp"
        } else {
            "bring both to one type"
        };
        self.sink.report(found.help(help));
    }

    fn only_equality(&mut self, op: Cmp, what: &str, at: Span) -> Option<()> {
        if matches!(op, Cmp::Eq | Cmp::Ne) {
            return Some(());
        }
        let found = incomparable::RULE
            .error(format!("{what} have no order"))
            .at(at, "can't be ordered");
        self.sink.report(found.help("compare with `==` or `!=`"));
        None
    }

    /// `x in [a, b]`, `x in $list`, `x in path.to.many`.
    pub(super) fn in_list(&mut self, left: &'m Written, right: &'m Written) -> Option<Pred> {
        if let ExprKind::List(items) = &right.kind {
            let x = self.operand(left);
            return self.in_literals(x, left, items);
        }
        match self.operand(right) {
            Operand::Broken => None,
            Operand::Params(var, VarType::List { of, .. }) => {
                let x = self.operand(left);
                let one = match (x, &*of) {
                    (Operand::Broken, _) => return None,
                    (Operand::Ref { to, mut parts }, VarType::Ref(other)) if to == *other => {
                        if parts.len() != 1 {
                            let what = "`in` a list of references with composite keys";
                            let found = crate::check::rules::not_supported_yet::unsupported(
                                what,
                                right.at,
                                "ask for one at a time",
                            );
                            self.sink.report(found);
                            return None;
                        }
                        parts.remove(0)
                    }
                    (x, VarType::Scalar(scalar)) if is_one(&x) => {
                        let x = self.typed(x, Some(scalar), Fit::Compared, left.at)?;
                        if !Self::meets(&x.ty, scalar) {
                            let list = Operand::Value(Typed::new(Expr::Value(Value::Null), scalar.clone()));
                            self.report_types(&Operand::Value(x), &list, left.at.to(right.at));
                            return None;
                        }
                        self.found_by_equality(&x.ty, left.at)?;
                        fold(x)
                    }
                    (x, _) => {
                        self.report_types(&x, &Operand::Params(var, *of.clone()), left.at.to(right.at));
                        return None;
                    }
                };
                Some(Pred::Atom(Atom::InVar(one, var)))
            }
            Operand::List(list) => self.has(list, right, left),
            Operand::Many(ManyEnd {
                many,
                to,
                filter,
                rest,
            }) => {
                let found = self.within(Frame::Hidden, |scope| {
                    let x = scope.operand(left);
                    let each = rest.map_or_else(|| scope.row_key(to), |rest| *rest);
                    scope.compare_operands(Cmp::Eq, each, x, right.at, left.at)
                })?;
                let found = super::pred::both(filter, found);
                Some(Pred::Any(many, Box::new(found)))
            }
            other => {
                let what = kind_of(self.schema, &other);
                let found = wrong_type::RULE
                    .error(format!("{what} after `in`"))
                    .at(right.at, "neither a list nor a way to many");
                self.sink
                    .report(found.help("write `x in [a, b]`, `x in $list` or `x in path`"));
                None
            }
        }
    }

    /// The row that a new scope is at, as a reference.
    pub(super) fn row_key(&self, to: Target) -> Operand {
        let keys = self.schema.key_leaves(to.entity).into_iter();
        let parts = keys
            .map(|leaf| {
                Expr::At(Place::Leaf {
                    up: 0,
                    via: Vec::new(),
                    leaf,
                })
            })
            .collect();
        Operand::Ref { to: to.entity, parts }
    }

    fn found_by_equality(&mut self, ty: &Scalar, at: Span) -> Option<()> {
        if crate::check::schema::scalar_has_equality(ty) {
            return Some(());
        }
        let what = word(self.schema, ty);
        let secret = matches!(ty, Scalar::Hashed | Scalar::Encrypted { .. });
        let found = if secret {
            secret_in_plain_place::RULE
                .error("a secret can't be compared")
                .help("mark an encrypted field with `@lookup`")
        } else {
            incomparable::RULE
                .error(format!("{what} has no equality"))
                .help("compare something else")
        };
        self.sink.report(found.at(at, "can't be found by equality"));
        None
    }

    fn in_literals(&mut self, x: Operand, left: &'m Written, items: &'m [Written]) -> Option<Pred> {
        let mut each = Vec::new();
        let mut whole = true;
        for item in items {
            let operand = self.operand(item);
            if self.is_ambiguous(item, &x) {
                whole = false;
            } else if matches!(operand, Operand::Null) {
                self.report_null(Cmp::Eq, left, left.at.to(item.at));
                whole = false;
            } else {
                each.push((operand, item.at));
            }
        }
        if !whole {
            return None;
        }
        if matches!(x, Operand::Ref { .. } | Operand::Range(_) | Operand::Group(_)) || each.is_empty() {
            let any = each
                .into_iter()
                .map(|(item, at)| self.compare_operands(Cmp::Eq, x.clone(), item, left.at, at));
            let any = any.collect::<Option<Vec<_>>>()?;
            return Some(if any.is_empty() {
                Pred::Const(false)
            } else {
                Pred::Or(any)
            });
        }
        let want = each.iter().find_map(|(item, _)| scalar_of(item).cloned());
        let x = self.typed(x, want.as_ref(), Fit::Compared, left.at)?;
        self.found_by_equality(&x.ty, left.at)?;
        let mut values = Vec::new();
        for (item, at) in each {
            let item = self.typed(item, Some(&x.ty), Fit::Compared, at);
            match item {
                Some(item) if Self::meets(&x.ty, &item.ty) => values.push(if x.fold {
                    fold(Typed { fold: true, ..item })
                } else {
                    item.expr
                }),
                Some(item) => {
                    self.report_types(&Operand::Value(x.clone()), &Operand::Value(item), at);
                    whole = false;
                }
                None => whole = false,
            }
        }
        whole.then(|| Pred::Atom(Atom::In(fold(x), values)))
    }

    /// `overlaps`, `starts with` and the other tests between two values.
    pub(super) fn test(
        &mut self,
        op: BinaryOp,
        left: &'m Written,
        right: &'m Written,
        at: Span,
    ) -> Option<Pred> {
        let (a, b) = (self.operand(left), self.operand(right));
        match (op, a, b) {
            (_, Operand::Broken, _) | (_, _, Operand::Broken) => None,
            (BinaryOp::Overlaps, Operand::Range(a), Operand::Range(b)) if Self::meets(&a.of, &b.of) => {
                Some(Pred::Atom(Atom::Overlaps(Box::new([
                    a.start, a.end, b.start, b.end,
                ]))))
            }
            (BinaryOp::Overlaps, a, b) => {
                self.report_types(&a, &b, at);
                None
            }
            (BinaryOp::Contains, Operand::List(list), _) => self.has(list, left, right),
            (_, a, b) => {
                let a = self.typed(a, Some(&Scalar::Text), Fit::Compared, left.at)?;
                let b = self.typed(b, Some(&Scalar::Text), Fit::Compared, right.at)?;
                for (side, at) in [(&a, left.at), (&b, right.at)] {
                    if !super::operand::is_text(&side.ty) {
                        let what = word(self.schema, &side.ty);
                        let found = wrong_type::RULE
                            .error(format!("{what} where text must stand"))
                            .at(at, "no text");
                        self.sink
                            .report(found.help(format!("`{}` is between texts", op.text())));
                        return None;
                    }
                }
                let (a, b) = folded(a, b);
                Some(Pred::Atom(match op {
                    BinaryOp::StartsWith => Atom::StartsWith(a, b),
                    BinaryOp::EndsWith => Atom::EndsWith(a, b),
                    _ => Atom::Contains(a, b),
                }))
            }
        }
    }

    /// A collection has an item.
    fn has(&mut self, list: super::Listed, at: &'m Written, item: &'m Written) -> Option<Pred> {
        let crate::kernel::Item::Scalar(scalar) = &list.ty.item else {
            let found = wrong_type::RULE
                .error("the collection holds value types")
                .at(at.at, "items have members");
            self.sink.report(found.help("write `any path (member == …)`"));
            return None;
        };
        let operand = self.operand(item);
        let item_at = item.at;
        let item = self.typed(operand, Some(scalar), Fit::Compared, item_at)?;
        if !Self::meets(scalar, &item.ty) {
            let held = Operand::Value(Typed::new(Expr::Value(Value::Null), scalar.clone()));
            self.report_types(&held, &Operand::Value(item), at.at.to(item_at));
            return None;
        }
        Some(Pred::Atom(Atom::Has(list.expr, item.expr)))
    }
}

/// Whether an operand is one value, or a literal that will be.
fn is_one(operand: &Operand) -> bool {
    matches!(
        operand,
        Operand::Value(_) | Operand::Number(_) | Operand::Text(_) | Operand::Word(_)
    )
}

/// Both sides, folded where one of them compares without case.
fn folded(a: Typed, b: Typed) -> (Expr, Expr) {
    let any = a.fold || b.fold;
    (fold(Typed { fold: any, ..a }), fold(Typed { fold: any, ..b }))
}

/// A value with its letters made small, where it compares without case.
pub(in crate::check) fn fold(typed: Typed) -> Expr {
    if !typed.fold {
        return typed.expr;
    }
    match typed.expr {
        Expr::Value(Value::Text(text)) => Expr::Value(Value::text(text.to_ascii_lowercase())),
        expr @ Expr::Call(Func::Lower, _) => expr,
        expr => Expr::Call(Func::Lower, vec![expr]),
    }
}

fn same_members(a: &[(Vec<Box<str>>, Typed)], b: &[(Vec<Box<str>>, Typed)]) -> bool {
    let mut pairs = a.iter().zip(b);
    a.len() == b.len() && pairs.all(|((name, a), (other, b))| name == other && a.ty == b.ty)
}

/// Whether several pairs are all equal (or, for `!=`, not all).
fn all_equal(op: Cmp, pairs: impl IntoIterator<Item = (Expr, Expr)>) -> Pred {
    let mut all: Vec<(Expr, Expr)> = pairs.into_iter().collect();
    if all.len() == 1 {
        let (a, b) = all.remove(0);
        return Pred::Atom(Atom::Cmp(op, a, b));
    }
    let equal = Pred::And(
        all.into_iter()
            .map(|(a, b)| Pred::Atom(Atom::Cmp(Cmp::Eq, a, b)))
            .collect(),
    );
    if op == Cmp::Ne {
        Pred::Not(Box::new(equal))
    } else {
        equal
    }
}
