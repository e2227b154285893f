//! How many rows an answer reads at most, as far as figures tell.
//!
//! [`fit`](super::fit()) compares paths by what they usually read; what a design declares is this: the largest fan-outs that
//! are stated, with the rows that conditions, outputs and fetches walk to.

use super::{CondSet, Fit, Sorted};
use crate::backend::Figures;
use crate::kernel::{
    Atom, Expr, Fetch, FieldId, Hop, Kernel, Many, Output, Place, Pred, Query, Shape, Take, Term, Type,
};

/// Whether a path is null is looked at apart from its value.
const LOOKS: u64 = 2;

/// So many of the most frequent values are told apart.
const RANKS: u64 = 1000;

/// Rows read for one answer along a path, or of everything where there is none. Where rows come in the query's order and
/// a few are asked for, an engine reads `ahead` times as many, as far as there are.
pub fn reads(kernel: &Kernel, figures: &Figures<'_>, query: &Query, fit: Option<&Fit>, ahead: u64) -> u64 {
    let reads = Reads { kernel, figures };
    let taken = match query.take {
        Take::Limit(rows) | Take::Page(rows) => rows,
        Take::All => u64::MAX,
    };
    let rows = match fit {
        Some(fit) if fit.single => 1,
        Some(fit) => {
            let rows = reads.matching(query, fit.used);
            if fit.sorted != Sorted::No && fit.residual.is_empty() {
                rows.min(taken.saturating_mul(ahead))
            } else {
                rows
            }
        }
        None => figures.rows(query.from).value,
    };
    let per_row = sum(query.conds.iter().map(|cond| reads.pred(&cond.pred)))
        .saturating_add(reads.output(&query.output))
        .saturating_add(sum(query.order.iter().map(|it| match &it.term {
            Term::Expr(expr) => reads.expr(expr),
            Term::Leaf(_) | Term::Output(_) => 0,
        })));
    let fetched = sum(query.fetch.iter().map(|fetch| reads.fetch(fetch)));
    let judged = rows.saturating_mul(per_row.saturating_add(1));
    judged
        .saturating_add(rows.min(taken).saturating_mul(fetched))
        .max(1)
}

struct Reads<'a> {
    kernel: &'a Kernel,
    figures: &'a Figures<'a>,
}

impl Reads<'_> {
    /// Rows that some conditions leave at most.
    fn matching(&self, query: &Query, used: CondSet) -> u64 {
        let all = self.figures.rows(query.from).value;
        let mut rows = all;
        for at in used.iter() {
            let cond = &query.conds[at];
            let Some(leaf) = cond.leaf else { continue };
            let field = self.kernel.leaves[leaf].field;
            let each = |values: u64| match self.kernel.fields[field].ty {
                Type::Ref(_) => self.many(field).saturating_mul(values),
                Type::Scalar(_) | Type::Group(_) | Type::Range(_) | Type::List(_) => {
                    frequent(all, self.figures.distinct(field).value, values)
                }
            };
            rows = rows.min(match cond.shape {
                Shape::Eq => each(1),
                Shape::In(values) => each(u64::from(values)),
                // They may take in everything.
                Shape::Range(_) | Shape::Prefix | Shape::Null | Shape::Other => all,
            });
        }
        rows
    }

    /// Rows that name one row.
    fn many(&self, via: FieldId) -> u64 {
        self.figures.fan_out_p99(via).value.max(1)
    }

    /// Rows read along hops, and how many there are at their end.
    fn hops(&self, hops: &[Hop]) -> (u64, u64) {
        let (mut read, mut rows) = (0_u64, 1_u64);
        for hop in hops {
            rows = match hop {
                Hop::One(_) => rows,
                Hop::Many(via) => rows.saturating_mul(self.many(*via)),
            };
            read = read.saturating_add(rows);
        }
        (read, rows)
    }

    fn fetch(&self, fetch: &Fetch) -> u64 {
        let (read, rows) = self.hops(&fetch.hops);
        let rows = fetch.limit.map_or(rows, |limit| rows.min(limit));
        let nested = sum(fetch.fetch.iter().map(|fetch| self.fetch(fetch)));
        read.saturating_add(rows.saturating_mul(nested))
    }

    fn output(&self, output: &Output) -> u64 {
        let all = |columns: &[(Box<str>, Expr)]| sum(columns.iter().map(|(_, expr)| self.expr(expr)));
        match output {
            Output::Row => 0,
            Output::Select { columns, .. } => all(columns),
            Output::Groups(group) => all(&group.by).saturating_add(all(&group.select)),
        }
    }

    fn walked(&self, many: &Many, each: u64) -> u64 {
        let (read, rows) = self.hops(&many.hops);
        read.saturating_add(rows.saturating_mul(each))
    }

    fn pred(&self, pred: &Pred) -> u64 {
        match pred {
            Pred::Const(_) => 0,
            Pred::Atom(atom) => self.atom(atom).saturating_mul(LOOKS),
            Pred::IsNull(expr) => self.expr(expr),
            Pred::Not(inner) => self.pred(inner),
            Pred::And(all) | Pred::Or(all) => sum(all.iter().map(|it| self.pred(it))),
            Pred::Any(many, inner) => self.walked(many, self.pred(inner)),
        }
    }

    fn atom(&self, atom: &Atom) -> u64 {
        match atom {
            Atom::Cmp(_, left, right)
            | Atom::StartsWith(left, right)
            | Atom::EndsWith(left, right)
            | Atom::Contains(left, right)
            | Atom::Has(left, right)
            | Atom::Verify(left, right) => self.expr(left).saturating_add(self.expr(right)),
            Atom::In(of, values) => self
                .expr(of)
                .saturating_add(sum(values.iter().map(|it| self.expr(it)))),
            Atom::InVar(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => self.expr(of),
            Atom::Overlaps(ends) => sum(ends.iter().map(|it| self.expr(it))),
        }
    }

    fn expr(&self, expr: &Expr) -> u64 {
        match expr {
            Expr::Value(_) => 0,
            Expr::At(Place::Leaf { via, .. }) => via.len() as u64,
            Expr::At(
                Place::Var { .. }
                | Place::Session { .. }
                | Place::Item { .. }
                | Place::Output(_)
                | Place::Now
                | Place::Today,
            ) => 0,
            Expr::Do(_, left, right) | Expr::Else(left, right) => {
                self.expr(left).saturating_add(self.expr(right))
            }
            Expr::Neg(of) => self.expr(of),
            Expr::Call(_, args) => sum(args.iter().map(|it| self.expr(it))),
            Expr::Aggregate { over, filter, of, .. } => {
                self.walked(over, self.aggregated(filter.as_deref(), of.as_deref()))
            }
            Expr::Grouped { filter, of, .. } => self.aggregated(filter.as_deref(), of.as_deref()),
        }
    }

    fn aggregated(&self, filter: Option<&Pred>, of: Option<&Expr>) -> u64 {
        let filter = filter.map_or(0, |it| self.pred(it));
        filter.saturating_add(of.map_or(0, |it| self.expr(it)))
    }
}

/// Rows with one of the so many most frequent values, where the value of rank n is n times rarer than the first.
fn frequent(rows: u64, distinct: u64, values: u64) -> u64 {
    const SCALE: u64 = 1_000_000;
    let ranks = |to: u64| sum((1..=to.min(RANKS)).map(|rank| SCALE / rank)).max(1);
    let share = u128::from(rows) * u128::from(ranks(values.min(distinct)));
    u64::try_from(share.div_ceil(u128::from(ranks(distinct.max(1))))).unwrap_or(u64::MAX)
}

fn sum(of: impl Iterator<Item = u64>) -> u64 {
    of.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::frequent;

    #[test]
    fn the_more_values_there_are_the_fewer_rows_has_each() {
        assert_eq!(frequent(100, 1, 1), 100);
        assert_eq!(frequent(0, 5, 1), 0);
        let mut before = u64::MAX;
        for distinct in 1..2000 {
            let found = frequent(1_000_000, distinct, 1);
            assert!(found <= before, "{distinct}");
            // Never less than an even share.
            assert!(found >= 1_000_000 / distinct, "{distinct}");
            assert_eq!(frequent(1_000_000, distinct, distinct), 1_000_000);
            before = found;
        }
    }
}
