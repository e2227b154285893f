//! Design → `CloudFormation` templates: the tables of the request files, for those who manage them as stacks.
//!
//! A resource has the properties of the request that creates its table, so that both say the same. Tables outlive their
//! stack: what is no longer in a template is let go, not dropped.

use dbspec_core::backend::Artefact;
use dbspec_core::program::Codec;
use dbspec_core::value::Value;
use serde_json::{Map, Value as Json, json};

use super::request;
use crate::dynamodb::design::Table;

/// So many resources a template declares, and so many bytes it has.
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const RESOURCES: usize = 500;
const BYTES: usize = 1_000_000;
/// The longest logical id.
const LONGEST: usize = 255;
/// What stands around the resources, and before each of their lines.
const FRAME: usize = 200;
const INDENT: usize = 4;

/// The templates of tables: one, unless there are more than it takes. No statement is in them: a stack is not a request.
pub(super) fn templates(tables: &[Table]) -> Vec<Artefact> {
    let mut parts: Vec<Map<String, Json>> = Vec::new();
    let mut size = 0;
    for table in tables {
        let resource = resource(table);
        let text = text_of(&resource);
        let bytes = text.len() + INDENT * text.lines().count() + LONGEST;
        if parts.is_empty() || size + bytes > BYTES || parts.last().is_some_and(|it| it.len() == RESOURCES) {
            parts.push(Map::new());
            size = FRAME;
        }
        size += bytes;
        if let Some(part) = parts.last_mut() {
            part.insert(logical_id(&table.name), resource);
        }
    }
    let template = |(at, resources): (usize, Map<String, Json>)| {
        let mut artefact = Artefact::new(match at {
            0 => "cloudformation.json".to_owned(),
            _ => format!("cloudformation-{}.json", at + 1),
        });
        let template = json!({ "AWSTemplateFormatVersion": "2010-09-09", "Resources": resources });
        artefact.text = text_of(&template);
        artefact.text.push('\n');
        artefact
    };
    parts.into_iter().enumerate().map(template).collect()
}

fn resource(table: &Table) -> Json {
    json!({
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": request(table),
    })
}

fn text_of(document: &Json) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// A resource's name, of letters and digits alone: the table's without the dot behind the prefix that all share; where it
/// has anything else, a digest tells it from others. It depends on nothing but the table's name, since a resource of another name is
/// another resource.
fn logical_id(name: &str) -> String {
    let mut id: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if id.len() + 1 != name.len() || name.matches('.').count() != 1 || id.len() > LONGEST {
        let digest = match Codec::Digest.encode(&Value::text(name)) {
            Ok(Value::Text(digest)) => digest.chars().filter(char::is_ascii_alphanumeric).collect(),
            Ok(_) | Err(_) => String::new(),
        };
        id.truncate(LONGEST / 2);
        id.push_str(&digest);
        id.truncate(LONGEST);
    }
    id
}
