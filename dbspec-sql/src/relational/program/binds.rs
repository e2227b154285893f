//! Binds: what a statement's numbered holes are filled with.

use dbspec_core::kernel::{Expr, LeafType, Place, Scalar, Var, VarId};
use dbspec_core::program::{Doc, Term};

use super::codec;
use crate::relational::express::Given;
use crate::relational::words::Ground;
use crate::relational::{Select, Sql, Writer};

/// The binds of one statement, each value once.
pub(super) struct Binds<'a> {
    on: Ground<'a>,
    vars: &'a [Var],
    terms: Vec<Term>,
}

impl<'a> Binds<'a> {
    pub(super) fn new(on: Ground<'a>, vars: &'a [Var]) -> Self {
        Self {
            on,
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
        self.on
            .words
            .bind(Sql::Bind(u16::try_from(at + 1).unwrap_or(u16::MAX)))
    }

    /// The hole of a value of a scalar, as it is stored.
    pub(super) fn value(&mut self, term: Term, scalar: &Scalar) -> Sql {
        let hole = self.hole(Term::Encode(codec::bind(self.on.kernel, scalar), Box::new(term)));
        let ty = LeafType::Scalar(scalar.clone());
        self.on.words.stored(self.on.kernel, &ty, hole)
    }

    /// A statement with what its holes are filled with, in the order in which the engine counts them.
    pub(super) fn statement(self, select: &Select) -> (Box<str>, Doc) {
        let mut writer = Writer::new(self.on.words.dialect());
        writer.select(select);
        let holes = match writer.holes() {
            None => self.terms,
            Some(holes) => holes
                .iter()
                .filter_map(|at| self.terms.get(usize::from(*at).checked_sub(1)?).cloned())
                .collect(),
        };
        let doc = Doc::List(holes.into_iter().map(Doc::Hole).collect());
        (writer.finish().into(), doc)
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
        let given = codec::bind_list(self.on.kernel, scalar);
        Some(self.hole(Term::Encode(given, Box::new(all))))
    }
}
