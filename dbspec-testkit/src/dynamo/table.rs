//! Tables, their items and indexes.

use std::collections::{BTreeMap, BTreeSet};

use dbspec_core::program::machine::Fault;
use dbspec_core::value::Value;

use super::expression::{Expressions, member, text};
use super::invalid;

/// The texts of an item's key attributes.
pub(super) type Key = Vec<Box<str>>;

/// Attributes with their types: `{"S": "…"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Item(pub(super) BTreeMap<Box<str>, Value>);

impl Item {
    pub(super) fn of(value: &Value) -> Result<Self, Fault> {
        let Value::Map(members) = value else {
            return Err(invalid("no item"));
        };
        for (_, value) in members {
            match value {
                Value::Map(of) if of.len() == 1 => {}
                _ => return Err(invalid("an attribute without its type")),
            }
        }
        Ok(Self(members.iter().cloned().collect()))
    }

    pub(super) fn value(&self) -> Value {
        Value::Map(
            self.0
                .iter()
                .map(|(name, it)| (name.clone(), it.clone()))
                .collect(),
        )
    }

    /// The attributes that are others than before.
    pub(super) fn changed(&self, before: Option<&Self>) -> Value {
        let changed = self.0.iter().filter(|(name, value)| {
            let was = before.and_then(|it| it.0.get(*name));
            was != Some(*value)
        });
        Value::Map(changed.map(|(name, it)| (name.clone(), it.clone())).collect())
    }

    fn string(&self, name: &str) -> Option<&str> {
        text(member(self.0.get(name)?, "S"))
    }
}

#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The attributes of the key: of the partition, and to sort.
    key: Vec<Box<str>>,
    indexes: BTreeMap<Box<str>, Vec<Box<str>>>,
    items: BTreeMap<Key, Item>,
}

impl Table {
    pub(super) fn create(request: &Value) -> Option<Self> {
        let names = |of: &Value| -> Option<Vec<Box<str>>> {
            let Value::List(keys) = member(of, "KeySchema") else {
                return None;
            };
            keys.iter()
                .map(|it| Some(text(member(it, "AttributeName"))?.into()))
                .collect()
        };
        let mut indexes = BTreeMap::new();
        if let Value::List(all) = member(request, "GlobalSecondaryIndexes") {
            for index in all {
                indexes.insert(text(member(index, "IndexName"))?.into(), names(index)?);
            }
        }
        Some(Self {
            key: names(request)?,
            indexes,
            items: BTreeMap::new(),
        })
    }

    pub(super) fn items(&self) -> &BTreeMap<Key, Item> {
        &self.items
    }

    pub(super) fn put(&mut self, key: Key, item: Option<Item>) {
        match item {
            Some(item) => self.items.insert(key, item),
            None => self.items.remove(&key),
        };
    }

    /// A key that has the key's attributes and no other.
    pub(super) fn key(&self, of: &Value) -> Result<Key, Fault> {
        match of {
            Value::Map(members) if members.len() == self.key.len() => self.key_within(of),
            _ => Err(invalid("the key doesn't match the schema")),
        }
    }

    /// The key of an item.
    pub(super) fn key_within(&self, of: &Value) -> Result<Key, Fault> {
        let item = Item::of(of)?;
        let part = |name: &str| {
            item.string(name)
                .filter(|it| !it.is_empty() && it.len() <= 1024)
                .map(Into::into)
                .ok_or_else(|| invalid("a key attribute is missing, empty or too long"))
        };
        self.key.iter().map(|it| part(it)).collect()
    }

    /// Whether an item may stand under a key: its key is the key's, and keys of indexes are texts.
    pub(super) fn fits(&self, key: &Key, item: &Item) -> Result<(), Fault> {
        if self.key_within(&item.value())? != *key {
            return Err(invalid("an update of the key"));
        }
        for name in self.indexes.values().flatten() {
            let missing = !item.0.contains_key(name);
            if !missing
                && item
                    .string(name)
                    .is_none_or(|it| it.is_empty() || it.len() > 2048)
            {
                return Err(invalid("the key of an index is empty or no text"));
            }
        }
        Ok(())
    }

    pub(super) fn query(&self, args: &Value, page: usize) -> Result<Value, Fault> {
        let index = match text(member(args, "IndexName")) {
            None => None,
            Some(name) => Some(self.indexes.get(name).ok_or_else(|| invalid("no such index"))?),
        };
        if index.is_some() && *member(args, "ConsistentRead") == Value::Bool(true) {
            return Err(invalid("consistent reads of an index"));
        }
        let expressions = Expressions::of(args)?;
        let condition = member(args, "KeyConditionExpression");
        let mut found = Vec::new();
        for item in self.items.values() {
            // An index has the items alone that have its keys.
            let Some(place) = self.place(item, index) else {
                continue;
            };
            if expressions.condition(condition, Some(item))? {
                found.push((place, item));
            }
        }
        let partitions: BTreeSet<_> = found.iter().map(|(place, _)| place.first()).collect();
        if partitions.len() > 1 {
            return Err(invalid("more than one partition"));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        if backward(args) {
            found.reverse();
        }
        self.page(args, &expressions, found, page, index)
    }

    pub(super) fn scan(&self, args: &Value, page: usize) -> Result<Value, Fault> {
        let expressions = Expressions::of(args)?;
        let items = self.items.iter().map(|(key, item)| (key.clone(), item));
        self.page(args, &expressions, items.collect(), page, None)
    }

    /// Where an item stands in the table or an index; `None` where it isn't in the index.
    fn place(&self, item: &Item, index: Option<&Vec<Box<str>>>) -> Option<Key> {
        let names = index.into_iter().flatten().chain(&self.key);
        names.map(|it| item.string(it).map(Into::into)).collect()
    }

    fn page(
        &self,
        args: &Value,
        expressions: &Expressions<'_>,
        mut items: Vec<(Key, &Item)>,
        page: usize,
        index: Option<&Vec<Box<str>>>,
    ) -> Result<Value, Fault> {
        let filter = member(args, "FilterExpression");
        let at = |item: &Item| -> Value {
            let names: BTreeSet<&Box<str>> = self.key.iter().chain(index.into_iter().flatten()).collect();
            let members = names
                .into_iter()
                .filter_map(|name| Some((name.clone(), item.0.get(name)?.clone())));
            Value::Map(members.collect())
        };
        let start = member(args, "ExclusiveStartKey");
        if !start.is_null() {
            // Reading goes on behind the start, whether an item has it or not.
            let start = Item::of(start)?;
            let start = self.place(&start, index);
            let start = start.ok_or_else(|| invalid("a start without its key"))?;
            items.retain(|(place, _)| {
                if backward(args) {
                    *place < start
                } else {
                    *place > start
                }
            });
        }
        let limit = match member(args, "Limit") {
            Value::Int(limit) => usize::try_from(*limit)
                .ok()
                .filter(|it| *it > 0)
                .ok_or_else(|| invalid("a limit below 1"))?,
            _ => usize::MAX,
        };
        let most = limit.min(page);
        let more = items.len() >= most;
        items.truncate(most);
        let last = items.last().filter(|_| more).map(|(_, item)| at(item));
        let scanned = items.len();
        // An expression that no item meets is looked at all the same.
        expressions.condition(filter, None)?;
        let mut kept = Vec::new();
        for (_, item) in items {
            if expressions.condition(filter, Some(item))? {
                kept.push(item.value());
            }
        }
        expressions.condition(member(args, "KeyConditionExpression"), None)?;
        expressions.all_used()?;
        let count = |it: usize| Value::Int(i64::try_from(it).unwrap_or(i64::MAX));
        let mut reply = vec![
            ("Count".into(), count(kept.len())),
            ("ScannedCount".into(), count(scanned)),
            ("Items".into(), Value::List(kept)),
        ];
        reply.extend(last.map(|it| ("LastEvaluatedKey".into(), it)));
        Ok(Value::Map(reply))
    }
}

/// Whether a query reads from the end.
fn backward(args: &Value) -> bool {
    *member(args, "ScanIndexForward") == Value::Bool(false)
}

#[cfg(test)]
mod tests {
    use dbspec_core::program::from_json;
    use serde_json::json;

    use super::*;

    /// Keys that a query from a start finds, where `b` and `d` stand.
    fn behind(start: &str, forward: &serde_json::Value) -> Vec<Box<str>> {
        let string = |of: &str| json!({ "S": of });
        let mut table = Table::create(&from_json(&json!({
            "KeySchema": [{ "AttributeName": "pk" }, { "AttributeName": "sk" }],
        })))
        .expect("a table");
        for sort in ["b", "d"] {
            let item = from_json(&json!({ "pk": string("p"), "sk": string(sort) }));
            let item = Item::of(&item).expect("an item");
            table.put(vec!["p".into(), sort.into()], Some(item));
        }
        let asked = from_json(&json!({
            "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": { "#pk": "pk" },
            "ExpressionAttributeValues": { ":pk": string("p") },
            "ExclusiveStartKey": { "pk": string("p"), "sk": string(start) },
            "ScanIndexForward": forward,
        }));
        let reply = table.query(&asked, 10).expect("a page");
        let Value::List(items) = member(&reply, "Items") else {
            return Vec::new();
        };
        let sorts = items.iter().filter_map(|it| Item::of(it).ok());
        sorts.filter_map(|it| it.string("sk").map(Into::into)).collect()
    }

    #[test]
    fn reading_goes_on_behind_a_start_whether_an_item_has_it_or_not() {
        let (forward, backward) = (json!(true), json!(false));
        for (start, onward, back) in [
            ("a", vec!["b", "d"], vec![]),
            ("b", vec!["d"], vec![]),
            ("c", vec!["d"], vec!["b"]),
            ("d", vec![], vec!["b"]),
            ("e", vec![], vec!["d", "b"]),
        ] {
            let found = |of| behind(start, of);
            assert_eq!(
                found(&forward),
                onward.into_iter().map(Box::from).collect::<Vec<Box<str>>>()
            );
            assert_eq!(
                found(&backward),
                back.into_iter().map(Box::from).collect::<Vec<Box<str>>>()
            );
        }
    }
}
