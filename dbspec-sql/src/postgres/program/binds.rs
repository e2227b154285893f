//! Binds: what a statement's numbered holes are filled with.

use dbspec_core::kernel::{Expr, Kernel, LeafType, Place, Scalar, Var, VarId};
use dbspec_core::program::{Doc, Term};

use super::codec;
use crate::postgres::express::Given;
use crate::postgres::types;
use crate::relational::{Select, Source, Sql};

/// The binds of one statement, each value once.
pub(super) struct Binds<'a> {
    kernel: &'a Kernel,
    vars: &'a [Var],
    terms: Vec<Term>,
}

impl<'a> Binds<'a> {
    pub(super) fn new(kernel: &'a Kernel, vars: &'a [Var]) -> Self {
        Self {
            kernel,
            vars,
            terms: Vec::new(),
        }
    }

    /// The hole of a term that gives a text.
    pub(super) fn hole(&mut self, term: Term) -> Sql {
        let at = self.terms.iter().position(|it| *it == term).unwrap_or_else(|| {
            self.terms.push(term);
            self.terms.len() - 1
        });
        Sql::Bind(u16::try_from(at + 1).unwrap_or(u16::MAX)).cast("text")
    }

    /// The hole of a value of a scalar, as it is stored.
    pub(super) fn value(&mut self, term: Term, scalar: &Scalar) -> Sql {
        let hole = self.hole(Term::Encode(codec::bind(self.kernel, scalar), Box::new(term)));
        types::from_wire(self.kernel, &LeafType::Scalar(scalar.clone()), hole)
    }

    /// What the holes are filled with.
    pub(super) fn doc(self) -> Doc {
        Doc::List(self.terms.into_iter().map(Doc::Hole).collect())
    }
}

impl Given for Binds<'_> {
    fn vars(&self) -> &[Var] {
        self.vars
    }

    fn bound(&mut self, expr: &Expr, scalar: &Scalar) -> Option<Sql> {
        Some(self.value(Term::Eval(Box::new(expr.clone())), scalar))
    }

    fn list(&mut self, var: VarId, scalar: &Scalar) -> Option<Sql> {
        let all = Term::Eval(Box::new(Expr::At(Place::from(var))));
        let hole = self.hole(Term::Encode(codec::bind_list(self.kernel, scalar), Box::new(all)));
        let item = types::from_wire(
            self.kernel,
            &LeafType::Scalar(scalar.clone()),
            Sql::of("e", "item"),
        );
        Some(Sql::ArrayOf(Box::new(Select {
            columns: vec![(item, None)],
            from: vec![Source::Function {
                call: Sql::call("jsonb_array_elements_text", [hole.cast("jsonb")]),
                alias: "e".into(),
                columns: vec![("item".into(), None)],
            }],
            ..Select::default()
        })))
    }
}
