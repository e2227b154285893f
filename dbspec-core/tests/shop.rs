//! The shop of the design, read, written and built.

use dbspec_core::syntax;

const SHOP: &str = include_str!("../../examples/shop/schema.dbspec");

#[test]
fn the_shop_has_no_errors() {
    let parsed = syntax::parse(SHOP);
    assert_eq!(parsed.diagnostics, []);
    assert_eq!(parsed.model.items.len(), 34);
}

#[test]
fn json_keeps_the_shop() {
    let model = syntax::parse(SHOP).model;
    let json = serde_json::to_string_pretty(&model).expect("a model is JSON");
    assert_eq!(
        serde_json::from_str::<dbspec_core::model::Model>(&json).expect("it reads back"),
        model
    );
}
