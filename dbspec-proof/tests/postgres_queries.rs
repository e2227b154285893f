//! Queries of `PostgreSQL` beyond those of the examples, against the reference engine.
#![allow(clippy::panic)]

use std::sync::Arc;

use dbspec_core::backend::coverage::QueryOutcome;
use dbspec_core::kernel::Kernel;
use dbspec_core::rows::args_of;
use dbspec_core::value::hash_secret;
use dbspec_proof::engine::{POSTGRES_NEWEST, POSTGRES_OLDEST, created, opened, places, statement};
use dbspec_proof::{compare, model};
use serde_json::{Value as Json, json};

const MODEL: &str = r"model answered
entity Room { id: int32 @key  name: string(9) }
entity Login {
  id:     int32 @key
  name:   string(9)
  room:   -> Room?
  secret: hashed
  a:      float64
  b:      float64?
  kind:   string(3)?
}
access right (name: string(9), given: string(40)) {
  from Login where name == $name and verify(secret, $given)  order by id
}
access wrong (given: string(40)) {
  from Login where not verify(secret, $given) order by name desc, id page 2 with room full read
}
access quotient (least: float64) { from Login where a / b > $least order by id full read }
access product (least: float64, kind: string(3)?) {
  from Login where a * b * a < $least and kind == $kind when $kind order by b desc, id limit 5 full read
}
access sums () { from Login where room is null or a + b == a select id, a - b as less, a * a as square order by b, id page 3 full read }
access powers () { from Login select a * a as square distinct order by square full read }
access many () {
  from Login group by kind having count() > 1 and max(a) < 1e308 and sum(id, b is not null) >= 2
  select min(b) as least, kind as same order by least desc full read
}
access named () { from Login group by name, room having name != 'x' and (kinds > 0 or max(id) > 3) select count(kind) as kinds full read }
access all_or_none (least: int32) { from Login having count() > $least select max(a) as most full read }
access squares () { from Login group by kind having max(a * a) > 4 or min(a) < 0 select count() as many full read }
";

/// Floats where sums, products and quotients leave what a float holds.
const FLOATS: [f64; 9] = [0.0, 1.5, -2.25, 1.7e308, -1.7e308, 5e-324, 1e-200, 1e200, 3.0];

fn answered() -> Arc<Kernel> {
    model::kernel(&MODEL.replace('\'', "\""))
}

fn rows() -> Vec<(&'static str, Json)> {
    let rooms = ["north", "south"].iter().enumerate();
    let mut rows: Vec<_> = rooms
        .map(|(id, name)| ("Room", json!({ "id": id, "name": name })))
        .collect();
    for (at, a) in FLOATS.iter().enumerate() {
        for (and, b) in FLOATS.iter().enumerate() {
            let id = at * FLOATS.len() + and;
            let secret = ["one", "two", "three"][id % 3];
            let mut salt = [0; 16];
            salt[0] = u8::try_from(id).unwrap_or(0);
            rows.push((
                "Login",
                json!({
                    "id": id,
                    "name": (["x", "y", "z", "x y"])[id % 4],
                    "room": (id % 5 < 2).then_some(id % 5),
                    "secret": hash_secret(secret, salt, 1),
                    "a": a,
                    "b": (and != 8).then_some(b),
                    "kind": ([Some("k"), None, Some("l"), Some("")])[(id / 2) % 4],
                }),
            ));
        }
    }
    rows
}

/// What each query is asked with.
fn choices() -> Vec<(&'static str, Json)> {
    let mut all = vec![
        ("sums", json!({})),
        ("powers", json!({})),
        ("many", json!({})),
        ("named", json!({})),
        ("squares", json!({})),
        ("all_or_none", json!({ "least": 3 })),
        ("all_or_none", json!({ "least": 1000 })),
        ("product", json!({ "least": 1e308, "kind": "k" })),
    ];
    for given in ["one", "two", ""] {
        all.push(("right", json!({ "name": "x", "given": given })));
        all.push(("wrong", json!({ "given": given })));
    }
    for least in [0.0, -1.0, 1e300, 5e-324] {
        all.push(("quotient", json!({ "least": least })));
        all.push(("product", json!({ "least": least })));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sql_cannot_say_is_answered() {
    for place in places(&[POSTGRES_NEWEST, POSTGRES_OLDEST]) {
        let name = place.name;
        place
            .with_database("answered", async move |url| {
                let kernel = answered();
                let given = rows();
                let read = given.iter().map(|(entity, row)| {
                    let entity = kernel.entity(entity).unwrap_or_else(|| panic!("no {entity}"));
                    let row = dbspec_core::rows::row_of(&kernel, entity, row);
                    (entity, row.unwrap_or_else(|error| panic!("{error}")))
                });
                let read: Vec<_> = read.collect();
                let memory = model::memory(&kernel, read.clone());
                let client = created(&url, &kernel).await;
                let loaded = client.load(read, &mut |_, _| {}).await;
                loaded.unwrap_or_else(|error| panic!("{error}"));
                statement(&*opened(&url).await, "ANALYZE").await;
                let mut rows = 0;
                for (query, args) in choices() {
                    let id = kernel.query(query).unwrap_or_else(|| panic!("no {query}"));
                    let outcome = compare::outcome(&client, id);
                    assert!(
                        !matches!(outcome, Some(QueryOutcome::NotServed { .. }) | None),
                        "{query} is not served"
                    );
                    let args = args.as_object().cloned().unwrap_or_default();
                    let args = args_of(&kernel, &kernel.queries[id].params, &args);
                    let args = args.unwrap_or_else(|error| panic!("{query}: {error}"));
                    let context = model::context(&kernel);
                    let same = compare::same_answers(&client, &memory, (id, &args), &context).await;
                    rows += same.unwrap_or_else(|difference| panic!("{name}: {difference}"));
                }
                assert!(rows > 100, "{name}: only {rows} rows were compared");
            })
            .await;
    }
}
