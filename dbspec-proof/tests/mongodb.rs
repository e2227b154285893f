//! Witnesses of what is claimed of `MongoDB`, by plain commands: what is enforced is refused, with a document at the edge
//! beside it that is taken; what is guarded is taken from another writer, and its audit finds it.
#![allow(clippy::panic)]

use std::collections::BTreeSet;

use dbspec_core::backend::coverage::{Outcome, RuleOutcome};
use dbspec_core::kernel::{Facet, Subject};
use dbspec_core::program::from_json;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_live::Engine;
use dbspec_proof::engine::{MONGODB, created, opened, places, request};
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
                // By the protocol, and by the functions below it.
                let by_protocol = url.split('?').next().unwrap_or_default().to_owned();
                for way in [by_protocol, url] {
                    let engine = opened(&way).await;
                    for (what, document, expected) in &cases {
                        let found = insert(&*engine, document).await;
                        let right = match (&found, expected) {
                            (Ok(()), None) => true,
                            (Err(Fault::Broken(says)), Some(By::Validator)) => says.contains("validation"),
                            (Err(Fault::Constraint(name)), Some(By::Index(index))) => **name == **index,
                            (Ok(()) | Err(_), _) => false,
                        };
                        assert!(right, "{what}: {found:?}, expected {expected:?}");
                    }
                    let all = json!({ "delete": "Thing", "deletes": [{ "q": {}, "limit": 0 }] });
                    request(&*engine, "delete", &all).await;
                }
            })
            .await;
    }
}

const AUDITED: &str = "
entity Place { id: int32 @key  zone: int32 }
entity Pair { a: int32  b: int32  key (a, b) }
entity Crew { id: int32 @key }
entity Thing {
  id: int32 @key
  name: string(9)? @ignore_case @unique
  place: -> Place? on delete restrict inverse things
  pair: -> Pair? on delete restrict inverse things
  crew: -> Crew? on delete restrict inverse things 0..2
  shelf: int32?
  is_open: bool
  low: int32?
  high: int32?
  unique one_open (shelf) where is_open
  unique (low, high) nulls equal
  at most 2 per (high) where is_open
  check grown on write: low <= 50
}
";

/// What another writer puts, beside what breaks nothing, and the rules that then are broken.
fn violations() -> Vec<(Json, Vec<&'static str>)> {
    vec![
        (
            json!({ "_id": 10, "is_open": false, "low": 10, "name": "ANN" }),
            vec!["Thing.name.unique"],
        ),
        (
            json!({ "_id": 11, "is_open": false, "low": 11, "place_id": 9 }),
            vec!["Thing.place.reference"],
        ),
        (
            json!({ "_id": 12, "is_open": false, "low": 12, "pair_a": 1, "pair_b": 9 }),
            vec!["Thing.pair.reference"],
        ),
        (
            json!({ "_id": 16, "is_open": false, "low": 51 }),
            vec!["Thing.grown"],
        ),
        (
            json!({ "_id": 16, "is_open": false, "low": 16, "crew_id": 9 }),
            vec!["Thing.crew.reference"],
        ),
        (
            json!({ "_id": 13, "is_open": false, "low": 13, "crew_id": 1 }),
            vec!["Thing.Crew.things.bounds"],
        ),
        (
            json!({ "_id": 14, "is_open": true, "low": 14, "shelf": 1 }),
            vec!["Thing.one_open"],
        ),
        (
            json!({ "_id": 15, "is_open": true, "low": 15, "high": 7 }),
            vec!["Thing.at most(high)"],
        ),
    ]
}

#[tokio::test]
async fn audits_find_what_mongodb_accepts() {
    for place in places(&[MONGODB]) {
        place
            .with_database("audits", async move |url| {
                let kernel = model::kernel(AUDITED);
                let client = created(&url, &kernel).await;
                let engine = opened(&url).await;
                let lowered = client.lowered().unwrap_or_else(|| panic!("it has a design"));
                let mut audits: Vec<(String, Json)> = Vec::new();
                for (facet, entry) in lowered.report().coverage.iter() {
                    let of = &kernel.facets[facet];
                    let (Outcome::Rule(RuleOutcome::Guarded { audit, .. }), Subject::Rule(rule)) =
                        (&entry.outcome, of.subject)
                    else {
                        continue;
                    };
                    let command: Json = serde_json::from_str(&audit.text).unwrap_or_else(|it| panic!("{it}"));
                    let tells = command.get("find").is_none() || command["filter"] != json!({});
                    if tells && of.facet != Facet::Living {
                        let rule = &kernel.rules[rule];
                        let name = format!("{}.{}", kernel.entities[rule.entity].name, rule.name);
                        audits.push((name, command));
                    }
                }
                let put = async |collection: &str, document: &Json| {
                    let command = json!({ "insert": collection, "documents": [document] });
                    request(&*engine, "insert", &command).await;
                };
                put("Place", &json!({ "_id": 1, "zone": 1 })).await;
                put("Pair", &json!({ "_id": { "a": 1, "b": 2 } })).await;
                put("Crew", &json!({ "_id": 1 })).await;
                for document in [
                    json!({ "_id": 1, "is_open": true, "low": 1, "high": 7, "name": "ann", "place_id": 1, "crew_id": 1 }),
                    json!({ "_id": 2, "is_open": true, "low": 2, "high": 7, "shelf": 1, "crew_id": 1 }),
                    json!({ "_id": 3, "is_open": false, "low": 3, "high": 7, "shelf": 1, "pair_a": 1, "pair_b": 2 }),
                    json!({ "_id": 4, "is_open": false, "low": 3 }),
                ] {
                    put("Thing", &document).await;
                }
                let broken = async || {
                    let mut broken = BTreeSet::new();
                    for (name, command) in &audits {
                        let word = if command.get("find").is_some() { "find" } else { "aggregate" };
                        let reply = request(&*engine, word, command).await;
                        let found = reply["cursor"]["firstBatch"].as_array().map_or(0, Vec::len);
                        if found > 0 {
                            broken.insert(name.clone());
                        }
                    }
                    broken
                };
                assert_eq!(broken().await, BTreeSet::new());
                for (document, expected) in violations() {
                    put("Thing", &document).await;
                    let expected: BTreeSet<String> = expected.into_iter().map(str::to_owned).collect();
                    assert_eq!(broken().await, expected, "{document}");
                    let gone = json!({ "delete": "Thing", "deletes": [{ "q": { "_id": document["_id"] }, "limit": 1 }] });
                    request(&*engine, "delete", &gone).await;
                }
                let witnessed = violations().into_iter().flat_map(|(_, names)| names);
                let witnessed: BTreeSet<String> = witnessed.map(str::to_owned).collect();
                let told: BTreeSet<String> = audits.iter().map(|(name, _)| name.clone()).collect();
                assert_eq!(witnessed, told);
            })
            .await;
    }
}
