//! Truth of predicates.

use std::cmp::Ordering;

use super::{Env, Here, Lack, Reached, Scope, Truth, all, both, compare};
use crate::kernel::{Atom, Cmp, Expr, Pred};
use crate::value::Value;

impl Env<'_> {
    /// Whether a predicate is true, as a `where` asks: unknown and invalid are not.
    pub(crate) fn is_true(&self, scope: &Scope<'_>, pred: &Pred) -> Result<bool, Lack> {
        Ok(self.truth(scope, pred)? == Truth::True)
    }

    /// The truth of a predicate. [`Lack::Invalid`] never comes back: it is [`Truth::Invalid`].
    pub(crate) fn truth(&self, scope: &Scope<'_>, pred: &Pred) -> Result<Truth, Lack> {
        match pred {
            Pred::Const(holds) => Ok(Truth::of(*holds)),
            Pred::Atom(atom) => match self.atom(scope, atom) {
                Err(Lack::Invalid) => Ok(Truth::Invalid),
                other => other,
            },
            Pred::IsNull(expr) => match self.value(scope, expr) {
                Ok(value) => Ok(Truth::of(value.is_null())),
                Err(Lack::Invalid) => Ok(Truth::Invalid),
                Err(lack) => Err(lack),
            },
            Pred::Not(of) => Ok(self.truth(scope, of)?.not()),
            Pred::And(parts) => join(parts.iter().map(|part| self.truth(scope, part)), Truth::False),
            Pred::Or(parts) => join(parts.iter().map(|part| self.truth(scope, part)), Truth::True),
            Pred::Any(many, holds) => match self.reach(scope, many)? {
                Reached::Rows(entity, rows) => {
                    let scopes = rows.iter().map(|row| Scope {
                        here: Here::Row(entity, row),
                        outer: Some(scope),
                    });
                    join(scopes.map(|scope| self.truth(&scope, holds)), Truth::True)
                }
                Reached::Items(items) => {
                    let scopes = items.iter().map(|item| Scope {
                        here: Here::Item(item),
                        outer: Some(scope),
                    });
                    join(scopes.map(|scope| self.truth(&scope, holds)), Truth::True)
                }
            },
        }
    }

    fn atom(&self, scope: &Scope<'_>, atom: &Atom) -> Result<Truth, Lack> {
        let texts = |a: &Expr, b: &Expr, test: fn(&str, &str) -> bool| {
            let (a, b) = both(self.value(scope, a), self.value(scope, b))?;
            Ok(match (&a, &b) {
                (Value::Text(a), Value::Text(b)) => Truth::of(test(a, b)),
                _ => Truth::Unknown,
            })
        };
        match atom {
            Atom::Cmp(cmp, a, b) => {
                let (a, b) = both(self.value(scope, a), self.value(scope, b))?;
                Ok(compare(&a, &b).map_or(Truth::Unknown, |ordering| Truth::of(satisfies(*cmp, ordering))))
            }
            Atom::In(expr, list) => {
                let (value, list) = both(
                    self.value(scope, expr),
                    all(list.iter().map(|item| self.value(scope, item))),
                )?;
                Ok(among(&value, &list))
            }
            Atom::InVar(expr, var) => {
                let (value, list) = both(self.value(scope, expr), self.place(scope, &(*var).into()))?;
                Ok(match list {
                    Value::List(list) => among(&value, &list),
                    _ => Truth::Unknown,
                })
            }
            Atom::StartsWith(a, b) => texts(a, b, |a, b| a.starts_with(b)),
            Atom::EndsWith(a, b) => texts(a, b, |a, b| a.ends_with(b)),
            Atom::Contains(a, b) => texts(a, b, |a, b| a.contains(b)),
            Atom::Matches(expr, pattern) => Ok(match self.value(scope, expr)? {
                // A pattern that check let through parses; one that doesn't matches nothing.
                Value::Text(text) => Truth::of(pattern.parse().is_ok_and(|pattern| pattern.matches(&text))),
                _ => Truth::Unknown,
            }),
            Atom::Holds(expr) => Ok(match self.value(scope, expr)? {
                Value::Bool(holds) => Truth::of(holds),
                _ => Truth::Unknown,
            }),
            Atom::Has(list, item) => {
                let (list, item) = both(self.value(scope, list), self.value(scope, item))?;
                Ok(match list {
                    Value::List(list) => among(&item, &list),
                    _ => Truth::Unknown,
                })
            }
            Atom::Overlaps(ends) => {
                let ends = all(ends.iter().map(|end| self.value(scope, end)))?;
                let less = |a: usize, b: usize| compare(&ends[a], &ends[b]).map(|it| it == Ordering::Less);
                Ok(match (less(0, 3), less(2, 1)) {
                    (Some(a), Some(b)) => Truth::of(a && b),
                    (None, _) | (_, None) => Truth::Unknown,
                })
            }
            Atom::Verify(secret, given) => {
                let (secret, given) = both(self.value(scope, secret), self.value(scope, given))?;
                Ok(match (&secret, &given) {
                    (Value::Text(secret), Value::Text(given)) => {
                        Truth::of(crate::value::verify_secret(secret, given))
                    }
                    _ => Truth::Unknown,
                })
            }
        }
    }
}

/// Whether a comparison is satisfied by how its sides compare.
fn satisfies(cmp: Cmp, ordering: Ordering) -> bool {
    match cmp {
        Cmp::Eq => ordering.is_eq(),
        Cmp::Ne => ordering.is_ne(),
        Cmp::Lt => ordering.is_lt(),
        Cmp::Le => ordering.is_le(),
        Cmp::Gt => ordering.is_gt(),
        Cmp::Ge => ordering.is_ge(),
    }
}

fn among(value: &Value, list: &[Value]) -> Truth {
    if value.is_null() {
        return Truth::Unknown;
    }
    let mut truth = Truth::False;
    for item in list {
        // A reference whose key is one leaf may be given as a list of that leaf.
        let item = match (value, item) {
            (Value::List(_), item) => item,
            (_, Value::List(key)) if key.len() == 1 => &key[0],
            (_, item) => item,
        };
        match compare(value, item) {
            Some(Ordering::Equal) => return Truth::True,
            Some(_) => {}
            None => truth = Truth::Unknown,
        }
    }
    truth
}

/// `And` (decided by false) or `Or` (decided by true): what decides wins over needs, needs over errors, errors over
/// unknowns.
fn join(parts: impl Iterator<Item = Result<Truth, Lack>>, decides: Truth) -> Result<Truth, Lack> {
    let (mut joined, mut lacks) = (decides.not(), None::<Lack>);
    for part in parts {
        match part {
            Ok(truth) if truth == decides => return Ok(truth),
            Ok(Truth::Invalid) => joined = Truth::Invalid,
            Ok(Truth::Unknown) if joined != Truth::Invalid => joined = Truth::Unknown,
            Ok(_) => {}
            Err(lack) => lacks = Some(lacks.map_or_else(|| lack.clone(), |it| it.and(lack.clone()))),
        }
    }
    lacks.map_or(Ok(joined), Err)
}
