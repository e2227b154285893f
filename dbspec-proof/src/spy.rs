//! An engine that is listened to: which requests go out, and how many rows the engine reads for them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use dbspec_core::backend::{AnyBackend, Script};
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::program::to_json;
use dbspec_core::value::Value;
use dbspec_live::{Engine, LiveError, Session};
use serde_json::Value as Json;

use crate::engine::{called, statement};

/// What went out, and what came back.
pub type Heard = Vec<(Call, Value)>;

/// Listens to an engine.
pub struct Spy {
    engine: Box<dyn Engine>,
    heard: Arc<Mutex<Heard>>,
}

impl Spy {
    /// Listens.
    pub fn on(engine: Box<dyn Engine>) -> (Self, Ear) {
        let heard = Arc::default();
        let ear = Ear(Arc::clone(&heard));
        (Self { engine, heard }, ear)
    }
}

/// What is heard.
#[derive(Clone, Debug)]
pub struct Ear(Arc<Mutex<Heard>>);

impl Ear {
    /// What was heard since the last time.
    pub fn heard(&self) -> Heard {
        std::mem::take(&mut *locked(&self.0))
    }
}

fn locked(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Engine for Spy {
    fn backend(&self) -> Arc<dyn AnyBackend> {
        self.engine.backend()
    }

    async fn session(&self) -> Result<Box<dyn Session>, Fault> {
        Ok(Box::new(Listening {
            session: self.engine.session().await?,
            heard: Arc::clone(&self.heard),
        }))
    }

    async fn occupied(&self, script: &Script) -> Result<Vec<String>, LiveError> {
        self.engine.occupied(script).await
    }

    async fn apply(&self, script: &Script) -> Result<(), LiveError> {
        self.engine.apply(script).await
    }
}

struct Listening {
    session: Box<dyn Session>,
    heard: Arc<Mutex<Heard>>,
}

#[async_trait]
impl Session for Listening {
    async fn begin(&mut self, words: &str) -> Result<(), Fault> {
        self.session.begin(words).await
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        self.session.commit().await
    }

    async fn rollback(&mut self) {
        self.session.rollback().await;
    }

    async fn calls(&mut self, calls: &[Call]) -> Result<Vec<Value>, Fault> {
        let results = self.session.calls(calls).await?;
        locked(&self.heard).extend(calls.iter().cloned().zip(results.iter().cloned()));
        Ok(results)
    }
}

/// A table of fewer pages is read as a whole, whatever index there is, and rightly so: that is the cheaper.
const FEW_PAGES: u32 = 8;

/// How many rows `PostgreSQL` reads for statements that were heard: rows of tables that a scan came upon, those that it
/// threw away among them, but of tables of few pages only those that it gave.
pub async fn rows_of_statements(engine: &dyn Engine, heard: &Heard) -> u64 {
    let small =
        format!("select to_json(relname::text) from pg_class where relkind = 'r' and relpages < {FEW_PAGES}");
    let small: Vec<String> = statement(engine, &small)
        .await
        .iter()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let mut rows = 0;
    for (call, _) in heard {
        let call = Call {
            text: format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {}", call.text).into(),
            args: call.args.clone(),
        };
        let reply = called(engine, call).await;
        rows += scanned(&reply["rows"][0][0]["Plan"], &small);
    }
    rows
}

fn scanned(plan: &Json, small: &[String]) -> u64 {
    let number = |name: &str| plan[name].as_f64().unwrap_or_default();
    let mut rows = 0.0;
    if let Some(table) = plan["Relation Name"].as_str() {
        let mut each = number("Actual Rows");
        if !small.iter().any(|it| it == table) {
            each += number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
        }
        rows = each * number("Actual Loops");
    }
    let below = plan["Plans"].as_array().into_iter().flatten();
    let sum: u64 = below.map(|plan| scanned(plan, small)).sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of rows"
    )]
    let own = rows.round() as u64;
    own + sum
}

/// How many rows `MySQL` reads for statements that were heard: those that a look-up or a scan came upon, but of tables of
/// few pages that are scanned only those that are kept.
pub async fn rows_of_plans(engine: &dyn Engine, heard: &Heard) -> u64 {
    let small = format!(
        "select t.name from information_schema.innodb_tablestats as t \
         where t.name like concat(database(), '/%') and t.clust_index_size < {FEW_PAGES}"
    );
    let small: Vec<String> = statement(engine, &small)
        .await
        .iter()
        .filter_map(|name| name.as_str()?.split_once('/').map(|(_, table)| table.to_owned()))
        .collect();
    let mut rows = 0;
    for (call, _) in heard {
        let call = Call {
            text: format!("EXPLAIN ANALYZE FORMAT=JSON {}", call.text).into(),
            args: call.args.clone(),
        };
        let reply = called(engine, call).await;
        let plan = reply["rows"][0].as_str().unwrap_or_default();
        let plan: Json = serde_json::from_str(plan).unwrap_or_else(|error| panic!("no plan: {error}"));
        rows += come_upon(&plan["query_plan"], None, &small);
    }
    rows
}

/// `kept`: the rows that a filter above keeps.
fn come_upon(plan: &Json, kept: Option<f64>, small: &[String]) -> u64 {
    let number = |name: &str| plan[name].as_f64().unwrap_or_default();
    let all = number("actual_rows") * number("actual_loops");
    let mut rows = 0.0;
    if let Some(table) = plan["table_name"].as_str() {
        let scanned = plan["access_type"].as_str() == Some("table");
        let few = scanned && small.iter().any(|it| it == table);
        rows = if few { kept.unwrap_or(all) } else { all };
        // What stands in no schema was made on the way.
        if plan["schema_name"].as_str().is_none() {
            rows = 0.0;
        }
    }
    let kept = (plan["access_type"].as_str() == Some("filter")).then_some(all);
    let below = ["inputs", "inputs_from_select_list"]
        .iter()
        .flat_map(|name| plan[*name].as_array().into_iter().flatten());
    let sum: u64 = below.map(|plan| come_upon(plan, kept, small)).sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of rows"
    )]
    let own = rows.round() as u64;
    own + sum
}

/// How many rows come back for requests that were heard.
pub fn rows_of_replies(heard: &Heard) -> u64 {
    let counts = heard.iter().map(|(_, result)| {
        let reply = to_json(result).unwrap_or_default();
        reply["rows"].as_array().map_or(0, Vec::len) as u64
    });
    counts.sum()
}

/// How many items, documents or rows `DynamoDB`, `MongoDB` or Redis reads for requests that were heard: what it says it looked at, and one per item that was
/// asked for by its key.
pub fn rows_of_requests(heard: &Heard) -> u64 {
    let counts = heard.iter().map(|(call, result)| {
        let reply = to_json(result).unwrap_or_default();
        match &*call.text {
            "Query" | "Scan" => reply["ScannedCount"].as_u64().unwrap_or_default(),
            "GetItem" => u64::from(reply.get("Item").is_some()),
            "BatchGetItem" => {
                let tables = reply["Responses"]
                    .as_object()
                    .into_iter()
                    .flat_map(|it| it.values());
                tables.map(|it| it.as_array().map_or(0, Vec::len) as u64).sum()
            }
            // What a find brings: how many documents it looked at beyond, no reply tells.
            "find" => reply["cursor"]["firstBatch"].as_array().map_or(0, Vec::len) as u64,
            // Those of the keys that there are.
            "FCALL_RO" if to_json(&call.args).unwrap_or_default()[0] == "dbspec_rows" => {
                let rows = reply.as_array().into_iter().flatten();
                rows.filter(|row| row.get(2).is_some()).count() as u64
            }
            "TransactGetItems" => reply["Responses"].as_array().map_or(0, Vec::len) as u64,
            _ => 0,
        }
    });
    counts.sum()
}
