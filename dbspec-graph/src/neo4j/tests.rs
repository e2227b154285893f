//! What comes out for the examples: committed, and so read as behaviour.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::{Ask, Compile, Lowered, WriteKind};
use dbspec_core::kernel::{EntityId, Kernel};

use super::{Design, Neo4j};

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
    Neo4j::new().lower(kernel, None).unwrap()
}

/// The files as committed are what comes out; `DBSPEC_UPDATE=1` writes them anew.
fn committed(name: &str) {
    let design = lowered(&example(name)).design;
    let script = Neo4j::render(&design);
    let folder = root().join("tests/out/neo4j").join(name);
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

/// Every query has a program unless its outcome says that it isn't served, and the writes have one.
fn programs(name: &str) {
    let kernel = example(name);
    let lowered = lowered(&kernel);
    for (id, query) in kernel.queries.iter() {
        let facets = query.facets.iter();
        let refused = facets
            .map(|it| &lowered.report().coverage.entry(it).outcome)
            .any(|it| matches!(it, Outcome::Query(QueryOutcome::NotServed { .. })));
        let program = Neo4j::new().query_program(&lowered, id);
        assert_eq!(program.is_err(), refused, "{}: {:?}", query.name, program.err());
    }
    let write = WriteKind::Insert(EntityId::new(0));
    Neo4j::new().write_program(&lowered, write).unwrap();
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
    if let Err(broken) = dbspec_testkit::laws::hold(&Neo4j::new(), 48) {
        panic!("{broken}");
    }
    for name in ["shop", "chinook"] {
        if let Err(broken) = dbspec_testkit::laws::hold_on(&Neo4j::new(), &example(name)) {
            panic!("{broken}");
        }
    }
}
