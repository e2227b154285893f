//! Writes on `PostgreSQL` beyond those that are generated, against the reference engine.
#![allow(clippy::panic)]

use dbspec_core::rows::args_of;
use dbspec_core::semantics::Operation;
use dbspec_live::LiveError;
use dbspec_proof::engine::{POSTGRES_NEWEST, POSTGRES_OLDEST, created, places};
use dbspec_proof::{compare, model};
use serde_json::json;

const MODEL: &str = r"model swapped
entity Hall { id: int32 @key  name: string(9) @unique }
entity Seat in Hall as seats {
  id:   int32 @key
  no:   int32 @unique
  line: string(3)?
  unique place (line, no)
}
access seats () { from Seat order by no full read }
write swap (a: -> Seat, b: -> Seat, x: int32, y: int32, to: string(3)?) {
  update Seat where self == $a set no = $y
  update Seat where self == $b set no = $x, line = $to
}
";

#[tokio::test(flavor = "multi_thread")]
async fn rows_swap_unique_values() {
    for place in places(&[POSTGRES_NEWEST, POSTGRES_OLDEST]) {
        let name = place.name;
        place
            .with_database("swapped", async move |url| {
                let kernel = model::kernel(MODEL);
                let entity = |name: &str| kernel.entity(name).unwrap_or_else(|| panic!("no {name}"));
                let row = |of: &str, row: &serde_json::Value| {
                    let read = dbspec_core::rows::row_of(&kernel, entity(of), row);
                    (entity(of), read.unwrap_or_else(|error| panic!("{error}")))
                };
                let mut rows = vec![row("Hall", &json!({ "id": 1, "name": "north" }))];
                for id in 1..=3 {
                    rows.push(row(
                        "Seat",
                        &json!({ "owner": 1, "id": id, "no": 10 * id, "line": "a" }),
                    ));
                }
                let mut memory = model::memory(&kernel, rows.clone());
                let client = created(&url, &kernel).await;
                let loaded = client.load(rows, &mut |_, _| {}).await;
                loaded.unwrap_or_else(|error| panic!("{error}"));
                let write = kernel.write("swap").unwrap_or_else(|| panic!("no swap"));
                let seats = kernel.query("seats").unwrap_or_else(|| panic!("no seats"));
                let seat = |id: i32| json!({ "owner": 1, "id": id });
                // Two swap their numbers; two get one number; a third has it already.
                for (a, b, x, y, done) in [(1, 2, 10, 20, true), (1, 3, 5, 5, false), (1, 2, 20, 30, false)] {
                    let given = json!({ "a": seat(a), "b": seat(b), "x": x, "y": y, "to": "a" });
                    let given = given.as_object().cloned().unwrap_or_default();
                    let declared = &kernel.writes[write];
                    let params = &declared.vars[..usize::from(declared.params)];
                    let args = args_of(&kernel, params, &given);
                    let args = args.unwrap_or_else(|error| panic!("{error}"));
                    let operation = Operation::Call(write, args);
                    let context = model::context(&kernel);
                    let expected = memory.apply(&operation, &context);
                    let found = client.write(operation, &context).await;
                    assert_eq!(expected.is_ok(), done, "{name}: {a} and {b} in memory");
                    match (found, expected) {
                        (Ok(_), Ok(_)) => {}
                        (Err(LiveError::Refused { refusals, .. }), Err(expected)) => {
                            assert!(
                                refusals.iter().all(|it| expected.contains(it)),
                                "{name}: {refusals:?}"
                            );
                        }
                        (found, expected) => panic!("{name}: {found:?}, expected {expected:?}"),
                    }
                    let same = compare::same_answers(&client, &memory, (seats, &[]), &context).await;
                    assert_eq!(same, Ok(3), "{name}");
                }
            })
            .await;
    }
}
