//! The generated models are right: they parse without a diagnostic.
#![allow(missing_docs)]

use dbspec_testkit::generate::models;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn generated_models_parse(plan in models()) {
        let text = plan.text();
        let parsed = dbspec_core::syntax::parse(&text);
        prop_assert!(parsed.diagnostics.is_empty(), "{text}\n{:#?}", parsed.diagnostics);
    }
}

#[test]
fn chinook_parses() {
    let text = include_str!("../../examples/chinook/schema.dbspec");
    let parsed = dbspec_core::syntax::parse(text);
    assert!(parsed.diagnostics.is_empty(), "{:#?}", parsed.diagnostics);
}
