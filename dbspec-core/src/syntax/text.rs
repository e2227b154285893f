//! Strings: from their escaped form and back.

use std::fmt::Write as _;

use super::codes::BAD_ESCAPE;
use crate::diag::Diagnostic;
use crate::span::Span;

/// The value of a string token, quotes and escapes resolved.
pub(super) fn unescape(source: &str, span: Span) -> Result<String, Box<Diagnostic>> {
    if let Some(raw) = source.strip_prefix('r') {
        let raw = raw.trim_start_matches('#');
        let hashes = source.len() - 1 - raw.len();
        return Ok(raw[1..raw.len() - 1 - hashes].to_owned());
    }
    let body = &source[1..source.len() - 1];
    let mut value = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((c, length)) = escape(rest) else {
            return Err(bad_escape(source, span, body.len() - rest.len()));
        };
        value.extend(c);
        rest = &rest[length..];
    }
    value.push_str(rest);
    Ok(value)
}

/// What the escape at the start of `rest` stands for (nothing, for a line continuation), and how long it is.
fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    let after = &rest[1..];
    let (c, length) = match after.chars().next()? {
        'n' => ('\n', 2),
        'r' => ('\r', 2),
        't' => ('\t', 2),
        c @ ('"' | '\'' | '\\') => (c, 2),
        'x' => {
            let value = u8::from_str_radix(after.get(1..3)?, 16).ok()?;
            (char::from(Some(value).filter(u8::is_ascii)?), 4)
        }
        'u' => {
            let (digits, _) = after.get(1..)?.strip_prefix('{')?.split_once('}')?;
            let value = u32::from_str_radix(&digits.replace('_', ""), 16).ok()?;
            (char::from_u32(value)?, digits.len() + 4)
        }
        // Rust's line continuation: the break and what indents the next line are no part of the string.
        '\n' => return Some((None, rest.len() - after.trim_start().len())),
        _ => return None,
    };
    (c != '\0').then_some((Some(c), length))
}

fn bad_escape(source: &str, span: Span, at: usize) -> Box<Diagnostic> {
    let escape: String = source[1 + at..source.len() - 1].chars().take(2).collect();
    let start = span.start + 1 + at as u32;
    let place = Span::new(span.file, start, (start + escape.len() as u32).min(span.end));
    Box::new(
        Diagnostic::error(&BAD_ESCAPE, format!("`{}` is no escape", escape.escape_debug()))
            .at(place, "")
            .why(r#"strings know \" \\ \' \n \r \t \x41 and \u{1F600}, and never hold NUL"#)
            .help(r#"double the backslash, or write r"…", which takes backslashes as they are"#),
    )
}

/// A string as it is written: raw where backslashes would be doubled and nothing forbids it.
pub(super) fn quote(value: &str) -> String {
    let plain = |c: char| !c.is_control() && c != '"' && !invisible(c);
    if value.contains('\\') && value.chars().all(plain) {
        return format!("r\"{value}\"");
    }
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c.is_control() || invisible(c) => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// Characters that would hide what the source says: direction marks, separators, the byte order mark.
fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{quote, unescape};
    use crate::span::{FileId, Span};

    fn value(source: &str) -> Option<String> {
        unescape(source, Span::new(FileId(0), 0, source.len() as u32)).ok()
    }

    #[test]
    fn quoted_strings_read_back() {
        for value in [
            "",
            "plain",
            "q\"uote",
            "back\\slash",
            "both\\\"",
            "tab\tline\nreturn\r",
            "\u{202e}x",
            "😀",
            "r\"x\"",
        ] {
            assert_eq!(self::value(&quote(value)).as_deref(), Some(value));
        }
    }

    #[test]
    fn escapes_are_rusts() {
        assert_eq!(value(r#""\x41\u{1F6_00}\'""#).as_deref(), Some("A😀'"));
        assert_eq!(value("\"a \\\n   b\\\n c\"").as_deref(), Some("a bc"));
        assert_eq!(value(r##"r#"a"b\"#"##).as_deref(), Some(r#"a"b\"#));
        for bad in [
            r#""\q""#,
            r#""\x80""#,
            r#""\u{110000}""#,
            r#""\u{0}""#,
            r#""\x00""#,
            r#""\u41""#,
            r#""\xé""#,
        ] {
            assert_eq!(value(bad), None, "{bad}");
        }
    }
}
