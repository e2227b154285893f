//! What each engine does at best for each kind of rule, as its vendor's documentation allows: `expected-coverage.toml` says
//! it, and says where a compiler is not there yet. An outcome that is weaker fails; one that is stronger changes the file.
#![allow(clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use dbspec::targets;
use dbspec_core::backend::view::{About, TargetCoverage};
use dbspec_proof::model;
use serde::Deserialize;

/// The file.
#[derive(Deserialize)]
struct Expected {
    engine: Vec<Engine>,
}

/// What is expected of some targets alike.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Engine {
    targets: Vec<String>,
    rules: BTreeMap<String, Rule>,
}

/// What is expected for a kind of rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// The strongest outcome that the engine's documentation allows.
    outcome: String,
    /// The present one, where it is weaker.
    now: Option<String>,
    /// Where the documentation says so.
    source: String,
}

/// Outcomes, strongest first.
const STRENGTH: [&str; 5] = ["enforced", "guarded", "settled", "audited", "unsupported"];

fn strength(outcome: &str) -> usize {
    STRENGTH
        .iter()
        .position(|it| *it == outcome)
        .unwrap_or_else(|| panic!("{outcome} is no outcome of a rule"))
}

fn expected() -> Vec<Engine> {
    let file = model::repository("dbspec-proof/expected-coverage.toml");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let read: Expected = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
    read.engine
}

/// The strongest outcome of each kind of rule on a target, and what says so.
fn strongest(target: &str) -> BTreeMap<String, (String, String)> {
    let text = include_str!("../models/every_rule.dbspec");
    let kernel = model::kernel(text);
    let asked = [target.to_owned()];
    let chosen = targets::chosen(Vec::new(), &asked).unwrap_or_else(|error| panic!("{error}"));
    let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
    for it in chosen {
        let lowered = it
            .backend
            .compile(&kernel, None)
            .unwrap_or_else(|error| panic!("{error}"));
        let coverage = TargetCoverage::of(it.name, &lowered);
        for outcome in coverage.outcomes.iter().filter(|it| it.about == About::Rule) {
            let kind = match &outcome.facet {
                Some(side) => format!("{} {side}", outcome.kind),
                None => outcome.kind.clone(),
            };
            let word = outcome.outcome.word().to_owned();
            let source = coverage
                .line(&outcome.line)
                .map_or_else(String::new, |line| line.source.clone());
            let best = found.entry(kind).or_insert_with(|| (word.clone(), source.clone()));
            if strength(&word) < strength(&best.0) {
                *best = (word, source);
            }
        }
    }
    found
}

#[test]
fn outcomes_are_as_strong_as_expected() {
    for engine in expected() {
        for target in &engine.targets {
            let found = strongest(target);
            let kinds: BTreeSet<&String> = found.keys().chain(engine.rules.keys()).collect();
            for kind in kinds {
                let Some(rule) = engine.rules.get(kind) else {
                    panic!("{target}: nothing is expected of {kind}")
                };
                let Some((now, _)) = found.get(kind) else {
                    panic!("{target}: no rule of the model is of the kind {kind}")
                };
                assert!(
                    rule.source.starts_with("https://"),
                    "{target}: {kind} has no source"
                );
                let expected = rule.now.as_ref().unwrap_or(&rule.outcome);
                assert_eq!(now, expected, "{target}: {kind}");
                assert!(
                    rule.now.is_none() || strength(&rule.outcome) < strength(expected),
                    "{target}: {kind} is as strong as it can be: say so"
                );
            }
        }
    }
}

#[test]
fn every_engine_has_its_expectations() {
    let said: BTreeSet<String> = expected()
        .into_iter()
        .flat_map(|it| it.targets)
        .map(|target| target.split('@').next().unwrap_or_default().to_owned())
        .collect();
    let engines: BTreeSet<String> = targets::all()
        .into_iter()
        .map(|it| it.name.engine)
        .filter(|it| it != "memory")
        .collect();
    assert_eq!(said, engines);
}
