//! JSON documents as canonical text.

use std::fmt::Write;

/// What can't be a JSON document of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// Not JSON at all.
    #[error("not a JSON document: {0}")]
    Syntax(String),
    /// I-JSON has the numbers of a 64-bit float, and integers up to 2^53.
    #[error("the number {0} is beyond what JSON can interchange")]
    Number(String),
}

/// A document as canonical text: object keys sorted by code point, no white space. The same document always has the
/// same text.
///
/// # Errors
/// [`NotJson::Number`] where a number is beyond I-JSON.
pub fn canonical_json(document: &serde_json::Value) -> Result<String, NotJson> {
    let mut text = String::new();
    write(document, &mut text)?;
    Ok(text)
}

fn write(document: &serde_json::Value, text: &mut String) -> Result<(), NotJson> {
    use serde_json::Value as Json;
    match document {
        Json::Null => text.push_str("null"),
        Json::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
        Json::Number(it) => number(it, text)?,
        Json::String(it) => string(it, text),
        Json::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, text)?;
            }
            text.push(']');
        }
        Json::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (at, (name, member)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                string(name, text);
                text.push(':');
                write(member, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

fn number(number: &serde_json::Number, text: &mut String) -> Result<(), NotJson> {
    const SAFE: f64 = 9_007_199_254_740_992.0;
    let beyond = || NotJson::Number(number.to_string());
    let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    if whole.is_some_and(|it| it > 1 << 53) {
        return Err(beyond());
    }
    let float = number.as_f64().filter(|it| it.is_finite()).ok_or_else(beyond)?;
    // Whole numbers have one spelling, whether written 1, 1.0 or 1e0.
    let _ = if float.fract() == 0.0 && float.abs() <= SAFE {
        write!(text, "{}", float as i64)
    } else {
        write!(text, "{float:?}")
    };
    Ok(())
}

fn string(it: &str, text: &mut String) {
    // A JSON string of serde_json escapes what must be escaped, and nothing else.
    let _ = write!(text, "{}", serde_json::Value::from(it));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_document_has_one_text() {
        let canonical = |text: &str| canonical_json(&serde_json::from_str(text).expect("JSON"));
        assert_eq!(
            canonical(r#"{ "b": [1.0, 2e0, -0.0], "a": {"y": null, "x": "é\n\u0001"} }"#).as_deref(),
            Ok("{\"a\":{\"x\":\"é\\n\\u0001\",\"y\":null},\"b\":[1,2,0]}")
        );
        assert_eq!(canonical("0.1").as_deref(), Ok("0.1"));
        assert!(canonical("9007199254740993").is_err());
    }
}
