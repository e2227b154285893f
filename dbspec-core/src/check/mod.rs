//! From model to kernel.
//!
//! Everything that is wrong is found at once: [`review`] returns all findings, and a kernel where none of them is an
//! error. What can't be resolved is reported where it stands and then left out, so that nothing follows from it.
//!
//! | room | what it makes |
//! |---|---|
//! | `schema` | entities, fields and leaves: what expressions speak about |
//! | `expr` | expressions and conditions, typed and resolved |
//! | `rule` | the rules of entities |
//! | `query`, `write` | access patterns and declared writes |
//! | `facts`, `volume`, `statistics` | what is said about the data |
//! | `rules` | what can be wrong: one file a rule, with its documentation and samples |
// What is found and what is reported instead are two lines of one table.
#![allow(clippy::single_match_else)]

mod element;
mod expr;
mod facts;
mod query;
mod rule;
mod rules;
mod schema;
mod sink;
mod statistics;
mod volume;
mod write;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

pub use rules::{CODES, RULES, Rule};

use crate::arena::{Arena, Id, Run};
use crate::diag::{Diagnostic, Severity};
use crate::kernel::{Facet, FacetId, FacetOf, Kernel, Subject};
use crate::model::Model;
use crate::syntax::Parsed;
use schema::Schema;
use sink::Sink;

/// A model that was not checked yet, with what was found while it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unchecked {
    /// The model.
    pub model: Model,
    /// What was found before.
    pub found: Vec<Diagnostic>,
}

impl From<Parsed> for Unchecked {
    fn from(parsed: Parsed) -> Self {
        Self {
            model: parsed.model,
            found: parsed.diagnostics,
        }
    }
}

impl From<Model> for Unchecked {
    fn from(model: Model) -> Self {
        Self {
            model,
            found: Vec::new(),
        }
    }
}

/// What a check comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The kernel, where nothing found is an error.
    pub kernel: Option<Arc<Kernel>>,
    /// Everything that was found, by position: errors and warnings, of syntax and of meaning.
    pub found: Vec<Diagnostic>,
}

/// The model has errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Everything that was found, by position; at least one of them is an error.
    pub found: Vec<Diagnostic>,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self
            .found
            .iter()
            .filter(|found| found.severity == Severity::Error);
        let messages: Vec<String> = errors
            .map(|found| format!("{}: {}", found.code, found.message))
            .collect();
        match messages.as_slice() {
            [one] => write!(f, "the model has an error: {one}"),
            several => write!(
                f,
                "the model has {} errors: {}",
                several.len(),
                several.join("; ")
            ),
        }
    }
}

impl std::error::Error for Rejected {}

/// Checks a model, read from text or made by a builder.
///
/// # Errors
/// Everything that was found, where one of the findings is an error; [`review`] also returns the warnings of a model
/// that has none.
pub fn check(model: impl Into<Unchecked>) -> Result<Arc<Kernel>, Rejected> {
    let review = review(model);
    review.kernel.ok_or(Rejected { found: review.found })
}

/// Checks a model and returns all that was found.
pub fn review(model: impl Into<Unchecked>) -> Review {
    let Unchecked { model, found } = model.into();
    let mut sink = Sink::default();
    for diagnostic in found {
        sink.report(diagnostic);
    }
    let kernel = kernel_of(&model, &mut sink);
    let found = sink.finish();
    Review {
        kernel: (!sink::has_errors(&found)).then(|| Arc::new(kernel)),
        found,
    }
}

fn kernel_of(model: &Model, sink: &mut Sink) -> Kernel {
    let mut schema = Schema::of(model, sink);
    let params = query::params(&mut schema, sink);
    let mut elements = std::mem::take(&mut schema.elements);
    let schema = &schema;
    let volumes = volume::of(schema, sink);
    let outside = rule::Outside::of(schema, &mut elements, sink);
    let mut judged = BTreeSet::new();
    let mut kernel = Kernel {
        name: model
            .name
            .as_ref()
            .map_or_else(|| "model".to_owned(), |name| name.text.clone()),
        enums: schema.enums.clone(),
        entities: schema.entities.clone(),
        fields: schema.fields.clone(),
        leaves: schema.leaves.clone(),
        session: schema.session.clone(),
        ..Kernel::default()
    };
    kernel.note_references();
    let mut facts = facts::Facts::default();
    for id in schema.entities.ids() {
        let first = kernel.rules.next_id();
        for rule in rule::of_entity(schema, sink, &mut elements, &mut judged, &outside, id) {
            kernel.rules.push(rule);
        }
        let entity = &mut kernel.entities[id];
        entity.rules = Run::new(first, kernel.rules.next_id());
        entity.volume = volumes[id.index() as usize];
        entity.facts = facts.of_entity(schema, &mut elements, sink, id);
    }
    rule::unused_types(schema, sink, &judged);
    rule::no_cycles(schema, &kernel.rules, sink);
    kernel.targets = facts.beside(schema, &mut elements, sink);
    kernel.queries = query::of(schema, sink, &mut elements, &mut facts, &kernel, &params);
    kernel.note_queries();
    kernel.writes = write::of(schema, sink, &mut elements, &mut facts, &kernel, &params);
    kernel.facts = facts.arena;
    kernel.elements = elements.arena;
    facets(&mut kernel);
    kernel
}

/// Gives everything that needs an outcome its facets.
fn facets(kernel: &mut Kernel) {
    let mut all: Arena<FacetId, FacetOf> = Arena::default();
    let mut run = |subject: Subject, facets: &[Facet]| {
        let first = all.next_id();
        for facet in facets {
            all.push(FacetOf {
                subject,
                facet: *facet,
            });
        }
        Run::new(first, all.next_id())
    };
    for id in kernel.entities.ids() {
        let plain = [Facet::InsertRow, Facet::UpdateRow, Facet::DeleteRow];
        kernel.entities[id].facets = run(Subject::Entity(id), &plain);
        for rule in kernel.entities[id].rules.iter() {
            let facets = kernel.rules[rule].kind.facets();
            kernel.rules[rule].facets = run(Subject::Rule(rule), &facets);
        }
    }
    for id in kernel.queries.ids() {
        kernel.queries[id].facets = run(Subject::Query(id), &[Facet::Answered]);
    }
    for id in kernel.writes.ids() {
        kernel.writes[id].facets = run(Subject::Write(id), &[Facet::Called]);
    }
    for id in kernel.facts.ids() {
        run(Subject::Fact(id), &[Facet::Used]);
    }
    kernel.facets = all;
}
