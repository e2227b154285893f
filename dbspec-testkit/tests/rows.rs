//! Rows of generated models go out as JSON and come back the same.
#![allow(missing_docs, clippy::panic)]

use std::sync::Arc;

use dbspec_core::check::check;
use dbspec_core::kernel::EntityId;
use dbspec_core::rows;
use dbspec_core::semantics::{Asked, Context, is_shown};
use dbspec_core::syntax::parse;
use dbspec_core::value::Value;
use dbspec_memory::Memory;
use dbspec_testkit::generate::rare_models;
use dbspec_testkit::operations::{Made, Maker, steps};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_keys_and_cursors_come_back(plan in rare_models(), steps in steps(40)) {
        let text = plan.text();
        let kernel = check(parse(&text)).unwrap_or_else(|it| panic!("{it}\n{text}"));
        let mut memory = Memory::new(Arc::clone(&kernel));
        let context = Context { now: 1_700_000_000_000_000, seed: 7, session: Vec::new() };
        for step in &steps {
            let keys = |entity: EntityId| memory.rows(entity).map(|row| kernel.key_of(entity, row)).collect();
            match (Maker { kernel: &kernel, keys: &keys }).make(step) {
                Made::Operation(operation) => drop(memory.apply(&operation, &context)),
                Made::Query(query, args) => {
                    let answer = memory.answer(&Asked { query, args, after: None }, &context);
                    if let Some(next) = answer.next {
                        let text = rows::cursor_json(&next).to_string();
                        let json = serde_json::from_str(&text).expect("JSON");
                        prop_assert_eq!(rows::parse_cursor(&json), Ok(next));
                    }
                }
                Made::Nothing => {}
            }
        }
        for (id, entity) in kernel.entities.iter() {
            for row in memory.rows(id) {
                let key = kernel.key_of(id, row);
                prop_assert_eq!(rows::key_of(&kernel, id, &rows::key_json(&kernel, id, &key)), Ok(key));
                let text = rows::row_json(&kernel, id, row).to_string();
                let json = serde_json::from_str(&text).expect("JSON");
                let given = rows::row_of(&kernel, id, &json).unwrap_or_else(|it| panic!("{it}: {text}"));
                for (leaf, value) in entity.leaves.iter().zip(row) {
                    if is_shown(&kernel, kernel.leaves[leaf].field) {
                        prop_assert_eq!(given.get(&leaf).unwrap_or(&Value::Null), value, "{}", text);
                    }
                }
            }
        }
    }
}
