//! Chinook: all of its 15,607 real rows load, and a music shop's queries are answered.
//!
//! The rows aren't part of the repository: `DBSPEC_CORPORA` names their folder.
#![allow(clippy::panic, clippy::print_stderr)]

use std::path::{Path, PathBuf};

use dbspec_core::check::check;
use dbspec_core::rows;
use dbspec_core::syntax::parse;
use dbspec_memory::Memory;
use serde_json::{Map, Value as Json, json};

/// The shop with its rows; `None` where the corpora are left out.
fn chinook() -> Option<Memory> {
    let folder = std::env::var("DBSPEC_CORPORA").unwrap_or_else(|_| "none".into());
    if folder == "none" {
        eprintln!("left out: Chinook's rows (DBSPEC_CORPORA names no folder)");
        return None;
    }
    let rows = PathBuf::from(folder).join("chinook/rows");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/chinook/schema.dbspec");
    let text = std::fs::read_to_string(schema).expect("the example's schema");
    let kernel = check(parse(&text)).unwrap_or_else(|it| panic!("{it}"));
    let mut all = Vec::new();
    for (id, entity) in kernel.entities.iter() {
        let file = rows.join(format!("{}.jsonl", entity.name));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|it| panic!("{}: {it}", file.display()));
        let rows = rows::rows_of(&kernel, id, &text).unwrap_or_else(|it| panic!("{}: {it}", entity.name));
        all.extend(rows.into_iter().map(|row| (id, row)));
    }
    // In any order.
    all.reverse();
    let mut memory = Memory::new(kernel);
    memory.load(all).unwrap_or_else(|it| panic!("{it}"));
    Some(memory)
}

fn ask(memory: &Memory, query: &str, args: Json) -> Vec<Json> {
    let Json::Object(args) = args else {
        return Vec::new();
    };
    memory
        .query(query, &args, None)
        .unwrap_or_else(|it| panic!("{it}"))
        .0
}

#[test]
fn all_rows_load_and_queries_are_answered() {
    let Some(shop) = chinook() else { return };
    let rows = shop.kernel().entities.ids().map(|entity| shop.rows(entity).len());
    assert_eq!(rows.sum::<usize>(), 15_607);
    assert_eq!(shop.audit(), []);

    let names = |rows: Vec<Json>, name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(
        names(ask(&shop, "albums_of_artist", json!({ "artist": 1 })), "title"),
        ["For Those About To Rock We Salute You", "Let There Be Rock"]
    );
    // Nested: each line with its track.
    let invoice = ask(&shop, "invoice", json!({ "id": 1 }));
    assert_eq!(invoice[0]["customer"]["last_name"], "Köhler");
    assert_eq!(invoice[0]["lines"][0]["track"]["name"], "Balls to the Wall");
    // Grouped, exact.
    let sales = ask(&shop, "sales_by_country", json!({}));
    assert_eq!(
        sales[0],
        json!({ "billing_country": "USA", "invoices": 91, "revenue": "523.06" })
    );
    // Many to many, both ways.
    let playlist = ask(&shop, "tracks_of_playlist", json!({ "playlist": 17 }));
    assert_eq!(playlist.len(), 26);
    let tracks = names(playlist, "track");
    let of_track = ask(&shop, "playlists_of_track", json!({ "track": tracks[0]["id"] }));
    assert!(of_track.iter().any(|row| row["playlist"]["id"] == 17));
}

#[test]
fn pages_go_on_to_the_end() {
    let Some(shop) = chinook() else { return };
    let args: Map<String, Json> = [("playlist".to_owned(), json!(1))].into_iter().collect();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let (rows, next) = shop
            .query("tracks_of_playlist", &args, after.as_ref())
            .expect("an answer");
        all.extend(rows.into_iter().map(|row| row["track"]["id"].as_i64()));
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(all.len(), 3290);
    assert!(all.is_sorted());
    all.dedup();
    assert_eq!(all.len(), 3290);
}
