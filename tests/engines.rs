//! What the engines' recipes offer is documented, and reachable.
#![allow(missing_docs, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("engines")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The engines that the recipes offer.
fn offered() -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder().join("recipes")).expect("recipes") {
        let recipe = read(&entry.expect("a recipe").path());
        let line = recipe.lines().find_map(|line| line.strip_prefix("# engines: "));
        let line = line.expect("a recipe says what it offers");
        names.extend(line.split_whitespace().map(str::to_owned));
    }
    names
}

/// Runs a script of the engines as one who has set nothing.
fn run(script: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(folder().join(script));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DBSPEC_") {
            command.env_remove(name);
        }
    }
    let done = command.args(arguments).output();
    done.unwrap_or_else(|error| panic!("{script}: {error}"))
}

#[test]
fn every_engine_is_documented() {
    let readme = read(&folder().join("README.md"));
    let compose = read(&folder().join("compose.yaml"));
    for name in offered() {
        // The versions of PostgreSQL between the newest and the oldest go without saying.
        let listed = readme.contains(&format!("| `{name}` |"))
            || (name.starts_with("postgres") && readme.contains("`postgres18` … `postgres13`"));
        assert!(listed, "{name} isn't in engines/README.md");
        // The genuine MongoDB has no DocumentDB below.
        let image = compose.contains(&format!("\n  {name}:"));
        assert_eq!(image, name != "documentdb", "{name} in compose.yaml");
    }
}

#[test]
fn every_engine_has_an_address_of_its_own() {
    let printed = run("urls", &[]);
    assert!(printed.status.success(), "{printed:?}");
    let printed = String::from_utf8(printed.stdout).expect("UTF-8");
    let mut ports = BTreeSet::new();
    for name in offered() {
        let variable = format!("DBSPEC_TEST_{}_URL=", name.to_uppercase());
        let urls: Vec<_> = printed
            .lines()
            .filter_map(|line| line.strip_prefix(&variable))
            .collect();
        let [url] = urls[..] else {
            panic!("{name}: {urls:?}")
        };
        let (_, port) = url
            .split_once("127.0.0.1:")
            .expect("an address of this machine alone");
        let port: String = port.chars().take_while(char::is_ascii_digit).collect();
        assert!(ports.insert(port), "{name}: {url} is another's");
    }
    assert_eq!(printed.lines().count(), ports.len(), "{printed}");
}

#[test]
fn an_unknown_engine_is_refused() {
    for script in ["up", "down", "reset", "urls", "client"] {
        let refused = run(script, &["oracle"]);
        assert!(!refused.status.success(), "{script}: {refused:?}");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.contains("no engine oracle"), "{script}: {said}");
    }
}
