//! `MongoDB`: commands as a program has them, which are the engine's own documents.
//!
//! A mongod is spoken to by its driver, in sessions with transactions. Over `DocumentDB` the protocol has no transactions, so
//! its functions are called in one transaction of the `PostgreSQL` below, which an address names beside:
//! `mongodb://host/database?documentdb=postgres%3A%2F%2F…`.

mod below;
mod document;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use dbspec_core::backend::{AnyBackend, Artefact, Script};
use dbspec_core::program::from_json;
use dbspec_core::program::machine::{Call, Fault};
use dbspec_core::value::Value;
use url::Url;

use crate::engine::{Engine, Session};
use crate::{Address, LiveError};

use below::Below;
use wire::Wire;

/// A `MongoDB` database.
pub(crate) struct MongoDb {
    way: Way,
    version: u16,
}

enum Way {
    Wire(Wire),
    Below(Below),
}

impl MongoDb {
    /// Connects and asks for the version.
    pub(crate) async fn connect(url: &Url, address: &Address) -> Result<Self, LiveError> {
        let database = url.path().trim_matches('/').to_owned();
        if database.is_empty() {
            return Err(LiveError::Address(format!(
                "{address}: no database: mongodb://host/DATABASE"
            )));
        }
        let below = url
            .query_pairs()
            .find(|(name, _)| name == "documentdb")
            .map(|(_, value)| value.into_owned());
        if let Some(below) = below {
            let below = Below::connect(&below, database, address).await?;
            return Ok(Self {
                way: Way::Below(below),
                version: below::SPEAKS,
            });
        }
        let (wire, version) = Wire::connect(url, &database, address).await?;
        if !(6..=8).contains(&version) {
            return Err(LiveError::Version {
                address: address.to_string(),
                says: format!("this is MongoDB {version}; 6 to 8 are compiled for"),
            });
        }
        Ok(Self {
            way: Way::Wire(wire),
            version,
        })
    }
}

#[async_trait]
impl Engine for MongoDb {
    fn backend(&self) -> Arc<dyn AnyBackend> {
        Arc::new(dbspec_nosql::MongoDb::new(self.version))
    }

    async fn session(&self) -> Result<Box<dyn Session>, Fault> {
        Ok(match &self.way {
            Way::Wire(wire) => Box::new(wire.session().await?),
            Way::Below(below) => Box::new(below.session().await?),
        })
    }

    async fn occupied(&self, _: &Script) -> Result<Vec<String>, LiveError> {
        match &self.way {
            Way::Wire(wire) => wire.collections().await,
            Way::Below(below) => below.collections().await,
        }
    }

    async fn apply(&self, script: &Script) -> Result<(), LiveError> {
        let failed = |fault: Fault| LiveError::Failed(fault.to_string());
        let mut session = self.session().await.map_err(failed)?;
        for statement in script.artefacts.iter().flat_map(Artefact::iter) {
            let call = command(statement)?;
            session.calls(&[call]).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// The command of a script's statement: what stands within the outermost parentheses' last.
fn command(statement: &str) -> Result<Call, LiveError> {
    let unfit = || LiveError::Fault("a statement of a script is no command".to_owned());
    let (from, to) = statement.find('{').zip(statement.rfind('}')).ok_or_else(unfit)?;
    let document: serde_json::Value =
        serde_json::from_str(statement.get(from..=to).unwrap_or_default()).map_err(|_| unfit())?;
    let args = from_json(&document);
    let name = match &args {
        Value::Map(members) => members.first().map(|(name, _)| name.clone()),
        _ => None,
    };
    Ok(Call {
        text: name.ok_or_else(unfit)?,
        args,
    })
}

/// Below lie mongod's numbers, from here on states of `PostgreSQL`'s: `DocumentDB` tells them as six bits a character.
const STATES: i32 = 0x1_0000;

/// What an error means.
fn refusal(code: i32, says: &str) -> Fault {
    if code >= STATES {
        let part = |at: u32| char::from_u32((code.cast_unsigned() >> (6 * at) & 0x3f) + u32::from('0'));
        let state: String = (0..5).filter_map(part).collect();
        return match &*state {
            "M001C" => Fault::Constraint(index(says).into()),
            "M00CO" => invalid(),
            "40001" | "40P01" | "55P03" => Fault::Conflict,
            // What the engine says may repeat values: only its code is told.
            _ => Fault::Broken(format!("error {state}").into()),
        };
    }
    match code {
        11000 => Fault::Constraint(index(says).into()),
        112 | 24 | 246 | 251 => Fault::Conflict,
        10334 | 17280 | 257 => Fault::Limit("a document or a transaction is too large".into()),
        121 => invalid(),
        _ => Fault::Broken(format!("error {code}").into()),
    }
}

fn invalid() -> Fault {
    Fault::Broken("a document failed validation".into())
}

/// The name of the index that a duplicate key's message tells: `index: NAME dup key`, or `Index 'NAME'`.
fn index(says: &str) -> &str {
    if let Some((_, rest)) = says.split_once(" index: ") {
        return rest.split(" dup key").next().unwrap_or_default().trim();
    }
    let quoted = says.split_once("Index '").map(|(_, rest)| rest);
    quoted
        .and_then(|rest| rest.split('\'').next())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use dbspec_core::program::machine::Fault;

    use super::{index, refusal};

    #[test]
    fn states_are_told_by_numbers() {
        assert!(matches!(refusal(525_074_461, ""), Fault::Broken(says) if says.contains("validation")));
        assert!(matches!(refusal(121, ""), Fault::Broken(says) if says.contains("validation")));
    }

    #[test]
    fn messages_tell_the_index() {
        for says in [
            "E11000 duplicate key error collection: shop.Customer index: email_unique dup key: { email: \"x\" }",
            "Duplicate key violation on the requested collection: Index 'email_unique'",
        ] {
            assert_eq!(index(says), "email_unique");
        }
    }
}
