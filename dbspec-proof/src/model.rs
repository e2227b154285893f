//! The models of the examples, and their rows.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::rows::Given;
use dbspec_core::semantics::Context;
use dbspec_core::syntax::parse;
use dbspec_core::value::Value;
use dbspec_live::read_folder;
use dbspec_memory::Memory;

/// 2026-06-01T00:00:00Z
pub const NOW: i64 = 1_780_272_000_000_000;

/// A file or folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The kernel of a text.
pub fn kernel(text: &str) -> Arc<Kernel> {
    check(parse(text)).unwrap_or_else(|error| panic!("{error}"))
}

/// The kernel of an example.
pub fn example(name: &str) -> Arc<Kernel> {
    let file = repository(&format!("examples/{name}/schema.dbspec"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    kernel(&text)
}

/// The shop's rows, which are part of the repository.
pub fn shop_rows(kernel: &Kernel) -> Vec<(EntityId, Given)> {
    rows(kernel, &repository("examples/shop/rows"))
}

/// Chinook's rows; `None`, and said, where the corpora are left out.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
pub fn chinook_rows(kernel: &Kernel) -> Option<Vec<(EntityId, Given)>> {
    let folder = std::env::var("DBSPEC_CORPORA").unwrap_or_else(|_| "none".to_owned());
    if folder == "none" {
        eprintln!("left out: Chinook's rows (DBSPEC_CORPORA names no folder)");
        return None;
    }
    Some(rows(kernel, &PathBuf::from(folder).join("chinook/rows")))
}

fn rows(kernel: &Kernel, folder: &Path) -> Vec<(EntityId, Given)> {
    read_folder(kernel, folder).unwrap_or_else(|error| panic!("{error}"))
}

/// A reference database with rows.
pub fn memory(kernel: &Arc<Kernel>, rows: Vec<(EntityId, Given)>) -> Memory {
    let mut memory = Memory::new(Arc::clone(kernel));
    memory.set_now(NOW);
    memory.load(rows).unwrap_or_else(|error| panic!("{error}"));
    memory
}

/// The same instant for everybody, and a seed that was never used: engines tell requests apart by it.
pub fn context(kernel: &Kernel) -> Context {
    static SEED: LazyLock<AtomicU64> =
        LazyLock::new(|| AtomicU64::new(RandomState::new().build_hasher().finish()));
    Context {
        now: NOW,
        seed: SEED.fetch_add(1, Ordering::Relaxed),
        session: vec![Value::Null; kernel.session.len()],
    }
}
