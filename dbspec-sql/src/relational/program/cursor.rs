//! Where a page goes on: the rows after a cursor, as ranges that an index can serve.
//!
//! Behind a cursor `(a, b, c)` come first the rows with the same `a` and `b` and a later `c`, then those with the same `a`
//! and a later `b`, and so on; each is one range of an index. Terms that go the same way and aren't null are compared
//! as one row, where the engine serves that by one range. What is later than null, and whether null is later, is the direction's matter.

use crate::relational::words::Words;
use crate::relational::{Infix, Sql};

/// A term of the order, with the cursor's value for it.
pub(super) struct Term {
    pub(super) by: Sql,
    pub(super) value: Sql,
    pub(super) descending: bool,
    /// Whether rows may have null here.
    pub(super) nullable: bool,
    /// Whether the cursor has.
    pub(super) null: bool,
}

impl Term {
    fn same(&self) -> Sql {
        if self.null {
            self.by.clone().is_null()
        } else {
            self.by.clone().infix(Infix::Eq, self.value.clone())
        }
    }

    fn op(&self) -> Infix {
        if self.descending { Infix::Lt } else { Infix::Gt }
    }

    /// Whether null is later than every value.
    fn null_is_later(&self) -> bool {
        self.nullable && !self.descending && !self.null
    }

    /// What is later by this term alone, in order.
    fn later(&self) -> Vec<Sql> {
        let mut ranges = Vec::new();
        match (self.null, self.descending) {
            (true, true) => ranges.push(self.by.clone().not_null()),
            (true, false) => {}
            (false, _) => ranges.push(self.by.clone().infix(self.op(), self.value.clone())),
        }
        if self.null_is_later() {
            ranges.push(self.by.clone().is_null());
        }
        ranges
    }
}

/// The ranges behind a cursor, in order.
pub(super) fn after(terms: &[Term], words: &dyn Words) -> Vec<Sql> {
    let Some(last) = terms.last() else {
        return Vec::new();
    };
    let mut ranges = Vec::new();
    // The terms at the end that can be compared as one row.
    let mut begin = terms.len();
    while begin > 0 {
        let term = &terms[begin - 1];
        let inner = begin < terms.len() && terms[begin].null_is_later();
        if term.descending != last.descending || term.null || inner {
            break;
        }
        begin -= 1;
    }
    let within = |upto: usize, range: Sql| Sql::and(terms[..upto].iter().map(Term::same).chain([range]));
    if terms.len() - begin > 1 && words.ranges_of_rows() {
        let run = &terms[begin..];
        let row = |of: fn(&Term) -> Sql| Sql::Row(run.iter().map(of).collect());
        let later = row(|it| it.by.clone()).infix(last.op(), row(|it| it.value.clone()));
        ranges.push(within(begin, later));
        if run[0].null_is_later() {
            ranges.push(within(begin, run[0].by.clone().is_null()));
        }
    } else {
        begin = terms.len();
    }
    for at in (0..begin).rev() {
        ranges.extend(terms[at].later().into_iter().map(|range| within(at, range)));
    }
    ranges
}
