//! Where nobody answers: said at once, with the place and without secrets.
#![allow(clippy::panic)]

use std::sync::Arc;

use dbspec_live::{Client, LiveError};

/// The discard port, where nobody listens.
const NOWHERE: [&str; 6] = [
    "postgres://hushed:hushed@127.0.0.1:9/shop?application_name=hushed",
    "mysql://hushed:hushed@127.0.0.1:9/shop",
    "dynamodb://127.0.0.1:9?region=nowhere&access_key=hushed&secret_key=hushed",
    "mongodb://hushed:hushed@127.0.0.1:9/shop?documentdb=postgres%3A%2F%2Fhushed%3Ahushed%40127.0.0.1%3A9%2Fhushed",
    "redis://hushed:hushed@127.0.0.1:9/0?prefix=hushed",
    "neo4j://hushed:hushed@127.0.0.1:9?prefix=hushed",
];

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_secrets() {
    for url in NOWHERE {
        let Err(error) = Client::connect(url, Arc::default()).await else {
            panic!("somebody answered");
        };
        assert!(matches!(error, LiveError::Connect { .. }), "{error}");
        let said = format!("{error} {error:?}");
        assert!(said.contains("127.0.0.1:9"), "{said}");
        assert!(!said.contains("hushed"), "{said}");
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let Err(error) = Client::connect("memory:no/such/folder", Arc::default()).await else {
        panic!("the folder was found");
    };
    assert!(matches!(error, LiveError::File { .. }), "{error}");
    assert!(error.to_string().starts_with("no/such/folder: "), "{error}");
}
