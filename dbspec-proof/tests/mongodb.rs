//! What `MongoDB` refuses by itself: documents that another client writes, each beside one at the edge that is taken.
#![allow(clippy::panic)]

use dbspec_core::program::from_json;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_live::Engine;
use dbspec_proof::engine::{MONGODB, created, opened, places};
use dbspec_proof::model;
use serde_json::{Value as Json, json};

const MODEL: &str = "
enum Size ordered { small large }
entity Thing {
  id: int32 @key
  name: string(3)
  code: string(8)? @unique
  tags: list<string(4)> 0..2
  low: int64?
  high: int64?
  size: Size?
  born: date?
  check in_order: low <= high
}
";

/// What a fault is about.
#[derive(Clone, Copy, Debug)]
enum By {
    Validator,
    Index(&'static str),
}

async fn insert(engine: &dyn Engine, document: &Json) -> Result<(), Fault> {
    let mut whole = document.clone();
    if whole.get("tags").is_none() {
        whole["tags"] = json!([]);
    }
    let mut session = engine.session().await?;
    let call = Call {
        text: "insert".into(),
        args: from_json(&json!({ "insert": "Thing", "documents": [whole] })),
    };
    session.calls(&[call]).await.map(|_| ())
}

#[tokio::test]
async fn violations_by_others_are_refused() {
    let long = |it: i64| json!({ "$numberLong": it.to_string() });
    let cases: Vec<(&str, Json, Option<By>)> = vec![
        (
            "a name of the largest size",
            json!({ "_id": 1, "name": "abc" }),
            None,
        ),
        (
            "a name that is too long",
            json!({ "_id": 2, "name": "abcd" }),
            Some(By::Validator),
        ),
        ("characters, not bytes", json!({ "_id": 3, "name": "äöü" }), None),
        ("no name", json!({ "_id": 4 }), Some(By::Validator)),
        (
            "a name of another type",
            json!({ "_id": 5, "name": 5 }),
            Some(By::Validator),
        ),
        (
            "a key that is there",
            json!({ "_id": 1, "name": "a" }),
            Some(By::Index("_id_")),
        ),
        (
            "a key of another type",
            json!({ "_id": "6", "name": "a" }),
            Some(By::Validator),
        ),
        ("a code", json!({ "_id": 7, "name": "a", "code": "x" }), None),
        (
            "a code that is there",
            json!({ "_id": 8, "name": "a", "code": "x" }),
            Some(By::Index("code_unique")),
        ),
        ("no code, as others", json!({ "_id": 9, "name": "a" }), None),
        (
            "as many items as may be",
            json!({ "_id": 10, "name": "a", "tags": ["a", "b"] }),
            None,
        ),
        (
            "more items",
            json!({ "_id": 11, "name": "a", "tags": ["a", "b", "c"] }),
            Some(By::Validator),
        ),
        (
            "in order",
            json!({ "_id": 12, "name": "a", "low": long(3), "high": long(3) }),
            None,
        ),
        (
            "out of order",
            json!({ "_id": 13, "name": "a", "low": long(4), "high": long(3) }),
            Some(By::Validator),
        ),
        (
            "one end alone",
            json!({ "_id": 14, "name": "a", "low": long(4) }),
            None,
        ),
        ("a size", json!({ "_id": 15, "name": "a", "size": 1 }), None),
        (
            "a size that isn't",
            json!({ "_id": 16, "name": "a", "size": 2 }),
            Some(By::Validator),
        ),
        (
            "a date",
            json!({ "_id": 17, "name": "a", "born": "2026-01-31" }),
            None,
        ),
        (
            "what is no date",
            json!({ "_id": 18, "name": "a", "born": "yesterday" }),
            Some(By::Validator),
        ),
    ];
    for place in places(&[MONGODB]) {
        let cases = cases.clone();
        place
            .with_database("witnesses", async move |url| {
                created(&url, &model::kernel(MODEL)).await;
                let engine = opened(&url).await;
                for (what, document, expected) in cases {
                    let found = insert(&*engine, &document).await;
                    let right = match (&found, expected) {
                        (Ok(()), None) => true,
                        (Err(Fault::Broken(says)), Some(By::Validator)) => says.contains("validation"),
                        (Err(Fault::Constraint(name)), Some(By::Index(index))) => **name == *index,
                        (Ok(()) | Err(_), _) => false,
                    };
                    assert!(right, "{what}: {found:?}, expected {expected:?}");
                }
            })
            .await;
    }
}
