//! `DocumentDB`: the functions of its extension, in a transaction of the `PostgreSQL` that has it.

use std::time::Duration;

use async_trait::async_trait;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use serde_json::Value as Json;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool, Row};

use super::document::{from_extended, to_extended};
use super::refusal;
use crate::engine::Session;
use crate::postgres::{fault, said};
use crate::{Address, LiveError};

/// Whose commands it takes.
pub(super) const SPEAKS: u16 = 8;

const CONNECTIONS: u32 = 8;
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Below {
    pool: PgPool,
    database: String,
}

impl Below {
    pub(super) async fn connect(url: &str, database: String, address: &Address) -> Result<Self, LiveError> {
        let options: PgConnectOptions = url.parse().map_err(|_| {
            LiveError::Address(format!("{address}: `documentdb` is no address of PostgreSQL"))
        })?;
        let options = options.application_name("dbspec").options([
            ("lock_timeout", "5s"),
            ("statement_timeout", "60s"),
            ("documentdb_core.bsonUseEJson", "on"),
        ]);
        let unreachable = |says: String| LiveError::Connect {
            address: address.to_string(),
            says,
        };
        let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options)).await;
        let mut first = connecting
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
            .map_err(|error| unreachable(said(&error)))?;
        let there: Option<String> =
            sqlx::query_scalar("SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'documentdb'")
                .fetch_optional(&mut first)
                .await
                .map_err(|error| unreachable(said(&error)))?;
        if there.is_none() {
            return Err(LiveError::Version {
                address: address.to_string(),
                says: "the database below has no DocumentDB".to_owned(),
            });
        }
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options);
        Ok(Self { pool, database })
    }

    pub(super) async fn session(&self) -> Result<Connected, Fault> {
        let connection = self.pool.acquire().await.map_err(|error| fault(&error))?;
        Ok(Connected {
            connection: Some(connection),
            database: self.database.clone(),
            open: false,
        })
    }

    pub(super) async fn collections(&self) -> Result<Vec<String>, LiveError> {
        let names = sqlx::query_scalar(
            "SELECT collection_name FROM documentdb_api_catalog.collections \
             WHERE database_name = $1 AND collection_name NOT LIKE 'system.%' ORDER BY 1",
        );
        names
            .bind(&self.database)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| LiveError::Failed(said(&error)))
    }
}

/// A connection for one program.
pub(super) struct Connected {
    connection: Option<PoolConnection<sqlx::Postgres>>,
    database: String,
    /// Whether a transaction is open.
    open: bool,
}

/// The statement of a command: its reply as Extended JSON, and what its cursor goes on with.
fn statement(command: &str) -> Option<&'static str> {
    Some(match command {
        "find" => {
            "SELECT cursorpage::text, continuation::text FROM documentdb_api.find_cursor_first_page($1, $2::text::documentdb_core.bson)"
        }
        "aggregate" => {
            "SELECT cursorpage::text, continuation::text FROM documentdb_api.aggregate_cursor_first_page($1, $2::text::documentdb_core.bson)"
        }
        "insert" => {
            "SELECT p_result::text, NULL::text FROM documentdb_api.insert($1, $2::text::documentdb_core.bson)"
        }
        "update" => {
            "SELECT p_result::text, NULL::text FROM documentdb_api.update($1, $2::text::documentdb_core.bson)"
        }
        "delete" => {
            "SELECT p_result::text, NULL::text FROM documentdb_api.delete($1, $2::text::documentdb_core.bson)"
        }
        "findAndModify" => {
            "SELECT p_result::text, NULL::text FROM documentdb_api.find_and_modify($1, $2::text::documentdb_core.bson)"
        }
        "create" => {
            "SELECT documentdb_api.create_collection_view($1, $2::text::documentdb_core.bson)::text, NULL::text"
        }
        "collMod" => {
            "SELECT documentdb_api.coll_mod($1, $2::text::jsonb->>'collMod', $2::text::documentdb_core.bson)::text, NULL::text"
        }
        "createIndexes" => {
            "SELECT documentdb_api_internal.create_indexes_non_concurrently($1, $2::text::documentdb_core.bson, true)::text, NULL::text"
        }
        "dropDatabase" => "SELECT NULL::text, NULL::text FROM documentdb_api.drop_database($1)",
        _ => return None,
    })
}

const MORE: &str = "SELECT cursorpage::text, continuation::text \
    FROM documentdb_api.cursor_get_more($1, $2::text::documentdb_core.bson, $3::text::documentdb_core.bson)";

impl Connected {
    fn connection(&mut self) -> Result<&mut PoolConnection<sqlx::Postgres>, Fault> {
        self.connection.as_mut().ok_or(Fault::Lost)
    }

    async fn plain(&mut self, words: &'static str) -> Result<(), Fault> {
        let connection = self.connection()?;
        let done = (&mut **connection).execute(sqlx::raw_sql(words)).await;
        done.map(|_| ()).map_err(|error| fault(&error))
    }

    async fn ask(&mut self, sql: &'static str, binds: &[&str]) -> Result<(Json, Option<String>), Fault> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned())).bind(self.database.clone());
        for bind in binds {
            query = query.bind((*bind).to_owned());
        }
        let connection = self.connection()?;
        let row = query
            .fetch_one(&mut **connection)
            .await
            .map_err(|error| fault(&error))?;
        let broken = |_| Fault::Broken("a reply can't be read".into());
        let reply: Option<String> = row.try_get(0).map_err(broken)?;
        let more: Option<String> = row.try_get(1).map_err(broken)?;
        let reply = serde_json::from_str(reply.as_deref().unwrap_or("null"))
            .map_err(|_| Fault::Broken("a reply is no JSON".into()))?;
        Ok((reply, more))
    }

    async fn call(&mut self, call: &Call) -> Result<Value, Fault> {
        let sql = statement(&call.text)
            .ok_or_else(|| Fault::Broken(format!("no function for {}", call.text).into()))?;
        let command = to_extended(&call.args)?;
        let (mut reply, mut more) = self.ask(sql, &[&command.to_string()]).await?;
        if let Some(error) = reply["writeErrors"].as_array().and_then(|all| all.first()) {
            return Err(refused(error));
        }
        // A reply ends at 16 MB.
        while let Some(continuation) = more.take() {
            let id = reply["cursor"]["id"].clone();
            let collection = command[&*call.text].clone();
            let ask = serde_json::json!({ "getMore": id, "collection": collection, "batchSize": 1_000_000 });
            let (mut page, next) = self.ask(MORE, &[&ask.to_string(), &continuation]).await?;
            more = next;
            if let (Some(all), Some(batch)) = (
                reply["cursor"]["firstBatch"].as_array_mut(),
                page["cursor"]["nextBatch"].as_array_mut(),
            ) {
                all.append(batch);
            }
        }
        Ok(from_extended(&reply))
    }
}

#[async_trait]
impl Session for Connected {
    async fn begin(&mut self, words: &str) -> Result<(), Fault> {
        self.open = true;
        self.plain(if words.ends_with("read only") {
            "BEGIN ISOLATION LEVEL REPEATABLE READ"
        } else {
            "BEGIN ISOLATION LEVEL SERIALIZABLE"
        })
        .await
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        let done = self.plain("COMMIT").await;
        if done.is_ok() {
            self.open = false;
        }
        done
    }

    async fn rollback(&mut self) {
        if self.plain("ROLLBACK").await.is_ok() {
            self.open = false;
        } else if let Some(connection) = self.connection.take() {
            // Closed, not given back: what was open on it ends with it.
            drop(connection.detach());
        }
    }

    async fn calls(&mut self, calls: &[Call]) -> Result<Vec<Value>, Fault> {
        let mut results = Vec::with_capacity(calls.len());
        for call in calls {
            results.push(self.call(call).await?);
        }
        Ok(results)
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        // A program that was dropped in the middle must not leave its transaction to the next one.
        if let (true, Some(connection)) = (self.open, self.connection.take()) {
            drop(connection.detach());
        }
    }
}

/// What the first error of a write means.
fn refused(error: &Json) -> Fault {
    let code = error["code"]["$numberInt"]
        .as_str()
        .and_then(|it| it.parse().ok());
    refusal(code.unwrap_or(0), error["errmsg"].as_str().unwrap_or_default())
}
