//! Where a database is.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use crate::LiveError;

/// Where a database is, by a URL. Printed and debugged without user, password and keys.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// `memory:` or `memory:FOLDER`: the reference engine, empty or with the rows of a folder.
    Memory(Option<PathBuf>),
    /// `postgres://user:password@host:port/database`.
    Postgres(Url),
    /// `mysql://user:password@host:port/database`.
    MySql(Url),
    /// `dynamodb://host:port?region=…&access_key=…&secret_key=…`, or `dynamodb:` for the service itself, with region and
    /// keys from the environment (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`).
    /// `prefix=…` stands before the name of every table in place of the model's name; with `embed=always` all owned rows that
    /// can stand in their owner's item do.
    DynamoDb(Url),
    /// `mongodb://user:password@host:port/database` (or `mongodb+srv://…`). `documentdb=postgres%3A%2F%2F…` names the
    /// `PostgreSQL` below, where what speaks the protocol is made of `DocumentDB`.
    MongoDb(Url),
    /// `redis://user:password@host:port/database` (or `rediss://…` with TLS), alone or a node of a cluster. `prefix=…` is the
    /// hash tag of all keys in place of the model's name.
    Redis(Url),
    /// `neo4j://user:password@host:port/database`, or `neo4j+s:` with TLS. `prefix=…` stands before the label of every
    /// node, so that several models can live in one database.
    Neo4j(Url),
}

/// What addresses look like, for messages.
const FORMS: &str = "`memory:`, `memory:FOLDER`, `postgres://…`, `mysql://…`, `dynamodb://…`, `mongodb://…`, `redis://…` and `neo4j://…` are known";

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`LiveError::Address`] for what is no URL, or one of an engine that isn't known.
    pub fn parse(text: &str) -> Result<Self, LiveError> {
        if let Some(folder) = text.strip_prefix("memory:") {
            let folder = folder.trim_start_matches("//");
            return Ok(Self::Memory((!folder.is_empty()).then(|| PathBuf::from(folder))));
        }
        let url =
            Url::parse(text).map_err(|why| LiveError::Address(format!("not a URL ({why}); {FORMS}")))?;
        match url.scheme() {
            "postgres" | "postgresql" => Ok(Self::Postgres(url)),
            "mysql" => Ok(Self::MySql(url)),
            "dynamodb" => Ok(Self::DynamoDb(url)),
            "mongodb" | "mongodb+srv" => Ok(Self::MongoDb(url)),
            "redis" | "rediss" => Ok(Self::Redis(url)),
            "neo4j" | "neo4j+s" => Ok(Self::Neo4j(url)),
            other => Err(LiveError::Address(format!(
                "there is no engine `{other}`; {FORMS}"
            ))),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(None) => f.write_str("memory:"),
            Self::Memory(Some(folder)) => write!(f, "memory:{}", folder.display()),
            Self::Postgres(url)
            | Self::MySql(url)
            | Self::DynamoDb(url)
            | Self::MongoDb(url)
            | Self::Redis(url)
            | Self::Neo4j(url) => {
                write!(f, "{}:", url.scheme())?;
                if let Some(host) = url.host_str() {
                    write!(f, "//{host}")?;
                }
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                if matches!(
                    self,
                    Self::Postgres(_) | Self::MySql(_) | Self::MongoDb(_) | Self::Redis(_) | Self::Neo4j(_)
                ) {
                    f.write_str(url.path())?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_shown_without_secrets() {
        for (text, shown) in [
            ("memory:", "memory:"),
            ("memory:rows/here", "memory:rows/here"),
            (
                "postgres://me:hush@db.example:5433/shop?password=hush",
                "postgres://db.example:5433/shop",
            ),
            ("mysql://me:hush@db.example/shop", "mysql://db.example/shop"),
            (
                "dynamodb://localhost:8000?region=x&access_key=hush&secret_key=hush",
                "dynamodb://localhost:8000",
            ),
            (
                "mongodb://me:hush@db.example/shop?documentdb=postgres%3A%2F%2Fme%3Ahush%40below%2Fx",
                "mongodb://db.example/shop",
            ),
            (
                "redis://me:hush@cache.example:6380/2?prefix=hush",
                "redis://cache.example:6380/2",
            ),
            (
                "neo4j://me:hush@localhost:7687/x?prefix=y",
                "neo4j://localhost:7687/x",
            ),
        ] {
            let address = Address::parse(text).expect("an address");
            assert_eq!(address.to_string(), shown);
            assert!(!format!("{address:?}").contains("hush"));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for text in [
            "",
            "shop",
            "oracle://me:hush@host/x",
            "postgres//hush",
            "http://u:hush@h",
        ] {
            let error = Address::parse(text).expect_err("no address").to_string();
            assert!(!error.contains("hush"), "{error}");
            assert!(error.contains("memory:"), "{error}");
        }
    }
}
