//! `MySQL`, by sqlx.
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
use sqlx::mysql::{MySqlConnectOptions, MySqlDatabaseError, MySqlPoolOptions, MySqlRow};
use sqlx::pool::PoolConnection;
use sqlx::{
    AssertSqlSafe, Connection, Either, Executor, MySqlConnection, MySqlPool, Row, TypeInfo, ValueRef,
};
use url::Url;

use crate::engine::{Engine, Session};
use crate::statement::{binds, result};
use crate::{Address, LiveError};

/// How many connections a client holds at most.
const CONNECTIONS: u32 = 8;

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the programs' statements expect of a session: strict types, and no quoting of another kind. One that waits for
/// another longer than this is tried again by its program.
const SESSION: &str = "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,NO_ENGINE_SUBSTITUTION', \
     innodb_lock_wait_timeout = 5, max_execution_time = 60000";

/// A `MySQL` database.
pub(crate) struct MySql {
    pool: MySqlPool,
    version: u16,
}

impl MySql {
    /// Connects and asks for the version.
    pub(crate) async fn connect(url: &Url, address: &Address) -> Result<Self, LiveError> {
        let unreachable = |says: String| LiveError::Connect {
            address: address.to_string(),
            says,
        };
        let options: MySqlConnectOptions = url
            .as_str()
            .parse()
            .map_err(|_| LiveError::Address(format!("{address}: not an address of MySQL")))?;
        let options = options.pipes_as_concat(false).no_engine_substitution(false);
        // One connection first: a pool would go on trying where nobody answers.
        let connecting = tokio::time::timeout(PATIENCE, MySqlConnection::connect_with(&options)).await;
        let mut first = connecting
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
            .map_err(|error| unreachable(said(&error)))?;
        let number: String = sqlx::query_scalar("SELECT CAST(version() AS CHAR)")
            .fetch_one(&mut first)
            .await
            .map_err(|error| unreachable(said(&error)))?;
        let version = supported(&number).ok_or_else(|| LiveError::Version {
            address: address.to_string(),
            says: "this is another server than MySQL 8.0.17 to 9.x, which are compiled for".to_owned(),
        })?;
        let pool = MySqlPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(SESSION).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        Ok(Self { pool, version })
    }
}

/// The major version of what the server says, where it is compiled for.
fn supported(says: &str) -> Option<u16> {
    let number = says.split('-').next().unwrap_or(says);
    let parts: Vec<u16> = number.split('.').map_while(|part| part.parse().ok()).collect();
    match *parts.as_slice() {
        [8, 0, patch] if patch < 17 => None,
        [major @ (8 | 9), ..] if !says.contains("MariaDB") => Some(major),
        _ => None,
    }
}

#[async_trait]
impl Engine for MySql {
    fn backend(&self) -> Arc<dyn AnyBackend> {
        Arc::new(dbspec_sql::MySql::new(self.version))
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
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = database() ORDER BY 1",
        );
        names
            .fetch_all(&self.pool)
            .await
            .map_err(|error| LiveError::Failed(said(&error)))
    }

    /// Each statement commits by itself: the engine has no transactions of definitions.
    async fn apply(&self, script: &Script) -> Result<(), LiveError> {
        let failed = |error: sqlx::Error| LiveError::Failed(said(&error));
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        for statement in script.artefacts.iter().flat_map(Artefact::iter) {
            let sql = AssertSqlSafe(statement.to_owned());
            (&mut *connection)
                .execute(sqlx::raw_sql(sql))
                .await
                .map_err(failed)?;
        }
        Ok(())
    }
}

/// A connection for one program.
struct Connected {
    connection: Option<PoolConnection<sqlx::MySql>>,
    /// Whether a transaction is open.
    open: bool,
}

impl Connected {
    fn connection(&mut self) -> Result<&mut PoolConnection<sqlx::MySql>, Fault> {
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
fn document(row: &MySqlRow) -> Result<Value, Fault> {
    let broken = |what: &str| Fault::Broken(what.into());
    let value = row.try_get_raw(0).map_err(|_| broken("a row has no column"))?;
    if value.is_null() {
        return Ok(Value::Null);
    }
    let is_json = value.type_info().name() == "JSON";
    let bytes: &[u8] =
        sqlx::Decode::<sqlx::MySql>::decode(value).map_err(|_| broken("a column can't be read"))?;
    if !is_json {
        let text = std::str::from_utf8(bytes).map_err(|_| broken("a column is no text"))?;
        return Ok(Value::text(text));
    }
    let json: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|_| broken("a column is no JSON document"))?;
    Ok(from_json(&json))
}

/// What the engine's fault means to a program.
/// Numbers: <https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>
fn fault(error: &sqlx::Error) -> Fault {
    match error {
        sqlx::Error::Database(database) => {
            let number = database
                .try_downcast_ref::<MySqlDatabaseError>()
                .map_or(0, MySqlDatabaseError::number);
            let message = database.message();
            match number {
                // A key's name stands at the end, behind its table's from 8.0.19 on.
                1062 | 1859 => {
                    let name = between(message, "for key '", "'");
                    Fault::Constraint(name.rsplit('.').next().unwrap_or(name).into())
                }
                3819 => Fault::Constraint(between(message, "Check constraint '", "' is violated").into()),
                1216 | 1217 | 1451 | 1452 => {
                    let name = message.split("CONSTRAINT `").nth(1).unwrap_or_default();
                    Fault::Constraint(name.split("` FOREIGN KEY").next().unwrap_or_default().into())
                }
                1048 => Fault::Constraint(between(message, "Column '", "' cannot").into()),
                1205 | 1213 | 1614 | 3101 | 3572 => Fault::Conflict,
                1040 | 1203 | 1226 => Fault::Throttled,
                1053 | 1077 | 1079 | 1927 | 3168 | 3169 | 4031 => Fault::Lost,
                1021 | 1041 | 1114 | 1118 | 1153 | 1206 | 3024 => Fault::Limit(said(error).into()),
                _ => Fault::Broken(said(error).into()),
            }
        }
        sqlx::Error::PoolTimedOut => Fault::Throttled,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Fault::Lost,
        _ => Fault::Broken(said(error).into()),
    }
}

/// What stands between the last of a beginning and the end of a message. Values, which may hold anything, stand before.
fn between<'m>(message: &'m str, begin: &str, end: &str) -> &'m str {
    let rest = message.rfind(begin).map_or("", |at| &message[at + begin.len()..]);
    rest.rfind(end).map_or(rest, |at| &rest[..at])
}

/// What an error says that holds no value: of those that may, only their code is told.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => {
            let number = database
                .try_downcast_ref::<MySqlDatabaseError>()
                .map_or(0, MySqlDatabaseError::number);
            let code = database.code().unwrap_or_default();
            let open = ["08", "0A", "25", "28", "3D", "3F", "40", "42"];
            if open.iter().any(|class| code.starts_with(class)) {
                format!("{} (error {number}, SQLSTATE {code})", database.message())
            } else {
                format!("error {number} (SQLSTATE {code})")
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

#[cfg(test)]
mod tests {
    use super::{between, supported};

    #[test]
    fn versions_that_are_compiled_for_are_known() {
        for (says, version) in [
            ("8.0.16", None),
            ("8.0.17", Some(8)),
            ("8.4.6-log", Some(8)),
            ("9.7.4-2", Some(9)),
            ("10.11.6-MariaDB", None),
            ("5.7.44", None),
            ("8.0.39-MariaDB", None),
        ] {
            assert_eq!(supported(says), version, "{says}");
        }
    }

    #[test]
    fn names_are_found_behind_values() {
        let message = "Duplicate entry 'x' for key 'a.b' for key 'owner.PRIMARY'";
        assert_eq!(between(message, "for key '", "'"), "owner.PRIMARY");
    }
}
