//! Terms in few words.

use dbspec_core::kernel::Expr;
use dbspec_core::program::{Codec, Slot, Term};
use dbspec_core::value::Value;

/// What a list is looked through with, where nothing of the item itself is asked.
const ONE: Slot = Slot(0);

pub(crate) fn text(text: impl Into<Box<str>>) -> Term {
    Term::Value(Value::text(text))
}

pub(crate) fn number(number: i64) -> Term {
    Term::Value(Value::Int(number))
}

pub(crate) fn slot(slot: Slot) -> Term {
    Term::Slot(slot)
}

pub(crate) fn member(of: Term, name: &str) -> Term {
    Term::Member(Box::new(of), name.into())
}

pub(crate) fn nth(of: Term, at: usize) -> Term {
    Term::Nth(Box::new(of), u16::try_from(at).unwrap_or(u16::MAX))
}

pub(crate) fn eval(expr: &Expr) -> Term {
    Term::Eval(Box::new(expr.clone()))
}

pub(crate) fn encode(codec: Codec, of: Term) -> Term {
    Term::Encode(codec, Box::new(of))
}

pub(crate) fn decode(codec: Codec, of: Term) -> Term {
    Term::Decode(codec, Box::new(of))
}

pub(crate) fn same(a: Term, b: Term) -> Term {
    Term::Same(Box::new(a), Box::new(b))
}

pub(crate) fn not(of: Term) -> Term {
    Term::Not(Box::new(of))
}

pub(crate) fn is_null(of: Term) -> Term {
    Term::IsNull(Box::new(of))
}

pub(crate) fn is_set(of: Term) -> Term {
    not(is_null(of))
}

pub(crate) fn both(a: Term, b: Term) -> Term {
    Term::Both(Box::new(a), Box::new(b))
}

/// One of them is true.
pub(crate) fn either(a: Term, b: Term) -> Term {
    not(both(not(a), not(b)))
}

/// All of them are true.
pub(crate) fn all(terms: impl IntoIterator<Item = Term>) -> Term {
    terms
        .into_iter()
        .reduce(both)
        .unwrap_or(Term::Value(Value::Bool(true)))
}

/// One of them is true.
pub(crate) fn any(terms: impl IntoIterator<Item = Term>) -> Term {
    terms
        .into_iter()
        .reduce(either)
        .unwrap_or(Term::Value(Value::Bool(false)))
}

pub(crate) fn len(of: Term) -> Term {
    Term::Len(Box::new(of))
}

pub(crate) fn less(a: Term, b: Term) -> Term {
    Term::Less(Box::new(a), Box::new(b))
}

pub(crate) fn plus(a: Term, b: Term) -> Term {
    Term::Plus(Box::new(a), Box::new(b))
}

pub(crate) fn minus(a: Term, b: Term) -> Term {
    Term::Minus(Box::new(a), Box::new(b))
}

/// Whether a list has items.
pub(crate) fn some(list: Term) -> Term {
    less(number(0), len(list))
}

/// Whether a list has none.
pub(crate) fn none(list: Term) -> Term {
    not(some(list))
}

pub(crate) fn filter(list: Term, item: Slot, test: Term) -> Term {
    Term::Filter(Box::new(list), item, Box::new(test))
}

pub(crate) fn map(list: Term, item: Slot, of: Term) -> Term {
    Term::Map(Box::new(list), item, Box::new(of))
}

pub(crate) fn distinct(list: Term) -> Term {
    Term::Distinct(Box::new(list))
}

pub(crate) fn list(terms: impl IntoIterator<Item = Term>) -> Term {
    Term::List(terms.into_iter().collect())
}

pub(crate) fn join(terms: impl IntoIterator<Item = Term>) -> Term {
    Term::Join(terms.into_iter().collect())
}

pub(crate) fn concat(terms: impl IntoIterator<Item = Term>) -> Term {
    Term::Concat(terms.into_iter().collect())
}

pub(crate) fn record<const N: usize>(members: [(&str, Term); N]) -> Term {
    Term::Record(members.map(|(name, term)| (name.into(), term)).into())
}

/// A text where a test holds, else null. `test` must not speak of the first slot.
pub(crate) fn text_if(words: impl Into<Box<str>>, test: Term) -> Term {
    let one = Term::Value(Value::List(vec![Value::text(words)]));
    nth(filter(one, ONE, test), 0)
}

/// The first that isn't null. `scratch` holds them one by one.
pub(crate) fn or_else(of: Term, otherwise: Term, scratch: Slot) -> Term {
    nth(filter(list([of, otherwise]), scratch, is_set(slot(scratch))), 0)
}
