//! What a model means, case by case, where generated operations seldom come.
#![allow(clippy::panic)]

use dbspec_core::check::check;
use dbspec_core::semantics::{Context, Operation};
use dbspec_core::syntax::parse;
use dbspec_memory::{Memory, MemoryError};
use serde_json::{Map, Value as Json, json};

fn memory(entities: &str) -> Memory {
    let text = format!("model meaning\n{entities}");
    Memory::new(check(parse(&text)).unwrap_or_else(|it| panic!("{it}")))
}

#[track_caller]
fn refused(result: Result<impl std::fmt::Debug, MemoryError>) -> Vec<String> {
    match result {
        Err(MemoryError::Refused { names, .. }) => names,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
fn done<T>(result: Result<T, MemoryError>) -> T {
    result.unwrap_or_else(|it| panic!("{it}"))
}

fn row(memory: &Memory, entity: &str, key: &Json) -> Json {
    done(memory.get(entity, key)).unwrap_or_default()
}

#[test]
fn references_follow_a_key_that_changes() {
    let mut it = memory(
        "entity A { id: int32 @key @mutable }
         entity B { id: int32 @key  a: -> A @immutable }
         entity C in B as cs { n: int32 @key }",
    );
    done(it.insert("A", &json!({ "id": 1 })));
    done(it.insert("B", &json!({ "id": 7, "a": 1 })));
    done(it.update("A", &json!(1), &json!({ "id": 2 })));
    assert_eq!(row(&it, "B", &json!(7)), json!({ "id": 7, "a": 2 }));
    assert_eq!(row(&it, "A", &json!(1)), Json::Null);
    // A key that isn't mutable stays, and so does a reference that is immutable.
    assert_eq!(
        refused(it.update("B", &json!(7), &json!({ "id": 8 }))),
        ["B.id.immutable"]
    );
    done(it.insert("A", &json!({ "id": 3 })));
    assert_eq!(
        refused(it.update("B", &json!(7), &json!({ "a": 3 }))),
        ["B.a.immutable"]
    );
    assert_eq!(refused(it.update("A", &json!(2), &json!({ "id": 3 }))), ["A.key"]);
    assert_eq!(it.audit(), []);
}

#[test]
fn rules_are_judged_once_at_the_end() {
    let mut it = memory(
        "entity A { id: int32 @key  b: -> B }
         entity B { id: int32 @key  a: -> A }
         entity P { id: int32 @key  place: int32 @unique }
         write swap (one: -> P, other: -> P) {
           read P where self == $one as first
           read P where self == $other as second
           update P where self == $one set place = second.place
           update P where self == $other set place = first.place
         }",
    );
    // Cyclic required references are legal: together, not alone.
    let (a, b) = (json!({ "id": 1, "b": 1 }), json!({ "id": 1, "a": 1 }));
    assert_eq!(refused(it.insert("A", &a)), ["A.b.reference"]);
    done(it.insert_all([("A", &a), ("B", &b)]));
    done(it.insert("P", &json!({ "id": 1, "place": 10 })));
    done(it.insert("P", &json!({ "id": 2, "place": 20 })));
    let args: Map<String, Json> = [("one".into(), json!(1)), ("other".into(), json!(2))]
        .into_iter()
        .collect();
    done(it.call("swap", &args));
    assert_eq!(row(&it, "P", &json!(1))["place"], 20);
    assert_eq!(row(&it, "P", &json!(2))["place"], 10);
    assert_eq!(it.audit(), []);
}

#[test]
fn what_is_back_names_only_what_lives() {
    let mut it = memory(
        "entity A @soft_delete { id: int32 @key }
         entity B @soft_delete { id: int32 @key  a: -> A on delete cascade }",
    );
    done(it.insert("A", &json!({ "id": 1 })));
    done(it.insert("B", &json!({ "id": 1, "a": 1 })));
    done(it.delete("B", &json!(1)));
    done(it.delete("A", &json!(1)));
    assert_eq!(refused(it.restore("B", &json!(1))), ["B.a.reference"]);
    done(it.restore("A", &json!(1)));
    done(it.restore("B", &json!(1)));
    // Really removed, what cascades goes.
    done(it.delete("A", &json!(1)));
    assert_ne!(row(&it, "B", &json!(1)), Json::Null);
    done(it.purge("A", &json!(1)));
    assert_eq!(row(&it, "B", &json!(1)), Json::Null);
    assert_eq!(refused(it.purge("A", &json!(1))), ["not exactly one row of A"]);
}

#[test]
fn owned_rows_come_back_with_their_owner_alone() {
    let mut it = memory(
        "entity A @soft_delete { id: int32 @key  derive parts: int64 = count(bs) }
         entity B in A as bs 0..3 { n: int32 @key }",
    );
    let (a, b1, b2) = (json!({ "id": 1 }), json!({ "n": 1 }), json!({ "n": 2 }));
    done(it.insert_all([("A", &a), ("B", &b1), ("B", &b2)]));
    let key = |n: i32| json!({ "owner": 1, "n": n });
    it.set_now(1_000_000);
    done(it.delete("B", &key(1)));
    assert_eq!(row(&it, "A", &json!(1))["parts"], 1);
    it.set_now(2_000_000);
    done(it.delete("A", &json!(1)));
    assert_eq!(row(&it, "B", &key(2)), Json::Null);
    done(it.restore("A", &json!(1)));
    assert_eq!(row(&it, "B", &key(1)), Json::Null, "it went before");
    assert_ne!(row(&it, "B", &key(2)), Json::Null);
    assert_eq!(row(&it, "A", &json!(1))["parts"], 1);
    assert_eq!(it.audit(), []);
}

#[test]
fn both_ends_share() {
    let mut it = memory(
        "entity C { id: int32 @key }
         entity P { id: int32 @key  c: -> C }
         entity O { id: int32 @key  c: -> C  p: -> P? on delete set null sharing c }",
    );
    for id in [1, 2] {
        done(it.insert("C", &json!({ "id": id })));
        done(it.insert("P", &json!({ "id": id, "c": id })));
    }
    assert_eq!(
        refused(it.insert("O", &json!({ "id": 1, "c": 1, "p": 2 }))),
        ["O.p.reference"]
    );
    done(it.insert("O", &json!({ "id": 1, "c": 1, "p": 1 })));
    // Whichever end changes.
    assert_eq!(
        refused(it.update("P", &json!(1), &json!({ "c": 2 }))),
        ["O.p.reference"]
    );
    assert_eq!(
        refused(it.update("O", &json!(1), &json!({ "c": 2 }))),
        ["O.p.reference"]
    );
    done(it.delete("P", &json!(1)));
    assert_eq!(row(&it, "O", &json!(1)), json!({ "id": 1, "c": 1 }));
}

#[test]
fn groups_of_rows_keep_their_limits() {
    let mut it = memory(
        "entity R { id: int32 @key  room: int32  open: bool  during: range<date>?
           at most 2 per (room) where open
           no overlap (room, during) }",
    );
    let row =
        |id: i32, open: bool, during: Json| json!({ "id": id, "room": 1, "open": open, "during": during });
    let days = |start: &str, end: &str| json!({ "start": start, "end": end });
    done(it.insert("R", &row(1, true, days("2026-01-01", "2026-01-05"))));
    // Half-open: one may begin where the other ends.
    done(it.insert("R", &row(2, true, days("2026-01-05", "2026-01-09"))));
    assert_eq!(
        refused(it.insert("R", &row(3, false, days("2026-01-04", "2026-01-05")))).len(),
        1
    );
    assert_eq!(
        refused(it.insert("R", &row(3, false, days("2025-01-01", "2027-01-01")))).len(),
        1
    );
    assert_eq!(refused(it.insert("R", &row(3, true, Json::Null))).len(), 1);
    done(it.insert("R", &row(3, false, Json::Null)));
    assert_eq!(
        refused(it.update("R", &json!(3), &json!({ "open": true }))).len(),
        1
    );
    assert_eq!(
        refused(it.insert("R", &row(4, false, days("2026-02-02", "2026-02-02")))).len(),
        1,
        "a range starts before it ends"
    );
    assert_eq!(
        refused(it.insert("R", &row(4, false, days("2026-01-08", "2026-01-03")))).len(),
        1,
        "and one that doesn't overlaps nothing"
    );
    done(it.update(
        "R",
        &json!(1),
        &json!({ "during": days("2026-01-02", "2026-01-05") }),
    ));
    assert_eq!(it.audit(), []);
}

#[test]
fn versions_are_seen_and_rise_once_a_write() {
    let mut it = memory("entity A @version { id: int32 @key  n: int32 = 0 }");
    done(it.insert("A", &json!({ "id": 1, "version": 9 })));
    assert_eq!(row(&it, "A", &json!(1))["version"], 1);
    let kernel = it.kernel().clone();
    let entity = kernel.entity("A").expect("an entity");
    let context = Context {
        now: 0,
        seed: 0,
        session: Vec::new(),
    };
    let update = |version: i64| Operation::Update {
        entity,
        key: vec![dbspec_core::value::Value::Int(1)],
        set: std::collections::BTreeMap::new(),
        version: Some(version),
    };
    assert!(it.apply(&update(2), &context).is_err());
    assert!(it.apply(&update(1), &context).is_ok());
    assert_eq!(row(&it, "A", &json!(1))["version"], 2);
}

#[test]
fn rows_are_kept_for_their_time() {
    let mut it = memory("entity A { id: int32 @key  made: date? }\nkeep A at least 1 month from made");
    done(it.insert("A", &json!({ "id": 1, "made": "2026-01-31" })));
    done(it.insert("A", &json!({ "id": 2 })));
    let at =
        |day: &str| dbspec_core::value::parse_timestamp(&format!("{day}T00:00:00Z")).expect("a timestamp");
    it.set_now(at("2026-02-27"));
    assert_eq!(refused(it.delete("A", &json!(1))).len(), 1);
    done(it.delete("A", &json!(2)));
    // A calendar month after the 31st of January ends with February.
    it.set_now(at("2026-02-28"));
    done(it.delete("A", &json!(1)));
}

#[test]
fn answers_are_ordered_grouped_and_nested() {
    let mut it = memory(
        "entity A { id: int32 @key }
         entity B { id: int32 @key  a: -> A on delete restrict inverse bs  n: int32?  d: decimal(6, 2) = 1 }
         access up { from B  order by n  full read }
         access down { from B  order by n desc  page 2  full read }
         access few (a: -> A, least: int32?) { from B where a == $a and n >= $least when $least  order by id desc  limit 1 }
         access sums { from B  group by a  select count() as rows, sum(n) as n, avg(d) as d, max(n) as top  having rows > 1  full read }
         access kinds { from B  select distinct a as a  full read }
         access whole (id: int32) { from A where id == $id  with bs (d) order by d desc limit 2 }",
    );
    for id in [1, 2] {
        done(it.insert("A", &json!({ "id": id })));
    }
    let rows = [
        (1, 1, json!(5), "0.50"),
        (2, 1, Json::Null, "0.25"),
        (3, 2, json!(3), "1.00"),
        (4, 1, json!(5), "0.33"),
    ];
    for (id, a, n, d) in rows {
        done(it.insert("B", &json!({ "id": id, "a": a, "n": n, "d": d })));
    }
    let ask = |query: &str, args: Json, after: Option<&Json>| {
        let Json::Object(args) = args else {
            return (Vec::new(), None);
        };
        done(it.query(query, &args, after))
    };
    let ids = |rows: &[Json]| {
        rows.iter()
            .filter_map(|row| row["id"].as_i64())
            .collect::<Vec<_>>()
    };
    // Nulls are last ascending and first descending; the key breaks ties, in the direction of the last term.
    assert_eq!(ids(&ask("up", json!({}), None).0), [3, 1, 4, 2]);
    let (first, next) = ask("down", json!({}), None);
    let (second, end) = ask("down", json!({}), next.as_ref());
    let (third, no_more) = ask("down", json!({}), end.as_ref());
    assert_eq!((ids(&first), ids(&second)), (vec![2, 4], vec![1, 3]));
    assert_eq!(
        (third, no_more),
        (Vec::new(), None),
        "a full page says that there may be more"
    );
    // An optional condition counts only if it is given.
    assert_eq!(ids(&ask("few", json!({ "a": 1 }), None).0), [4]);
    assert_eq!(
        ids(&ask("few", json!({ "a": 1, "least": 6 }), None).0),
        Vec::<i64>::new()
    );
    // Exact, half-even at the scale + 6; nulls don't count.
    assert_eq!(
        ask("sums", json!({}), None).0,
        [json!({ "a": 1, "rows": 3, "n": 10, "d": "0.36000000", "top": 5 })]
    );
    assert_eq!(
        ask("kinds", json!({}), None).0,
        [json!({ "a": 1 }), json!({ "a": 2 })]
    );
    assert_eq!(
        ask("whole", json!({ "id": 1 }), None).0,
        [json!({ "id": 1, "bs": [{ "d": "0.50" }, { "d": "0.33" }] })]
    );
}

#[test]
fn a_load_that_is_refused_names_rows() {
    let mut it = memory("entity A { id: int32 @key }\nentity B in A as bs { n: int32 @key 0..  a: -> A? }");
    let kernel = it.kernel().clone();
    let entity = |name: &str| kernel.entity(name).expect("an entity");
    let mut rows = vec![(entity("A"), json!({ "id": 1 }))];
    rows.extend((0..5).map(|n| (entity("B"), json!({ "owner": 1, "n": n - 2, "a": n - 1 }))));
    let rows = rows.into_iter().map(|(entity, row)| {
        (
            entity,
            dbspec_core::rows::row_of(&kernel, entity, &row).expect("a row"),
        )
    });
    assert_eq!(
        refused(it.load(rows.collect())),
        [
            "B.n.bounds (B {\"owner\":1,\"n\":-2}, B {\"owner\":1,\"n\":-1})",
            "B.a.reference (B {\"owner\":1,\"n\":-2}, B {\"owner\":1,\"n\":-1}, B {\"owner\":1,\"n\":1}, and 1 more)"
        ]
    );
    assert_eq!(it.rows(entity("A")).len(), 0);
}
