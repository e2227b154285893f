//! The shop of the examples: its rows load, and its queries and writes mean what its model says.
#![allow(clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dbspec_core::check::check;
use dbspec_core::kernel::{EntityId, Kernel};
use dbspec_core::rows::{self, Given};
use dbspec_core::syntax::parse;
use dbspec_memory::{Memory, MemoryError};
use serde_json::{Map, Value as Json, json};

const ADA: &str = "019b76da-a800-722c-9970-83bd438b7f6d";
/// 2026-06-01T00:00:00Z
const NOW: i64 = 1_780_272_000_000_000;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/shop")
}

fn kernel() -> Arc<Kernel> {
    let text = std::fs::read_to_string(folder().join("schema.dbspec")).expect("the example's schema");
    check(parse(&text)).unwrap_or_else(|it| panic!("{it}"))
}

fn lines(entity: &str) -> String {
    std::fs::read_to_string(folder().join("rows").join(format!("{entity}.jsonl"))).unwrap_or_default()
}

fn given(kernel: &Kernel) -> Vec<(EntityId, Given)> {
    let mut all = Vec::new();
    for (id, entity) in kernel.entities.iter() {
        let rows = rows::rows_of(kernel, id, &lines(&entity.name));
        let rows = rows.unwrap_or_else(|it| panic!("{}: {it}", entity.name));
        all.extend(rows.into_iter().map(|row| (id, row)));
    }
    all
}

fn shop() -> Memory {
    let kernel = kernel();
    let rows = given(&kernel);
    let mut shop = Memory::new(kernel);
    shop.set_now(NOW);
    shop.load(rows).unwrap_or_else(|it| panic!("{it}"));
    shop
}

fn object(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(members) => members,
        other => panic!("{other} is no object"),
    }
}

fn refused(result: Result<impl std::fmt::Debug, MemoryError>) -> Vec<String> {
    match result {
        Err(MemoryError::Refused { names, .. }) => names,
        other => panic!("not refused: {other:?}"),
    }
}

/// Cents of a decimal of scale 2.
fn cents(json: &Json) -> i64 {
    json.as_str()
        .expect("a decimal")
        .replace('.', "")
        .parse()
        .expect("digits")
}

#[test]
fn all_rows_load_and_break_no_rule() {
    let shop = shop();
    let rows = shop.kernel().entities.ids().map(|entity| shop.rows(entity).len());
    assert_eq!(rows.sum::<usize>(), 391);
    assert_eq!(shop.audit(), []);
}

#[test]
fn rows_load_unit_by_unit_as_well() {
    let kernel = kernel();
    let units = rows::units(&kernel, given(&kernel));
    // An order must have a line: they come together. Nothing else does.
    assert_eq!(units.len(), 391 - 150);
    let mut shop = Memory::new(kernel);
    for unit in units {
        shop.load(unit).unwrap_or_else(|it| panic!("{it}"));
    }
    assert_eq!(shop.audit(), []);
}

#[test]
fn what_is_derived_is_worked_out_from_the_rows() {
    let shop = shop();
    let lines: Vec<Json> = lines("OrderLine")
        .lines()
        .map(|it| serde_json::from_str(it).expect("JSON"))
        .collect();
    for order in self::lines("Order").lines() {
        let order: Json = serde_json::from_str(order).expect("JSON");
        let of_order = lines.iter().filter(|line| line["owner"] == order["id"]);
        let total: i64 = of_order
            .map(|it| it["quantity"].as_i64().expect("a number") * cents(&it["unit_price"]))
            .sum();
        let found = shop.get("Order", &order["id"]).expect("a key").expect("an order");
        assert_eq!(cents(&found["total"]), total);
        assert_eq!(found["version"], 1);
    }
    let ada = shop
        .get("Customer", &json!(ADA))
        .expect("a key")
        .expect("a customer");
    let orders = self::lines("Order")
        .lines()
        .filter(|it| it.contains(&format!("\"customer\": \"{ADA}\"")))
        .count();
    assert_eq!(ada["order_count"], orders);
    assert_eq!(ada.get("password"), None, "a secret came out");
}

#[test]
fn an_order_is_placed_and_shipped() {
    let mut shop = shop();
    let stock =
        |shop: &Memory| shop.get("Product", &json!(2)).expect("a key").expect("a product")["stock"].as_i64();
    let before = stock(&shop).expect("a number");
    let line =
        |quantity: i64| json!({ "line_no": 1, "product": 2, "quantity": quantity, "unit_price": "22.50" });
    let args = |quantity: i64| object(json!({ "customer": ADA, "lines": [line(quantity)] }));

    assert_eq!(
        refused(shop.call("place_order", &args(before + 1))),
        ["Product.stock.bounds"]
    );
    assert_eq!(stock(&shop), Some(before), "a refused write changed something");
    let nothing = shop.call("place_order", &object(json!({ "customer": ADA, "lines": [] })));
    assert_eq!(
        nothing.expect_err("no order without lines").to_string(),
        "lines: expected an array of at least 1, at most 50 items, found an array"
    );

    let placed = shop.call("place_order", &args(2)).expect("an order");
    assert_eq!(stock(&shop), Some(before - 2));
    let largest = self::lines("Order").lines().count() + 1000;
    assert_eq!(
        placed["number"],
        largest + 1,
        "the sequence moved past the largest number"
    );
    let order = shop
        .get("Order", &placed["id"])
        .expect("a key")
        .expect("an order");
    assert_eq!(order["total"], "45.00");
    assert_eq!(order["placed_at"], "2026-06-01T00:00:00Z");

    let seeing = |seen: i64| object(json!({ "order": placed["id"], "seen": seen }));
    assert_eq!(
        refused(shop.call("ship", &seeing(7))),
        ["Order.status.moves", "ship.require#1"]
    );
    shop.update("Order", &placed["id"], &json!({ "status": "paid" }))
        .expect("it is paid");
    shop.call("ship", &seeing(2)).expect("it is shipped");
    let order = shop
        .get("Order", &placed["id"])
        .expect("a key")
        .expect("an order");
    assert_eq!(
        (&order["status"], &order["version"]),
        (&json!("shipped"), &json!(3))
    );
    assert_eq!(shop.audit(), []);
}

#[test]
fn soft_deletion_hides_frees_and_comes_back() {
    let mut shop = shop();
    let ada = shop
        .get("Customer", &json!(ADA))
        .expect("a key")
        .expect("a customer");
    shop.delete("Customer", &json!(ADA)).expect("it is deleted");
    assert_eq!(shop.get("Customer", &json!(ADA)), Ok(None));
    // Her orders still name her, but no new one can.
    let order = json!({ "customer": ADA, "status": "placed", "placed_at": "2026-06-01T00:00:00Z" });
    let line = json!({ "line_no": 1, "product": 1, "quantity": 1, "unit_price": "1.00" });
    let names = refused(shop.insert_all([("Order", &order), ("OrderLine", &line)]));
    assert_eq!(names, ["Order.customer.reference"]);
    // Her address is free for another, whatever its case; then she can't come back.
    let other = json!({
        "email": ada["email"].as_str().expect("text").to_uppercase(),
        "name": "Other",
        "password": "$scrypt$ln=1$salt$hash",
    });
    let key = shop.insert("Customer", &other).expect("a customer");
    assert_eq!(
        refused(shop.restore("Customer", &json!(ADA))),
        ["Customer.email.unique"]
    );
    shop.delete("Customer", &key).expect("it is deleted");
    shop.restore("Customer", &json!(ADA)).expect("she is back");
    assert_eq!(shop.audit(), []);
}

#[test]
fn what_is_wrong_is_said() {
    let mut shop = shop();
    let plain = json!({ "email": "a@b", "name": "A", "password": "plain" });
    assert_eq!(
        refused(shop.insert("Customer", &plain)),
        ["Customer.password.secret"]
    );
    let unknown = shop
        .insert("Product", &json!({ "skew": 1 }))
        .expect_err("no such field");
    assert!(
        unknown
            .to_string()
            .starts_with("there is no `skew` here; there are id, sku,"),
        "{unknown}"
    );
    let wrong = shop
        .insert("Delivery", &json!({ "dock": 1, "during": { "start": 3 } }))
        .expect_err("no range");
    assert_eq!(
        wrong.to_string(),
        "during.start: expected a timestamp like 2026-01-31T09:30:00Z, found a number"
    );
    let label = shop
        .insert("Order", &json!({ "status": "lost" }))
        .expect_err("no label");
    assert_eq!(
        label.to_string(),
        "status: no label of `OrderStatus`, which has draft, placed, paid, shipped, cancelled"
    );
    assert_eq!(
        shop.insert("Nothing", &json!({}))
            .expect_err("no entity")
            .to_string(),
        "the model has no entity `Nothing`"
    );
}
