//! What SQL can't say as the model means it, so that the evaluator answers on rows that are read.
//!
//! A hash of many rounds is not worked out for each row by a database. Floats that overflow fail a statement, where the
//! model's `where` is unknown and an output is null.

use dbspec_core::kernel::{
    Aggregate, Atom, EntityId, Expr, Group, Kernel, Many, Output, Pred, Query, Scalar, Term, Var,
};

use super::Scope;
use super::kind::Kinds;

/// Whether something of a query is the evaluator's to answer.
pub(crate) fn query(kernel: &Kernel, query: &Query) -> bool {
    let mut beyond = Beyond::new(kernel, &query.params, query.from);
    let outputs = match &query.output {
        Output::Row => false,
        Output::Select { columns, .. } => columns.iter().any(|(_, expr)| beyond.expr(expr)),
        Output::Groups(Group { by, select, having }) => {
            by.iter().chain(select).any(|(_, expr)| beyond.expr(expr))
                || having.as_ref().is_some_and(|it| beyond.pred(it))
        }
    };
    outputs || beyond.order(query) || query.conds.iter().any(|cond| beyond.pred(&cond.pred))
}

/// Walks expressions and predicates of a query.
pub(crate) struct Beyond<'a> {
    kernel: &'a Kernel,
    vars: &'a [Var],
    scopes: Vec<Scope>,
}

impl<'a> Beyond<'a> {
    /// With a row of an entity in scope.
    pub(crate) fn new(kernel: &'a Kernel, vars: &'a [Var], entity: EntityId) -> Self {
        Self {
            kernel,
            vars,
            scopes: vec![Scope::Row(entity, None)],
        }
    }

    /// Whether a query's order is beyond.
    pub(crate) fn order(&mut self, query: &Query) -> bool {
        query.order.iter().any(|it| match &it.term {
            Term::Expr(expr) => self.expr(expr),
            Term::Leaf(_) | Term::Output(_) => false,
        })
    }

    fn kinds(&self) -> Kinds<'_> {
        Kinds {
            kernel: self.kernel,
            vars: self.vars,
            scopes: &self.scopes,
        }
    }

    fn is_float(&self, expr: &Expr) -> bool {
        self.kinds().of(expr) == Some(Scalar::Float64)
    }

    /// Whether something at the end of a way is.
    fn along(&mut self, many: &Many, inner: impl FnOnce(&mut Self) -> bool) -> bool {
        let Some(scope) = self.kinds().end_of(many) else {
            return false;
        };
        self.scopes.push(scope);
        let found = inner(self);
        self.scopes.pop();
        found
    }

    /// Whether a predicate is.
    pub(crate) fn pred(&mut self, pred: &Pred) -> bool {
        match pred {
            Pred::Const(_) => false,
            Pred::IsNull(of) => self.expr(of),
            Pred::Atom(atom) => self.atom(atom),
            Pred::Not(of) => self.pred(of),
            Pred::And(parts) | Pred::Or(parts) => parts.iter().any(|part| self.pred(part)),
            Pred::Any(many, of) => self.along(many, |it| it.pred(of)),
        }
    }

    fn atom(&mut self, atom: &Atom) -> bool {
        match atom {
            Atom::Verify(..) => true,
            Atom::Cmp(_, a, b)
            | Atom::StartsWith(a, b)
            | Atom::EndsWith(a, b)
            | Atom::Contains(a, b)
            | Atom::Has(a, b) => self.expr(a) || self.expr(b),
            Atom::In(of, list) => self.expr(of) || list.iter().any(|it| self.expr(it)),
            Atom::InVar(of, _) | Atom::Matches(of, _) | Atom::Holds(of) => self.expr(of),
            Atom::Overlaps(ends) => ends.iter().any(|it| self.expr(it)),
        }
    }

    /// Whether an expression is.
    pub(crate) fn expr(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Value(_) | Expr::At(_) => false,
            Expr::Do(_, a, b) => self.is_float(expr) || self.expr(a) || self.expr(b),
            Expr::Else(a, b) => self.expr(a) || self.expr(b),
            Expr::Neg(of) => self.expr(of),
            Expr::Call(_, args) => args.iter().any(|arg| self.expr(arg)),
            Expr::Aggregate {
                how,
                over,
                filter,
                of,
            } => self.along(over, |it| it.aggregate(*how, filter.as_deref(), of.as_deref())),
            Expr::Grouped { how, filter, of } => self.aggregate(*how, filter.as_deref(), of.as_deref()),
        }
    }

    fn aggregate(&mut self, how: Aggregate, filter: Option<&Pred>, of: Option<&Expr>) -> bool {
        let sums = match how {
            Aggregate::Sum | Aggregate::Avg => true,
            Aggregate::Count | Aggregate::Min | Aggregate::Max => false,
        };
        filter.is_some_and(|it| self.pred(it))
            || of.is_some_and(|it| sums && self.is_float(it) || self.expr(it))
    }
}
