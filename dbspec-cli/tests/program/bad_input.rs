//! Bad input of any kind gives a clear error and the right exit code, never a panic.

use super::{Desk, NOTES, notes};

#[track_caller]
fn check(name: &str, content: impl AsRef<[u8]>) -> super::Done {
    let desk = Desk::new();
    desk.file(name, content);
    desk.run(&format!("check {name}"))
}

#[test]
fn an_unknown_keyword() {
    check("m.dbspec", "entty A { id: int32 @key }")
        .exits(1)
        .says("error[E0106]: `entty` is no declaration")
        .says("did you mean `entity`?")
        .says("m.dbspec:1:1");
}

#[test]
fn a_binary_file() {
    let elf = b"\x7fELF\x02\x01\x01\0\0\0\xff\xfe binary";
    check("m.dbspec", elf).exits(1).says("E0002").says("is not text");
    check("m.dbspec", b"entity A { n: string(3)\xff }")
        .exits(1)
        .says("E0003")
        .says("not UTF-8: byte 0xff at offset 23");
}

#[test]
fn a_file_of_a_hundred_megabytes() {
    let desk = Desk::new();
    // A hole: nothing but zeros, and nothing on the disk.
    let file = std::fs::File::create(desk.path("m.dbspec")).expect("a file");
    file.set_len(100 << 20).expect("room");
    desk.run("check m.dbspec")
        .exits(1)
        .says("E0001")
        .says("larger than 32 MiB");
    std::fs::rename(desk.path("m.dbspec"), desk.path("m.json")).expect("renamed");
    desk.run("import m.json").exits(1).says("larger than 32 MiB");
}

#[test]
fn nesting_ten_thousand_deep() {
    let (open, close) = ("(".repeat(10_000), ")".repeat(10_000));
    check(
        "m.dbspec",
        format!("entity A {{ id: int32 @key check c: {open}id > 1{close} }}"),
    )
    .exits(1)
    .says("E0109");
    let types = "list<".repeat(10_000) + "int32" + &">".repeat(10_000);
    check("m.dbspec", format!("entity A {{ id: int32 @key l: {types} }}"))
        .exits(1)
        .says("E0109");
    let json = "[".repeat(10_000);
    check("m.json", format!("{{\"format\": 1, \"items\": {json}"))
        .exits(1)
        .says("m.json: not a model in JSON");
}

#[test]
fn duplicate_names() {
    check(
        "m.dbspec",
        "entity A { id: int32 @key }\nentity A { id: int32 @key }",
    )
    .exits(1)
    .says("E0201")
    .says("declared twice")
    .says("first declared here");
}

#[test]
fn unknown_targets_and_versions() {
    let with = |target: &str| format!("{NOTES}{target}\n");
    check("m.dbspec", with("target main: postgras 17"))
        .exits(1)
        .says("E0901")
        .says("did you mean `postgres`?");
    check("m.dbspec", with("target oracle 23"))
        .exits(1)
        .says("E0901")
        .says("known engines:");
    let desk = notes();
    desk.run("coverage notes.dbspec --target orakle")
        .exits(2)
        .says("there is no engine `orakle`");
}

#[test]
fn several_errors_are_all_said() {
    let done = check(
        "m.dbspec",
        "entty A { }\nentity B { id: int33 @key }\nenum C { x x }",
    )
    .exits(1);
    for code in ["E0106", "E0202", "E0201"] {
        assert!(done.err.contains(code), "{code} is not in: {}", done.err);
    }
    assert!(done.out.is_empty(), "{}", done.out);
}

#[test]
fn files_that_are_not_there() {
    let desk = notes();
    desk.run("check gone.dbspec")
        .exits(2)
        .says("cannot read gone.dbspec");
    desk.run("check rows").exits(2).says("cannot read rows");
    desk.run("run notes.dbspec --rows gone")
        .exits(2)
        .says("cannot read gone");
    desk.run("run notes.dbspec --rows .")
        .exits(1)
        .says("no ENTITY.jsonl");
    desk.file("uses.dbspec", "use \"gone.dbspec\"");
    desk.run("check uses.dbspec").exits(1).says("E0122");
}

#[test]
fn urls_that_lead_nowhere() {
    let desk = notes();
    let run = |url: &str| {
        desk.run(&format!(
            "run notes.dbspec --access author_by_name --param name=Ada --url {url}"
        ))
    };
    run("oracle://localhost/x").exits(2).says("oracle");
    run("nonsense").exits(2);
    run("memory:gone").exits(2).says("cannot read gone");
    // Nobody listens there.
    let url = "postgres://me:hush@127.0.0.1:1/notes";
    let done = run(url).exits(3).says("127.0.0.1:1");
    assert!(!done.err.contains("hush"), "{}", done.err);
    let done = desk
        .run(&format!("apply notes.dbspec --format json --url {url}"))
        .exits(3);
    assert_eq!(done.json()["error"]["kind"], "live");
    assert!(!done.out.contains("hush"), "{}", done.out);
}

/// A server that lets nobody in without the password.
#[test]
fn a_wrong_password() {
    let Some(url) = std::env::var("DBSPEC_TEST_POSTGRES18_URL")
        .ok()
        .filter(|_| super::live())
    else {
        return;
    };
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let host = rest.rsplit('@').next().unwrap_or(rest);
    let desk = notes();
    let done = desk
        .run(&format!(
            "apply notes.dbspec --url {scheme}://postgres:not-it@{host}"
        ))
        .exits(3)
        .says("can't connect");
    assert!(!done.err.contains("not-it"), "{}", done.err);
}

#[test]
fn rows_that_do_not_fit() {
    let desk = notes();
    desk.file("rows/Note.jsonl", "{\"id\": 1, \"author\": 1, \"text\": 7}\n");
    desk.run("run notes.dbspec --rows rows")
        .exits(1)
        .says("Note.jsonl: line 1: text: expected");
    desk.file(
        "rows/Note.jsonl",
        "{\"id\": 1, \"author\": 9, \"text\": \"x\", \"at\": \"2026-01-01\"}\n",
    );
    desk.run("run notes.dbspec --rows rows")
        .exits(1)
        .says("refused: Note.author.reference");
    desk.file("rows/Note.jsonl", "{\"id\": 1,\n");
    desk.run("run notes.dbspec --rows rows").exits(1).says("line 1");
}

#[test]
fn wrong_usage() {
    let desk = notes();
    desk.run("").exits(2);
    desk.run("chek notes.dbspec").exits(2).says("check");
    desk.run("run notes.dbspec").exits(2);
    desk.run("run notes.dbspec --access notes_off")
        .exits(2)
        .says("did you mean `notes_of`?");
    desk.run("run notes.dbspec --write renam")
        .exits(2)
        .says("`rename`");
    desk.run("run notes.dbspec --insert Nota").exits(2).says("`Note`");
    desk.run("run notes.dbspec --access author_by_name --param nam=x")
        .exits(2)
        .says("there is no `nam` here");
    desk.run("run notes.dbspec --access author_by_name")
        .exits(2)
        .says("--param");
    desk.run("run notes.dbspec --access author_by_name --param name")
        .exits(2)
        .says("NAME=VALUE");
    desk.run("run notes.dbspec --access author_by_name --param name=a --param name=b")
        .exits(2)
        .says("twice");
    desk.run("run notes.dbspec --access notes_of --param author=1 --after x")
        .exits(2)
        .says("--after");
    desk.run("why notes.dbspec Note.athor")
        .exits(2)
        .says("did you mean `Note.author`?");
    desk.run("coverage notes.dbspec --only unsuported")
        .exits(2)
        .says("unsupported");
    desk.run("verify notes.dbspec --url memory:")
        .exits(2)
        .says("two databases");
}

#[test]
fn json_that_is_no_model() {
    check(
        "m.json",
        "{\"format\": 1, \"items\": [{\"entity\": {\"nme\": 1}}]}",
    )
    .exits(1)
    .says("missing field `name`");
    check("m.json", "{\"format\": 99}").exits(1).says("format 99");
    check("m.json", "[]").exits(1).says("not a model in JSON");
    let desk = Desk::new();
    desk.file(
        "m.json",
        "{\"format\": 1, \"items\": [{\"entity\": {\"name\": \"\"}}]}",
    );
    desk.run("import m.json").exits(1).says("the language can't");
}
