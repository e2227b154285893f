//! What the programs of queries have in common: the values of a path's columns, when enough was read, where the last
//! page ended.

use dbspec_core::kernel::{Atom, Expr, LeafId, Pred, Query, Shape, Take, Term as OrderOf};
use dbspec_core::program::{Block, Slot, Step, Term};
use dbspec_core::query::{Plan, Sorted};
use dbspec_core::value::Value;

use super::term::{arg, both, eval, is_set, len, less, list, member, number, slot};

/// What a column of a path is equal to.
pub(crate) enum Equal<'q> {
    /// One value; nothing is equal to it where it is null.
    Value(&'q Expr),
    /// One of a list's values.
    OneOf(Term),
    /// Null.
    Null,
}

/// The columns of a path that the query's conditions make equal, by their position in the path.
pub(crate) fn equal<'q, V>(
    query: &'q Query,
    plan: &'q Plan<V>,
) -> impl Iterator<Item = (usize, LeafId, Equal<'q>)> {
    let columns = plan.path.columns.iter().take(plan.fit.equal).enumerate();
    columns.filter_map(move |(at, (leaf, _))| {
        let mut conds = plan.fit.used.iter().map(|it| &query.conds[it]);
        let cond = conds.find(|it| {
            it.leaf == Some(*leaf) && matches!(it.shape, Shape::Eq | Shape::In(_) | Shape::Null)
        })?;
        let equal = match (cond.shape, &cond.operand, &cond.pred) {
            (Shape::Eq, Some(operand), _) => Equal::Value(operand),
            (Shape::In(_), _, Pred::Atom(Atom::In(_, all))) => Equal::OneOf(list(all.iter().map(eval))),
            (Shape::In(_), _, Pred::Atom(Atom::InVar(_, var))) => Equal::OneOf(arg(*var)),
            _ => Equal::Null,
        };
        Some((at, *leaf, equal))
    })
}

/// When enough rows have come.
pub(crate) enum Enough {
    /// When all were read.
    All,
    /// When so many rows were read.
    Read(i64),
    /// When the answer has so many rows.
    Answered(i64),
}

/// When enough rows have come by a plan. A page whose `cursor` says where the last one ended needs no rows before it.
pub(crate) fn enough<V>(query: &Query, plan: &Plan<V>, cursor: Option<&Term>) -> Enough {
    let (most, whole) = match query.take {
        Take::All => return Enough::All,
        Take::Limit(most) => (most, true),
        Take::Page(most) => (most, cursor.is_some()),
    };
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let fit = &plan.fit;
    if fit.sorted == Sorted::No || fit.single || fit.probes > 1 || most == 0 {
        Enough::All
    } else if fit.residual.is_empty() && whole {
        Enough::Read(most)
    } else {
        Enough::Answered(most)
    }
}

/// Whether a plan's order tells where the last page ended.
pub(crate) fn resumes<V>(query: &Query, plan: &Plan<V>) -> Option<()> {
    let pages = matches!(query.take, Take::Page(_));
    (pages && plan.fit.sorted != Sorted::No && !plan.fit.single).then_some(())
}

/// What the cursor says of a leaf: the last row's value, where the query's order names the leaf.
pub(crate) fn after(query: &Query, leaf: LeafId) -> Option<Term> {
    let at = query.order.iter().position(|it| match &it.term {
        OrderOf::Leaf(of) => *of == leaf,
        OrderOf::Expr(_) | OrderOf::Output(_) => false,
    })?;
    Some(Term::After(u16::try_from(at).unwrap_or(u16::MAX)))
}

/// A program that reads page after page.
pub(crate) struct Paging {
    /// The rows that came.
    pub candidates: Slot,
    /// The rows of the answer.
    pub answer: Slot,
    /// From where to go on; null where nothing is left.
    pub next: Slot,
}

impl Paging {
    /// Reads by `page`, which adds to the candidates and sets what is next, until there is enough; first from the
    /// `cursor`, if the caller gives one.
    pub(crate) fn until_enough(
        &self,
        mut page: Block,
        enough: &Enough,
        answer: Step,
        cursor: Option<Term>,
    ) -> Block {
        let more = is_set(slot(self.next));
        let again = match enough {
            Enough::All => more,
            Enough::Read(most) => both(more, less(len(slot(self.candidates)), number(*most))),
            Enough::Answered(most) => {
                page.push(answer);
                both(more, less(len(member(slot(self.answer), "rows")), number(*most)))
            }
        };
        let mut block = vec![Step::Set(self.next, Term::Value(Value::Null))];
        if let Some(cursor) = cursor {
            let start = vec![Step::Set(self.next, cursor)];
            block.push(Step::When(Term::HasCursor, start, Vec::new()));
        }
        block.push(Step::Loop { body: page, again });
        block
    }
}
