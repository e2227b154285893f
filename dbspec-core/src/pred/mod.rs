//! Predicates made two-valued.
//!
//! A [`Pred`] is three-valued, as users mean it: an atom with a null operand is unknown. Engines differ in what they make
//! of null, so backends print only [`Test`]s: two-valued, without `not`, with explicit null tests that stand before
//! what they protect. [`Pred::is_true`] is for `where`, [`Pred::not_false`] for `check`.
//!
//! One recursive function does all four readings (is true, is false, not false, not true), each node once, so the
//! result is linear in the predicate. Places that can't be null are not tested, and a test that an earlier sibling
//! has made is left out.
//!
//! Errors (overflow, division by zero) are the engine's to catch: a test says nothing of them.

mod known;
mod nullable;
mod pattern;
#[cfg(test)]
mod tests;

pub use pattern::{NotPattern, Regex};

use crate::kernel::{Aggregate, Atom, Cmp, Expr, Many, Place, Pred};

/// A two-valued predicate: all that backends print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// True or false.
    Const(bool),
    /// An atom whose operands aren't null here.
    Atom(Atom),
    /// An atom that doesn't hold, whose operands aren't null here; never a comparison, which is inverted instead.
    NotAtom(Atom),
    /// A place, an aggregate or an output is null.
    IsNull(Expr),
    /// It isn't.
    NotNull(Expr),
    /// All of them, judged from the left.
    And(Vec<Test>),
    /// One of them, judged from the left.
    Or(Vec<Test>),
    /// One of the rows or items reached satisfies the test.
    Any(Many, Box<Test>),
    /// None of them does.
    None(Many, Box<Test>),
}

/// Which of the four readings: strict asks for true (or, negated, false), lenient for not false (or not true).
#[derive(Clone, Copy)]
struct Mode {
    strict: bool,
    negated: bool,
}

/// Whether a place may be null.
pub type Nullable<'a> = &'a dyn Fn(&Place) -> bool;

impl Pred {
    /// The test that holds exactly where the predicate is true: for `where`.
    pub fn is_true(&self, nullable: Nullable<'_>) -> Test {
        known::simplify(read(
            self,
            Mode {
                strict: true,
                negated: false,
            },
            nullable,
        ))
    }

    /// The test that holds exactly where the predicate is true or unknown: for `check`.
    pub fn not_false(&self, nullable: Nullable<'_>) -> Test {
        known::simplify(read(
            self,
            Mode {
                strict: false,
                negated: false,
            },
            nullable,
        ))
    }
}

impl Test {
    /// How many nodes it has.
    pub fn size(&self) -> usize {
        match self {
            Self::Const(_) | Self::Atom(_) | Self::NotAtom(_) | Self::IsNull(_) | Self::NotNull(_) => 1,
            Self::And(parts) | Self::Or(parts) => 1 + parts.iter().map(Self::size).sum::<usize>(),
            Self::Any(_, inner) | Self::None(_, inner) => 1 + inner.size(),
        }
    }
}

fn read(pred: &Pred, mode: Mode, nullable: Nullable<'_>) -> Test {
    match pred {
        Pred::Const(holds) => Test::Const(*holds != mode.negated),
        Pred::Atom(atom) => {
            let holds = if mode.negated {
                opposite(atom)
            } else {
                Test::Atom(atom.clone())
            };
            let operands = operands(atom);
            if mode.strict {
                and(operands
                    .into_iter()
                    .map(|it| null_test(it, false, nullable))
                    .chain([holds]))
            } else {
                or(operands
                    .into_iter()
                    .map(|it| null_test(it, true, nullable))
                    .chain([holds]))
            }
        }
        Pred::IsNull(expr) => null_test(expr.clone(), !mode.negated, nullable),
        Pred::Not(of) => read(
            of,
            Mode {
                negated: !mode.negated,
                ..mode
            },
            nullable,
        ),
        Pred::And(parts) | Pred::Or(parts) => {
            let read = parts.iter().map(|part| read(part, mode, nullable));
            let is_and = matches!(pred, Pred::And(_));
            if is_and ^ mode.negated {
                and(read)
            } else {
                or(read)
            }
        }
        // any is true: one is true; any is false: all are false, so none is not false: there strictness flips.
        Pred::Any(many, of) if mode.negated => {
            match read(
                of,
                Mode {
                    strict: !mode.strict,
                    negated: false,
                },
                nullable,
            ) {
                Test::Const(false) => Test::Const(true),
                inner => Test::None(many.clone(), Box::new(inner)),
            }
        }
        Pred::Any(many, of) => match read(of, mode, nullable) {
            Test::Const(false) => Test::Const(false),
            inner => Test::Any(many.clone(), Box::new(inner)),
        },
    }
}

fn opposite(atom: &Atom) -> Test {
    match atom {
        Atom::Cmp(cmp, a, b) => Test::Atom(Atom::Cmp(Cmp::inverse(*cmp), a.clone(), b.clone())),
        other => Test::NotAtom(other.clone()),
    }
}

/// The operands of an atom, each null of which makes it unknown.
fn operands(atom: &Atom) -> Vec<Expr> {
    match atom {
        Atom::Cmp(_, a, b)
        | Atom::StartsWith(a, b)
        | Atom::EndsWith(a, b)
        | Atom::Contains(a, b)
        | Atom::Has(a, b)
        | Atom::Verify(a, b) => vec![a.clone(), b.clone()],
        // The list's items are never null.
        Atom::In(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => vec![of.clone()],
        Atom::InVar(of, list) => vec![of.clone(), Expr::At((*list).into())],
        Atom::Overlaps(ends) => ends.to_vec(),
    }
}

/// Whether an expression is null (or isn't), told from its places.
fn null_test(expr: Expr, null: bool, nullable: Nullable<'_>) -> Test {
    let leaf = |expr: Expr| {
        if null {
            Test::IsNull(expr)
        } else {
            Test::NotNull(expr)
        }
    };
    // An operation is null where one operand is.
    let one_of = |operands: Vec<Expr>| {
        let tests = operands.into_iter().map(|it| null_test(it, null, nullable));
        if null { or(tests) } else { and(tests) }
    };
    match expr {
        Expr::Value(value) => Test::Const(value.is_null() == null),
        Expr::At(place) => {
            if nullable(&place) {
                leaf(Expr::At(place))
            } else {
                Test::Const(!null)
            }
        }
        Expr::Do(_, a, b) => one_of(vec![*a, *b]),
        Expr::Neg(of) => null_test(*of, null, nullable),
        Expr::Call(_, args) => one_of(args),
        Expr::Else(a, b) => {
            let tests = [*a, *b].into_iter().map(|it| null_test(it, null, nullable));
            if null { and(tests) } else { or(tests) }
        }
        Expr::Aggregate {
            how: Aggregate::Count | Aggregate::Sum,
            ..
        }
        | Expr::Grouped {
            how: Aggregate::Count | Aggregate::Sum,
            ..
        } => Test::Const(!null),
        Expr::Aggregate {
            how: Aggregate::Min | Aggregate::Max | Aggregate::Avg,
            ..
        }
        | Expr::Grouped {
            how: Aggregate::Min | Aggregate::Max | Aggregate::Avg,
            ..
        } => leaf(expr),
    }
}

fn and(parts: impl Iterator<Item = Test>) -> Test {
    join(parts, false)
}

fn or(parts: impl Iterator<Item = Test>) -> Test {
    join(parts, true)
}

/// Flattened; `decides` is the constant that decides the whole.
fn join(parts: impl Iterator<Item = Test>, decides: bool) -> Test {
    let mut flat = Vec::new();
    for part in parts {
        match (part, decides) {
            (Test::Const(it), _) if it == decides => return Test::Const(decides),
            (Test::Const(_), _) => {}
            (Test::And(inner), false) | (Test::Or(inner), true) => flat.extend(inner),
            (other, _) => flat.push(other),
        }
    }
    match (flat.len(), flat.pop()) {
        (0 | 1, None) => Test::Const(!decides),
        (1, Some(only)) => only,
        (_, last) => {
            flat.extend(last);
            if decides { Test::Or(flat) } else { Test::And(flat) }
        }
    }
}
