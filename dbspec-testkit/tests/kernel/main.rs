//! What holds of every kernel that `check` makes: of the examples, and of generated models with hostile names.
#![allow(missing_docs)]

mod walk;

use std::collections::BTreeSet;
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::check::{check, review};
use dbspec_core::kernel::{FacetOf, Kernel, Output, RuleKind, Shape, Subject, Term};
use dbspec_core::model::Model;
use dbspec_core::syntax::{format, parse};
use dbspec_testkit::generate::models;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

const SHOP: &str = include_str!("../../../examples/shop/schema.dbspec");
const CHINOOK: &str = include_str!("../../../examples/chinook/schema.dbspec");

fn kernel(text: &str) -> Result<Arc<Kernel>, TestCaseError> {
    let review = review(parse(text));
    let fail = || TestCaseError::fail(format!("{:#?}\n{text}", review.found));
    review.kernel.clone().ok_or_else(fail)
}

/// Entities tile fields, fields tile leaves, entities tile rules; owners come first.
fn is_laid_out(kernel: &Kernel) -> TestCaseResult {
    let mut fields = Vec::new();
    let mut leaves = Vec::new();
    let mut rules = Vec::new();
    for (id, entity) in kernel.entities.iter() {
        prop_assert!(entity.owner.is_none_or(|owner| owner.index() < id.index()));
        prop_assert!(
            entity
                .fields
                .iter()
                .all(|field| kernel.fields[field].entity == id)
        );
        let own: Vec<_> = entity
            .fields
            .iter()
            .flat_map(|field| kernel.fields[field].leaves.iter())
            .collect();
        prop_assert_eq!(&own, &entity.leaves.iter().collect::<Vec<_>>());
        for field in entity.fields.iter() {
            let leaves = kernel.fields[field].leaves;
            prop_assert!(leaves.iter().all(|leaf| kernel.leaves[leaf].field == field));
        }
        prop_assert!(entity.rules.iter().all(|rule| kernel.rules[rule].entity == id));
        prop_assert!(!entity.key.is_empty() && !kernel.key_leaves(id).is_empty());
        prop_assert!(
            kernel
                .key_leaves(id)
                .iter()
                .all(|leaf| !kernel.leaves[*leaf].nullable)
        );
        fields.extend(entity.fields.iter());
        leaves.extend(own);
        rules.extend(entity.rules.iter());
    }
    prop_assert!(fields.into_iter().eq(kernel.fields.ids()));
    prop_assert!(leaves.into_iter().eq(kernel.leaves.ids()));
    prop_assert!(rules.into_iter().eq(kernel.rules.ids()));
    Ok(())
}

/// What each entity must have exactly once, and names by which refusals can be told apart.
fn is_complete(kernel: &Kernel) -> TestCaseResult {
    for (id, entity) in kernel.entities.iter() {
        let (mut names, mut required, mut typed, mut referring, mut keys) =
            (BTreeSet::new(), Vec::new(), Vec::new(), Vec::new(), 0);
        for (_, rule) in kernel.rules_of(id) {
            prop_assert!(names.insert(&rule.name), "{}.{} twice", entity.name, rule.name);
            match &rule.kind {
                RuleKind::Required(field) => required.push(*field),
                RuleKind::Type(leaf) => typed.push(*leaf),
                RuleKind::Reference { field, .. } => referring.push(*field),
                RuleKind::Key(leaves) => {
                    keys += 1;
                    prop_assert_eq!(leaves, &kernel.key_leaves(id));
                }
                _ => {}
            }
        }
        let fields = || entity.fields.iter();
        prop_assert!(
            required
                .into_iter()
                .eq(fields().filter(|field| !kernel.fields[*field].nullable))
        );
        prop_assert!(typed.into_iter().eq(entity.leaves.iter()));
        let refers = |field: &_| matches!(kernel.fields[*field].ty, dbspec_core::kernel::Type::Ref(_));
        prop_assert!(referring.into_iter().eq(fields().filter(refers)));
        prop_assert_eq!(keys, 1);
        prop_assert_eq!(&kernel.entity(&entity.name), &Some(id));
    }
    Ok(())
}

/// Facets lie together by subject, each once.
fn has_facets(kernel: &Kernel) -> TestCaseResult {
    let mut all: BTreeSet<FacetOf> = BTreeSet::new();
    for (id, facet) in kernel.facets.iter() {
        prop_assert!(all.insert(*facet));
        let run = match facet.subject {
            Subject::Rule(rule) => kernel.rules[rule].facets,
            Subject::Query(query) => kernel.queries[query].facets,
            Subject::Write(write) => kernel.writes[write].facets,
            Subject::Entity(entity) => kernel.entities[entity].facets,
            Subject::Fact(_) => continue,
        };
        prop_assert!(run.contains(id));
    }
    let of = |subject: Subject| all.iter().filter(move |facet| facet.subject == subject).count();
    for (id, rule) in kernel.rules.iter() {
        prop_assert_eq!(of(Subject::Rule(id)), rule.kind.facets().len());
        prop_assert!(!rule.facets.is_empty());
    }
    for (id, query) in kernel.queries.iter() {
        prop_assert_eq!((of(Subject::Query(id)), query.facets.len()), (1, 1));
    }
    for (id, write) in kernel.writes.iter() {
        prop_assert_eq!((of(Subject::Write(id)), write.facets.len()), (1, 1));
    }
    prop_assert!(kernel.facts.ids().all(|id| of(Subject::Fact(id)) == 1));
    Ok(())
}

/// Orders are total, and conditions have what their shape promises.
fn has_answerable_queries(kernel: &Kernel) -> TestCaseResult {
    for (_, query) in kernel.queries.iter() {
        prop_assert!(query.conds.len() <= 64);
        for cond in &query.conds {
            let operand = matches!(cond.shape, Shape::Eq | Shape::Range(_) | Shape::Prefix);
            prop_assert_eq!(
                (cond.leaf.is_some(), cond.operand.is_some()),
                (cond.shape != Shape::Other, operand)
            );
            prop_assert!(
                cond.when
                    .is_none_or(|var| query.params[var.index() as usize].optional)
            );
        }
        let has = |term: Term| query.order.iter().any(|it| it.term == term);
        let total = match &query.output {
            Output::Row | Output::Select { distinct: false, .. } => kernel
                .key_leaves(query.from)
                .into_iter()
                .all(|leaf| has(Term::Leaf(leaf))),
            Output::Select { columns, .. } => (0..columns.len()).all(|at| has(Term::Output(at as u16))),
            Output::Groups(group) => (0..group.by.len()).all(|at| has(Term::Output(at as u16))),
        };
        prop_assert!(total, "{}", query.name);
    }
    Ok(())
}

fn is_lawful(text: &str) -> TestCaseResult {
    let kernel = kernel(text)?;
    is_laid_out(&kernel)?;
    is_complete(&kernel)?;
    has_facets(&kernel)?;
    has_answerable_queries(&kernel)?;
    prop_assert_eq!(walk::mistakes(&kernel), Vec::<String>::new(), "{}", text);
    Ok(())
}

/// The kernel is that of the model, whatever way the model came.
fn is_of_the_model(text: &str) -> TestCaseResult {
    let parsed = parse(text);
    let json =
        serde_json::to_string(&parsed.model).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let model: Model = serde_json::from_str(&json).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let from_text = kernel(text)?;
    prop_assert_eq!(&check(model).ok(), &Some(from_text.clone()));
    prop_assert_eq!(&kernel(&format(&parsed))?, &from_text);
    Ok(())
}

#[test]
fn the_examples_are_lawful() -> TestCaseResult {
    is_lawful(SHOP)?;
    is_lawful(CHINOOK)?;
    is_of_the_model(SHOP)?;
    is_of_the_model(CHINOOK)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn generated_models_are_lawful(plan in models()) {
        let text = plan.text();
        is_lawful(&text)?;
        is_of_the_model(&text)?;
    }
}

/// The walk is no walk past everything.
#[test]
fn what_is_out_of_scope_is_found() -> TestCaseResult {
    use dbspec_core::kernel::{Expr, Place, Pred};
    let whole = kernel(SHOP)?;
    let session = Place::Session { member: 1, at: None };
    let leaf = whole.entities[whole.entities.ids().last().expect("there is one")]
        .leaves
        .first()
        .expect("it has one");
    let elsewhere = Place::Leaf {
        up: 0,
        via: Vec::new(),
        leaf,
    };
    for place in [session, elsewhere, Place::Output(0), Place::Now] {
        let mut broken = Kernel::clone(&whole);
        let first = broken.rules.ids().next().expect("there is one");
        let holds = Pred::IsNull(Expr::At(place.clone()));
        broken.rules[first].kind = RuleKind::Predicate {
            holds,
            on_write: false,
        };
        prop_assert_eq!(walk::mistakes(&broken).len(), 1, "{:?}", place);
    }
    Ok(())
}
