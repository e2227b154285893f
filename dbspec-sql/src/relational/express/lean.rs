//! A `where` without needless null tests.
//!
//! Where only what is true counts, an atom with a null operand counts as little as one that is false. So `x is not null and
//! x = 1` is `x = 1` there. Not in a constraint, where null counts as true, nor under a negated quantifier.

use dbspec_core::kernel::{Atom, Expr};
use dbspec_core::pred::Test;

/// The same test, as far as it is asked whether it is true.
pub(crate) fn lean(test: Test) -> Test {
    match test {
        Test::And(parts) => {
            let parts: Vec<Test> = parts.into_iter().map(lean).collect();
            let needed: Vec<bool> = parts
                .iter()
                .map(|part| match part {
                    Test::NotNull(expr) => !parts.iter().any(|other| implies_set(other, expr)),
                    Test::Const(_)
                    | Test::Atom(_)
                    | Test::NotAtom(_)
                    | Test::IsNull(_)
                    | Test::And(_)
                    | Test::Or(_)
                    | Test::Any(..)
                    | Test::None(..) => true,
                })
                .collect();
            let mut kept = parts.into_iter().zip(needed).filter(|(_, needed)| *needed);
            match (kept.next(), kept.next()) {
                (Some((only, _)), None) => only,
                (first, second) => Test::And(
                    first
                        .into_iter()
                        .chain(second)
                        .chain(kept)
                        .map(|(part, _)| part)
                        .collect(),
                ),
            }
        }
        Test::Or(parts) => Test::Or(parts.into_iter().map(lean).collect()),
        Test::Any(many, inner) => Test::Any(many, Box::new(lean(*inner))),
        Test::Const(_)
        | Test::Atom(_)
        | Test::NotAtom(_)
        | Test::IsNull(_)
        | Test::NotNull(_)
        | Test::None(..) => test,
    }
}

/// Whether a test can't be true where an expression is null.
fn implies_set(test: &Test, expr: &Expr) -> bool {
    match test {
        Test::Atom(atom) | Test::NotAtom(atom) => match atom {
            Atom::Cmp(_, a, b)
            | Atom::StartsWith(a, b)
            | Atom::EndsWith(a, b)
            | Atom::Contains(a, b)
            | Atom::Has(a, b) => needs(a, expr) || needs(b, expr),
            Atom::In(of, _) | Atom::InVar(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => needs(of, expr),
            Atom::Overlaps(ends) => ends.iter().any(|it| needs(it, expr)),
            Atom::Verify(..) => false,
        },
        Test::And(parts) => parts.iter().any(|part| implies_set(part, expr)),
        Test::Or(parts) => !parts.is_empty() && parts.iter().all(|part| implies_set(part, expr)),
        Test::Const(_) | Test::IsNull(_) | Test::NotNull(_) | Test::Any(..) | Test::None(..) => false,
    }
}

/// Whether an expression is null where an operand of it is.
fn needs(whole: &Expr, part: &Expr) -> bool {
    whole == part
        || match whole {
            Expr::Do(_, a, b) => needs(a, part) || needs(b, part),
            Expr::Neg(of) => needs(of, part),
            Expr::Call(_, args) => args.iter().any(|arg| needs(arg, part)),
            Expr::Value(_) | Expr::At(_) | Expr::Else(..) | Expr::Aggregate { .. } | Expr::Grouped { .. } => {
                false
            }
        }
}
