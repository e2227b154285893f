//! A mongod or mongos, by its driver.

use std::time::Duration;

use async_trait::async_trait;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::{Error, ErrorKind, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::options::{ClientOptions, ReadConcern, WriteConcern};
use mongodb::{Client, ClientSession, Database};
use url::Url;

use super::document::{from_document, to_document};
use super::refusal;
use crate::engine::Session;
use crate::{Address, LiveError};

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Wire {
    client: Client,
    database: Database,
}

impl Wire {
    /// Connects; the major version.
    pub(super) async fn connect(
        url: &Url,
        database: &str,
        address: &Address,
    ) -> Result<(Self, u16), LiveError> {
        let mut options = ClientOptions::parse(url.as_str())
            .await
            .map_err(|_| LiveError::Address(format!("{address}: not an address of MongoDB")))?;
        options.app_name = Some("dbspec".to_owned());
        options.server_selection_timeout = Some(PATIENCE);
        options.connect_timeout = Some(PATIENCE);
        let unreachable = |says: String| LiveError::Connect {
            address: address.to_string(),
            says,
        };
        let client = Client::with_options(options).map_err(|error| unreachable(said(&error)))?;
        let database = client.database(database);
        let info = database
            .run_command(doc! { "buildInfo": 1 })
            .await
            .map_err(|error| unreachable(said(&error)))?;
        let version = info.get_str("version").unwrap_or_default();
        let major = version.split('.').next().and_then(|it| it.parse().ok());
        Ok((Self { client, database }, major.unwrap_or(0)))
    }

    pub(super) async fn session(&self) -> Result<Connected, Fault> {
        let session = self.client.start_session().await.map_err(|error| fault(&error))?;
        Ok(Connected {
            database: self.database.clone(),
            session,
            is_open: false,
        })
    }

    pub(super) async fn collections(&self) -> Result<Vec<String>, LiveError> {
        let names = self.database.list_collection_names().await;
        let mut names = names.map_err(|error| LiveError::Failed(said(&error)))?;
        names.retain(|name| !name.starts_with("system."));
        names.sort();
        Ok(names)
    }
}

/// A session for one program.
pub(super) struct Connected {
    database: Database,
    session: ClientSession,
    is_open: bool,
}

impl Connected {
    async fn run(&mut self, command: Document) -> Result<Document, Fault> {
        let reply = self
            .database
            .run_command(command)
            .session(&mut self.session)
            .await;
        reply.map_err(|error| fault(&error))
    }

    /// A command's reply, with all that its cursor brings.
    async fn call(&mut self, call: &Call) -> Result<Value, Fault> {
        let Value::Map(members) = &call.args else {
            return Err(Fault::Broken("a command is no document".into()));
        };
        let mut command = to_document(members)?;
        if !self.is_open && matches!(&*call.text, "find" | "aggregate") {
            command.insert("readConcern", doc! { "level": "majority" });
        }
        let collection = command.get_str(&*call.text).unwrap_or_default().to_owned();
        let mut reply = self.run(command).await?;
        if let Some(error) = reply.get_array("writeErrors").ok().and_then(|all| all.first()) {
            return Err(refused(error));
        }
        while let Some(id) = reply
            .get_document("cursor")
            .ok()
            .and_then(|it| it.get_i64("id").ok())
            .filter(|id| *id != 0)
        {
            let more = self
                .run(doc! { "getMore": id, "collection": &collection })
                .await?;
            let Ok(page) = more.get_document("cursor") else {
                break;
            };
            let batch = page.get_array("nextBatch").cloned().unwrap_or_default();
            let next = page.get_i64("id").unwrap_or(0);
            if let Ok(cursor) = reply.get_document_mut("cursor") {
                cursor.insert("id", next);
                if let Ok(all) = cursor.get_array_mut("firstBatch") {
                    all.extend(batch);
                }
            }
        }
        Ok(from_document(&reply))
    }
}

#[async_trait]
impl Session for Connected {
    async fn begin(&mut self, _: &str) -> Result<(), Fault> {
        let begun = self
            .session
            .start_transaction()
            .read_concern(ReadConcern::snapshot())
            .write_concern(WriteConcern::majority())
            .await;
        self.is_open = begun.is_ok();
        begun.map_err(|error| fault(&error))
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        self.is_open = false;
        self.session.commit_transaction().await.map_err(|error| {
            if error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) {
                Fault::Lost
            } else {
                fault(&error)
            }
        })
    }

    async fn rollback(&mut self) {
        self.is_open = false;
        // Where that fails, the engine rolls back by itself, after a minute at most.
        let _ = self.session.abort_transaction().await;
    }

    async fn calls(&mut self, calls: &[Call]) -> Result<Vec<Value>, Fault> {
        let mut results = Vec::with_capacity(calls.len());
        for call in calls {
            results.push(self.call(call).await?);
        }
        Ok(results)
    }
}

/// What the first error of a write means.
fn refused(error: &Bson) -> Fault {
    let document = error.as_document();
    let code = document.and_then(|it| it.get_i32("code").ok()).unwrap_or(0);
    let says = document
        .and_then(|it| it.get_str("errmsg").ok())
        .unwrap_or_default();
    refusal(code, says)
}

/// What an error of the driver means.
fn fault(error: &Error) -> Fault {
    match &*error.kind {
        ErrorKind::Command(it) if it.code == 11000 => refusal(it.code, &it.message),
        _ if error.contains_label(TRANSIENT_TRANSACTION_ERROR) => Fault::Conflict,
        ErrorKind::Command(it) => refusal(it.code, &it.message),
        ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. } => Fault::Lost,
        ErrorKind::ServerSelection { .. } => Fault::Throttled,
        _ => Fault::Broken(said(error).into()),
    }
}

/// What an error says that holds no value.
fn said(error: &Error) -> String {
    match &*error.kind {
        ErrorKind::Command(it) => format!("error {} ({})", it.code, it.code_name),
        ErrorKind::Io(it) => it.kind().to_string(),
        ErrorKind::ServerSelection { .. } => format!("no answer within {} s", PATIENCE.as_secs()),
        ErrorKind::Authentication { .. } => "it doesn't let this user in".to_owned(),
        ErrorKind::DnsResolve { .. } => "its name can't be resolved".to_owned(),
        _ => "the driver failed".to_owned(),
    }
}
