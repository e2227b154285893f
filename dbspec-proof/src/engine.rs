//! Live engines, and a database of its own for each test.

use std::future::Future;
use std::sync::Arc;

use dbspec_core::kernel::Kernel;
use dbspec_core::program::machine::Call;
use dbspec_core::program::{from_json, to_json};
use dbspec_core::value::Value;
use dbspec_live::{Address, Engine, open};
use serde_json::{Value as Json, json};

/// An engine that tests run on.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its name: `postgres18`.
    pub name: &'static str,
    url: String,
}

/// The `PostgreSQL` that is newest.
pub const POSTGRES_NEWEST: &str = "postgres18";
/// The `PostgreSQL` that is oldest.
pub const POSTGRES_OLDEST: &str = "postgres13";
/// `MySQL`.
pub const MYSQL: &str = "mysql";
/// `DynamoDB`.
pub const DYNAMODB: &str = "dynamodb";
/// `MongoDB`'s protocol.
pub const MONGODB: &str = "mongodb";
/// `Neo4j`.
pub const NEO4J: &str = "neo4j";
/// Redis.
pub const REDIS: &str = "redis";
/// A cluster of Redis.
pub const REDIS_CLUSTER: &str = "rediscluster";

/// Deletes keys by a pattern, on the node that has the slot of the first.
const SWEEP: &str = "local at = '0'
repeat
  local found = redis.call('SCAN', at, 'MATCH', ARGV[1], 'COUNT', 1000)
  for _, key in ipairs(found[2]) do redis.call('DEL', key) end
  at = found[1]
until at == '0'";

/// Those engines, where tests are to run on live ones; says what is left out otherwise.
#[expect(clippy::print_stderr, reason = "a test says what it leaves out")]
pub fn places(names: &[&'static str]) -> Vec<Place> {
    if std::env::var("DBSPEC_LIVE").as_deref() != Ok("1") {
        eprintln!("left out: {} (DBSPEC_LIVE isn't 1)", names.join(", "));
        return Vec::new();
    }
    let found = names.iter().map(|name| {
        let variable = format!("DBSPEC_TEST_{}_URL", name.to_uppercase());
        let url = std::env::var(&variable);
        Place {
            name,
            url: url.unwrap_or_else(|_| panic!("DBSPEC_LIVE is 1, but {variable} names no {name}")),
        }
    });
    found.collect()
}

impl Place {
    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the database is `PostgreSQL`.
    pub fn is_postgres(&self) -> bool {
        self.name.starts_with("postgres")
    }

    /// Whether the database is `MySQL`.
    pub fn is_mysql(&self) -> bool {
        self.name == MYSQL
    }

    /// Whether the database is `MongoDB`.
    pub fn is_mongodb(&self) -> bool {
        self.name == MONGODB
    }

    /// Whether the database is Redis.
    pub fn is_redis(&self) -> bool {
        self.name == REDIS || self.name == REDIS_CLUSTER
    }

    /// Whether the database is `Neo4j`.
    pub fn is_neo4j(&self) -> bool {
        self.name == NEO4J
    }

    /// Runs a test on an empty database of its own, which is dropped afterwards.
    pub async fn with_database<F: Future<Output = ()> + Send + 'static>(
        &self,
        test: &str,
        run: impl FnOnce(String) -> F,
    ) {
        let name = format!("proof_{test}_{}", std::process::id());
        self.drop_database(&name).await;
        let url = self.create_database(&name).await;
        // In a task of its own, so that a panic doesn't leave the database behind.
        let done = tokio::spawn(run(url)).await;
        self.drop_database(&name).await;
        if let Err(error) = done {
            std::panic::resume_unwind(error.into_panic());
        }
    }

    /// A part of a database for one case among many: a schema, or a further prefix.
    pub fn within(&self, url: &str, case: u32) -> String {
        if self.is_postgres() {
            format!("{url}?options=-c%20search_path%3Dcase{case}")
        } else if self.is_mysql() {
            format!("{url}_case{case}")
        } else if self.is_mongodb() {
            in_database(url, |name| format!("{name}_{case}"))
        } else {
            format!("{url}.{case}")
        }
    }

    /// Makes a part of a database, empty.
    pub async fn make(&self, url: &str) {
        if let Some((_, schema)) = url.split_once("search_path%3D") {
            statement(&*self.open(url).await, &format!("CREATE SCHEMA {schema}")).await;
        } else if self.is_mysql() {
            let sql = format!("CREATE DATABASE `{}`", database_of(url));
            statement(&*self.open(&self.url).await, &sql).await;
        }
    }

    /// Drops what was made in a part of a database, so that many cases don't pile up.
    pub async fn clear(&self, url: &str) {
        if let Some((_, schema)) = url.split_once("search_path%3D") {
            statement(&*self.open(url).await, &format!("DROP SCHEMA {schema} CASCADE")).await;
        } else if self.is_mysql() {
            let sql = format!("DROP DATABASE `{}`", database_of(url));
            statement(&*self.open(&self.url).await, &sql).await;
        } else if self.is_mongodb() {
            request(
                &*self.open(url).await,
                "dropDatabase",
                &json!({ "dropDatabase": 1 }),
            )
            .await;
        } else if let Some((_, prefix)) = url.split_once("prefix=") {
            if self.is_redis() {
                self.drop_keys(prefix).await;
            } else if self.is_neo4j() {
                self.drop_nodes(&format!("{prefix}.")).await;
            } else {
                self.drop_tables(&format!("{prefix}.")).await;
            }
        }
    }

    async fn create_database(&self, name: &str) -> String {
        if self.is_postgres() || self.is_mysql() {
            let quoted = if self.is_mysql() {
                format!("`{name}`")
            } else {
                format!("\"{name}\"")
            };
            statement(&*self.open(&self.url).await, &format!("CREATE DATABASE {quoted}")).await;
            let (server, _) = self
                .url
                .rsplit_once('/')
                .unwrap_or_else(|| panic!("{} has no path", self.name));
            format!("{server}/{name}")
        } else if self.is_mongodb() {
            in_database(&self.url, |_| name.to_owned())
        } else if self.is_redis() || self.is_neo4j() {
            format!("{}?prefix={name}", self.url)
        } else {
            format!("{}&prefix={name}", self.url)
        }
    }

    async fn drop_database(&self, name: &str) {
        if self.is_postgres() {
            statement(
                &*self.open(&self.url).await,
                &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"),
            )
            .await;
        } else if self.is_mysql() {
            let sql = format!("DROP DATABASE IF EXISTS `{name}`");
            statement(&*self.open(&self.url).await, &sql).await;
        } else if self.is_mongodb() {
            self.clear(&in_database(&self.url, |_| name.to_owned())).await;
        } else if self.is_redis() {
            self.drop_keys(name).await;
        } else if self.is_neo4j() {
            self.drop_nodes(&format!("{name}.")).await;
        } else {
            self.drop_tables(&format!("{name}.")).await;
        }
    }

    /// Drops the keys of a tag, and where one server has all keys those of the tags that begin so; then the users.
    async fn drop_keys(&self, tag: &str) {
        let engine = self.open(&self.url).await;
        let within = if self.name == REDIS { "" } else { "}:" };
        let sweep = json!([SWEEP, 1, format!("{{{tag}}}"), format!("{{{tag}{within}*")]);
        request(&*engine, "EVAL", &sweep).await;
        let users = request(&*engine, "ACL USERS", &json!([])).await;
        for user in users.as_array().into_iter().flatten() {
            let own = user.as_str().and_then(|it| it.strip_prefix("dbspec."));
            if own.is_some_and(|it| it == tag || it.starts_with(&format!("{tag}."))) {
                request(&*engine, "ACL DELUSER", &json!([user])).await;
            }
        }
    }

    /// Drops constraints, indexes and nodes whose names and labels have a prefix.
    async fn drop_nodes(&self, prefix: &str) {
        let engine = self.open(&self.url).await;
        let call = |text: String| Call {
            text: text.into(),
            args: Value::Map(vec![("prefix".into(), Value::text(prefix))]),
        };
        for (shows, drops) in [("CONSTRAINTS", "CONSTRAINT"), ("INDEXES", "INDEX")] {
            let shows = format!("SHOW {shows} YIELD name WHERE name STARTS WITH $prefix RETURN name");
            let found = called(&*engine, call(shows)).await;
            let found = found["rows"].as_array().into_iter().flatten();
            let names = found.filter_map(Json::as_str);
            let drops: Vec<Call> = names.map(|name| call(format!("DROP {drops} `{name}`"))).collect();
            if drops.is_empty() {
                continue;
            }
            let together = async {
                let mut session = engine.session().await?;
                session.begin("BEGIN").await?;
                session.calls(&drops).await?;
                session.commit().await
            };
            together.await.unwrap_or_else(|fault| panic!("{prefix}: {fault}"));
        }
        let nodes = "MATCH (n) WHERE any(label IN labels(n) WHERE label STARTS WITH $prefix) DETACH DELETE n";
        called(&*engine, call(nodes.to_owned())).await;
    }

    async fn drop_tables(&self, prefix: &str) {
        let engine = self.open(&self.url).await;
        let mut after = Json::Null;
        loop {
            let mut document = json!({});
            if !after.is_null() {
                document["ExclusiveStartTableName"] = after;
            }
            let found = request(&*engine, "ListTables", &document).await;
            for table in found["TableNames"].as_array().into_iter().flatten() {
                if table.as_str().is_some_and(|it| it.starts_with(prefix)) {
                    request(&*engine, "DeleteTable", &json!({ "TableName": table })).await;
                }
            }
            after = found["LastEvaluatedTableName"].clone();
            if after.is_null() {
                return;
            }
        }
    }

    async fn open(&self, url: &str) -> Box<dyn Engine> {
        let address = Address::parse(url).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        open(&address)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

/// The database that a URL names.
fn database_of(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, name)| name)
}

/// The URL with another database, made of its own.
fn in_database(url: &str, database: impl FnOnce(&str) -> String) -> String {
    let (server, rest) = url
        .split_once("://")
        .unwrap_or_else(|| panic!("a URL has a scheme"));
    let (host, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let (own, query) = rest.split_once('?').unwrap_or((rest, ""));
    format!("{server}://{host}/{}?{query}", database(own))
}

/// The engine of a URL.
pub async fn opened(url: &str) -> Box<dyn Engine> {
    let address = Address::parse(url).unwrap_or_else(|error| panic!("{error}"));
    open(&address).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Runs a SQL statement; its rows, each the document of its one column.
pub async fn statement(engine: &dyn Engine, sql: &str) -> Vec<Json> {
    let call = Call {
        text: sql.into(),
        args: Value::List(Vec::new()),
    };
    let reply = called(engine, call).await;
    reply["rows"].as_array().cloned().unwrap_or_default()
}

/// Runs a Cypher statement; its rows, each the value of its one column.
pub async fn cypher(engine: &dyn Engine, statement: &str) -> Vec<Json> {
    let call = Call {
        text: statement.into(),
        args: Value::Map(Vec::new()),
    };
    let reply = called(engine, call).await;
    reply["rows"].as_array().cloned().unwrap_or_default()
}

/// Sends a request document.
pub async fn request(engine: &dyn Engine, call: &str, document: &Json) -> Json {
    let call = Call {
        text: call.into(),
        args: from_json(document),
    };
    called(engine, call).await
}

/// Sends one call.
pub async fn called(engine: &dyn Engine, call: Call) -> Json {
    let text = call.text.clone();
    let mut session = engine.session().await.unwrap_or_else(|fault| panic!("{fault}"));
    let replies = session.calls(&[call]).await;
    let replies = replies.unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let reply = replies.first().unwrap_or_else(|| panic!("{text}: no reply"));
    to_json(reply).unwrap_or_else(|unfit| panic!("{text}: {unfit}"))
}

/// A client of the database of a URL, with the design created.
pub async fn created(url: &str, kernel: &Arc<Kernel>) -> dbspec_live::Client {
    let client = dbspec_live::Client::connect(url, Arc::clone(kernel)).await;
    let client = client.unwrap_or_else(|error| panic!("{error}"));
    client.apply().await.unwrap_or_else(|error| panic!("{error}"));
    client
}
