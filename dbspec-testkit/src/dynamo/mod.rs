//! As much of DynamoDB, in memory, as programs use: to run them at every interleaving, which the real one can't.
//!
//! It is strict where the real one is: names and values of expressions that aren't used, two actions on one item, keys
//! that are empty or given twice, more than 100 actions. Pages are short, so that programs must ask for the next. Its
//! indexes never lag behind. The law is DynamoDB's own documentation, and the real one that the live tests run on.

mod expression;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use dbspec_core::backend::Script;
use dbspec_core::program::from_json;
use dbspec_core::program::machine::{Call, Fault, Reply, Verb};
use dbspec_core::value::Value;

use crate::explorer::Engine;
use expression::{Expressions, member, text};
use table::{Item, Key, Table};

/// So many items has a page at most.
const PAGE: usize = 3;
/// So many actions has a transaction at most.
const ACTIONS: usize = 100;

/// Tables and what is in them.
#[derive(Clone, Debug, Default)]
pub struct Dynamo {
    tables: BTreeMap<Box<str>, Table>,
    /// Tokens of transactions that were done.
    done: BTreeSet<Box<str>>,
}

impl Dynamo {
    /// The tables that `CreateTable` requests make; `None` where a statement is no such request.
    pub fn create(script: &Script) -> Option<Self> {
        let mut made = Self::default();
        for artefact in &script.artefacts {
            for statement in artefact.iter() {
                let request = from_json(&serde_json::from_str(statement).ok()?);
                let table = Table::create(&request)?;
                made.tables
                    .insert(text(member(&request, "TableName"))?.into(), table);
            }
        }
        Some(made)
    }

    /// Whether two have the same items.
    pub fn same_items(&self, other: &Self) -> bool {
        let items = |it: &Self| -> Vec<_> {
            let tables = it.tables.iter();
            tables
                .map(|(name, table)| (name.clone(), table.items().clone()))
                .collect()
        };
        items(self) == items(other)
    }

    /// How many items a table has.
    pub fn len(&self, table: &str) -> usize {
        self.tables.get(table).map_or(0, |it| it.items().len())
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.tables.values().all(|it| it.items().is_empty())
    }

    /// Answers a request.
    ///
    /// # Errors
    /// What the real one refuses, as a driver translates it.
    pub fn call(&mut self, call: &Call) -> Result<Value, Fault> {
        let args = &call.args;
        match &*call.text {
            "GetItem" => {
                let table = self.table(args)?;
                let item = table.items().get(&table.key(member(args, "Key"))?);
                let item = item.map(|it| ("Item".into(), it.value()));
                Ok(Value::Map(item.into_iter().collect()))
            }
            "BatchGetItem" => self.batch(args),
            "Query" => self.table(args)?.query(args, PAGE),
            "Scan" => self.table(args)?.scan(args, PAGE),
            "UpdateItem" => self.update(args),
            "TransactWriteItems" => self.transact(args),
            other => Err(invalid(&format!("no call {other}"))),
        }
    }

    fn table(&self, args: &Value) -> Result<&Table, Fault> {
        let name = text(member(args, "TableName"));
        name.and_then(|it| self.tables.get(it))
            .ok_or_else(|| invalid("no such table"))
    }

    fn batch(&self, args: &Value) -> Result<Value, Fault> {
        let Value::Map(requests) = member(args, "RequestItems") else {
            return Err(invalid("no RequestItems"));
        };
        let mut responses = Vec::new();
        for (name, request) in requests {
            let table = self.tables.get(name).ok_or_else(|| invalid("no such table"))?;
            let Value::List(keys) = member(request, "Keys") else {
                return Err(invalid("no Keys"));
            };
            let keys: Vec<Key> = keys.iter().map(|it| table.key(it)).collect::<Result<_, _>>()?;
            let different: BTreeSet<&Key> = keys.iter().collect();
            if keys.is_empty() || keys.len() > 100 || different.len() < keys.len() {
                return Err(invalid("no keys, more than 100, or one twice"));
            }
            let found = keys.iter().filter_map(|key| table.items().get(key));
            responses.push((name.clone(), Value::List(found.map(Item::value).collect())));
        }
        Ok(Value::Map(vec![
            ("Responses".into(), Value::Map(responses)),
            ("UnprocessedKeys".into(), Value::Map(Vec::new())),
        ]))
    }

    fn update(&mut self, args: &Value) -> Result<Value, Fault> {
        let (name, change) = self.change("Update", args)?;
        if let Some(denied) = change.denied {
            return Err(Fault::Cancelled(vec![Some(denied)]));
        }
        let new = change
            .after
            .as_ref()
            .map(|after| after.changed(change.before.as_ref()));
        self.put(&name, change.key, change.after);
        let returned = match text(member(args, "ReturnValues")) {
            Some("UPDATED_NEW") => new.map(|it| ("Attributes".into(), it)),
            Some(_) | None => None,
        };
        Ok(Value::Map(returned.into_iter().collect()))
    }

    fn transact(&mut self, args: &Value) -> Result<Value, Fault> {
        let token = text(member(args, "ClientRequestToken")).filter(|it| it.len() <= 36);
        let token: Box<str> = token.ok_or_else(|| invalid("no token, or a long one"))?.into();
        let Value::List(actions) = member(args, "TransactItems") else {
            return Err(invalid("no TransactItems"));
        };
        if self.done.contains(&token) {
            return Ok(Value::Map(Vec::new()));
        }
        if actions.is_empty() {
            return Err(invalid("no action"));
        }
        if actions.len() > ACTIONS {
            return Err(Fault::Limit("100 actions in one transaction".into()));
        }
        let mut changes = Vec::with_capacity(actions.len());
        let mut touched = BTreeSet::new();
        for action in actions {
            let Value::Map(kinds) = action else {
                return Err(invalid("not an action"));
            };
            let [(kind, action)] = kinds.as_slice() else {
                return Err(invalid("not one action"));
            };
            let (name, change) = self.change(kind, action)?;
            if !touched.insert((name.clone(), change.key.clone())) {
                return Err(invalid("two actions on one item"));
            }
            changes.push((name, change));
        }
        if changes.iter().any(|(_, change)| change.denied.is_some()) {
            let denied = changes.into_iter().map(|(_, change)| change.denied);
            return Err(Fault::Cancelled(denied.collect()));
        }
        for (name, change) in changes {
            self.put(&name, change.key, change.after);
        }
        self.done.insert(token);
        Ok(Value::Map(Vec::new()))
    }

    fn put(&mut self, table: &str, key: Key, item: Option<Item>) {
        if let Some(table) = self.tables.get_mut(table) {
            table.put(key, item);
        }
    }

    /// What an action does, if nothing stands in its way.
    fn change(&self, kind: &str, action: &Value) -> Result<(Box<str>, Change), Fault> {
        let table = self.table(action)?;
        let name = text(member(action, "TableName")).unwrap_or_default().into();
        let given = match kind {
            "Put" => member(action, "Item"),
            _ => member(action, "Key"),
        };
        let key = match kind {
            "Put" => table.key_within(given)?,
            _ => table.key(given)?,
        };
        let before = table.items().get(&key).cloned();
        let expressions = Expressions::of(action)?;
        let holds = expressions.condition(member(action, "ConditionExpression"), before.as_ref())?;
        let after = match kind {
            "Put" => Some(Item::of(given)?),
            "Update" => {
                let start = before.clone().map_or_else(|| Item::of(given), Ok)?;
                Some(expressions.update(member(action, "UpdateExpression"), &start)?)
            }
            "Delete" => None,
            "ConditionCheck" => before.clone(),
            other => return Err(invalid(&format!("no action {other}"))),
        };
        expressions.all_used()?;
        if let Some(after) = &after {
            table.fits(&key, after)?;
        }
        let returns = text(member(action, "ReturnValuesOnConditionCheckFailure")) == Some("ALL_OLD");
        let old = before
            .as_ref()
            .filter(|_| returns)
            .map_or(Value::Null, Item::value);
        Ok((
            name,
            Change {
                key,
                before,
                after,
                denied: (!holds).then_some(old),
            },
        ))
    }
}

/// What an action comes to.
struct Change {
    key: Key,
    before: Option<Item>,
    after: Option<Item>,
    /// What is told of the item, where the condition doesn't hold.
    denied: Option<Value>,
}

fn invalid(says: &str) -> Fault {
    Fault::Broken(format!("ValidationException: {says}").into())
}

impl Engine for Dynamo {
    fn serve(&mut self, _: usize, verb: &Verb) -> Reply {
        let Verb::Calls(calls) = verb else {
            return Reply::Fault(invalid("there are no sessions"));
        };
        let results: Result<Vec<Value>, Fault> = calls.iter().map(|call| self.call(call)).collect();
        results.map_or_else(Reply::Fault, Reply::Results)
    }

    fn leave(&mut self, _: usize) {}

    fn commute(&self, a: (usize, &Verb), b: (usize, &Verb)) -> bool {
        let reads = |verb: &Verb| match verb {
            Verb::Calls(calls) => calls
                .iter()
                .all(|call| matches!(&*call.text, "GetItem" | "BatchGetItem" | "Query" | "Scan")),
            Verb::Begin(_) | Verb::Commit | Verb::Rollback => false,
        };
        reads(a.1) && reads(b.1)
    }
}
