//! Committed outputs, run by the engine's own client.
#![allow(clippy::panic)]

use std::path::PathBuf;
use std::process::Command;

use dbspec_proof::engine::{POSTGRES_NEWEST, POSTGRES_OLDEST, places};
use dbspec_proof::model;

/// The files of a name in the folders of an engine's outputs, one folder a model.
fn outputs(engine: &str, file: &str) -> Vec<PathBuf> {
    let folder = model::repository("tests/out").join(engine);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap_or_else(|error| panic!("{error}")).path().join(file))
        .filter(|file| file.is_file())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no {file} in {}", folder.display());
    files
}

#[tokio::test]
async fn psql_runs_the_schemas() {
    for place in places(&[POSTGRES_NEWEST, POSTGRES_OLDEST]) {
        for (number, file) in outputs("postgres", "schema.sql").into_iter().enumerate() {
            place
                .with_database(&format!("outputs_{number}"), async move |url| {
                    let run = Command::new("psql")
                        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file"])
                        .arg(&file)
                        .arg(&url)
                        .output();
                    let run = run.unwrap_or_else(|error| panic!("psql: {error}"));
                    let said = String::from_utf8_lossy(&run.stderr);
                    assert!(run.status.success(), "{}: {said}", file.display());
                })
                .await;
        }
    }
}
