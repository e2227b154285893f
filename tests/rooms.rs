//! The map holds: engines have the same rooms, core knows no engine, engines don't know each other, and drivers are in one
//! crate alone.
#![allow(missing_docs, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

/// The rooms of an engine; those with a stroke are folders.
const ROOMS: [&str; 11] = [
    "mod",
    "capability",
    "keywords",
    "types",
    "design",
    "options",
    "lower/",
    "render/",
    "program/",
    "rules/",
    "tests",
];

/// What engines share is no engine.
const SHARED: [&str; 3] = ["relational", "document", "cypher"];

/// What opens connections, reads clocks by itself or runs tasks.
const DRIVERS: [&str; 12] = [
    "tokio",
    "async-std",
    "mio",
    "hyper",
    "reqwest",
    "sqlx",
    "sqlx-core",
    "aws-sdk-dynamodb",
    "mongodb",
    "redis",
    "rustls",
    "socket2",
];

/// The crates that may have them.
const WITH_DRIVERS: [&str; 3] = ["dbspec-live", "dbspec-cli", "dbspec-proof"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(of).unwrap_or_else(|error| panic!("{}: {error}", of.display()));
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// The folders of engines.
fn engines() -> Vec<PathBuf> {
    let mut all = vec![root().join("dbspec-testkit/src/empty")];
    for family in ["dbspec-sql/src", "dbspec-nosql/src", "dbspec-graph/src"] {
        all.extend(folders(&root().join(family)));
    }
    all.retain(|path| !SHARED.iter().any(|shared| path.ends_with(shared)));
    all
}

#[test]
fn engines_have_the_same_rooms() {
    let engines = engines();
    assert!(engines.len() > 1, "{engines:?}");
    for engine in engines {
        for room in ROOMS {
            let file = match room.strip_suffix('/') {
                Some(folder) => engine.join(folder).join("mod.rs"),
                None => engine.join(format!("{room}.rs")),
            };
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(!text.is_empty(), "{} is missing", file.display());
            // A room says what it is for; one that an engine has no use for says so.
            assert!(
                room == "tests" || text.starts_with("//!"),
                "{} has no documentation",
                file.display()
            );
        }
    }
}

fn metadata() -> Json {
    // Packages for other platforms need not be at hand.
    let version = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--all-features"])
        .args(["--filter-platform", host.expect("a host")])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn text<'j>(of: &'j Json, name: &str) -> &'j str {
    of[name].as_str().unwrap_or_default()
}

fn list<'j>(of: &'j Json, name: &str) -> &'j [Json] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

/// The packages by id: name, and what they need in the end and while they are built, but not for tests.
fn graph(metadata: &Json) -> BTreeMap<&str, (&str, Vec<&str>)> {
    let names: BTreeMap<&str, &str> = list(metadata, "packages")
        .iter()
        .map(|package| (text(package, "id"), text(package, "name")))
        .collect();
    let nodes = list(&metadata["resolve"], "nodes").iter().map(|node| {
        let needs = list(node, "deps").iter().filter(|dep| {
            list(dep, "dep_kinds")
                .iter()
                .any(|kind| kind["kind"].as_str() != Some("dev"))
        });
        let needs = needs.map(|dep| text(dep, "pkg")).collect();
        let id = text(node, "id");
        (id, (names.get(id).copied().unwrap_or_default(), needs))
    });
    nodes.collect()
}

/// The names of all that a package needs, itself too.
fn closure<'j>(graph: &BTreeMap<&'j str, (&'j str, Vec<&'j str>)>, of: &'j str) -> BTreeSet<&'j str> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![of]);
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(
                graph
                    .get(id)
                    .into_iter()
                    .flat_map(|(_, needs)| needs.iter().copied()),
            );
        }
    }
    seen.into_iter().filter_map(|id| Some(graph.get(id)?.0)).collect()
}

#[test]
fn drivers_are_in_one_crate_alone() {
    let metadata = metadata();
    let graph = graph(&metadata);
    let mut with = BTreeSet::new();
    for member in list(&metadata, "workspace_members") {
        let id = member.as_str().unwrap_or_default();
        let name = graph[id].0;
        let needs = closure(&graph, id);
        if WITH_DRIVERS.contains(&name) {
            with.extend(DRIVERS.into_iter().filter(|it| needs.contains(it)));
        } else {
            let found: Vec<_> = DRIVERS.iter().filter(|it| needs.contains(**it)).collect();
            assert!(found.is_empty(), "{name} needs {found:?}");
        }
        // Whoever needs a driver needs it through one crate.
        let direct: Vec<_> = graph[id]
            .1
            .iter()
            .filter_map(|it| Some(graph.get(it)?.0))
            .collect();
        let own: Vec<_> = DRIVERS.iter().filter(|it| direct.contains(it)).collect();
        let may = name == "dbspec-live" || own.iter().all(|it| **it == "tokio");
        assert!(may, "{name} has drivers of its own: {own:?}");
    }
    assert!(
        with.contains("sqlx"),
        "the list of drivers is out of date: {with:?}"
    );
}

#[test]
fn core_knows_no_engine_and_engines_not_each_other() {
    let metadata = metadata();
    let graph = graph(&metadata);
    let engines = ["dbspec-memory", "dbspec-sql", "dbspec-nosql"];
    let allowed = |name: &str| {
        match name {
            "dbspec-core" => vec!["dbspec-core"],
            "dbspec-memory" | "dbspec-sql" | "dbspec-nosql" => vec!["dbspec-core", name],
            other => vec![
                "dbspec-core",
                "dbspec-memory",
                "dbspec-sql",
                "dbspec-nosql",
                other,
            ],
        }
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>()
    };
    for member in list(&metadata, "workspace_members") {
        let id = member.as_str().unwrap_or_default();
        let name = graph[id].0;
        if name != "dbspec-core" && !engines.contains(&name) {
            continue;
        }
        for needed in closure(&graph, id) {
            let ours = needed == "dbspec" || needed.starts_with("dbspec-");
            assert!(
                !ours || allowed(name).iter().any(|it| it == needed),
                "{name} needs {needed}"
            );
        }
    }
}

#[test]
fn what_is_built_by_default_has_no_drivers() {
    let metadata = metadata();
    let graph = graph(&metadata);
    let name = |id: &Json| graph[id.as_str().unwrap_or_default()].0;
    let members: BTreeSet<_> = list(&metadata, "workspace_members").iter().map(name).collect();
    let default: BTreeSet<_> = list(&metadata, "workspace_default_members")
        .iter()
        .map(name)
        .collect();
    let without: BTreeSet<_> = members
        .iter()
        .filter(|it| !WITH_DRIVERS.contains(it))
        .copied()
        .collect();
    assert_eq!(default, without);
}

/// Whoever adds the facade gets every compiler and no driver, and can leave out any of them.
#[test]
fn each_engine_is_a_feature_of_the_facade() {
    let metadata = metadata();
    let packages = list(&metadata, "packages");
    let facade = packages.iter().find(|it| text(it, "name") == "dbspec");
    let facade = facade.expect("the facade");
    let features = facade["features"].as_object().expect("features");
    let engines = dbspec::targets::all();
    // The reference engine is always there.
    let names = engines.iter().map(|it| it.name.engine.as_str());
    let names: BTreeSet<&str> = names.filter(|it| *it != "memory").collect();
    let own = features.keys().map(String::as_str);
    let own: BTreeSet<&str> = own.filter(|it| *it != "default").collect();
    assert_eq!(own, names);
    let default = list(&facade["features"], "default").iter();
    let default: BTreeSet<&str> = default.filter_map(Json::as_str).collect();
    assert_eq!(default, names);
    // An engine's crate comes with its feature alone.
    for needed in list(facade, "dependencies") {
        let name = text(needed, "name");
        let always = ["dbspec-core", "dbspec-memory", "thiserror"].contains(&name);
        let normal = needed["kind"].is_null();
        assert!(
            !normal || always || needed["optional"] == Json::Bool(true),
            "{name}"
        );
    }
}
