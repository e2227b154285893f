//! What commands give, for people and for machines.

use serde_json::{Value, json};
use snapbox::{IntoData, assert_data_eq, str};

use super::{Desk, NOTES, examples, notes};

#[test]
fn check_says_nothing_on_standard_output_but_in_json() {
    let desk = notes();
    let done = desk.run("check notes.dbspec").exits(0).says("0 errors");
    assert_eq!(done.out, "");
    let done = desk.run("check notes.dbspec --format json").exits(0);
    assert_eq!(done.json()["errors"], 0);
    desk.file("bad.dbspec", "entty A { }");
    let done = desk.run("check bad.dbspec --format json").exits(1);
    assert_eq!(done.err, "");
    let found = done.json();
    assert_eq!(found["errors"], 1);
    assert_eq!(found["diagnostics"][0]["code"], "E0106");
    assert_eq!(found["diagnostics"][0]["labels"][0]["at"]["line"], 1);
    // Every other command says the same of such a model.
    for command in [
        "coverage",
        "assumptions",
        "apply --url memory:",
        "compile --out out",
    ] {
        let found = desk
            .run(&format!("{command} bad.dbspec --format json"))
            .exits(1)
            .json();
        assert_eq!(found["diagnostics"][0]["code"], "E0106", "{command}");
    }
}

#[test]
fn failures_are_documents_for_machines() {
    let desk = notes();
    let done = desk
        .run("run notes.dbspec --access nothing --format json")
        .exits(2);
    assert_eq!(done.err, "");
    assert_eq!(done.json()["error"]["kind"], "usage");
    let done = desk
        .run("run notes.dbspec --insert Author --param id=1 --format json")
        .exits(1);
    assert_data_eq!(
        done.out,
        str![[r#"
{
  "format": 1,
  "error": {
    "kind": "refused",
    "message": "refused: Author.name.required"
  }
}

"#]]
    );
}

#[test]
fn run_answers_page_by_page() {
    let desk = notes();
    let ask = "run notes.dbspec --access notes_of --param author=1 --url memory:rows";
    let first = desk.run(ask).exits(0).says("there is more: --after");
    assert_data_eq!(
        first.out,
        str![[r#"
{"id":3,"author":1,"text":"three","at":"2026-01-03"}
{"id":2,"author":1,"text":"two","at":"2026-01-02"}

"#]]
    );
    let first = desk.run(&format!("{ask} --format json")).exits(0).json();
    let next = first["next"].to_string();
    let mut args: Vec<&str> = ask.split_whitespace().collect();
    args.extend(["--format", "json", "--after", &next]);
    let second = desk.run_args(&args).exits(0).json();
    assert_eq!(
        second["rows"],
        json!([{"id": 1, "author": 1, "text": "one", "at": "2026-01-01"}])
    );
    assert_eq!(second["next"], Value::Null);
    let since = desk.run(&format!("{ask} --param since=2026-01-03")).exits(0);
    assert_eq!(since.out.lines().count(), 1);
}

#[test]
fn run_writes() {
    let desk = notes();
    let done = desk
        .run("run notes.dbspec --rows rows --insert Author --param id=3 --param name=Cy")
        .exits(0)
        .says("loaded 6 rows");
    assert_eq!(done.out, "3\n");
    desk.run("run notes.dbspec --rows rows --write rename --param author=1 --param name=Zoe")
        .exits(0);
    desk.run("run notes.dbspec --rows rows --write rename --param author=1 --param name=Bo")
        .exits(1)
        .says("refused: Author.name.unique");
}

#[test]
fn verify_says_same_and_different() {
    let desk = notes();
    let done = desk
        .run("verify notes.dbspec --url memory:rows --url memory:rows")
        .exits(0);
    assert_data_eq!(
        done.out,
        str![[r#"
query           asked  rows
notes_of        5      10    same
author_by_name  2      2     same

"#]]
    );
    desk.file("less/Author.jsonl", super::AUTHORS)
        .file("less/Note.jsonl", super::LINES.lines().next().expect("a line"));
    let done = desk
        .run("verify notes.dbspec --url memory:rows --url memory:less --format json")
        .exits(3)
        .json();
    assert_eq!(done["queries"][0]["access"], "notes_of");
    assert_eq!(done["queries"][0]["differences"][0]["row"], 0);
    assert_eq!(done["queries"][1]["differences"], Value::Null);
    desk.file(
        "params.jsonl",
        "{\"access\": \"author_by_name\", \"params\": {\"name\": \"Ada\"}}\n",
    );
    desk.run("verify notes.dbspec --url memory:rows --url memory:less --params params.jsonl")
        .exits(0);
    desk.run("verify notes.dbspec --url memory: --url memory:")
        .exits(1)
        .says("no query was asked");
}

#[test]
fn export_and_import_lose_nothing() {
    let desk = notes();
    desk.run("export notes.dbspec --out notes.json").exits(0);
    desk.run("import notes.json --out again.dbspec").exits(0);
    let first = desk.run("export notes.dbspec").exits(0);
    let again = desk.run("export again.dbspec").exits(0);
    assert_eq!(first.out, again.out);
    desk.run("check notes.json").exits(0);
    for example in ["shop", "chinook"] {
        let file = examples().join(example).join("schema.dbspec");
        let json = desk.run_args(&["export", &file.to_string_lossy()]).exits(0).out;
        desk.file("example.json", &json);
        let text = desk.run("import example.json").exits(0).out;
        desk.file("example.dbspec", text);
        assert_eq!(desk.run("export example.dbspec").exits(0).out, json);
    }
}

#[test]
fn export_to_mermaid_and_dbml() {
    let desk = Desk::new();
    desk.file(
        "m.dbspec",
        r#"model m
enum Mood { good "so \"so\"" }
/// Who writes; it's them.
entity Author { id: int32 @key  mood: Mood?  price: decimal(8, 2) }
entity "note \"1\"" { author: -> Author @key on delete cascade  "at; time": date @key }
"#,
    );
    assert_data_eq!(
        desk.run("export m.dbspec --format mermaid").exits(0).out,
        str![[r##"
erDiagram
    "Author" {
        int32 id PK
        Mood mood "may be null"
        decimal(8_2) price
    }
    "note #34;1#34;" {
        int32 author PK, FK
        date at__time PK "at#59; time"
    }
    "Author" ||--o{ "note #34;1#34;" : "author"

"##]]
    );
    assert_data_eq!(
        desk.run("export m.dbspec --format dbml").exits(0).out,
        str![[r#"
Project "m" {
  database_type: 'dbspec'
}

Enum "Mood" {
  "good"
  "so \"so\""
}

Table "Author" {
  "id" int32 [pk, not null]
  "mood" "Mood" [null]
  "price" decimal(8,2) [not null]

  Note: 'Who writes; it\'s them.'
}

Table "note \"1\"" {
  "author" int32 [not null]
  "at; time" date [not null]

  indexes {
    ("author", "at; time") [pk]
  }
}

Ref: "note \"1\""."author" > "Author"."id" [delete: cascade]

"#]]
        .raw()
    );
}

#[test]
fn coverage_shows_every_facet_and_only_what_is_asked_for() {
    let desk = notes();
    let all = desk
        .run("coverage notes.dbspec --target memory --format json")
        .exits(0)
        .json();
    let target = &all["targets"][0];
    assert_eq!(target["engine"], "memory");
    let count = target["outcomes"].as_array().map_or(0, Vec::len);
    let sum: u64 = target["summary"]
        .as_object()
        .map_or(0, |it| it.values().filter_map(Value::as_u64).sum());
    assert_eq!(count as u64, sum);
    let text = desk.run("coverage notes.dbspec --target memory").exits(0).out;
    for line in ["notes_of", "Note.author", "Rules of Author", "enforced"] {
        assert!(text.contains(line), "{line} is not in: {text}");
    }
    let only = desk
        .run("coverage notes.dbspec --target memory --only served")
        .exits(0)
        .out;
    assert!(only.contains("notes_of") && !only.contains("Rules of"), "{only}");
}

#[test]
fn why_explains_an_element_with_its_parts() {
    let desk = notes();
    let done = desk.run("why notes.dbspec Note.author --target memory").exits(0);
    assert!(done.out.contains("reference exists: enforced"), "{}", done.out);
    assert!(!done.out.contains("Note.text"), "{}", done.out);
    let json = desk
        .run("why notes.dbspec Note --target memory --format json")
        .exits(0)
        .json();
    assert_eq!(json["paths"], json!(["Note"]));
    assert!(
        json["targets"][0]["outcomes"]
            .as_array()
            .is_some_and(|it| it.len() > 5)
    );
}

#[test]
fn why_shows_what_is_not_enforced_by_rows() {
    let desk = notes();
    let run = "why notes.dbspec Note --break --target dynamodb";
    let done = desk.run(run).exits(0);
    let put = "aws dynamodb put-item --cli-input-json '{";
    assert!(done.out.contains(put), "{}", done.out);
    assert!(done.out.contains("Note.text.size: guarded"), "{}", done.out);
    let json = desk.run(&format!("{run} --format json")).exits(0).json();
    let breaks = json["targets"][0]["breaks"].as_array().expect("a list");
    for it in breaks {
        let shown = it["rows"].is_array() && it["statements"].is_array();
        assert!(shown || it["why"].is_string(), "{it}");
    }
    let done = desk
        .run("why notes.dbspec Note.text --break --target postgres")
        .exits(0);
    assert!(done.out.contains("every rule is enforced"), "{}", done.out);
}

#[test]
fn assumptions_say_how_to_say_it() {
    let desk = notes();
    let done = desk.run("assumptions notes.dbspec --format json").exits(0).json();
    let found = done["assumptions"].as_array().expect("a list");
    let say: Vec<&str> = found.iter().filter_map(|it| it["say"].as_str()).collect();
    assert!(say.iter().any(|it| it.starts_with("volume ")), "{say:?}");
    desk.run("assumptions notes.dbspec").exits(0);
}

#[test]
fn files_may_use_each_other() {
    let desk = Desk::new();
    let (before, after) = NOTES.split_once("entity Note").expect("two halves");
    desk.file("models/common.dbspec", before).file(
        "models/m.dbspec",
        format!("use \"common.dbspec\"\nentity Note{after}"),
    );
    desk.run("check models/m.dbspec").exits(0);
    desk.file("models/common.dbspec", before.replace("int32", "int33"));
    desk.run("check models/m.dbspec")
        .exits(1)
        .says("models/common.dbspec:2:");
}

#[test]
fn nothing_is_coloured_but_on_a_terminal() {
    let desk = notes();
    let done = desk.run("coverage notes.dbspec").exits(0);
    assert!(!done.out.contains('\u{1b}') && !done.err.contains('\u{1b}'));
}

/// The commands of the README run on the shop as they stand there, but for those that need an engine.
#[test]
fn the_readme_tells_the_truth() {
    let readme = include_str!("../../../README.md");
    let (_, program) = readme.split_once("## The program").expect("a section");
    let (_, block) = program.split_once("```sh\n").expect("a block");
    let (block, _) = block.split_once("```").expect("its end");
    let desk = Desk::new();
    let shop = examples().join("shop");
    desk.file(
        "shop.dbspec",
        std::fs::read(shop.join("schema.dbspec")).expect("the shop"),
    );
    let mut ran = 0;
    for line in block.lines() {
        let Some(command) = line.strip_prefix("dbspec ") else {
            continue;
        };
        let command = command.split("  #").next().unwrap_or(command);
        let command = command.split("    #").next().unwrap_or(command);
        if command.contains('…') {
            continue;
        }
        desk.run(command).exits(0);
        ran += 1;
    }
    assert!(ran >= 7, "{ran} commands ran");
}
