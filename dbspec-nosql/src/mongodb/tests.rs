//! What comes out for the examples: committed, and so read as behaviour.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;

use dbspec_core::backend::Compile;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome, RuleOutcome};
use dbspec_core::kernel::RuleKind;

use super::MongoDb;
use crate::examples::{committed, kernel, laws, programs};

#[test]
fn the_shop_comes_out_as_committed() {
    committed(&MongoDb::new(8), "shop");
}

#[test]
fn chinook_comes_out_as_committed() {
    committed(&MongoDb::new(8), "chinook");
}

#[test]
fn the_shop_has_programs() {
    programs(&MongoDb::new(8), "shop");
}

#[test]
fn chinook_has_programs() {
    programs(&MongoDb::new(8), "chinook");
}

#[test]
fn the_laws_hold() {
    laws(&MongoDb::new(8));
}

/// An entity with more unique fields, references and queries than a collection has indexes.
fn crowded() -> String {
    let mut fields = String::new();
    let mut queries = String::new();
    for at in 0..70 {
        let _ = writeln!(fields, "  u{at}: int32? @unique");
    }
    for at in 0..10 {
        let _ = writeln!(fields, "  t{at}: -> To?\n  v{at}: int32");
        let _ = writeln!(
            queries,
            "access q{at} (it: int32) {{ from Thing where v{at} == $it limit 5 }}"
        );
    }
    format!("entity To {{ id: int32 @key }}\nentity Thing {{\n  id: int32 @key\n{fields}}}\n{queries}")
}

#[test]
fn what_has_no_index_is_said() {
    let kernel = kernel(&crowded());
    if let Err(broken) = dbspec_testkit::laws::hold_on(&MongoDb::new(8), &kernel) {
        panic!("{broken}");
    }
    let lowered = MongoDb::new(8).lower(&kernel, None).unwrap();
    let report = lowered.report();
    let thing = &lowered.design.collections[1];
    assert_eq!(thing.indexes.len(), 63);
    for (id, rule) in kernel.rules.iter() {
        if let RuleKind::Unique { .. } = rule.kind {
            let at = kernel.entities[rule.entity].rules.position(id).unwrap();
            let index = thing
                .indexes
                .iter()
                .any(|it| it.unique.is_some_and(|it| it.rule == at));
            for facet in rule.facets.iter() {
                let enforced = matches!(
                    report.coverage.entry(facet).outcome,
                    Outcome::Rule(RuleOutcome::Enforced)
                );
                assert_eq!(enforced, index, "{}", rule.name);
            }
        }
    }
    for (_, query) in kernel.queries.iter() {
        for facet in query.facets.iter() {
            let outcome = &report.coverage.entry(facet).outcome;
            assert!(
                matches!(outcome, Outcome::Query(QueryOutcome::NotServed { .. })),
                "{outcome:?}"
            );
        }
    }
    let said = report.decisions.iter().filter(|it| it.code == "most-indexes");
    assert_eq!(
        said.map(|it| it.alternatives.len()).sum::<usize>(),
        70 + 10 + 10 - 63
    );
}
