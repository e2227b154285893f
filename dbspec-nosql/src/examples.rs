//! What the tests of every engine here look at: the examples, compiled.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::arena::Id;
use dbspec_core::backend::coverage::{Outcome, QueryOutcome};
use dbspec_core::backend::{Ask, Compile, WriteKind};
use dbspec_core::kernel::{EntityId, Kernel};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The kernel of an example.
pub(crate) fn example(name: &str) -> Arc<Kernel> {
    let path = root().join("examples").join(name).join("schema.dbspec");
    let text = std::fs::read_to_string(path).unwrap();
    kernel(&text)
}

/// The kernel of a text.
pub(crate) fn kernel(text: &str) -> Arc<Kernel> {
    dbspec_core::check::check(dbspec_core::syntax::parse(text)).unwrap_or_else(|it| panic!("{it:?}"))
}

/// The files as committed are what comes out; `DBSPEC_UPDATE=1` writes them anew.
pub(crate) fn committed<B: Compile>(backend: &B, name: &str) {
    let design = backend.lower(&example(name), None).unwrap().design;
    let script = B::render(&design);
    let folder = root().join("tests/out").join(B::NAME).join(name);
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

/// Every query has a program unless its outcome says that it isn't served, and the writes have one.
pub(crate) fn programs<B: Ask>(backend: &B, name: &str) {
    let kernel = example(name);
    let lowered = backend.lower(&kernel, None).unwrap();
    for (id, query) in kernel.queries.iter() {
        let facets = query.facets.iter();
        let refused = facets
            .map(|it| &lowered.report().coverage.entry(it).outcome)
            .any(|it| matches!(it, Outcome::Query(QueryOutcome::NotServed { .. })));
        let program = backend.query_program(&lowered, id);
        assert_eq!(program.is_err(), refused, "{}: {:?}", query.name, program.err());
    }
    let write = WriteKind::Insert(EntityId::new(0));
    backend.write_program(&lowered, write).unwrap();
}

/// The laws hold for generated models and for the examples.
pub(crate) fn laws<B: Compile>(backend: &B) {
    if let Err(broken) = dbspec_testkit::laws::hold(backend, 48) {
        panic!("{broken}");
    }
    for name in ["shop", "chinook"] {
        if let Err(broken) = dbspec_testkit::laws::hold_on(backend, &example(name)) {
            panic!("{broken}");
        }
    }
}
