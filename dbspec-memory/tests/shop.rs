//! The shop of the examples: its rows load, and its queries and writes mean what its model says.

use std::path::Path;
use std::sync::Arc;

use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::rows::{self, Given};
use dbspec_memory::{Memory, MemoryError};
use serde_json::{Map, Value as Json, json};

fn example(name: &str) -> Arc<Kernel> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples")
        .join(name);
    let text = std::fs::read_to_string(folder.join("schema.dbspec")).expect("the example's schema");
    dbspec_core::check::check(dbspec_core::syntax::parse(&text)).unwrap_or_else(|it| panic!("{it}"))
}

/// All rows of a folder with one `ENTITY.jsonl` each.
fn folder(kernel: &Kernel, folder: &Path) -> Vec<(EntityId, Given)> {
    let mut all = Vec::new();
    for (id, entity) in kernel.entities.iter() {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{}.jsonl", entity.name))) else {
            continue;
        };
        let rows = rows::rows_of(kernel, id, &text).unwrap_or_else(|it| panic!("{}: {it}", entity.name));
        all.extend(rows.into_iter().map(|row| (id, row)));
    }
    all
}

fn shop() -> Memory {
    let kernel = example("shop");
    let rows = folder(
        &kernel,
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop/rows"),
    );
    let mut shop = Memory::new(kernel);
    shop.load(rows).unwrap_or_else(|it| panic!("{it}"));
    shop
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(members) => members,
        _ => Map::new(),
    }
}

#[test]
fn the_rows_load_and_break_no_rule() {
    let shop = shop();
    let count = |name: &str| shop.rows(shop.kernel().entity(name).expect("an entity")).len();
    let counts = [
        "Customer",
        "Order",
        "OrderLine",
        "Product",
        "Wishlist",
        "Delivery",
    ]
    .map(count);
    println!("{counts:?}");
    assert_eq!(shop.audit(), []);
}
