//! Rows that break what isn't enforced: each engine takes them as they are printed, and the audit finds them.
#![allow(clippy::panic)]

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use dbspec_core::backend::AnyPlain;
use dbspec_core::backend::coverage::{Outcome, RuleOutcome};
use dbspec_core::counterexample::{Counterexample, find};
use dbspec_core::kernel::{Kernel, LeafType, RuleKind, Scalar, Subject};
use dbspec_core::program::from_json;
use dbspec_core::program::machine::Call;
use dbspec_live::Client;
use dbspec_proof::engine::{
    DYNAMODB, MYSQL, POSTGRES_NEWEST, POSTGRES_OLDEST, created, opened, places, request,
};
use dbspec_proof::model;
use serde_json::{Value as Json, json};

/// A rule that isn't enforced, and what shows it.
struct Shown {
    rule: String,
    /// Whether one row alone breaks it.
    alone: bool,
    /// Whether it says how long a text is. `DynamoDB`'s filters can't count characters, so its audits find none of these.
    is_length: bool,
    statements: Vec<Box<str>>,
    audit: Option<Box<str>>,
}

/// The rules that aren't enforced and that rows show, with what the target's client runs.
fn shown(kernel: &Arc<Kernel>, client: &Client, plain: &dyn AnyPlain) -> Vec<Shown> {
    let lowered = client.lowered().unwrap_or_else(|| panic!("it has a design"));
    let mut all = Vec::new();
    for (facet, entry) in lowered.report().coverage.iter() {
        let of = kernel.facets[facet];
        let (Subject::Rule(id), Outcome::Rule(outcome)) = (of.subject, &entry.outcome) else {
            continue;
        };
        let audit = match outcome {
            RuleOutcome::Enforced => continue,
            RuleOutcome::Guarded { audit, .. }
            | RuleOutcome::Settled { audit, .. }
            | RuleOutcome::Audited { audit } => Some(audit.text.clone()),
            RuleOutcome::Unsupported => None,
        };
        let Ok(Counterexample { rows, .. }) = find(kernel, id, of.facet) else {
            continue;
        };
        let rule = &kernel.rules[id];
        let Some(statements) = plain.plain_insertion(lowered, &rows) else {
            continue;
        };
        all.push(Shown {
            rule: format!(
                "{}.{} {:?}",
                kernel.entities[rule.entity].name, rule.name, of.facet
            ),
            alone: matches!(
                rule.kind,
                RuleKind::Size { .. }
                    | RuleKind::Predicate { .. }
                    | RuleKind::Required(_)
                    | RuleKind::Derived { .. }
                    | RuleKind::Version(_)
            ),
            is_length: matches!(rule.kind, RuleKind::Type(leaf) if matches!(
                kernel.leaves[leaf].ty,
                LeafType::Scalar(Scalar::String { .. })
            )),
            statements,
            audit,
        });
    }
    all
}

/// Has the vendor's client run a script.
fn run(client: &mut Command, text: &str) -> Result<String, String> {
    let run = client
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut run = run.unwrap_or_else(|error| panic!("{error}"));
    if let Some(mut input) = run.stdin.take() {
        // A client that stops at an error reads no further.
        let _ = input.write_all(text.as_bytes());
    }
    let done = run.wait_with_output().unwrap_or_else(|error| panic!("{error}"));
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

/// The statements with the audit behind them, all of it undone.
fn tried(it: &Shown, immediate: &str) -> String {
    let inserts = it.statements.iter().filter(|it| it.starts_with("insert"));
    let inserts: Vec<&str> = inserts.map(|it| &**it).collect();
    let audit = it.audit.as_deref().unwrap_or("select 1");
    format!(
        "begin;\n{}\n{immediate}\n{};\nrollback;\n",
        inserts.join("\n"),
        audit.trim().trim_end_matches(';')
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_engines_take_what_they_dont_enforce() {
    for place in places(&[POSTGRES_NEWEST, POSTGRES_OLDEST, MYSQL]) {
        let is_mysql = place.is_mysql();
        place
            .with_database("broken", async move |url| {
                let kernel = model::example("shop");
                let client = created(&url, &kernel).await;
                let engine = if is_mysql { "mysql" } else { "postgres" };
                let backend = dbspec::targets::all();
                let target = backend.iter().find(|it| it.name.engine == engine);
                let plain = target.and_then(|it| it.backend.inserting());
                let shown = shown(&kernel, &client, plain.unwrap_or_else(|| panic!("{engine}")));
                assert!(!is_mysql || shown.len() > 3, "{}", shown.len());
                for it in &shown {
                    let said = if is_mysql {
                        let mut client = Command::new(model::repository("engines/client"));
                        client.args(["mysql", &url, "--batch", "--skip-column-names"]);
                        run(&mut client, &tried(it, ""))
                    } else {
                        let mut client = Command::new("psql");
                        client.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
                        client.args(["--set=ON_ERROR_STOP=1", "--dbname", &url]);
                        run(&mut client, &tried(it, "set constraints all immediate;"))
                    };
                    let said = said.unwrap_or_else(|error| {
                        panic!(
                            "{engine} refuses {}: {error}\n{}",
                            it.rule,
                            it.statements.join("\n")
                        )
                    });
                    let found = said.lines().filter(|line| !line.is_empty()).count();
                    let right = if it.alone { found == 1 } else { found > 0 };
                    assert!(right, "{engine}: the audit of {} finds {found}: {said}", it.rule);
                }
            })
            .await;
    }
}

const COMMAND: &str = "aws dynamodb put-item --cli-input-json ";

/// The request of a command.
fn put(statement: &str) -> Json {
    let quoted = statement
        .strip_prefix(COMMAND)
        .unwrap_or_else(|| panic!("{statement}"));
    let text = quoted.trim_matches('\'').replace(r"'\''", "'");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn dynamodb_takes_what_it_doesnt_enforce() {
    for place in places(&[DYNAMODB]) {
        let server = place.url().to_owned();
        place
            .with_database("broken", async move |url| {
                let kernel = model::example("shop");
                let client = created(&url, &kernel).await;
                let engine = opened(&url).await;
                let all = dbspec::targets::all();
                let target = all.iter().find(|it| it.name.engine == "dynamodb");
                let plain = target.and_then(|it| it.backend.inserting());
                let shown = shown(&kernel, &client, plain.unwrap_or_else(|| panic!("no face")));
                assert!(shown.len() > 30, "{}", shown.len());
                let mut told = 0;
                for (at, it) in shown.iter().enumerate() {
                    let puts: Vec<Json> = it.statements.iter().map(|it| put(it)).collect();
                    for put in &puts {
                        if at == 0 {
                            by_shell(&server, &url, put);
                        }
                        let session = engine.session().await;
                        let mut session = session.unwrap_or_else(|fault| panic!("{fault}"));
                        let call = Call {
                            text: "PutItem".into(),
                            args: from_json(put),
                        };
                        if let Err(fault) = session.calls(&[call]).await {
                            panic!("DynamoDB refuses {}: {fault}\n{put}", it.rule);
                        }
                    }
                    let audit: Option<Json> =
                        it.audit.as_deref().and_then(|it| serde_json::from_str(it).ok());
                    let filter = audit.as_ref().and_then(|it| it["FilterExpression"].as_str());
                    let tells =
                        filter.is_some_and(|it| !["", "#0 = :0", "begins_with(#0, :0)"].contains(&it));
                    if let Some(audit) = audit.filter(|_| tells && !it.is_length) {
                        let reply = request(&*engine, "Scan", &audit).await;
                        let found = reply["Items"].as_array().map_or(0, Vec::len);
                        told += 1;
                        let right = if it.alone { found == 1 } else { found > 0 };
                        assert!(right, "the audit of {} finds {found}: {puts:?}", it.rule);
                    }
                    for put in &puts {
                        let mut key = json!({ "pk": put["Item"]["pk"] });
                        if !put["Item"]["sk"].is_null() {
                            key["sk"] = put["Item"]["sk"].clone();
                        }
                        let gone = json!({ "TableName": put["TableName"], "Key": key });
                        request(&*engine, "DeleteItem", &gone).await;
                    }
                }
                assert!(told > 10, "{told}");
            })
            .await;
    }
}

/// Has a shell run the command with the vendor's client, on the table that has the test's prefix.
fn by_shell(server: &str, url: &str, put: &Json) {
    let (_, prefix) = url
        .split_once("&prefix=")
        .unwrap_or_else(|| panic!("{url}: no prefix"));
    let mut put = put.clone();
    let table = put["TableName"].as_str().unwrap_or_default();
    let (_, of) = table.split_once('.').unwrap_or_else(|| panic!("{table}"));
    put["TableName"] = json!(format!("{prefix}.{of}"));
    let command = format!("{COMMAND}'{}'", put.to_string().replace('\'', r"'\''"));
    let client = model::repository("engines/client");
    let script = format!(
        "aws() {{ {} dynamodb '{server}' \"$@\"; }}\n{command}",
        client.display()
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]);
    if let Err(error) = run(&mut shell, "") {
        panic!("{error}\n{command}");
    }
}
