//! Design → request files, one request each, as `aws dynamodb create-table --cli-input-json` takes them, and the same
//! tables as a template.

mod template;

use dbspec_core::backend::{Artefact, Script};
use serde_json::{Map, Value as Json, json};

use super::design::{Design, PK, SK, Table};

/// The files of a design: one request each, and the template.
pub(super) fn render(design: &Design) -> Script {
    let artefacts = design.tables.iter().enumerate().map(|(at, table)| {
        let mut artefact = Artefact::new(format!("{:02}-{}.json", at + 1, file_name(&table.name)));
        artefact.text = serde_json::to_string_pretty(&request(table)).unwrap_or_default();
        let end = u32::try_from(artefact.text.len()).unwrap_or(u32::MAX);
        artefact.statements.push(0..end);
        artefact.text.push('\n');
        artefact
    });
    Script {
        artefacts: artefacts.chain(template::templates(&design.tables)).collect(),
    }
}

/// A table's name has only characters that a file's name may have; a leading dot would hide the file.
fn file_name(name: &str) -> String {
    name.trim_start_matches('.').to_owned()
}

fn request(table: &Table) -> Json {
    let mut attributes = vec![PK];
    if table.sorted {
        attributes.push(SK);
    }
    for index in &table.indexes {
        attributes.push(&index.hash);
        attributes.extend(index.range.as_deref());
    }
    let definitions: Vec<Json> = attributes
        .iter()
        .map(|name| json!({ "AttributeName": name, "AttributeType": "S" }))
        .collect();
    let mut request = Map::new();
    request.insert("TableName".into(), table.name.as_str().into());
    request.insert("AttributeDefinitions".into(), definitions.into());
    request.insert("KeySchema".into(), schema(PK, table.sorted.then_some(SK)));
    if !table.indexes.is_empty() {
        let indexes: Vec<Json> = table
            .indexes
            .iter()
            .map(|index| {
                json!({
                    "IndexName": index.name,
                    "KeySchema": schema(&index.hash, index.range.as_deref()),
                    "Projection": { "ProjectionType": "ALL" },
                })
            })
            .collect();
        request.insert("GlobalSecondaryIndexes".into(), indexes.into());
    }
    request.insert("BillingMode".into(), "PAY_PER_REQUEST".into());
    Json::Object(request)
}

fn schema(hash: &str, range: Option<&str>) -> Json {
    let mut keys = vec![json!({ "AttributeName": hash, "KeyType": "HASH" })];
    keys.extend(range.map(|it| json!({ "AttributeName": it, "KeyType": "RANGE" })));
    keys.into()
}
