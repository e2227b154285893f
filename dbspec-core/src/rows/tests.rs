use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::check::check;
use crate::kernel::{EntityId, Kernel};
use crate::syntax::parse;

fn kernel() -> Arc<Kernel> {
    let model = parse(
        "model rows
         enum Size ordered { small large }
         type Spot { x: int32  label: string(4)? }
         session { owner: -> Box? }
         entity Box { id: int64 @key }
         entity Slot in Box as slots { n: int32 @key }
         entity Thing {
           id:     uuid = uuid7() @key
           slot:   -> Slot?
           price:  decimal(9, 2)?
           size:   Size = small
           spot:   Spot?
           days:   range<date>?
           tags:   list<string(9)>
           marks:  map<string(9), int32>
           raw:    bytes(9)?
           extra:  json?
           secret: hashed?
         }
         relation Near: Box.near *--* Thing.near
         access things (slot: -> Slot, boxes: list<-> Box> 1..3, least: decimal(9, 2)?) {
           from Thing where slot == $slot and price >= $least when $least  order by id  full read
         }",
    );
    check(model).expect("a model")
}

fn entity(kernel: &Kernel, name: &str) -> EntityId {
    kernel.entity(name).expect("an entity")
}

fn read(kernel: &Kernel, name: &str, json: &Json) -> Result<Json, String> {
    let entity = entity(kernel, name);
    let given = row_of(kernel, entity, json).map_err(|it| it.to_string())?;
    Ok(row_json(kernel, entity, &print::filled(kernel, entity, &given)))
}

#[test]
fn rows_are_read_as_they_are_printed() {
    let kernel = kernel();
    let thing = json!({
        "id": "019b76da-a800-722c-9970-83bd438b7f6d",
        "slot": { "owner": 9_007_199_254_740_992_i64, "n": 2 },
        "price": "12.50",
        "size": "large",
        "spot": { "x": 1, "label": null },
        "days": { "start": "2026-01-31", "end": "2026-02-01" },
        "tags": ["a", "b"],
        "marks": { "it's": 3, "\u{1F600}": -1 },
        "raw": "AP8=",
        "extra": { "a": [1, null, { "b": "c" }] },
    });
    assert_eq!(read(&kernel, "Thing", &thing), Ok(thing.clone()));
    let beyond = json!({ "id": "9007199254740993" });
    assert_eq!(read(&kernel, "Box", &beyond), Ok(beyond.clone()));
    // An owned row carries its owner, a link its ends; a key of one leaf may be an object as well.
    assert_eq!(
        read(&kernel, "Slot", &json!({ "owner": { "id": "7" }, "n": "3" })),
        Ok(json!({ "owner": 7, "n": 3 }))
    );
    let near = json!({ "box": 1, "thing": "019b76da-a800-722c-9970-83bd438b7f6d" });
    assert_eq!(read(&kernel, "Near", &near), Ok(near.clone()));
}

#[test]
fn secrets_go_in_and_never_come_out() {
    let kernel = kernel();
    let hashed = json!({ "tags": [], "secret": "$scheme$salt$hash" });
    assert_eq!(read(&kernel, "Thing", &hashed), Ok(json!({ "tags": [] })));
    let misread = read(&kernel, "Thing", &json!({ "secret": 12345 })).expect_err("no text");
    assert!(!misread.contains("12345"), "{misread}");
}

#[test]
fn what_does_not_fit_is_said_with_its_place() {
    let kernel = kernel();
    let wrong = |json: Json| read(&kernel, "Thing", &json).expect_err("it doesn't fit");
    assert_eq!(
        wrong(json!({ "colour": 1 })),
        "there is no `colour` here; there are id, slot, price, size, spot, days, tags, marks, raw, extra, secret"
    );
    assert_eq!(
        wrong(json!({ "slot": { "owner": 1, "m": 2 } })),
        "slot: there is no `m` here; there are owner, n"
    );
    assert_eq!(
        wrong(json!({ "price": 1.5 })),
        "price: expected a decimal, as a string, found a number"
    );
    assert_eq!(
        wrong(json!({ "tags": ["a", 1] })),
        "tags[1]: expected a string, found a number"
    );
    assert_eq!(
        wrong(json!({ "size": "huge" })),
        "size: no label of `Size`, which has small, large"
    );
    assert_eq!(wrong(json!([])), "expected a row of Thing, found an array");
    let lines = "{\"id\": 1}\n\n{\"id\": true}";
    let misfit = rows_of(&kernel, entity(&kernel, "Box"), lines).expect_err("the third line");
    assert_eq!(
        misfit.to_string(),
        "line 3: id: expected an integer, found a boolean"
    );
    assert_eq!(
        rows_of(&kernel, entity(&kernel, "Box"), "{")
            .expect_err("no JSON")
            .line,
        Some(1)
    );
}

#[test]
fn arguments_are_one_a_parameter() {
    let kernel = kernel();
    let params = &kernel.queries[kernel.query("things").expect("a query")].params;
    let args = |json: Json| {
        let Json::Object(given) = json else {
            return Err("no object".to_owned());
        };
        args_of(&kernel, params, &given).map_err(|it| it.to_string())
    };
    let slot = || json!({ "owner": 1, "n": 2 });
    assert_eq!(
        args(json!({ "slot": slot(), "boxes": [1, { "id": 2 }] })),
        Ok(vec![
            Value::List(vec![Value::Int(1), Value::Int(2)]),
            Value::List(vec![Value::Int(1), Value::Int(2)]),
            Value::Null
        ])
    );
    assert_eq!(args(json!({ "boxes": [1] })), Err("`slot` is missing".to_owned()));
    assert_eq!(
        args(json!({ "slot": slot(), "boxes": [] })),
        Err("boxes: expected an array of at least 1, at most 3 items, found an array".to_owned())
    );
    assert_eq!(
        args(json!({ "slot": slot(), "box": 1 })),
        Err("there is no `box` here; there are slot, boxes, least".to_owned())
    );
    let least = params
        .iter()
        .find(|it| &*it.name == "least")
        .expect("a parameter");
    assert_eq!(param_json(&kernel, &least.ty, "1.50"), Ok(json!("1.50")));
    let session: Map<String, Json> = [("owner".to_owned(), json!(4))].into_iter().collect();
    assert_eq!(
        session_of(&kernel, &session),
        Ok(vec![Value::List(vec![Value::Int(4)])])
    );
    assert_eq!(session_of(&kernel, &Map::new()), Ok(vec![Value::Null]));
}

#[test]
fn what_needs_each_other_is_one_unit() {
    let model = parse(
        "model units
         entity A { id: int32 @key  b: -> B }
         entity B { id: int32 @key  a: -> A  up: -> B? }
         entity Order { id: int32 @key }
         entity Line in Order as lines 1..9 { n: int32 @key }",
    );
    let kernel = check(model).expect("a model");
    let row = |name: &str, json: Json| {
        let entity = entity(&kernel, name);
        (entity, row_of(&kernel, entity, &json).expect("a row"))
    };
    let rows = vec![
        row("Line", json!({ "owner": 1, "n": 2 })),
        row("B", json!({ "id": 2, "a": 1, "up": 1 })),
        row("A", json!({ "id": 1, "b": 1 })),
        row("B", json!({ "id": 1, "a": 1 })),
        row("Order", json!({ "id": 1 })),
    ];
    let units: Vec<Vec<String>> = units(&kernel, rows)
        .iter()
        .map(|unit| {
            unit.iter()
                .map(|(entity, row)| format!("{} {}", kernel.entities[*entity].name, row.len()))
                .collect()
        })
        .collect();
    assert_eq!(
        units,
        [vec!["Line 2", "Order 1"], vec!["A 2", "B 2"], vec!["B 3"]]
    );
}
