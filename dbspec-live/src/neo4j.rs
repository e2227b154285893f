//! Neo4j, by neo4rs.
//!
//! A request is a Cypher statement with named parameters; each row that comes back has one column, whose value it is. The
//! driver knows no type of any model: parameters and values are numbers, texts, booleans, lists and maps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dbspec_core::backend::{AnyBackend, Artefact, Script};
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::{Float, Value};
use dbspec_graph::neo4j::{Edition, Options};
use neo4rs::{
    BoltBoolean, BoltFloat, BoltInteger, BoltList, BoltMap, BoltNull, BoltString, BoltType, ConfigBuilder,
    Error, Graph, Query, Row, Txn, query,
};
use url::Url;

use crate::engine::{Engine, Session};
use crate::{Address, LiveError};

/// How many connections a client holds at most.
const CONNECTIONS: usize = 8;

/// How long connecting may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a database may take to fill new indexes, in seconds.
const FILLING_S: u32 = 300;

/// How long an answer may take: indexes wait for transactions that are open when they are made, and locks for whoever has
/// them.
const ANSWER: Duration = Duration::from_secs(600);

/// A database of Neo4j.
pub(crate) struct Neo4j {
    graph: Graph,
    options: Options,
}

impl Neo4j {
    /// Connects and asks for version and edition.
    pub(crate) async fn connect(url: &Url, address: &Address) -> Result<Self, LiveError> {
        let unreachable = |says: String| LiveError::Connect {
            address: address.to_string(),
            says,
        };
        let unfit = || LiveError::Address(format!("{address}: not an address of Neo4j"));
        let decoded = |text: &str| percent(text).ok_or_else(unfit);
        let host = url.host_str().ok_or_else(unfit)?;
        let scheme = url.scheme();
        let uri = format!("{scheme}://{host}:{}", url.port().unwrap_or(7687));
        let mut config = ConfigBuilder::default()
            .uri(uri)
            .user(decoded(url.username())?)
            .password(decoded(url.password().unwrap_or_default())?)
            .max_connections(CONNECTIONS)
            .connection_timeout(ANSWER);
        let database = url.path().trim_start_matches('/');
        if !database.is_empty() {
            config = config.db(database);
        }
        let config = config.build().map_err(|error| unreachable(said(&error)))?;
        let connecting = async {
            let graph = Graph::connect(config)?;
            let known = asked(
                &graph,
                "CALL dbms.components() YIELD versions, edition RETURN versions[0] + ' ' + edition",
            )
            .await?;
            Ok::<_, Error>((graph, known))
        };
        let connected = tokio::time::timeout(PATIENCE, connecting).await;
        let (graph, known) = connected
            .map_err(|_| unreachable(format!("no answer within {} s", PATIENCE.as_secs())))?
            .map_err(|error| unreachable(said(&error)))?;
        let known = known.first().map(String::as_str).unwrap_or_default();
        let (version, edition) = known.split_once(' ').unwrap_or((known, ""));
        let mut numbers = version.split('.').map(|it| it.parse::<u32>().unwrap_or(0));
        let number = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if number < (5, 26) {
            return Err(LiveError::Version {
                address: address.to_string(),
                says: format!("this is Neo4j {version}; 5.26 and later are compiled for"),
            });
        }
        let edition = match edition {
            "enterprise" => Edition::Enterprise,
            _ => Edition::Community,
        };
        let prefix = url.query_pairs().find(|(name, _)| name == "prefix");
        let prefix = prefix.map(|(_, value)| format!("{value}.")).unwrap_or_default();
        Ok(Self {
            graph,
            options: Options::new().edition(edition).prefix(prefix),
        })
    }
}

/// A part of a URL without its escapes.
fn percent(text: &str) -> Option<String> {
    let url = Url::parse(&format!("x:?x={}", text.replace('+', "%2B"))).ok()?;
    let pair = url.query_pairs().next()?;
    Some(pair.1.into_owned())
}

/// The texts that a statement without parameters returns; not tried again, so that a place where nobody answers is found
/// at once.
async fn asked(graph: &Graph, text: &str) -> Result<Vec<String>, Error> {
    let mut transaction = graph.start_txn().await?;
    let mut stream = transaction.execute(query(text)).await?;
    let mut texts = Vec::new();
    while let Some(row) = stream.next(transaction.handle()).await? {
        if let Ok(Value::Text(text)) = column(&row) {
            texts.push(text.into());
        }
    }
    transaction.commit().await?;
    Ok(texts)
}

#[async_trait]
impl Engine for Neo4j {
    fn backend(&self) -> Arc<dyn AnyBackend> {
        Arc::new(dbspec_graph::Neo4j::with(self.options.clone()))
    }

    async fn session(&self) -> Result<Box<dyn Session>, Fault> {
        Ok(Box::new(Connected {
            graph: self.graph.clone(),
            transaction: None,
        }))
    }

    async fn occupied(&self, script: &Script) -> Result<Vec<String>, LiveError> {
        let mut found = Vec::new();
        for text in [
            "SHOW CONSTRAINTS YIELD name RETURN name",
            "SHOW INDEXES YIELD name RETURN name",
        ] {
            let names = asked(&self.graph, text).await;
            found.extend(names.map_err(|error| LiveError::Failed(said(&error)))?);
        }
        let made: BTreeSet<&str> = statements(script).filter_map(made).collect();
        found.retain(|name| made.contains(name.as_str()));
        found.sort();
        found.dedup();
        Ok(found)
    }

    async fn apply(&self, script: &Script) -> Result<(), LiveError> {
        let failed = |error: Error| LiveError::Failed(said(&error));
        let (schema, data): (Vec<&str>, Vec<&str>) = statements(script).partition(|it| made(it).is_some());
        // All of the schema or nothing; data is never in the same transaction.
        let mut transaction = self.graph.start_txn().await.map_err(failed)?;
        for statement in &schema {
            transaction.run(query(statement)).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        for statement in data {
            self.graph.run(query(statement)).await.map_err(failed)?;
        }
        let indexes = schema.iter().filter(|it| it.starts_with("CREATE RANGE INDEX"));
        let indexes: Vec<&str> = indexes.filter_map(|it| made(it)).collect();
        // Those of others may be filled for as long as they like.
        let filled = query("UNWIND $names AS name CALL db.awaitIndex(name, $seconds)")
            .param("names", indexes)
            .param("seconds", FILLING_S);
        self.graph.run(filled).await.map_err(failed)
    }
}

/// The statements of a script.
fn statements(script: &Script) -> impl Iterator<Item = &str> {
    script.artefacts.iter().flat_map(Artefact::iter)
}

/// The name of what a statement of a schema makes. Names hold no backtick.
fn made(statement: &str) -> Option<&str> {
    let what = statement.strip_prefix("CREATE ")?;
    what.split('`').nth(1)
}

/// What runs one program.
struct Connected {
    graph: Graph,
    /// The open transaction. Where it is dropped, its connection is reset before it serves another.
    transaction: Option<Txn>,
}

#[async_trait]
impl Session for Connected {
    async fn begin(&mut self, _: &str) -> Result<(), Fault> {
        let begun = self.graph.start_txn().await;
        self.transaction = Some(begun.map_err(|error| fault(&error))?);
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        match self.transaction.take() {
            Some(transaction) => transaction.commit().await.map_err(|error| fault(&error)),
            None => Err(Fault::Lost),
        }
    }

    async fn rollback(&mut self) {
        if let Some(transaction) = self.transaction.take() {
            // Where it fails, the connection is reset.
            let _ = transaction.rollback().await;
        }
    }

    async fn calls(&mut self, calls: &[Call]) -> Result<Vec<Value>, Fault> {
        let mut results = Vec::with_capacity(calls.len());
        for call in calls {
            let request = request(call)?;
            let mut rows = Vec::new();
            if let Some(transaction) = &mut self.transaction {
                let stream = transaction.execute(request).await;
                let mut stream = stream.map_err(|error| fault(&error))?;
                while let Some(row) = stream
                    .next(transaction.handle())
                    .await
                    .map_err(|error| fault(&error))?
                {
                    rows.push(column(&row)?);
                }
            } else {
                let stream = self.graph.execute(request).await;
                let mut stream = stream.map_err(|error| fault(&error))?;
                while let Some(row) = stream.next().await.map_err(|error| fault(&error))? {
                    rows.push(column(&row)?);
                }
            }
            results.push(Value::Map(vec![("rows".into(), Value::List(rows))]));
        }
        Ok(results)
    }
}

fn request(call: &Call) -> Result<Query, Fault> {
    let Value::Map(parameters) = &call.args else {
        return Err(Fault::Broken("parameters of a statement are a map".into()));
    };
    let each = parameters
        .iter()
        .map(|(name, value)| Ok((BoltString::new(name), sent(value)?)));
    let each: Vec<(BoltString, BoltType)> = each.collect::<Result<_, Fault>>()?;
    Ok(query(&call.text).params(each))
}

/// The one column of a row.
fn column(row: &Row) -> Result<Value, Fault> {
    let broken = || Fault::Broken("a row can't be read".into());
    let names = row.keys();
    let [name] = names.as_slice() else {
        return Err(broken());
    };
    received(row.get(&name.value).map_err(|_| broken())?)
}

fn sent(value: &Value) -> Result<BoltType, Fault> {
    Ok(match value {
        Value::Null => BoltType::Null(BoltNull),
        Value::Bool(it) => BoltType::Boolean(BoltBoolean::new(*it)),
        Value::Int(it) => BoltType::Integer(BoltInteger::new(*it)),
        Value::Float(it) => BoltType::Float(BoltFloat::new(it.get())),
        Value::Text(it) => BoltType::String(BoltString::new(it)),
        Value::List(items) => {
            let items: Result<Vec<BoltType>, Fault> = items.iter().map(sent).collect();
            BoltType::List(BoltList { value: items? })
        }
        Value::Map(members) => {
            let mut map = BoltMap::with_capacity(members.len());
            for (name, value) in members {
                map.put(BoltString::new(name), sent(value)?);
            }
            BoltType::Map(map)
        }
        Value::Decimal(_)
        | Value::Bytes(_)
        | Value::Uuid(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Enum(_)
        | Value::Json(_) => return Err(Fault::Broken("a parameter that has no form in Cypher".into())),
    })
}

fn received(value: BoltType) -> Result<Value, Fault> {
    let unfit = || Fault::Broken("a value of a type that no property has".into());
    Ok(match value {
        BoltType::Null(_) => Value::Null,
        BoltType::Boolean(it) => Value::Bool(it.value),
        BoltType::Integer(it) => Value::Int(it.value),
        BoltType::Float(it) => Value::Float(Float::new(it.value).ok_or_else(unfit)?),
        BoltType::String(it) => Value::text(it.value),
        BoltType::List(it) => Value::List(it.value.into_iter().map(received).collect::<Result<_, Fault>>()?),
        BoltType::Map(it) => {
            let members = it.value.into_iter().map(|(name, value)| (name.value, value));
            let members: BTreeMap<String, BoltType> = members.collect();
            let members = members
                .into_iter()
                .map(|(name, value)| Ok((name.into_boxed_str(), received(value)?)));
            Value::Map(members.collect::<Result<_, Fault>>()?)
        }
        BoltType::Node(_)
        | BoltType::Relation(_)
        | BoltType::UnboundedRelation(_)
        | BoltType::Point2D(_)
        | BoltType::Point3D(_)
        | BoltType::Bytes(_)
        | BoltType::Path(_)
        | BoltType::Duration(_)
        | BoltType::Date(_)
        | BoltType::Time(_)
        | BoltType::LocalTime(_)
        | BoltType::DateTime(_)
        | BoltType::LocalDateTime(_)
        | BoltType::DateTimeZoneId(_) => return Err(unfit()),
    })
}

/// What the engine's fault means to a program.
fn fault(error: &Error) -> Fault {
    match error {
        Error::Neo4j(it) => {
            let code = it.code();
            match code {
                "Neo.TransientError.General.MemoryPoolOutOfMemoryError"
                | "Neo.TransientError.General.OutOfMemoryError"
                | "Neo.TransientError.General.StackOverFlowError" => Fault::Limit(said(error).into()),
                // Somebody else's values: who judges anew finds them.
                "Neo.ClientError.Schema.ConstraintValidationFailed"
                | "Neo.ClientError.Transaction.LockClientStopped"
                | "Neo.ClientError.Transaction.Terminated" => Fault::Conflict,
                _ if code.starts_with("Neo.TransientError.") => Fault::Conflict,
                _ if it.message().contains("too large to index") => {
                    Fault::Limit("8 kB of a value in an index".into())
                }
                _ => Fault::Broken(said(error).into()),
            }
        }
        Error::IOError { .. } | Error::ConnectionError | Error::ConnectionTimedOut => Fault::Lost,
        _ => Fault::Broken(said(error).into()),
    }
}

/// What an error says that holds no value. Statements hold none: what is wrong with one may be told.
fn said(error: &Error) -> String {
    match error {
        Error::Neo4j(it) => match it.code() {
            code if code.starts_with("Neo.ClientError.Statement.Syntax") => {
                format!("{} ({code})", it.message())
            }
            code => code.to_owned(),
        },
        Error::IOError { detail } => detail.to_string(),
        Error::ConnectionError | Error::ConnectionTimedOut => "the connection failed".to_owned(),
        Error::AuthenticationError(_) => "user and password aren't taken".to_owned(),
        _ => "the driver failed".to_owned(),
    }
}
