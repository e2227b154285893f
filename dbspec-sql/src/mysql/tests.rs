//! What comes out for the examples: committed, and so read as behaviour.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::backend::{Compile, Lowered};
use dbspec_core::kernel::Kernel;

use super::{Design, MySql};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn example(name: &str) -> Arc<Kernel> {
    let path = root().join("examples").join(name).join("schema.dbspec");
    let text = std::fs::read_to_string(path).unwrap();
    dbspec_core::check::check(dbspec_core::syntax::parse(&text)).unwrap_or_else(|it| panic!("{it:?}"))
}

fn lowered(kernel: &Arc<Kernel>) -> Lowered<Design> {
    MySql::new(9).lower(kernel, None).unwrap()
}

/// The file as committed is what comes out; `DBSPEC_UPDATE=1` writes it anew.
fn committed(name: &str) {
    let design = lowered(&example(name)).design;
    let script = MySql::render(&design);
    let folder = root().join("tests/out/mysql").join(name);
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

#[test]
fn the_laws_hold() {
    for version in [8, 9] {
        if let Err(broken) = dbspec_testkit::laws::hold(&MySql::new(version), 48) {
            panic!("{broken}");
        }
    }
}
