//! `DynamoDB`: signed JSON requests over HTTP, as its API documents them.
//!
//! A program's request is a call's name and its document, which is exactly what the service takes; no type of any model
//! and no typed request is known here.
//! Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use dbspec_core::backend::{AnyBackend, Artefact, Script};
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::program::{from_json, to_json};
use dbspec_core::value::Value;
use dbspec_nosql::dynamodb::{Embed, Options};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Value as Json, json};
use url::Url;

use crate::engine::{Engine, Session};
use crate::{Address, LiveError};

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// So many requests are under way at once.
const AT_ONCE: usize = 16;

/// How often a table is looked at until it is ready, and how long between.
const LOOKS: u32 = 600;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// `DynamoDB`, or what speaks like it.
#[derive(Clone)]
pub(crate) struct DynamoDb {
    client: reqwest::Client,
    endpoint: String,
    region: String,
    credentials: Credentials,
    /// What stands before the name of every table, where that isn't the model's.
    prefix: Option<String>,
    embed: Embed,
}

/// What a call came to.
enum Said {
    /// Its document.
    Done(Json),
    /// What the service says against it: the kind, the words, the whole.
    Refused(String, String, Json),
    /// Whether it was done can't be told.
    Lost(String),
}

impl DynamoDb {
    /// Reads an address and asks the service for an answer.
    pub(crate) async fn connect(url: &Url, address: &Address) -> Result<Self, LiveError> {
        let parameter = |name: &str| {
            url.query_pairs()
                .find(|(it, _)| it == name)
                .map(|(_, value)| value.into_owned())
        };
        let setting = |name: &str, variable: &str| parameter(name).or_else(|| std::env::var(variable).ok());
        let needed = |name: &str, variable: &str| {
            setting(name, variable).ok_or_else(|| {
                LiveError::Address(format!(
                    "{address}: no {name}: give `?{name}=…` or set {variable}"
                ))
            })
        };
        let region = needed("region", "AWS_REGION")?;
        let key = needed("access_key", "AWS_ACCESS_KEY_ID")?;
        let secret = needed("secret_key", "AWS_SECRET_ACCESS_KEY")?;
        let token = setting("session_token", "AWS_SESSION_TOKEN");
        let endpoint = match (url.host_str(), url.port()) {
            (None, _) => format!("https://dynamodb.{region}.amazonaws.com/"),
            (Some(host), Some(port)) => format!("http://{host}:{port}/"),
            (Some(host), None) => format!("https://{host}/"),
        };
        // Another library of the same program may have chosen one before: either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .map_err(|_| LiveError::Fault("no HTTP client can be made".to_owned()))?;
        let engine = Self {
            client,
            endpoint,
            region,
            credentials: Credentials::new(key, secret, token, None, "dbspec"),
            prefix: parameter("prefix"),
            embed: match parameter("embed").as_deref() {
                None => Embed::WhereNeeded,
                Some("always") => Embed::Always,
                Some(other) => {
                    return Err(LiveError::Address(format!(
                        "{address}: embed={other}: `always` is known"
                    )));
                }
            },
        };
        let says = match engine.call("ListTables", &json!({ "Limit": 1 })).await {
            Said::Done(_) => return Ok(engine),
            Said::Refused(kind, ..) => kind,
            Said::Lost(says) => says,
        };
        Err(LiveError::Connect {
            address: address.to_string(),
            says,
        })
    }

    async fn call(&self, name: &str, document: &Json) -> Said {
        let body = document.to_string();
        let Some(request) = self.signed(name, &body) else {
            return Said::Refused("a request can't be signed".to_owned(), String::new(), Json::Null);
        };
        let response = match self.client.execute(request).await {
            Ok(response) => response,
            Err(error) => return Said::Lost(unreached(&error)),
        };
        let good = response.status().is_success();
        let server = response.status().is_server_error();
        let text = match response.text().await {
            Ok(text) => text,
            Err(error) => return Said::Lost(unreached(&error)),
        };
        let document: Json = serde_json::from_str(&text).unwrap_or(Json::Null);
        if good {
            return Said::Done(document);
        }
        let kind = document["__type"].as_str().unwrap_or_default();
        let kind = kind.rsplit('#').next().unwrap_or_default().to_owned();
        if kind.is_empty() || (server && kind == "InternalServerError") {
            return Said::Lost("the service failed".to_owned());
        }
        let says = document["message"]
            .as_str()
            .or(document["Message"].as_str())
            .unwrap_or_default();
        Said::Refused(kind, says.to_owned(), document)
    }

    /// One request of a program.
    async fn sent(&self, call: &Call) -> Result<Value, Fault> {
        let document = to_json(&call.args).map_err(|unfit| Fault::Broken(unfit.to_string().into()))?;
        match self.call(&call.text, &document).await {
            Said::Done(reply) => Ok(from_json(&reply)),
            Said::Refused(kind, says, reply) => Err(fault(&kind, &says, &reply)),
            Said::Lost(_) => Err(Fault::Lost),
        }
    }

    fn signed(&self, name: &str, body: &str) -> Option<reqwest::Request> {
        let target = format!("DynamoDB_20120810.{name}");
        let headers = [
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", target.as_str()),
        ];
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("dynamodb")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .ok()?;
        let body_bytes = SignableBody::Bytes(body.as_bytes());
        let signable =
            SignableRequest::new("POST", self.endpoint.as_str(), headers.into_iter(), body_bytes).ok()?;
        let (instructions, _) = sign(signable, &params.into()).ok()?.into_parts();
        let mut request = http::Request::builder().method("POST").uri(&self.endpoint);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut request = request.body(body.to_owned()).ok()?;
        instructions.apply_to_request_http1x(&mut request);
        reqwest::Request::try_from(request).ok()
    }

    /// Waits until a table and its indexes can be used.
    async fn ready(&self, table: &str) -> Result<(), LiveError> {
        for _ in 0..LOOKS {
            if let Said::Done(found) = self.call("DescribeTable", &json!({ "TableName": table })).await {
                let active = |it: &Json, status: &str| it[status] == "ACTIVE";
                let indexes = found["Table"]["GlobalSecondaryIndexes"].as_array();
                let all = indexes.is_none_or(|all| all.iter().all(|index| active(index, "IndexStatus")));
                if active(&found["Table"], "TableStatus") && all {
                    return Ok(());
                }
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Err(LiveError::Unknown(format!("table {table} isn't ready yet")))
    }
}

/// What a script's statement asks for: a call's name and its document. A table is a document with attribute definitions,
/// an item to be put one with an item.
fn step(statement: &str) -> Result<(&'static str, Json), LiveError> {
    let document: Json = serde_json::from_str(statement)
        .map_err(|error| LiveError::Fault(format!("a request file is no JSON document: {error}")))?;
    let call = if document.get("AttributeDefinitions").is_some() {
        "CreateTable"
    } else if document.get("TimeToLiveSpecification").is_some() {
        "UpdateTimeToLive"
    } else if document.get("PointInTimeRecoverySpecification").is_some() {
        "UpdateContinuousBackups"
    } else if document.get("Item").is_some() {
        "PutItem"
    } else {
        return Err(LiveError::Fault(
            "a request file that isn't understood".to_owned(),
        ));
    };
    Ok((call, document))
}

#[async_trait]
impl Engine for DynamoDb {
    fn backend(&self) -> Arc<dyn AnyBackend> {
        let options = Options::new().embed(self.embed);
        let options = match &self.prefix {
            Some(prefix) => options.prefix(prefix),
            None => options,
        };
        Arc::new(dbspec_nosql::DynamoDb::with(options))
    }

    async fn session(&self) -> Result<Box<dyn Session>, Fault> {
        Ok(Box::new(self.clone()))
    }

    async fn occupied(&self, script: &Script) -> Result<Vec<String>, LiveError> {
        let mut names = Vec::new();
        for statement in script.artefacts.iter().flat_map(Artefact::iter) {
            let ("CreateTable", document) = step(statement)? else {
                continue;
            };
            let table = document["TableName"].as_str().unwrap_or_default();
            match self.call("DescribeTable", &json!({ "TableName": table })).await {
                Said::Done(_) => names.push(table.to_owned()),
                Said::Refused(kind, ..) if kind == "ResourceNotFoundException" => {}
                Said::Refused(kind, ..) => return Err(LiveError::Failed(kind)),
                Said::Lost(says) => return Err(LiveError::Failed(says)),
            }
        }
        Ok(names)
    }

    async fn apply(&self, script: &Script) -> Result<(), LiveError> {
        for statement in script.artefacts.iter().flat_map(Artefact::iter) {
            let (call, document) = step(statement)?;
            match self.call(call, &document).await {
                Said::Done(_) => {}
                Said::Refused(kind, says, _) => {
                    return Err(LiveError::Unknown(format!("{call}: {kind}: {says}")));
                }
                Said::Lost(says) => return Err(LiveError::Unknown(format!("{call}: {says}"))),
            }
            if call == "CreateTable" {
                self.ready(document["TableName"].as_str().unwrap_or_default())
                    .await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Session for DynamoDb {
    async fn begin(&mut self, _: &str) -> Result<(), Fault> {
        Err(Fault::Broken(
            "DynamoDB has no sessions: a transaction is one request".into(),
        ))
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    async fn rollback(&mut self) {}

    async fn calls(&mut self, calls: &[Call]) -> Result<Vec<Value>, Fault> {
        let sent: Vec<_> = calls.iter().map(|call| self.sent(call)).collect();
        // The requests of one step don't depend on each other.
        stream::iter(sent).buffered(AT_ONCE).try_collect().await
    }
}

/// What the service's fault means to a program.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
fn fault(kind: &str, says: &str, reply: &Json) -> Fault {
    match kind {
        "TransactionCanceledException" => cancelled(says, reply),
        "ConditionalCheckFailedException" => {
            let item = reply.get("Item").map_or(Value::Null, from_json);
            Fault::Cancelled(vec![Some(item)])
        }
        "TransactionConflictException"
        | "TransactionInProgressException"
        | "ReplicatedWriteConflictException" => Fault::Conflict,
        "ProvisionedThroughputExceededException" | "RequestLimitExceeded" | "ThrottlingException" => {
            Fault::Throttled
        }
        "ItemCollectionSizeLimitExceededException" | "LimitExceededException" => Fault::Limit(kind.into()),
        "ValidationException" if is_limit(says) => {
            Fault::Limit("an item or a transaction is too large".into())
        }
        // What the service says of a request repeats values: only its kind is told.
        _ => Fault::Broken(kind.into()),
    }
}

fn is_limit(says: &str) -> bool {
    ["size", "length less than or equal to 100", "exceeded"]
        .iter()
        .any(|part| says.contains(part))
}

/// A cancelled transaction has a reason per action.
fn cancelled(says: &str, reply: &Json) -> Fault {
    let Some(reasons) = reply["CancellationReasons"].as_array() else {
        return Fault::Broken("TransactionCanceledException without reasons".into());
    };
    let codes = || {
        reasons
            .iter()
            .map(|reason| reason["Code"].as_str().unwrap_or_default())
    };
    if codes().any(|code| code == "ConditionalCheckFailed") {
        let actions = reasons.iter().map(|reason| {
            let failed = reason["Code"] == "ConditionalCheckFailed";
            failed.then(|| reason.get("Item").map_or(Value::Null, from_json))
        });
        return Fault::Cancelled(actions.collect());
    }
    if codes().any(|code| code == "TransactionConflict") {
        return Fault::Conflict;
    }
    if codes().any(|code| matches!(code, "ThrottlingError" | "ProvisionedThroughputExceeded")) {
        return Fault::Throttled;
    }
    if codes().any(|code| code == "ItemCollectionSizeLimitExceeded") || is_limit(says) {
        return Fault::Limit("an item or an item collection is too large".into());
    }
    Fault::Broken("TransactionCanceledException".into())
}

/// Why there is no answer; without the address, which may hold keys.
fn unreached(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        format!("no answer within {} s", PATIENCE.as_secs())
    } else if error.is_connect() {
        "nobody answers there".to_owned()
    } else {
        "the connection was lost".to_owned()
    }
}
