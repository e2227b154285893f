//! Codes of findings: of core, facade and all engines together.
#![allow(missing_docs)]

use std::collections::BTreeSet;

#[test]
fn codes_are_unique_and_documented() {
    let mut seen = BTreeSet::new();
    for code in dbspec::codes() {
        assert!(seen.insert(code.id), "{} is declared twice", code.id);
        assert!(seen.insert(code.name), "{} is declared twice", code.name);
        assert!(!code.docs.is_empty(), "{} has no docs", code.id);
    }
}

#[test]
fn engines_have_rules_among_them() {
    let ids: BTreeSet<&str> = dbspec::codes().iter().map(|it| it.id).collect();
    for engine in dbspec::backends() {
        for rule in engine.finds() {
            assert!(ids.contains(rule.code.id), "{} {}", engine.engine(), rule.code.id);
        }
    }
    assert!(ids.contains("W1001"));
}
