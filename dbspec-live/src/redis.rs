//! Redis, alone or in a cluster.
//!
//! A program's request is a command, its words in order; lists among them are spliced in. What calls a function goes as a
//! script where functions are refused.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dbspec_core::backend::{AnyBackend, Artefact, Script};
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::cluster::ClusterClientBuilder;
use redis::cluster_async::ClusterConnection;
use redis::{Client, Cmd, ErrorKind, RedisError, ServerErrorKind, Value as Reply};
use url::Url;

use crate::engine::{Engine, Session};
use crate::{Address, LiveError};

/// How long a connection may take, and one request.
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(10);
/// The oldest version: it brought functions.
const OLDEST: u32 = 7;

/// Redis, or what speaks like it. Programs share a connection: each request stands for itself.
#[derive(Clone)]
pub(crate) struct Redis {
    link: Link,
    calling: Calling,
    /// The hash tag, where that isn't the model's name.
    prefix: Option<String>,
}

/// A connection that comes back by itself.
#[derive(Clone)]
enum Link {
    One(ConnectionManager),
    Cluster(ClusterConnection),
}

/// How functions are called.
#[derive(Clone)]
enum Calling {
    /// By their names.
    Functions,
    /// By the digest of one script.
    Script(Arc<str>),
}

impl Link {
    async fn send(&mut self, command: &Cmd) -> Result<Reply, RedisError> {
        let reply = match self {
            Self::One(link) => link.req_packed_command(command).await,
            Self::Cluster(link) => link.req_packed_command(command).await,
        };
        reply.and_then(Reply::extract_error)
    }

    async fn one(url: Url) -> Result<Self, RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE_TO_CONNECT))
            .set_response_timeout(Some(PATIENCE));
        let link = ConnectionManager::new_with_config(Client::open(url)?, config).await?;
        Ok(Self::One(link))
    }

    async fn cluster(url: Url) -> Result<Self, RedisError> {
        let client = ClusterClientBuilder::new([url])
            .connection_timeout(PATIENCE_TO_CONNECT)
            .response_timeout(PATIENCE)
            .build()?;
        Ok(Self::Cluster(client.get_async_connection().await?))
    }
}

impl Redis {
    /// Reads an address and asks the server for its version, its topology and whether it has functions.
    pub(crate) async fn connect(url: &Url, address: &Address) -> Result<Self, LiveError> {
        let prefix = url
            .query_pairs()
            .find(|(name, _)| name == "prefix")
            .map(|(_, value)| value.into_owned());
        let mut bare = url.clone();
        bare.set_query(None);
        // Another library of the same program may have chosen one before: either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let refused = |error: &RedisError| LiveError::Connect {
            address: address.to_string(),
            says: said(error),
        };
        let mut link = Link::one(bare.clone()).await.map_err(|error| refused(&error))?;
        let info = link
            .send(redis::cmd("INFO").arg("server"))
            .await
            .map_err(|error| refused(&error))?;
        let version = setting(&info, "redis_version").unwrap_or_default();
        let major: u32 = version
            .split('.')
            .next()
            .and_then(|it| it.parse().ok())
            .unwrap_or_default();
        if major < OLDEST {
            return Err(LiveError::Version {
                address: address.to_string(),
                says: format!("Redis {version}; {OLDEST}.0 or later would do"),
            });
        }
        if setting(&info, "redis_mode").as_deref() == Some("cluster") {
            link = Link::cluster(bare).await.map_err(|error| refused(&error))?;
        }
        let functions = link
            .send(
                redis::cmd("FUNCTION")
                    .arg("LIST")
                    .arg("LIBRARYNAME")
                    .arg("dbspec"),
            )
            .await;
        let calling = match functions {
            Ok(_) => Calling::Functions,
            Err(error) if matches!(error.kind(), ErrorKind::Server(_)) => {
                Calling::Script(loaded(&mut link).await.map_err(|error| refused(&error))?)
            }
            Err(error) => return Err(refused(&error)),
        };
        Ok(Self {
            link,
            calling,
            prefix,
        })
    }

    /// One request of a program. A script that the server has forgotten is given to it again.
    async fn sent(&mut self, call: &Call) -> Result<Value, Fault> {
        let words = words(&call.args)?;
        let mut reply = self.link.send(&self.command(&call.text, &words)).await;
        if let Err(error) = &reply
            && error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
        {
            loaded(&mut self.link).await.map_err(|error| fault(&error))?;
            reply = self.link.send(&self.command(&call.text, &words)).await;
        }
        reply.map_err(|error| fault(&error)).and_then(value)
    }

    fn command(&self, text: &str, words: &[String]) -> Cmd {
        let mut command = Cmd::new();
        match (&self.calling, text, words) {
            (Calling::Script(digest), "FCALL" | "FCALL_RO", [function, rest @ ..]) => {
                // How many keys, then the keys: the function's name is the first argument.
                let count = rest.first().and_then(|it| it.parse::<usize>().ok());
                let (keys, args) = rest.split_at(rest.len().min(count.unwrap_or_default() + 1));
                command
                    .arg("EVALSHA")
                    .arg(&**digest)
                    .arg(keys)
                    .arg(function)
                    .arg(args);
            }
            (Calling::Functions | Calling::Script(_), ..) => {
                for word in text.split_whitespace() {
                    command.arg(word);
                }
                command.arg(words);
            }
        }
        command
    }
}

/// Gives the server the script; its digest.
async fn loaded(link: &mut Link) -> Result<Arc<str>, RedisError> {
    let script = dbspec_nosql::Redis::script();
    let reply = link.send(redis::cmd("SCRIPT").arg("LOAD").arg(script)).await?;
    Ok(match reply {
        Reply::BulkString(digest) => String::from_utf8_lossy(&digest).into(),
        Reply::SimpleString(digest) => digest.into(),
        _ => "".into(),
    })
}

/// What a line of `INFO` says.
fn setting(info: &Reply, name: &str) -> Option<String> {
    let text = match info {
        Reply::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Reply::VerbatimString { text, .. } => text.clone(),
        _ => return None,
    };
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

/// The words of a request.
fn words(args: &Value) -> Result<Vec<String>, Fault> {
    fn add(value: &Value, words: &mut Vec<String>) -> Result<(), Fault> {
        match value {
            Value::Text(text) => words.push(text.to_string()),
            Value::Int(number) => words.push(number.to_string()),
            Value::List(items) => {
                for item in items {
                    add(item, words)?;
                }
            }
            _ => return Err(Fault::Broken("a word of a command that is no text".into())),
        }
        Ok(())
    }
    let mut words = Vec::new();
    add(args, &mut words)?;
    Ok(words)
}

/// A reply as programs see it.
fn value(reply: Reply) -> Result<Value, Fault> {
    Ok(match reply {
        Reply::Nil => Value::Null,
        Reply::Int(number) => Value::Int(number),
        Reply::BulkString(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Value::text(text),
            Err(_) => return Err(Fault::Broken("a reply that is no text".into())),
        },
        Reply::SimpleString(text) | Reply::VerbatimString { text, .. } => Value::text(text),
        Reply::Okay => Value::text("OK"),
        Reply::Boolean(holds) => Value::Bool(holds),
        Reply::Array(items) | Reply::Set(items) => {
            Value::List(items.into_iter().map(value).collect::<Result<_, _>>()?)
        }
        _ => return Err(Fault::Broken("a reply of another kind".into())),
    })
}

/// What an error means to a program.
/// Source: <https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors>
fn fault(error: &RedisError) -> Fault {
    if !matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension) {
        return Fault::Lost;
    }
    match error.code().unwrap_or_default() {
        "DBSPEC_CONFLICT" => Fault::Cancelled(vec![Some(Value::Null)]),
        "LOADING" | "BUSY" | "TRYAGAIN" | "CLUSTERDOWN" | "MASTERDOWN" | "NOREPLICAS" | "READONLY" => {
            Fault::Throttled
        }
        "OOM" => Fault::Limit("maxmemory".into()),
        _ => Fault::Broken(said(error).into()),
    }
}

/// What an error says that holds no value: its code, and of our own and the library's absence the words.
fn said(error: &RedisError) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", PATIENCE.as_secs());
    }
    if error.is_connection_refusal() {
        return "nobody answers there".to_owned();
    }
    let code = error.code().unwrap_or_default();
    let detail = error.detail().unwrap_or_default();
    if detail.contains("Function not found") {
        return "the library of functions isn't there: run the target's scripts".to_owned();
    }
    match code {
        "" => "the connection was lost".to_owned(),
        "DBSPEC_FOREIGN" => "a key of the model holds what dbspec didn't put there".to_owned(),
        code => code.to_owned(),
    }
}

/// The words of a script's command, as `redis-cli` reads them.
fn command_words(statement: &str) -> Result<Vec<String>, LiveError> {
    let wrong = || LiveError::Fault("a command that isn't understood".to_owned());
    let mut words = Vec::new();
    let mut rest = statement.chars().peekable();
    while let Some(first) = rest.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut word = String::new();
        if first != '"' {
            word.push(first);
            while let Some(it) = rest.next_if(|it| !it.is_whitespace()) {
                word.push(it);
            }
            words.push(word);
            continue;
        }
        loop {
            match rest.next().ok_or_else(wrong)? {
                '"' => break,
                '\\' => match rest.next().ok_or_else(wrong)? {
                    'n' => word.push('\n'),
                    'r' => word.push('\r'),
                    't' => word.push('\t'),
                    'x' => {
                        let digits: String = rest.by_ref().take(2).collect();
                        let code = u8::from_str_radix(&digits, 16).map_err(|_| wrong())?;
                        word.push(char::from(code));
                    }
                    other => word.push(other),
                },
                other => word.push(other),
            }
        }
        words.push(word);
    }
    Ok(words)
}

#[async_trait]
impl Engine for Redis {
    fn backend(&self) -> Arc<dyn AnyBackend> {
        let options = dbspec_nosql::redis::Options::new();
        let options = match &self.prefix {
            Some(prefix) => options.prefix(prefix),
            None => options,
        };
        Arc::new(dbspec_nosql::Redis::with(options))
    }

    async fn session(&self) -> Result<Box<dyn Session>, Fault> {
        Ok(Box::new(self.clone()))
    }

    /// The keys that the script's catalog lists, and the catalog itself, as far as they are there.
    async fn occupied(&self, script: &Script) -> Result<Vec<String>, LiveError> {
        let mut link = self.link.clone();
        let mut names = Vec::new();
        for statement in script.artefacts.iter().flat_map(Artefact::iter) {
            let words = command_words(statement)?;
            let ["HSET", catalog, entries @ ..] = &words.iter().map(String::as_str).collect::<Vec<_>>()[..]
            else {
                continue;
            };
            let listed = entries.iter().step_by(2).filter(|key| !key.ends_with('*'));
            for key in std::iter::once(catalog).chain(listed) {
                let there = link.send(redis::cmd("EXISTS").arg(*key)).await;
                match there.map_err(|error| LiveError::Failed(said(&error)))? {
                    Reply::Int(0) => {}
                    _ => names.push((*key).to_owned()),
                }
            }
        }
        Ok(names)
    }

    async fn apply(&self, script: &Script) -> Result<(), LiveError> {
        let mut link = self.link.clone();
        for statement in script.artefacts.iter().flat_map(Artefact::iter) {
            let words = command_words(statement)?;
            let is_library = words.first().is_some_and(|it| it == "FUNCTION");
            if is_library && matches!(self.calling, Calling::Script(_)) {
                continue;
            }
            let name = words.first().cloned().unwrap_or_default();
            let mut command = Cmd::new();
            command.arg(&words[..]);
            link.send(&command)
                .await
                .map_err(|error| LiveError::Unknown(format!("{name}: {}", said(&error))))?;
        }
        Ok(())
    }
}

#[async_trait]
impl Session for Redis {
    async fn begin(&mut self, _: &str) -> Result<(), Fault> {
        Err(Fault::Broken("a transaction of Redis is one request".into()))
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    async fn rollback(&mut self) {}

    async fn calls(&mut self, calls: &[Call]) -> Result<Vec<Value>, Fault> {
        let mut replies = Vec::with_capacity(calls.len());
        for call in calls {
            replies.push(self.sent(call).await?);
        }
        Ok(replies)
    }
}
