//! What comes out for the examples: committed, and so read as behaviour.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::sync::Arc;

use dbspec_core::backend::Compile;
use dbspec_core::kernel::Kernel;
use dbspec_testkit::generate::models;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value as Json;

use super::{Design, DynamoDb, Embed, Index, Options, Table};
use crate::examples::{committed, example, kernel, laws, programs};

fn design(kernel: &Arc<Kernel>) -> Design {
    DynamoDb::new().lower(kernel, None).unwrap().design
}

#[test]
fn the_shop_comes_out_as_committed() {
    committed(&DynamoDb::new(), "shop");
}

#[test]
fn chinook_comes_out_as_committed() {
    committed(&DynamoDb::new(), "chinook");
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
    templates(&design(&example("shop")));
    let mut runner = TestRunner::deterministic();
    for _ in 0..100 {
        let text = models().new_tree(&mut runner).unwrap().current().text();
        templates(&design(&kernel(&text)));
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

#[test]
fn the_shop_has_programs() {
    programs(&DynamoDb::new(), "shop");
}

#[test]
fn chinook_has_programs() {
    programs(&DynamoDb::new(), "chinook");
}

#[test]
fn the_laws_hold() {
    laws(&DynamoDb::new());
    let always = DynamoDb::with(Options::new().embed(Embed::Always));
    if let Err(broken) = dbspec_testkit::laws::hold(&always, 48) {
        panic!("{broken}");
    }
}
