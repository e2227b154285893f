//! Leaves out what an earlier sibling has said.

use super::{Test, and, or};
use crate::kernel::Expr;

/// What is known of nulls where a test is judged: in an `and`, earlier siblings hold; in an `or`, they don't.
#[derive(Default)]
struct Known {
    facts: Vec<(Expr, bool)>,
}

pub(super) fn simplify(test: Test) -> Test {
    Known::default().within(test)
}

impl Known {
    fn is_null(&self, expr: &Expr) -> Option<bool> {
        self.facts
            .iter()
            .rev()
            .find(|(known, _)| known == expr)
            .map(|(_, null)| *null)
    }

    fn within(&mut self, test: Test) -> Test {
        match test {
            Test::IsNull(expr) => self
                .is_null(&expr)
                .map_or_else(|| Test::IsNull(expr), Test::Const),
            Test::NotNull(expr) => self
                .is_null(&expr)
                .map_or_else(|| Test::NotNull(expr), |null| Test::Const(!null)),
            Test::And(parts) => self.siblings(parts, true),
            Test::Or(parts) => self.siblings(parts, false),
            // Facts of outer rows don't go into a quantifier: `up` counts differently there.
            Test::Any(many, inner) => match simplify(*inner) {
                Test::Const(false) => Test::Const(false),
                inner => Test::Any(many, Box::new(inner)),
            },
            Test::None(many, inner) => match simplify(*inner) {
                Test::Const(false) => Test::Const(true),
                inner => Test::None(many, Box::new(inner)),
            },
            Test::Const(_) | Test::Atom(_) | Test::NotAtom(_) => test,
        }
    }

    fn siblings(&mut self, parts: Vec<Test>, hold: bool) -> Test {
        let before = self.facts.len();
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            let part = self.within(part);
            match &part {
                Test::IsNull(expr) => self.facts.push((expr.clone(), hold)),
                Test::NotNull(expr) => self.facts.push((expr.clone(), !hold)),
                Test::Const(_)
                | Test::Atom(_)
                | Test::NotAtom(_)
                | Test::And(_)
                | Test::Or(_)
                | Test::Any(..)
                | Test::None(..) => {}
            }
            kept.push(part);
        }
        self.facts.truncate(before);
        if hold {
            and(kept.into_iter())
        } else {
            or(kept.into_iter())
        }
    }
}
