//! Models as text and as JSON: what is written comes back.
#![allow(missing_docs)]

use dbspec_core::check::review;
use dbspec_core::model::Model;
use dbspec_core::syntax::{format, format_model, parse};
use dbspec_testkit::generate::models;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn formatted_models_are_the_same(plan in models()) {
        let parsed = parse(&plan.text());
        let text = format(&parsed);
        let again = parse(&text);
        prop_assert_eq!(&again.diagnostics, &[], "{}", text);
        prop_assert_eq!(&again.model, &parsed.model, "{}", text);
        prop_assert_eq!(&format(&again), &text);
        // A model that never was a text becomes one that says the same.
        let written = format_model(&parsed.model);
        prop_assert_eq!(&parse(&written).model, &parsed.model, "{}", written);
    }

    #[test]
    fn models_are_the_same_in_json(plan in models()) {
        let parsed = parse(&plan.text());
        let json = serde_json::to_string(&parsed.model).expect("a model is JSON");
        let again: Model = serde_json::from_str(&json).expect("JSON of a model is a model");
        prop_assert_eq!(&again, &parsed.model);
        prop_assert_eq!(serde_json::to_string(&again).expect("a model is JSON"), json);
        // The meaning doesn't hang on where things stand.
        prop_assert_eq!(review(again).kernel, review(parsed).kernel);
    }
}
