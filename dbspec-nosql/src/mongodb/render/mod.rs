//! Design → one file that mongosh runs: a command a statement, in Extended JSON, so that each number has its type.

use dbspec_core::backend::{Artefact, Script};
use serde_json::{Value as Json, json};

use super::design::{Collection, Design, ID, Index, NUMBER};

/// What stands around a command.
const BEFORE: &str = "db.runCommand(EJSON.deserialize(";
const AFTER: &str = "))";

/// The file of a design.
pub(super) fn render(design: &Design) -> Script {
    let mut artefact = Artefact::new("schema.js");
    for collection in &design.collections {
        create(&mut artefact, collection);
    }
    if let Some(locks) = &design.locks {
        add(&mut artefact, &json!({ "create": locks }));
        let sequences = design.collections.iter().flat_map(|it| &it.sequences);
        let documents: Vec<Json> = sequences
            .map(|it| json!({ ID: it.tag, NUMBER: { "$numberLong": "0" } }))
            .collect();
        if !documents.is_empty() {
            add(&mut artefact, &json!({ "insert": locks, "documents": documents }));
        }
    }
    Script {
        artefacts: vec![artefact],
    }
}

fn create(artefact: &mut Artefact, collection: &Collection) {
    let name = &collection.name;
    add(artefact, &json!({ "create": name }));
    // DocumentDB leaves out the validator that `create` is given.
    add(
        artefact,
        &json!({ "collMod": name, "validator": collection.validator, "validationLevel": "strict", "validationAction": "error" }),
    );
    if !collection.indexes.is_empty() {
        let indexes: Vec<Json> = collection.indexes.iter().map(index).collect();
        add(artefact, &json!({ "createIndexes": name, "indexes": indexes }));
    }
}

fn index(index: &Index) -> Json {
    let mut keys = serde_json::Map::new();
    for column in &index.columns {
        keys.insert(column.path.clone(), column.order.into());
    }
    let mut it = json!({ "key": keys, "name": index.name });
    if index.unique.is_some() {
        it["unique"] = true.into();
    }
    if !index.present.is_empty() {
        let mut filter = serde_json::Map::new();
        for path in &index.present {
            filter.insert(path.clone(), json!({ "$exists": true }));
        }
        it["partialFilterExpression"] = filter.into();
    }
    it
}

fn add(artefact: &mut Artefact, command: &Json) {
    let length = |artefact: &Artefact| u32::try_from(artefact.text.len()).unwrap_or(u32::MAX);
    let begin = length(artefact);
    artefact.text.push_str(BEFORE);
    artefact
        .text
        .push_str(&serde_json::to_string_pretty(command).unwrap_or_default());
    artefact.text.push_str(AFTER);
    let end = length(artefact);
    artefact.statements.push(begin..end);
    artefact.text.push_str(";\n");
}
