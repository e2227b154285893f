//! Reports and exports of generated models with hostile names, and of the examples, for every engine: nothing is lost on
//! the way to a file, and no name breaks out of its place.
#![allow(missing_docs)]

use std::sync::Arc;

use dbspec::backend::view::{
    AssumptionsFile, CoverageFile, DecisionsFile, Matrix, TargetCoverage, TargetDecisions, TargetName,
    markdown,
};
use dbspec::backend::{AnyDesign, Lowered};
use dbspec::export::{dbml, mermaid};
use dbspec::kernel::Kernel;
use dbspec::targets;
use dbspec_testkit::generate::models;
use proptest::prelude::*;

fn kernel(text: &str) -> Arc<Kernel> {
    let review = dbspec::check::review(dbspec::parse(text));
    assert!(review.kernel.is_some(), "{text}\n{:#?}", review.found);
    review.kernel.unwrap_or_default()
}

fn reports_hold(text: &str) {
    let kernel = kernel(text);
    let compiled: Vec<(TargetName, Lowered<Box<dyn AnyDesign>>)> = targets::all()
        .into_iter()
        .map(|it| {
            let lowered = it
                .backend
                .compile(&kernel, None)
                .expect("one answer for every facet");
            (it.name, lowered)
        })
        .collect();
    let pairs = || compiled.iter().map(|(name, lowered)| (name, lowered));

    let coverage = CoverageFile::new(
        kernel.name.as_str(),
        pairs()
            .map(|(name, it)| TargetCoverage::of(name.clone(), it))
            .collect(),
    );
    for target in &coverage.targets {
        assert_eq!(target.outcomes.len(), kernel.facets.len());
        assert_eq!(target.summary.values().sum::<u64>(), target.outcomes.len() as u64);
        for view in &target.outcomes {
            assert!(target.line(&view.line).is_some(), "{} names no line", view.path);
            assert!(
                view.outcome.audit().is_none_or(|it| !it.trim().is_empty()),
                "{view:?}"
            );
            assert!(
                kernel.element(&view.path).is_some(),
                "{} is no element",
                view.path
            );
        }
    }
    let json = serde_json::to_string(&coverage).expect("JSON");
    assert_eq!(
        serde_json::from_str::<CoverageFile>(&json).expect("read back"),
        coverage
    );
    matrix_shows_all(&coverage);
    tables_are_even(&markdown(&coverage));

    let decisions = DecisionsFile::new(
        kernel.name.as_str(),
        pairs()
            .map(|(name, it)| TargetDecisions::of(name.clone(), it))
            .collect(),
    );
    let json = serde_json::to_string(&decisions).expect("JSON");
    assert_eq!(
        serde_json::from_str::<DecisionsFile>(&json).expect("read back"),
        decisions
    );

    let assumptions = AssumptionsFile::of(&kernel, pairs());
    let all: usize = pairs().map(|(_, it)| it.assumptions().len()).sum();
    let named: usize = assumptions.assumptions.iter().map(|it| it.targets.len()).sum();
    assert_eq!(named, all);

    quotes_close(&mermaid(&kernel));
    quotes_close(&dbml(&kernel));
}

/// Every outcome stands in a row of its element, with the word it has.
fn matrix_shows_all(coverage: &CoverageFile) {
    let matrix = Matrix::of(coverage);
    let rows: Vec<_> = matrix.sections.iter().flat_map(|it| &it.rows).collect();
    for (column, target) in coverage.targets.iter().enumerate() {
        for view in &target.outcomes {
            let shown = rows.iter().any(|row| {
                view.path.starts_with(row.path)
                    && row.what.iter().any(|what| what.starts_with(&view.kind))
                    && row.cells[column].outcome.word() == view.outcome.word()
            });
            assert!(shown, "{view:?} is not shown");
        }
    }
}

/// The rows of each table have as many cells as its head.
fn tables_are_even(text: &str) {
    let mut cells = None;
    for line in text.lines() {
        assert!(!line.chars().any(char::is_control), "{line:?}");
        if !line.starts_with('|') {
            cells = None;
            continue;
        }
        let bars = unescaped(line, '|');
        assert_eq!(*cells.get_or_insert(bars), bars, "{line}");
    }
}

/// Quotes are closed on the line where they open.
fn quotes_close(text: &str) {
    for line in text.lines() {
        assert_eq!(unescaped(line, '"') % 2, 0, "{line}");
    }
}

fn unescaped(line: &str, wanted: char) -> usize {
    let mut count = 0;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == wanted {
            count += 1;
        }
    }
    count
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reports_of_generated_models_hold(plan in models()) {
        reports_hold(&plan.text());
    }
}

#[test]
fn reports_of_the_examples_hold() {
    reports_hold(include_str!("../examples/shop/schema.dbspec"));
    reports_hold(include_str!("../examples/chinook/schema.dbspec"));
}
