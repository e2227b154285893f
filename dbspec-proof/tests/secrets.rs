//! What live engines say against a request is told without passwords and without values.
#![allow(clippy::panic)]

use std::sync::Arc;

use dbspec_core::program::from_json;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use dbspec_live::{Client, LiveError};
use dbspec_proof::engine::{DYNAMODB, MONGODB, MYSQL, POSTGRES_NEWEST, POSTGRES_OLDEST, opened, places};

#[tokio::test]
async fn a_wrong_password_is_refused_and_not_repeated() {
    for (name, password, code) in [
        (POSTGRES_NEWEST, ":postgres@", "28P01"),
        (POSTGRES_OLDEST, ":postgres@", "28P01"),
        (MYSQL, ":mysql@", "28000"),
    ] {
        let Some(place) = places(&[name]).pop() else {
            continue;
        };
        let url = place.url().replacen(password, ":hushed@", 1);
        assert_ne!(url, place.url(), "the URL has another password");
        let Err(error) = Client::connect(&url, Arc::default()).await else {
            panic!("{}: any password will do", place.name);
        };
        assert!(matches!(error, LiveError::Connect { .. }), "{error}");
        let said = format!("{error} {error:?}");
        assert!(said.contains(code), "{said}");
        assert!(!said.contains("hushed"), "{said}");
    }
}

#[tokio::test]
async fn values_of_a_request_are_not_repeated() {
    let requests = [
        (
            POSTGRES_NEWEST,
            "select to_json($1::text::uuid)",
            Value::List(vec![Value::text("hushed")]),
        ),
        (
            MYSQL,
            "select cast(uuid_to_bin(?) as char)",
            Value::List(vec![Value::text("hushed")]),
        ),
        (
            DYNAMODB,
            "GetItem",
            Value::Map(vec![
                ("TableName".into(), Value::text("proof_nothing")),
                (
                    "Key".into(),
                    Value::Map(vec![(
                        "k".into(),
                        Value::Map(vec![("S".into(), Value::text("hushed"))]),
                    )]),
                ),
            ]),
        ),
    ];
    for (engine, text, args) in requests {
        for place in places(&[engine]) {
            let engine = opened(place.url()).await;
            let mut session = engine.session().await.unwrap_or_else(|fault| panic!("{fault}"));
            let call = Call {
                text: text.into(),
                args: args.clone(),
            };
            let Err(fault) = session.calls(&[call]).await else {
                panic!("{}: no fault", place.name);
            };
            assert!(matches!(fault, Fault::Broken(_)), "{fault}");
            let said = format!("{fault} {fault:?}");
            assert!(!said.contains("hushed"), "{said}");
        }
    }
}

#[tokio::test]
async fn values_of_a_document_are_not_repeated() {
    for place in places(&[MONGODB]) {
        place
            .with_database("secrets", async move |url| {
                // By the protocol, and by the functions below it.
                let by_protocol = url.split('?').next().unwrap_or_default().to_owned();
                for way in [by_protocol, url] {
                    let engine = opened(&way).await;
                    let mut session = engine.session().await.unwrap_or_else(|fault| panic!("{fault}"));
                    for command in [
                        serde_json::json!({ "find": "nothing", "filter": { "name": { "$hushed": "hushed" } } }),
                        serde_json::json!({ "insert": "nothing", "documents": [{ "_id": { "$regularExpression": "hushed" } }] }),
                    ] {
                        let text = if command.get("find").is_some() { "find" } else { "insert" };
                        let call = Call { text: text.into(), args: from_json(&command) };
                        let Err(fault) = session.calls(&[call]).await else {
                            panic!("{command}: no fault");
                        };
                        assert!(matches!(fault, Fault::Broken(_)), "{fault}");
                        let said = format!("{fault} {fault:?}");
                        assert!(!said.contains("hushed"), "{said}");
                    }
                }
            })
            .await;
    }
}
