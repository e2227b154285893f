//! What comes out for the examples: committed, and so read as behaviour.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::{Ask, Compile, Lowered, WriteKind};
use dbspec_core::kernel::{EntityId, Kernel};

use dbspec_testkit::generate::models;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value as Json;

use super::{Design, DynamoDb, Embed, Index, Options, Table};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn example(name: &str) -> Arc<Kernel> {
    let path = root().join("examples").join(name).join("schema.dbspec");
    let text = std::fs::read_to_string(path).unwrap();
    kernel(&text)
}

fn kernel(text: &str) -> Arc<Kernel> {
    dbspec_core::check::check(dbspec_core::syntax::parse(text)).unwrap_or_else(|it| panic!("{it:?}"))
}

fn lowered(kernel: &Arc<Kernel>) -> Lowered<Design> {
    DynamoDb::new().lower(kernel, None).unwrap()
}

/// The files as committed are what comes out; `DBSPEC_UPDATE=1` writes them anew.
fn committed(name: &str) {
    let design = lowered(&example(name)).design;
    let script = DynamoDb::render(&design);
    let folder = root().join("tests/out/dynamodb").join(name);
    for artefact in &script.artefacts {
        let path = folder.join(&artefact.file);
        if std::env::var_os("DBSPEC_UPDATE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &artefact.text).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == artefact.text,
            "{} is not what comes out: DBSPEC_UPDATE=1 writes it anew",
            path.display()
        );
    }
}

#[test]
fn the_shop_comes_out_as_committed() {
    committed("shop");
}

#[test]
fn chinook_comes_out_as_committed() {
    committed("chinook");
}

/// The templates declare the tables that the request files create, each by a name of its own that `CloudFormation` takes.
fn templates(design: &Design) {
    let (mut created, mut declared, mut ids) = (Vec::new(), Vec::new(), BTreeSet::new());
    for artefact in DynamoDb::render(design).artefacts {
        let document: Json = serde_json::from_str(&artefact.text).unwrap();
        if !artefact.statements.is_empty() {
            created.push(document);
            continue;
        }
        let resources = document["Resources"].as_object().unwrap();
        assert!(resources.len() <= 500 && artefact.text.len() <= 1_000_000);
        for (id, resource) in resources {
            assert!(
                id.len() <= 255 && id.chars().all(|it| it.is_ascii_alphanumeric()),
                "{id}"
            );
            assert!(ids.insert(id.clone()), "{id} is there twice");
            assert_eq!(resource["Type"], "AWS::DynamoDB::Table");
            assert_eq!(resource["DeletionPolicy"], "Retain");
            declared.push(resource["Properties"].clone());
        }
    }
    assert_eq!(declared, created);
    assert_eq!(created.len(), design.tables.len());
}

#[test]
fn templates_declare_what_requests_create() {
    templates(&lowered(&example("shop")).design);
    let mut runner = TestRunner::deterministic();
    for _ in 0..100 {
        let text = models().new_tree(&mut runner).unwrap().current().text();
        templates(&lowered(&kernel(&text)).design);
    }
    let table = |at: usize| Table {
        name: format!(
            "{}{}{at}",
            "a.b-"[at % 4..=at % 4].trim(),
            ["a.", "", "a_"][at % 3]
        ),
        sorted: at.is_multiple_of(2),
        indexes: Vec::new(),
    };
    let many = Design {
        tables: (0..1_200).map(table).collect(),
        items: Vec::new(),
    };
    templates(&many);
    let index = |at: usize| Index {
        name: format!("{at}{}", "i".repeat(250)),
        hash: format!("{at}{}", "h".repeat(250)),
        range: Some(format!("{at}{}", "r".repeat(250))),
    };
    let large = |at: usize| Table {
        name: format!("{}.{at}", "t".repeat(250)),
        sorted: true,
        indexes: (0..20).map(index).collect(),
    };
    let large = Design {
        tables: (0..100).map(large).collect(),
        items: Vec::new(),
    };
    templates(&large);
}

/// Every query has a program unless its outcome says that it isn't served, and the writes have one.
fn programs(name: &str) {
    let kernel = example(name);
    let lowered = lowered(&kernel);
    for (id, query) in kernel.queries.iter() {
        let facets = query.facets.iter();
        let refused = facets
            .map(|it| &lowered.report().coverage.entry(it).outcome)
            .any(|it| matches!(it, Outcome::Query(QueryOutcome::NotServed { .. })));
        let program = DynamoDb::new().query_program(&lowered, id);
        assert_eq!(program.is_err(), refused, "{}: {:?}", query.name, program.err());
    }
    let write = WriteKind::Insert(EntityId::new(0));
    DynamoDb::new().write_program(&lowered, write).unwrap();
}

#[test]
fn the_shop_has_programs() {
    programs("shop");
}

#[test]
fn chinook_has_programs() {
    programs("chinook");
}

#[test]
fn the_laws_hold() {
    for embed in [Embed::WhereNeeded, Embed::Always] {
        let backend = DynamoDb::with(Options::new().embed(embed));
        if let Err(broken) = dbspec_testkit::laws::hold(&backend, 48) {
            panic!("{broken}");
        }
    }
    for name in ["shop", "chinook"] {
        if let Err(broken) = dbspec_testkit::laws::hold_on(&DynamoDb::new(), &example(name)) {
            panic!("{broken}");
        }
    }
}
