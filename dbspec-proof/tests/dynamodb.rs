//! Witnesses of what is claimed of DynamoDB, by plain requests: what is guarded is accepted from another writer, and the
//! audit finds exactly it.
#![allow(clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use dbspec_core::backend::coverage::{Outcome, RuleOutcome};
use dbspec_core::kernel::{Kernel, Subject};
use dbspec_core::rows;
use dbspec_core::semantics::Operation;
use dbspec_core::value::Value;
use dbspec_live::{Client, Engine};
use dbspec_proof::engine::{DYNAMODB, created, opened, places, request};
use dbspec_proof::model;
use serde_json::{Value as Json, json};

const WITNESSED: &str = r#"model witness
enum Size { small large }
entity Owner @version {
  id: int32 @key
  name: string(5)
  size: Size = small
  born: date?
  tags: list<string(3)> 0..2
  blob: bytes(3)?
  stars: int32? 1..5
  check adult: born <= date("2008-01-01")
  check named: size == small or born is not null
}
entity Child in Owner as children {
  at: int32 @key
  amount: decimal(6, 2)
  paid: decimal(6, 2)?
  check enough: paid <= amount
}
entity Other { id: int32 @key  name: string(5) }
"#;

/// What another writer puts into a row's item, and the rules that it breaks.
fn violations() -> Vec<(&'static str, &'static str, Json)> {
    vec![
        ("Owner", "name", json!({ "N": "1" })),
        ("Owner", "name", Json::Null),
        ("Owner", "size", json!({ "BOOL": true })),
        ("Owner", "size", Json::Null),
        ("Owner", "size", json!({ "S": "large" })),
        ("Owner", "born", json!({ "S": "2009-01-01" })),
        ("Owner", "born", json!({ "N": "2000" })),
        (
            "Owner",
            "tags",
            json!({ "L": [{ "S": "a" }, { "S": "b" }, { "S": "c" }] }),
        ),
        ("Owner", "tags", json!({ "SS": ["a"] })),
        ("Owner", "tags", Json::Null),
        ("Owner", "blob", json!({ "B": "AAECAw==" })),
        ("Owner", "blob", json!({ "S": "abc" })),
        ("Owner", "stars", json!({ "N": "0" })),
        ("Owner", "stars", json!({ "N": "6" })),
        ("Owner", "stars", json!({ "S": "3" })),
        ("Owner", "version", json!({ "N": "0" })),
        ("Owner", "version", json!({ "S": "1" })),
        ("Owner", "version", Json::Null),
        ("Owner", "id", json!({ "S": "1" })),
        ("Owner", "id", Json::Null),
        ("Child", "children.amount", json!({ "S": "1" })),
        ("Child", "children.amount", Json::Null),
        ("Child", "children.amount", json!({ "N": "0.01" })),
        ("Child", "children.paid", json!({ "N": "10000" })),
        ("Child", "children.paid", json!({ "S": "0" })),
        ("Child", "children.at", json!({ "S": "1" })),
        ("Child", "children.at", json!({ "N": "2147483648" })),
        ("Child", "children.at", json!({ "N": "-2147483649" })),
        ("Child", "children.paid", json!({ "N": "-10000" })),
        ("Owner", "size", json!({ "S": "huge" })),
        ("Child", "children.at", Json::Null),
        ("Child", "children.owner.id", json!({ "S": "1" })),
        ("Child", "children.owner.id", Json::Null),
        ("Other", "name", json!({ "BOOL": false })),
        ("Other", "name", Json::Null),
        ("Other", "id", json!({ "S": "1" })),
        ("Other", "id", Json::Null),
    ]
}

/// An audit that tells what breaks its rule by itself, and whose rule it is.
struct Audit {
    rule: String,
    entity: String,
    request: Json,
    /// Whether its filter tells violations; else it reads all rows that the rule binds.
    tells: bool,
}

fn audits(client: &Client, kernel: &Kernel) -> Vec<Audit> {
    let lowered = client.lowered().unwrap_or_else(|| panic!("it has a design"));
    let mut all = Vec::new();
    for (facet, entry) in lowered.report().coverage.iter() {
        let (Outcome::Rule(RuleOutcome::Guarded { audit, .. }), Subject::Rule(rule)) =
            (&entry.outcome, kernel.facets[facet].subject)
        else {
            continue;
        };
        let request: Json = serde_json::from_str(&audit.text).unwrap_or_else(|error| panic!("{error}"));
        let filter = request["FilterExpression"].as_str().unwrap_or_default();
        let tells = !["", "#0 = :0", "begins_with(#0, :0)"].contains(&filter);
        let entity = kernel.entities[kernel.rules[rule].entity].name.to_string();
        all.push(Audit {
            rule: format!("{entity}.{}", kernel.rules[rule].name),
            entity,
            request,
            tells,
        });
    }
    all
}

/// What tells an item from the others of its table.
fn key(item: &Json) -> [Json; 2] {
    [item["pk"].clone(), item["sk"].clone()]
}

/// The items that an audit finds.
async fn found(engine: &dyn Engine, audit: &Audit) -> Vec<Json> {
    let reply = request(engine, "Scan", &audit.request).await;
    reply["Items"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn audits_find_what_dynamodb_accepts() {
    for place in places(&[DYNAMODB]) {
        place
            .with_database("audits", async move |url| {
                let kernel = model::kernel(WITNESSED);
                let client = created(&url, &kernel).await;
                let rows = [
                    (
                        "Owner",
                        json!({ "id": 1, "name": "Ann", "tags": ["a", "b"], "stars": 5, "blob": "AAEC" }),
                    ),
                    (
                        "Owner",
                        json!({ "id": 2, "name": "Bob", "tags": [], "born": "2008-01-01", "size": "large" }),
                    ),
                    (
                        "Child",
                        json!({ "owner": 1, "at": 1, "amount": "1.00", "paid": "1.00" }),
                    ),
                    ("Child", json!({ "owner": 2, "at": 1, "amount": "9999.99" })),
                    ("Other", json!({ "id": 1, "name": "" })),
                ];
                let given = rows.iter().map(|(entity, row)| {
                    let entity = kernel.entity(entity).unwrap_or_else(|| panic!("no {entity}"));
                    let row = dbspec_core::rows::row_of(&kernel, entity, row);
                    (entity, row.unwrap_or_else(|error| panic!("{error}")))
                });
                let loaded = client.load(given.collect(), &mut |_, _| {}).await;
                loaded.unwrap_or_else(|error| panic!("{error}"));
                let engine = opened(&url).await;
                let audits = audits(&client, &kernel);
                let mut items: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
                for audit in &audits {
                    let found = found(&*engine, audit).await;
                    if audit.tells {
                        assert!(found.is_empty(), "{}: {found:?}", audit.rule);
                    } else {
                        let rows = rows.iter().filter(|(entity, _)| *entity == audit.entity);
                        assert_eq!(found.len(), rows.count(), "{}", audit.rule);
                        items.entry(&audit.entity).or_insert(found);
                    }
                }
                let mut witnessed = BTreeSet::new();
                for (entity, attribute, value) in violations() {
                    for right in &items[entity] {
                        let mut wrong = right.clone();
                        if value.is_null() {
                            wrong.as_object_mut().and_then(|it| it.remove(attribute));
                        } else {
                            wrong[attribute] = value.clone();
                        }
                        let table = audits.iter().find(|it| it.entity == entity);
                        let table = &table.unwrap_or_else(|| panic!("{entity}")).request["TableName"];
                        request(&*engine, "PutItem", &json!({ "TableName": table, "Item": wrong })).await;
                        let mut broken = 0;
                        for audit in audits.iter().filter(|it| it.tells) {
                            let found = found(&*engine, audit).await;
                            if !found.is_empty() {
                                broken += 1;
                                // Numbers may come back written otherwise.
                                let found: Vec<_> = found.iter().map(key).collect();
                                assert_eq!(found, [key(&wrong)], "{}", audit.rule);
                                assert_eq!(audit.entity, entity, "{}", audit.rule);
                                witnessed.insert(audit.rule.clone());
                            }
                        }
                        // `large` breaks a rule where no birthday is known, 0.01 where more is paid, alone.
                        let always = value != json!({ "S": "large" }) && value != json!({ "N": "0.01" });
                        assert!(
                            broken > 0 || !always,
                            "no audit finds {attribute} = {value} of {right}"
                        );
                        request(&*engine, "PutItem", &json!({ "TableName": table, "Item": right })).await;
                    }
                }
                let told = audits.iter().filter(|it| it.tells).map(|it| it.rule.clone());
                let told: BTreeSet<String> = told.collect();
                assert_eq!(told, witnessed, "each of these rules is broken by something");
            })
            .await;
    }
}

/// An order of as many lines as are declared goes in and out whole, though each line counts at its product.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_holds_the_lines_that_are_declared() {
    const LINES: i64 = 50;
    const CUSTOMER: &str = "019b76da-a800-722c-9970-83bd438b7f6d";
    for place in places(&[DYNAMODB]) {
        place
            .with_database("largest", async move |url| {
                let kernel = model::example("shop");
                let client = created(&url, &kernel).await;
                let hash = dbspec_core::value::hash_secret("secret", [0; 16], 1);
                let customer =
                    json!({ "id": CUSTOMER, "email": "a@b.c", "name": "A", "password": hash, "tags": [] });
                let product = |at: i64| {
                    json!({ "id": at, "sku": format!("ABC-{at}"), "name": "", "price": "1", "stock": 9 })
                };
                let mut given = vec![("Customer", customer)];
                given.extend((0..LINES).map(|at| ("Product", product(at))));
                let given = given.iter().map(|(entity, row)| {
                    let entity = kernel.entity(entity).unwrap_or_else(|| panic!("no {entity}"));
                    let row = rows::row_of(&kernel, entity, row);
                    (entity, row.unwrap_or_else(|error| panic!("{error}")))
                });
                let loaded = client.load(given.collect(), &mut |_, _| {}).await;
                loaded.unwrap_or_else(|error| panic!("{error}"));

                let write = kernel.write("place_order").unwrap_or_else(|| panic!("it is declared"));
                let lines: Vec<_> = (0..LINES)
                    .map(|at| json!({ "line_no": at, "product": at, "quantity": 2, "unit_price": "1.50" }))
                    .collect();
                let args = json!({ "customer": CUSTOMER, "lines": lines });
                let params = &kernel.writes[write].vars[..usize::from(kernel.writes[write].params)];
                let args = args.as_object().and_then(|it| rows::args_of(&kernel, params, it).ok());
                let args = args.unwrap_or_else(|| panic!("no arguments"));
                let mut context = model::context(&kernel);
                let placed = client.write(Operation::Call(write, args), &context).await;
                let placed = placed.unwrap_or_else(|error| panic!("{error}"));
                let Value::Map(placed) = placed else {
                    panic!("{placed:?}")
                };
                let id = placed.first().map(|(_, id)| id.clone());

                let engine = opened(&url).await;
                let (_, prefix) = url.split_once("&prefix=").unwrap_or_else(|| panic!("{url}"));
                let scan = async |table: &str| {
                    let table = format!("{prefix}.{table}");
                    let reply = request(&*engine, "Scan", &json!({ "TableName": table })).await;
                    reply["Items"].as_array().cloned().unwrap_or_default()
                };
                let orders = scan("Order").await;
                assert_eq!(orders.len(), 1);
                let total = orders[0]["total"]["N"].as_str().unwrap_or_default();
                assert_eq!(total.trim_end_matches(".00"), "150");
                let listed = orders[0]["lines"]["L"].as_array();
                assert_eq!(listed.map(Vec::len), usize::try_from(LINES).ok());
                let left = |products: &[Json], stock: &str| products.iter().all(|it| it["stock"]["N"] == stock);
                assert!(left(&scan("Product").await, "7"));

                // Orders are kept for seven years.
                context.now += 8 * 366 * 86_400 * 1_000_000;
                let order = kernel.entity("Order").unwrap_or_else(|| panic!("it is there"));
                let removed = client.write(Operation::Delete(order, id.into_iter().collect()), &context).await;
                removed.unwrap_or_else(|error| panic!("{error}"));
                assert!(scan("Order").await.is_empty());
                assert!(left(&scan("Product").await, "7"));
            })
            .await;
    }
}
