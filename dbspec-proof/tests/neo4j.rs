//! Witnesses of what is claimed of Neo4j, by its driver without programs: what is enforced is refused, and the row at the
//! edge is accepted; what is guarded is accepted, and the audit finds it. Committed scripts run by the vendor's client, and
//! what locks hold back.
#![allow(clippy::panic)]

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use dbspec_core::backend::coverage::{Outcome, RuleOutcome};
use dbspec_core::kernel::Subject;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use dbspec_live::{Client, Engine};
use dbspec_proof::engine::{NEO4J, created, cypher, opened, places};
use dbspec_proof::model;

const MODEL: &str = r"model witness
entity Owner {
  id: int32 @key
  name: string(5)? @unique
  code: string(5)? @unique @ignore_case
  east: int32?
  west: int32?
  unique pair (east, west)
}
entity Child {
  id: int32 @key
  parent: -> Owner on delete restrict inverse children 0..2
  amount: int32
}
";

/// What the engine refuses, and what is at the edge. `$` stands for the prefix.
const ENFORCED: &[(&str, &str)] = &[
    ("CREATE (:`$Owner` {id: 1})", "CREATE (:`$Owner` {id: 3})"),
    (
        "CREATE (:`$Owner` {id: 4, name: 'Ann'})",
        "CREATE (:`$Owner` {id: 4, name: 'ann'})",
    ),
    (
        "MATCH (n:`$Owner` {id: 2}) SET n.east = 1, n.west = 1",
        "MATCH (n:`$Owner` {id: 2}) SET n.east = 1",
    ),
];

/// What the engine takes although a rule is broken: the rule, the statement, and how many rows its audit finds then.
const GUARDED: &[(&str, &str, usize)] = &[
    ("Owner.id.type Holds", "CREATE (:`$Owner` {id: 'x'})", 1),
    (
        "Child.amount.required Holds",
        "CREATE (:`$Child` {id: 7, parent_id: 1})",
        1,
    ),
    (
        "Child.parent.reference Exists",
        "CREATE (:`$Child` {id: 8, parent_id: 99, amount: 1})",
        1,
    ),
];

async fn attempt(engine: &dyn Engine, statement: &str) -> Result<(), Fault> {
    let call = Call {
        text: statement.into(),
        args: Value::Map(Vec::new()),
    };
    let mut session = engine.session().await?;
    session.calls(&[call]).await.map(|_| ())
}

fn prefix(url: &str) -> String {
    let (_, prefix) = url.split_once("?prefix=").unwrap_or_else(|| panic!("{url}"));
    format!("{prefix}.")
}

async fn made(url: &str) -> (Client, Box<dyn Engine>) {
    let client = created(url, &model::kernel(MODEL)).await;
    let engine = opened(url).await;
    let rows = format!(
        "CREATE (:`{0}Owner` {{id: 1, name: 'Ann', east: 1, west: 1}}), (:`{0}Owner` {{id: 2, name: 'Bob'}})",
        prefix(url)
    );
    cypher(&*engine, &rows).await;
    (client, engine)
}

#[tokio::test]
async fn what_is_enforced_is_refused() {
    for place in places(&[NEO4J]) {
        place
            .with_database("witness", |url| async move {
                let (_, engine) = made(&url).await;
                for (broken, edge) in ENFORCED {
                    let said = |text: &str| text.replace('$', &prefix(&url));
                    let refused = attempt(&*engine, &said(broken)).await;
                    assert_eq!(refused, Err(Fault::Conflict), "{broken}");
                    assert_eq!(attempt(&*engine, &said(edge)).await, Ok(()), "{edge}");
                }
            })
            .await;
    }
}

#[tokio::test]
async fn what_is_guarded_is_found() {
    for place in places(&[NEO4J]) {
        place
            .with_database("guarded", |url| async move {
                let (client, engine) = made(&url).await;
                let lowered = client.lowered().unwrap_or_else(|| panic!("a design"));
                let kernel = lowered.kernel();
                let mut audits: BTreeMap<String, &str> = BTreeMap::new();
                for (facet, entry) in lowered.report().coverage.iter() {
                    let of = kernel.facets[facet];
                    if let (Outcome::Rule(RuleOutcome::Guarded { audit, .. }), Subject::Rule(id)) =
                        (&entry.outcome, of.subject)
                    {
                        let rule = &kernel.rules[id];
                        let entity = &kernel.entities[rule.entity].name;
                        audits.insert(format!("{entity}.{} {:?}", rule.name, of.facet), &audit.text);
                    }
                }
                for (rule, statement, finds) in GUARDED {
                    let audit = audits.get(*rule);
                    let audit = audit.unwrap_or_else(|| panic!("{rule} isn't among {:?}", audits.keys()));
                    let audit = audit.replace("RETURN n", "RETURN properties(n)");
                    let before = cypher(&*engine, &audit).await.len();
                    let taken = attempt(&*engine, &statement.replace('$', &prefix(&url))).await;
                    assert_eq!(taken, Ok(()), "{rule}");
                    assert_eq!(cypher(&*engine, &audit).await.len() - before, *finds, "{audit}");
                }
            })
            .await;
    }
}

/// Who needs a lock waits until the one who has it is done.
#[tokio::test(flavor = "multi_thread")]
async fn locks_hold_others_back() {
    for place in places(&[NEO4J]) {
        place
            .with_database("locks", |url| async move {
                let (_, engine) = made(&url).await;
                let lock = Call {
                    text: format!(
                        "MATCH (l:`{}Lock`) WHERE l.name = '00' SET l.held = true",
                        prefix(&url)
                    )
                    .into(),
                    args: Value::Map(Vec::new()),
                };
                let mut first = engine.session().await.unwrap_or_else(|it| panic!("{it}"));
                first.begin("BEGIN").await.unwrap_or_else(|it| panic!("{it}"));
                first
                    .calls(std::slice::from_ref(&lock))
                    .await
                    .unwrap_or_else(|it| panic!("{it}"));
                let mut second = engine.session().await.unwrap_or_else(|it| panic!("{it}"));
                let waits = tokio::spawn(async move {
                    second.begin("BEGIN").await?;
                    second.calls(&[lock]).await?;
                    second.commit().await
                });
                tokio::time::sleep(Duration::from_millis(300)).await;
                assert!(!waits.is_finished(), "it didn't wait");
                first.commit().await.unwrap_or_else(|it| panic!("{it}"));
                let done = waits.await.unwrap_or_else(|it| panic!("{it}"));
                assert_eq!(done, Ok(()));
            })
            .await;
    }
}

#[tokio::test]
async fn cypher_shell_runs_the_schemas() {
    for place in places(&[NEO4J]) {
        for name in ["shop", "chinook"] {
            let file = model::repository("tests/out/neo4j")
                .join(name)
                .join("schema.cypher");
            let text = std::fs::read_to_string(&file).unwrap_or_else(|it| panic!("{}: {it}", file.display()));
            place
                .with_database(&format!("schema_{name}"), move |url| async move {
                    // Under names of its own, so that tests don't meet.
                    let mut own = String::new();
                    for line in text.lines() {
                        let parts: Vec<&str> = line.split('`').collect();
                        let property =
                            |at: usize| parts[at - 1].ends_with('.') || parts[at - 1].ends_with('{');
                        let pieces = parts.iter().enumerate().map(|(at, part)| match at % 2 {
                            0 => (*part).to_owned(),
                            _ if property(at) => format!("`{part}`"),
                            _ => format!("`{}{part}`", prefix(&url)),
                        });
                        own.extend(pieces);
                        own.push('\n');
                    }
                    let mut run = Command::new(model::repository("engines/client"))
                        .arg("neo4j")
                        .stdin(Stdio::piped())
                        .stdout(Stdio::null())
                        .stderr(Stdio::piped())
                        .spawn()
                        .unwrap_or_else(|it| panic!("cypher-shell: {it}"));
                    if let Some(mut input) = run.stdin.take() {
                        use std::io::Write as _;
                        input
                            .write_all(own.as_bytes())
                            .unwrap_or_else(|it| panic!("{it}"));
                    }
                    let run = run.wait_with_output().unwrap_or_else(|it| panic!("{it}"));
                    let said = String::from_utf8_lossy(&run.stderr);
                    assert!(run.status.success(), "{said}");
                })
                .await;
        }
    }
}
