//! `PostgreSQL`, by sqlx.
//!
//! Every bind is a text that the statement casts, every row comes back as one JSON document: the driver knows no type of
//! any model. Statements are prepared once per connection.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dbspec_core::backend::{AnyBackend, Artefact, Script};
use dbspec_core::program::from_json;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection, Either, Executor, PgConnection, PgPool, Row, TypeInfo, ValueRef};
use url::Url;

use crate::engine::{Engine, Session};
use crate::statement::{binds, result};
use crate::{Address, LiveError};

/// How many connections a client holds at most.
const CONNECTIONS: u32 = 8;

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A `PostgreSQL` database.
pub(crate) struct Postgres {
    pool: PgPool,
    version: u16,
}

impl Postgres {
    /// Connects and asks for the version.
    pub(crate) async fn connect(url: &Url, address: &Address) -> Result<Self, LiveError> {
        let unreachable = |says: String| LiveError::Connect {
            address: address.to_string(),
            says,
        };
        let options: PgConnectOptions = url
            .as_str()
            .parse()
            .map_err(|_| LiveError::Address(format!("{address}: not an address of PostgreSQL")))?;
        let options = options
            .application_name("dbspec")
            // A statement that waits for another longer than this is tried again by its program.
            .options([("lock_timeout", "5s"), ("statement_timeout", "60s")]);
        // One connection first: a pool would go on trying where nobody answers.
        let connecting = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options)).await;
        let mut first = connecting
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
            .map_err(|error| unreachable(said(&error)))?;
        let number: String = sqlx::query_scalar("SHOW server_version_num")
            .fetch_one(&mut first)
            .await
            .map_err(|error| unreachable(said(&error)))?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options);
        let version = number.parse::<u32>().unwrap_or(0) / 10_000;
        match u16::try_from(version) {
            Ok(version) if (13..=18).contains(&version) => Ok(Self { pool, version }),
            _ => Err(LiveError::Version {
                address: address.to_string(),
                says: format!("this is PostgreSQL {version}; 13 to 18 are compiled for"),
            }),
        }
    }
}

#[async_trait]
impl Engine for Postgres {
    fn backend(&self) -> Arc<dyn AnyBackend> {
        Arc::new(dbspec_sql::Postgres::new(self.version))
    }

    async fn session(&self) -> Result<Box<dyn Session>, Fault> {
        let connection = self.pool.acquire().await.map_err(|error| fault(&error))?;
        Ok(Box::new(Connected {
            connection: Some(connection),
            open: false,
        }))
    }

    async fn occupied(&self, _: &Script) -> Result<Vec<String>, LiveError> {
        let names = sqlx::query_scalar(
            "SELECT c.relname::text FROM pg_catalog.pg_class c \
             WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema()) \
             AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') \
             ORDER BY 1",
        );
        names
            .fetch_all(&self.pool)
            .await
            .map_err(|error| LiveError::Failed(said(&error)))
    }

    async fn apply(&self, script: &Script) -> Result<(), LiveError> {
        let failed = |error: sqlx::Error| LiveError::Failed(said(&error));
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        for statement in script.artefacts.iter().flat_map(Artefact::iter) {
            let sql = AssertSqlSafe(statement.to_owned());
            (&mut *transaction)
                .execute(sqlx::raw_sql(sql))
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

/// A connection for one program.
struct Connected {
    connection: Option<PoolConnection<sqlx::Postgres>>,
    /// Whether a transaction is open.
    open: bool,
}

impl Connected {
    fn connection(&mut self) -> Result<&mut PoolConnection<sqlx::Postgres>, Fault> {
        self.connection.as_mut().ok_or(Fault::Lost)
    }

    async fn plain(&mut self, words: &str) -> Result<(), Fault> {
        let sql = AssertSqlSafe(words.to_owned());
        let connection = self.connection()?;
        let done = (&mut **connection).execute(sqlx::raw_sql(sql)).await;
        done.map(|_| ()).map_err(|error| fault(&error))
    }
}

#[async_trait]
impl Session for Connected {
    async fn begin(&mut self, words: &str) -> Result<(), Fault> {
        self.open = true;
        self.plain(words).await
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
        use futures_util::TryStreamExt as _;
        let connection = self.connection()?;
        let mut results = Vec::with_capacity(calls.len());
        for call in calls {
            let mut query = sqlx::query(AssertSqlSafe(call.text.to_string()));
            for bind in binds(&call.args)? {
                query = query.bind(bind);
            }
            let mut rows = Vec::new();
            let mut touched = 0;
            let mut stream = (&mut **connection).fetch_many(query);
            while let Some(step) = stream.try_next().await.map_err(|error| fault(&error))? {
                match step {
                    Either::Left(done) => touched += done.rows_affected(),
                    Either::Right(row) => rows.push(document(&row)?),
                }
            }
            results.push(result(rows, touched));
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

/// The one column of a row: a JSON document, or a text.
fn document(row: &PgRow) -> Result<Value, Fault> {
    let broken = |what: &str| Fault::Broken(what.into());
    let value = row.try_get_raw(0).map_err(|_| broken("a row has no column"))?;
    if value.is_null() {
        return Ok(Value::Null);
    }
    let kind = value.type_info().name().to_owned();
    let bytes = value.as_bytes().map_err(|_| broken("a column can't be read"))?;
    let json = match kind.as_str() {
        // The binary form of jsonb begins with its version.
        "JSONB" => bytes.strip_prefix(&[1]).unwrap_or(bytes),
        "JSON" => bytes,
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|_| broken("a column is no text"))?;
            return Ok(Value::text(text));
        }
    };
    let json: serde_json::Value =
        serde_json::from_slice(json).map_err(|_| broken("a column is no JSON document"))?;
    Ok(from_json(&json))
}

/// What the engine's fault means to a program.
pub(crate) fn fault(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            match (&*code, code.get(..2).unwrap_or_default()) {
                ("23502", _) => {
                    // PostgreSQL gives no name to a NOT NULL constraint before 18: its column names it.
                    let error = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
                    let part = |part: Option<&str>| part.unwrap_or_default().to_owned();
                    let (table, column) =
                        error.map_or_else(Default::default, |it| (part(it.table()), part(it.column())));
                    Fault::Constraint(format!("{table}.{column}").into())
                }
                (_, "23") => Fault::Constraint(database.constraint().unwrap_or_default().into()),
                ("40001" | "40P01" | "55P03" | "25P02", _) => Fault::Conflict,
                ("57P01" | "57P02" | "57P03", _) | (_, "08") => Fault::Lost,
                (_, "53") if &*code == "53300" => Fault::Throttled,
                (_, "53" | "54") => Fault::Limit(said(error).into()),
                _ => Fault::Broken(said(error).into()),
            }
        }
        sqlx::Error::PoolTimedOut => Fault::Throttled,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Fault::Lost,
        _ => Fault::Broken(said(error).into()),
    }
}

/// What an error says that holds no value: of the classes of data and constraints only their code is told.
pub(crate) fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            let open = [
                "08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58",
            ];
            if open.iter().any(|class| code.starts_with(class)) {
                format!("{} (SQLSTATE {code})", database.message())
            } else {
                format!("SQLSTATE {code}")
            }
        }
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) => format!("TLS: {error}"),
        sqlx::Error::PoolTimedOut => format!("no answer within {} s", PATIENCE.as_secs()),
        sqlx::Error::PoolClosed => "the connections are closed".to_owned(),
        sqlx::Error::RowNotFound => "no row came back".to_owned(),
        sqlx::Error::Configuration(_) => "the address can't be used".to_owned(),
        _ => "the driver failed".to_owned(),
    }
}
