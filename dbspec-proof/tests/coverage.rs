//! What each engine does at best for each kind of rule, as its vendor's documentation allows: `expected-coverage.toml` says
//! it, and says where a compiler is not there yet. An outcome that is weaker fails; one that is stronger changes the file.
#![allow(clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use std::fmt::Write as _;

use dbspec::targets;
use dbspec_core::backend::view::{About, CoverageFile, LineView, ProofView, TargetCoverage};
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

/// The file as committed is what comes out; `DBSPEC_UPDATE=1` writes it anew.
fn committed(path: &str, text: &str) {
    let file = model::repository(path);
    if std::env::var_os("DBSPEC_UPDATE").is_some() {
        std::fs::write(&file, text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let now = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(
        now == text,
        "{path} is not what comes out: DBSPEC_UPDATE=1 writes it anew"
    );
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
            let best = found
                .entry(kind)
                .or_insert_with(|| (word.clone(), source.clone()));
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

#[test]
fn the_shop_is_covered_as_committed() {
    let text = std::fs::read_to_string(model::repository("examples/shop/schema.dbspec"));
    let reviewed = targets::review(dbspec_core::syntax::parse(
        &text.unwrap_or_else(|error| panic!("{error}")),
    ));
    let Some(kernel) = reviewed.kernel else {
        panic!("{:?}", reviewed.found)
    };
    let covered = reviewed.targets.into_iter().map(|it| {
        let lowered = it
            .backend
            .compile(&kernel, None)
            .unwrap_or_else(|error| panic!("{error}"));
        TargetCoverage::of(it.name, &lowered)
    });
    let file = CoverageFile::new(kernel.name.as_str(), covered.collect());
    let json = serde_json::to_string_pretty(&file).unwrap_or_else(|error| panic!("{error}"));
    committed("examples/shop/coverage.json", &(json + "\n"));
}

/// The lines of every engine.
fn lines() -> Vec<(&'static str, Vec<LineView>)> {
    targets::all()
        .into_iter()
        .filter(|it| it.name.engine != "memory")
        .map(|it| {
            let lines = it.backend.table().iter().map(LineView::from).collect();
            (it.backend.engine(), lines)
        })
        .collect()
}

/// The names of the tests of this crate.
fn tests() -> BTreeSet<String> {
    let folder = model::repository("dbspec-proof/tests");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names = BTreeSet::new();
    for file in files.flatten().filter(|it| it.path().is_file()) {
        let text = std::fs::read_to_string(file.path()).unwrap_or_else(|error| panic!("{error}"));
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line != "#[test]" && !line.starts_with("#[tokio::test") {
                continue;
            }
            let head = lines.next().unwrap_or_default().trim_start_matches("async ");
            let name = head.strip_prefix("fn ").and_then(|it| it.split('(').next());
            names.extend(name.map(str::to_owned));
        }
    }
    names
}

#[test]
fn proofs_that_are_named_exist() {
    let tests = tests();
    for (engine, lines) in lines() {
        for line in lines {
            let (ProofView::Live(name) | ProofView::Parser(name)) = &line.proof else {
                continue;
            };
            assert!(
                tests.contains(name),
                "{engine}: {} names no test: {name}",
                line.code
            );
        }
    }
}

#[test]
fn the_page_of_claims_is_as_committed() {
    let mut page = String::from(
        "# What each engine does\n\n\
         Generated from what the tests compare and the compilers say: `DBSPEC_UPDATE=1 cargo test -p dbspec-proof --test coverage`.\n\n\
         ## Kinds of rules\n\n\
         The strongest outcome that the engine's documentation allows for the rule in its plainest form; in brackets the \
         present one, where it is weaker. *Enforced*: the engine refuses a violation, whoever writes. *Guarded*: dbspec's \
         programs refuse it, and a query finds what others did. *Settled*: undone within a window. *Audited*: found by a \
         query. The sources stand in [expected-coverage.toml](../dbspec-proof/expected-coverage.toml).\n\n",
    );
    let expected = expected();
    let heads: Vec<String> = expected
        .iter()
        .map(|it| match it.targets.as_slice() {
            [first, .., last] => {
                let version = last.split_once('@').map_or("", |(_, version)| version);
                format!("{}–{version}", first.replace('@', " "))
            }
            [only] => only.clone(),
            [] => String::new(),
        })
        .collect();
    let _ = writeln!(page, "| rule | {} |", heads.join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(heads.len()));
    let kinds: BTreeSet<&String> = expected.iter().flat_map(|it| it.rules.keys()).collect();
    for kind in kinds {
        let cells = expected.iter().map(|it| match it.rules.get(kind) {
            None => String::new(),
            Some(Rule {
                outcome, now: None, ..
            }) => outcome.clone(),
            Some(Rule {
                outcome,
                now: Some(now),
                ..
            }) => format!("{outcome} ({now})"),
        });
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(page, "| {kind} | {} |", cells.join(" | "));
    }
    for (engine, lines) in lines() {
        let _ = writeln!(page, "\n## Lines of {engine}\n");
        let _ = writeln!(page, "| line | what | when | proof |\n|---|---|---|---|");
        for line in lines {
            let proof = match &line.proof {
                ProofView::Live(test) => format!("live: `{test}`"),
                ProofView::Parser(test) => format!("the engine's parser: `{test}`"),
                ProofView::Document => "the documentation".to_owned(),
            };
            let (says, when) = (line.says.replace('|', "\\|"), line.when.replace('|', "\\|"));
            let _ = writeln!(
                page,
                "| [{}]({}) | {says} | {when} | {proof} |",
                line.code, line.source
            );
        }
    }
    committed("docs/engines.md", &page);
}
