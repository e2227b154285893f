//! Committed outputs, run by the engine's own client.
#![allow(clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

use dbspec_core::backend::Script;
use dbspec_proof::engine::{
    DYNAMODB, MONGODB, MYSQL, POSTGRES_NEWEST, POSTGRES_OLDEST, REDIS, created, opened, places, request,
};
use dbspec_proof::model;
use serde_json::{Value as Json, json};

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

#[tokio::test]
async fn mysql_runs_the_schemas() {
    for place in places(&[MYSQL]) {
        for (number, file) in outputs("mysql", "schema.sql").into_iter().enumerate() {
            place
                .with_database(&format!("outputs_{number}"), async move |url| {
                    let script = std::fs::File::open(&file).unwrap_or_else(|error| panic!("{error}"));
                    let run = Command::new(model::repository("engines/client"))
                        .args(["mysql", &url, "--default-character-set=utf8mb4"])
                        .stdin(script)
                        .output();
                    let run = run.unwrap_or_else(|error| panic!("mysql: {error}"));
                    let said = String::from_utf8_lossy(&run.stderr);
                    assert!(run.status.success(), "{}: {said}", file.display());
                })
                .await;
        }
    }
}

#[tokio::test]
async fn mongosh_runs_the_schemas() {
    for place in places(&[MONGODB]) {
        for (number, file) in outputs("mongodb", "schema.js").into_iter().enumerate() {
            place
                .with_database(&format!("outputs_{number}"), async move |url| {
                    let run = Command::new(model::repository("engines/client"))
                        .args(["mongodb", &url, "--file"])
                        .arg(&file)
                        .output();
                    let run = run.unwrap_or_else(|error| panic!("mongosh: {error}"));
                    let said = String::from_utf8_lossy(&run.stderr);
                    let says = String::from_utf8_lossy(&run.stdout);
                    assert!(run.status.success(), "{}: {said}{says}", file.display());
                    let made = opened(&url).await.occupied(&Script::default()).await;
                    let made = made.unwrap_or_else(|error| panic!("{error}"));
                    assert!(!made.is_empty(), "{}: nothing is there", file.display());
                })
                .await;
        }
    }
}

/// The commands do on a database of their own what they do anywhere: keys have the model's tag.
#[tokio::test]
async fn redis_cli_runs_the_commands() {
    for place in places(&[REDIS]) {
        let url = format!("{}/15", place.url());
        for name in ["chinook", "shop"] {
            for file in ["schema.redis", "users.redis"] {
                let file = model::repository("tests/out/redis").join(name).join(file);
                let script = std::fs::File::open(&file).unwrap_or_else(|error| panic!("{error}"));
                let run = Command::new(model::repository("engines/client"))
                    .args(["redis", &url])
                    .stdin(script)
                    .output();
                let run = run.unwrap_or_else(|error| panic!("redis-cli: {error}"));
                let said = String::from_utf8_lossy(&run.stderr);
                let says = String::from_utf8_lossy(&run.stdout);
                assert!(run.status.success(), "{}: {said}", file.display());
                assert!(!says.contains("ERR"), "{}: {says}", file.display());
            }
            let engine = opened(&url).await;
            let catalog = format!("{{{name}}}:catalog");
            let listed = request(&*engine, "HLEN", &json!([catalog])).await;
            assert!(listed.as_u64() > Some(5), "{name}: {listed} kinds of key");
            let user = format!("dbspec.{name}");
            let made = request(&*engine, "ACL GETUSER", &json!([user])).await;
            assert!(
                made.to_string().contains(&format!("{{{name}}}:*")),
                "{name}: {made}"
            );
            request(&*engine, "DEL", &json!([catalog])).await;
            request(&*engine, "ACL DELUSER", &json!([user])).await;
        }
    }
}

/// Each committed request file, run by the vendor's client, makes the table that applying the model makes.
#[tokio::test(flavor = "multi_thread")]
async fn dynamodb_takes_the_request_files() {
    for place in places(&[DYNAMODB]) {
        for name in ["shop", "chinook"] {
            let mut files = files_in(&model::repository("tests/out/dynamodb").join(name));
            assert!(!files.is_empty());
            files.sort();
            let server = place.url().to_owned();
            place
                .with_database(&format!("requests_{name}"), async move |url| {
                    let kernel = model::example(name);
                    created(&url, &kernel).await;
                    let engine = opened(&url).await;
                    let (_, prefix) = url
                        .split_once("&prefix=")
                        .unwrap_or_else(|| panic!("{url}: no prefix"));
                    for file in files {
                        let document = json_of(&file);
                        // A template is another tool's.
                        let Some(table) = document["TableName"].as_str() else {
                            continue;
                        };
                        let (_, of) = table.split_once('.').unwrap_or_else(|| panic!("{table}"));
                        let applied = described(&*engine, &format!("{prefix}.{of}")).await;
                        // Under a name of its own, so that tests don't meet.
                        let own = format!("{prefix}.file.{of}");
                        run_by_client(&server, &file, &own);
                        let made = described(&*engine, &own).await;
                        request(&*engine, "DeleteTable", &json!({ "TableName": own })).await;
                        assert_eq!(made, applied, "{}", file.display());
                    }
                })
                .await;
        }
    }
}

/// Has the vendor's client run a request file, but with another name for the table.
fn run_by_client(url: &str, file: &Path, table: &str) {
    let run = Command::new(model::repository("engines/client"))
        .args(["dynamodb", url, "dynamodb", "create-table", "--cli-input-json"])
        .arg(format!("file://{}", file.display()))
        .args(["--table-name", table])
        .output();
    let run = run.unwrap_or_else(|error| panic!("engines/client: {error}"));
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{}: {said}", file.display());
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| entry.unwrap_or_else(|error| panic!("{error}")).path())
        .collect()
}

fn json_of(file: &Path) -> Json {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What the engine says of a table, but for its name, its number of rows and when it was made.
async fn described(engine: &dyn dbspec_live::Engine, table: &str) -> Json {
    let found = request(engine, "DescribeTable", &json!({ "TableName": table })).await;
    let found = &found["Table"];
    let parts = ["AttributeDefinitions", "KeySchema", "DeletionProtectionEnabled"];
    let mut all: Vec<Json> = parts.iter().map(|part| found[*part].clone()).collect();
    // An order of the engine's own.
    if let Some(Json::Array(attributes)) = all.first_mut() {
        attributes.sort_by_key(|it| it["AttributeName"].to_string());
    }
    let indexes = found["GlobalSecondaryIndexes"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut indexes: Vec<Json> = indexes
        .iter()
        .map(|it| json!([it["IndexName"], it["KeySchema"], it["Projection"]]))
        .collect();
    indexes.sort_by_key(Json::to_string);
    all.push(indexes.into());
    all.push(found["BillingModeSummary"]["BillingMode"].clone());
    all.into()
}
