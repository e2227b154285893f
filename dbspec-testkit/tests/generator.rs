//! The generated models are right: they parse without a diagnostic and check without an error.
#![allow(missing_docs)]

use dbspec_testkit::generate::models;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn generated_models_are_right(plan in models()) {
        let text = plan.text();
        let parsed = dbspec_core::syntax::parse(&text);
        prop_assert!(parsed.diagnostics.is_empty(), "{text}\n{:#?}", parsed.diagnostics);
        let review = dbspec_core::check::review(parsed);
        prop_assert!(review.kernel.is_some(), "{text}\n{:#?}", review.found);
    }
}
