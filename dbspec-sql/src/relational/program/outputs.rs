//! What speaks of outputs, with them spelt out.

use dbspec_core::kernel::{Atom, Expr, Place, Pred};

/// The outputs of a group, by name.
pub(super) struct Outputs<'n>(pub(super) &'n [&'n (Box<str>, Expr)]);

impl Outputs<'_> {
    /// An expression.
    pub(super) fn expr(&self, expr: &Expr) -> Expr {
        let go = |it: &Expr| self.expr(it);
        match expr {
            Expr::At(Place::Output(at)) => self
                .0
                .get(usize::from(*at))
                .map_or_else(|| expr.clone(), |(_, output)| go(output)),
            Expr::Do(op, a, b) => Expr::Do(*op, Box::new(go(a)), Box::new(go(b))),
            Expr::Neg(of) => Expr::Neg(Box::new(go(of))),
            Expr::Else(a, b) => Expr::Else(Box::new(go(a)), Box::new(go(b))),
            Expr::Call(func, args) => Expr::Call(*func, args.iter().map(go).collect()),
            Expr::Value(_) | Expr::At(_) | Expr::Aggregate { .. } | Expr::Grouped { .. } => expr.clone(),
        }
    }

    /// A predicate.
    pub(super) fn pred(&self, pred: &Pred) -> Pred {
        let all = |parts: &[Pred]| parts.iter().map(|part| self.pred(part)).collect();
        match pred {
            Pred::Const(_) | Pred::Any(..) => pred.clone(),
            Pred::Atom(atom) => Pred::Atom(self.atom(atom)),
            Pred::IsNull(of) => Pred::IsNull(self.expr(of)),
            Pred::Not(of) => Pred::Not(Box::new(self.pred(of))),
            Pred::And(parts) => Pred::And(all(parts)),
            Pred::Or(parts) => Pred::Or(all(parts)),
        }
    }

    fn atom(&self, atom: &Atom) -> Atom {
        let go = |it: &Expr| self.expr(it);
        match atom {
            Atom::Cmp(cmp, a, b) => Atom::Cmp(*cmp, go(a), go(b)),
            Atom::In(of, list) => Atom::In(go(of), list.iter().map(go).collect()),
            Atom::InVar(of, var) => Atom::InVar(go(of), *var),
            Atom::StartsWith(a, b) => Atom::StartsWith(go(a), go(b)),
            Atom::EndsWith(a, b) => Atom::EndsWith(go(a), go(b)),
            Atom::Contains(a, b) => Atom::Contains(go(a), go(b)),
            Atom::Matches(of, pattern) => Atom::Matches(go(of), pattern.clone()),
            Atom::Holds(of) => Atom::Holds(go(of)),
            Atom::Has(a, b) => Atom::Has(go(a), go(b)),
            Atom::Overlaps(ends) => Atom::Overlaps(Box::new(ends.each_ref().map(go))),
            Atom::Verify(a, b) => Atom::Verify(go(a), go(b)),
        }
    }
}
