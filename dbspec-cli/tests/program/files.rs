//! Files are written whole or not at all.

use std::fs;

use super::{Desk, NOTES, notes};

fn names(desk: &Desk, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(desk.path(folder))
        .expect(folder)
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn compile_writes_what_it_says() {
    let desk = notes();
    let done = desk.run("compile notes.dbspec --out out/deep").exits(0);
    for file in done.out.lines() {
        assert!(desk.path(file).is_file(), "{file}");
    }
    assert!(done.out.contains("out/deep/coverage.json"), "{}", done.out);
    assert!(
        desk.read("out/deep/coverage.md")
            .starts_with("# Coverage of notes\n")
    );
    let coverage: serde_json::Value =
        serde_json::from_str(&desk.read("out/deep/coverage.json")).expect("JSON");
    assert_eq!(coverage["format"], 1);
    let again = desk
        .run("compile notes.dbspec --out out/deep --format json")
        .exits(0);
    assert_eq!(
        again.json()["written"].as_array().map(Vec::len),
        Some(done.out.lines().count())
    );
}

#[test]
fn a_model_with_errors_leaves_old_files_whole() {
    let desk = notes();
    desk.run("compile notes.dbspec --out out").exits(0);
    let before = desk.read("out/coverage.json");
    let files = names(&desk, "out");
    desk.file("notes.dbspec", NOTES.replace("int32", "int33"));
    desk.run("compile notes.dbspec --out out").exits(1);
    assert_eq!(desk.read("out/coverage.json"), before);
    assert_eq!(names(&desk, "out"), files);
}

#[test]
fn a_folder_that_cannot_be_written_leaves_old_files_whole() {
    let desk = notes();
    desk.run("compile notes.dbspec --out out").exits(0);
    let before = desk.read("out/coverage.json");
    // One of the places is taken by a folder, the last to be written.
    fs::remove_file(desk.path("out/decisions.json")).expect("removed");
    fs::create_dir(desk.path("out/decisions.json")).expect("made");
    desk.file("notes.dbspec", NOTES.replace("model notes", "model other"));
    desk.run("compile notes.dbspec --out out")
        .exits(2)
        .says("cannot write out/decisions.json")
        .says("nothing was changed");
    assert_eq!(desk.read("out/coverage.json"), before);
    assert!(
        !names(&desk, "out")
            .iter()
            .any(|name| name.starts_with(".dbspec-"))
    );
    // A file stands where a folder is wanted; nothing is left of what was begun.
    desk.file("taken", "mine");
    desk.run("compile notes.dbspec --out taken/out").exits(2);
    assert_eq!(desk.read("taken"), "mine");
}

#[cfg(unix)]
#[test]
fn a_link_stays_one_and_rights_stay() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.file("real/m.dbspec", "entity A { id: int32 @key }   enum B { x }");
    std::os::unix::fs::symlink(desk.path("real/m.dbspec"), desk.path("link.dbspec")).expect("a link");
    fs::set_permissions(desk.path("real/m.dbspec"), fs::Permissions::from_mode(0o600)).expect("rights");
    desk.run("fmt link.dbspec").exits(0).says("formatted link.dbspec");
    assert!(desk.path("link.dbspec").is_symlink());
    let mode = fs::metadata(desk.path("real/m.dbspec"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(desk.read("real/m.dbspec").contains('\n'));
}

#[test]
fn fmt_is_done_once_and_checked() {
    let desk = Desk::new();
    desk.file("m.dbspec", "// Mine.\nentity   A{id:int32 @key}\n");
    let done = desk.run("fmt --check m.dbspec").exits(1);
    assert_eq!(done.out, "m.dbspec\n");
    assert_eq!(desk.read("m.dbspec"), "// Mine.\nentity   A{id:int32 @key}\n");
    desk.run("fmt m.dbspec").exits(0);
    let once = desk.read("m.dbspec");
    assert!(once.starts_with("// Mine.\n"), "{once}");
    desk.run("fmt --check m.dbspec").exits(0);
    desk.run("fmt m.dbspec").exits(0);
    assert_eq!(desk.read("m.dbspec"), once);
}

#[test]
fn fmt_leaves_all_files_when_one_is_wrong() {
    let desk = Desk::new();
    desk.file("good.dbspec", "entity   A{id:int32 @key}\n")
        .file("bad.dbspec", "entity {");
    desk.run("fmt good.dbspec bad.dbspec").exits(1).says("bad.dbspec");
    assert_eq!(desk.read("good.dbspec"), "entity   A{id:int32 @key}\n");
}
