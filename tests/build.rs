//! `dbspec::build`: what it writes compiles whatever names there are, is the same on every run, and says what is wrong where.
#![allow(missing_docs, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dbspec::build::{Build, BuildError, rust};
use dbspec_testkit::generate::rare_models;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Where cargo put the libraries that this test is linked with.
fn libraries() -> PathBuf {
    let program = std::env::current_exe().expect("a program");
    program.parent().expect("its folder").to_owned()
}

/// The library of the facade: where there are several, they are of one source, and the last one is of the present one.
fn facade() -> PathBuf {
    let entries = fs::read_dir(libraries()).expect("a folder");
    let found = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        let ours = name.starts_with("libdbspec-") && Path::new(&name).extension()? == "rlib";
        Some((entry.metadata().ok()?.modified().ok()?, entry.path())).filter(|_| ours)
    });
    found.max().expect("the facade is built").1
}

/// Compiles a crate as a user's would be, with its lints as strict as they get.
fn compiles(folder: &Path, text: &str) {
    let file = folder.join("lib.rs");
    fs::write(&file, text).expect("written");
    let facade = format!("dbspec={}", facade().display());
    let output = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"])
        .args(["--extern", &facade])
        .arg("-L")
        .arg(format!("dependency={}", libraries().display()))
        .arg("--out-dir")
        .arg(folder)
        .arg(&file)
        .output()
        .expect("rustc runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

const STRICT: &str = "#![deny(warnings, missing_docs)]\n#![forbid(unsafe_code)]\n//! A crate.\n";

#[test]
fn hostile_models_compile() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lib = STRICT.to_owned();
    let mut runner = TestRunner::deterministic();
    let strategy = rare_models();
    for at in 0..60 {
        let plan = strategy.new_tree(&mut runner).expect("a plan").current();
        let file = folder.path().join(format!("m{at}.dbspec"));
        fs::write(&file, plan.text()).expect("written");
        let build = Build::new(&file)
            .out(folder.path())
            .target("postgres")
            .target("dynamodb");
        build
            .compile()
            .unwrap_or_else(|error| panic!("{error}\n{}", plan.text()));
        let _ = writeln!(
            lib,
            "/// Model {at}.\npub mod m{at} {{ include!(\"m{at}.rs\"); }}"
        );
    }
    compiles(folder.path(), &lib);
}

#[test]
fn every_construct_compiles() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut lib = STRICT.to_owned();
    for (name, text) in [
        ("shop", include_str!("../examples/shop/schema.dbspec")),
        ("chinook", include_str!("../examples/chinook/schema.dbspec")),
        ("types", TYPES),
        ("words", WORDS),
    ] {
        let file = folder.path().join(format!("{name}.dbspec"));
        fs::write(&file, text).expect("written");
        let build = Build::new(&file).out(folder.path());
        build.compile().unwrap_or_else(|error| panic!("{error}"));
        let _ = writeln!(lib, "/// {name}\npub mod {name} {{ include!(\"{name}.rs\"); }}");
    }
    compiles(folder.path(), &lib);
}

/// Every type there is.
const TYPES: &str = "
model types
enum Colour { red green }
enum Size ordered { small large }
type Inner { deep: decimal(9, 2)? }
type Address { street: string(10)  inner: Inner  colour: Colour? }
type Home { street: string(10)  no: int16? }
entity Place { country: string(2)  code: int16  key (country, code) }
entity Thing {
  id: uuid = uuid7() @key
  place: -> Place?
  parent: -> Thing?
  yes: bool  tiny: int16  small: int32  big: int64  exact: decimal(38, 10)  float: float64
  short: string(10)  long: text  raw: bytes(10)  day: date  clock: time  at: timestamp  span: duration
  colour: Colour  size: Size  doc: json  spot: point  vec: vector(3)  secret: hashed  code: encrypted<string(5)>?
  address: Address?  days: range<date>
  tags: list<string(5)>  set: set<int32>  map: map<string(5), decimal(5, 2)>  homes: list<Home>
}
entity Part in Thing as parts { no: int32 @key  what: -> Place? }
relation Likes: Thing.likes *--* Place.liked_by { since: date }
access all { from Thing order by id page 5 with parts, parts.what, parent, likes, place (code) }
access some { from Thing select id, place, days, size(tags) as n, address.street  full read }
write add (thing: Thing, parts: list<Part> 0..3, likes: list<-> Place> 0..2, maybe: Colour?) {
  insert $thing as it
  for part in $parts { insert part into it.parts }
  return it.id, it.day, it.small + 1 as next
}
";

/// Names that mean something to Rust.
const WORDS: &str = "
model words
enum Option { None Some Ok Err self Self crate super fn all label }
enum option { none NONE None }
entity Vec { id: int32 @key  self: Option  Self: option?  type: int32  value: int32  of: int32  new: int32  r: int32 = 1 }
entity String { str: int32 @key  vec: -> Vec  String: string(3) }
entity vec { \"1\": int32 @key  \"\u{1F600}\": int32  \"a b\": int32  a_b: int32 }
entity Result { key: string(3) @key }
entity Debug { typed: int32 @key }
access new (type: int32, self: option?) { from Vec where type == $type and Self == $self when $self  full read }
access New { from Vec  full read }
write value (fn: int32) { insert Result { key = \"x\" } }
";

#[test]
fn the_same_is_not_written_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, common) = (
        folder.path().join("m.dbspec"),
        folder.path().join("common.dbspec"),
    );
    fs::write(
        &file,
        "model m\nuse \"common.dbspec\"\nentity A { id: int32 @key  e: E }",
    )
    .expect("written");
    fs::write(&common, "enum E { x }").expect("written");
    let out = folder.path().join("out");
    let run = || {
        Build::new(&file)
            .out(&out)
            .target("postgres@15")
            .compile()
            .expect("compiled")
    };
    let built = run();
    assert_eq!(built.read, [file.clone(), common.clone()]);
    let stamps = || -> Vec<_> {
        let stamp = |file: &PathBuf| fs::metadata(file).expect("a file").modified().expect("a time");
        built.files.iter().map(stamp).collect()
    };
    let (before, texts) = (stamps(), read(&built.files));
    assert_eq!(run(), built);
    assert_eq!(stamps(), before);
    fs::write(&common, "enum E { x y }").expect("written");
    run();
    assert_ne!(read(&built.files), texts);
    assert!(built.rust.ends_with("m.rs"));
}

fn read(files: &[PathBuf]) -> Vec<String> {
    files
        .iter()
        .map(|file| fs::read_to_string(file).expect("a file"))
        .collect()
}

#[test]
fn what_is_wrong_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("m.dbspec");
    fs::write(&file, "model m\nentity A { id: int33 @key }").expect("written");
    let build = || Build::new(&file).out(folder.path().join("out"));
    let error = build().compile().expect_err("no type");
    let said = error.to_string();
    assert!(said.contains("int33") && said.contains("m.dbspec:2:16"), "{said}");
    assert_eq!(format!("{error:?}"), said);
    assert!(!folder.path().join("out").exists());

    fs::write(&file, "model m\nentity A { id: int32 @key }").expect("written");
    let error = build().target("oracle").compile().expect_err("no engine");
    assert!(matches!(error, BuildError::Target(_)), "{error}");
    let error = Build::new(folder.path().join("gone.dbspec"))
        .out(folder.path())
        .compile();
    assert!(matches!(error, Err(BuildError::Read { .. })), "{error:?}");
}

/// What the text speaks of is a function of the kernel alone.
#[test]
fn the_text_is_pure() {
    let kernel = dbspec::check(dbspec::parse(TYPES)).expect("a model");
    assert_eq!(rust::text(&kernel, "m", &[]), rust::text(&kernel, "m", &[]));
}
