//! Terms and blocks in few words.

use super::{Block, Codec, Slot, Step, Term};
use crate::arena::Id as _;
use crate::kernel::{Expr, Query, VarId};
use crate::query::{CondSet, counting, optional};
use crate::value::Value;

/// What a list is looked through with, where nothing of the item itself is asked.
const ONE: Slot = Slot(0);

/// A text.
pub fn text(text: impl Into<Box<str>>) -> Term {
    Term::Value(Value::text(text))
}

/// An integer.
pub fn number(number: i64) -> Term {
    Term::Value(Value::Int(number))
}

/// A slot.
pub fn slot(slot: Slot) -> Term {
    Term::Slot(slot)
}

/// The member of a map.
pub fn member(of: Term, name: &str) -> Term {
    Term::Member(Box::new(of), name.into())
}

/// The item of a list at a position.
pub fn nth(of: Term, at: usize) -> Term {
    Term::Nth(Box::new(of), u16::try_from(at).unwrap_or(u16::MAX))
}

/// An expression without leaves, worked out by the evaluator.
pub fn eval(expr: &Expr) -> Term {
    Term::Eval(Box::new(expr.clone()))
}

/// A value in the form of a codec.
pub fn encode(codec: Codec, of: Term) -> Term {
    Term::Encode(codec, Box::new(of))
}

/// The value that a form stands for.
pub fn decode(codec: Codec, of: Term) -> Term {
    Term::Decode(codec, Box::new(of))
}

/// Whether both are equal.
pub fn same(a: Term, b: Term) -> Term {
    Term::Same(Box::new(a), Box::new(b))
}

/// Whether it isn't true.
pub fn not(of: Term) -> Term {
    Term::Not(Box::new(of))
}

/// Whether it is null.
pub fn is_null(of: Term) -> Term {
    Term::IsNull(Box::new(of))
}

/// Whether it isn't null.
pub fn is_set(of: Term) -> Term {
    not(is_null(of))
}

/// Both are true.
pub fn both(a: Term, b: Term) -> Term {
    Term::Both(Box::new(a), Box::new(b))
}

/// One of them is true.
pub fn either(a: Term, b: Term) -> Term {
    not(both(not(a), not(b)))
}

/// All of them are true.
pub fn all(terms: impl IntoIterator<Item = Term>) -> Term {
    terms
        .into_iter()
        .reduce(both)
        .unwrap_or(Term::Value(Value::Bool(true)))
}

/// One of them is true.
pub fn any(terms: impl IntoIterator<Item = Term>) -> Term {
    terms
        .into_iter()
        .reduce(either)
        .unwrap_or(Term::Value(Value::Bool(false)))
}

/// How many items a list has.
pub fn len(of: Term) -> Term {
    Term::Len(Box::new(of))
}

/// Whether the first is smaller.
pub fn less(a: Term, b: Term) -> Term {
    Term::Less(Box::new(a), Box::new(b))
}

/// Integers added.
pub fn plus(a: Term, b: Term) -> Term {
    Term::Plus(Box::new(a), Box::new(b))
}

/// Integers subtracted.
pub fn minus(a: Term, b: Term) -> Term {
    Term::Minus(Box::new(a), Box::new(b))
}

/// Whether a list has items.
pub fn some(list: Term) -> Term {
    less(number(0), len(list))
}

/// Whether a list has none.
pub fn none(list: Term) -> Term {
    not(some(list))
}

/// The items of a list that pass a test over the item.
pub fn filter(list: Term, item: Slot, test: Term) -> Term {
    Term::Filter(Box::new(list), item, Box::new(test))
}

/// A term worked out for each item of a list.
pub fn map(list: Term, item: Slot, of: Term) -> Term {
    Term::Map(Box::new(list), item, Box::new(of))
}

/// A list without repeats, sorted.
pub fn distinct(list: Term) -> Term {
    Term::Distinct(Box::new(list))
}

/// A list.
pub fn list(terms: impl IntoIterator<Item = Term>) -> Term {
    Term::List(terms.into_iter().collect())
}

/// Lists joined.
pub fn join(terms: impl IntoIterator<Item = Term>) -> Term {
    Term::Join(terms.into_iter().collect())
}

/// Texts joined; null counts as nothing.
pub fn concat(terms: impl IntoIterator<Item = Term>) -> Term {
    Term::Concat(terms.into_iter().collect())
}

/// A map.
pub fn record<const N: usize>(members: [(&str, Term); N]) -> Term {
    Term::Record(members.map(|(name, term)| (name.into(), term)).into())
}

/// A text where a test holds, else null. `test` must not speak of the first slot.
pub fn text_if(words: impl Into<Box<str>>, test: Term) -> Term {
    let one = Term::Value(Value::List(vec![Value::text(words)]));
    nth(filter(one, ONE, test), 0)
}

/// The first that isn't null. `scratch` holds them one by one.
pub fn or_else(of: Term, otherwise: Term, scratch: Slot) -> Term {
    nth(filter(list([of, otherwise]), scratch, is_set(slot(scratch))), 0)
}

/// One block for each combination of a query's optional parameters that are given, by the conditions that then count.
pub fn by_given(query: &Query, block: &dyn Fn(CondSet) -> Block) -> Block {
    given(query, &optional(query), &mut Vec::new(), block)
}

fn given(query: &Query, rest: &[VarId], with: &mut Vec<VarId>, block: &dyn Fn(CondSet) -> Block) -> Block {
    let Some((var, rest)) = rest.split_first() else {
        return block(counting(query, |var| with.contains(&var)));
    };
    let without = given(query, rest, with, block);
    with.push(*var);
    let then = given(query, rest, with, block);
    with.pop();
    vec![Step::When(is_null(arg(*var)), without, then)]
}

/// The argument of a parameter.
pub fn arg(var: VarId) -> Term {
    Term::Arg(u16::try_from(var.index()).unwrap_or(u16::MAX))
}
