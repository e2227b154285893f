//! A small reader of SQL: enough to see whether something got out of its quotes.
//!
//! A statement that keeps its quotes reads to its end as plain words, numbers, punctuation and whole quoted things, with
//! no separator inside. A hostile name that isn't quoted leaves an open quote, a `;`, a comment or a letter beyond
//! ASCII.

/// What stands outside of quotes.
const PUNCTUATION: &str = "()[],.:;=<>!+-*/%|&~^?@#";

pub(super) fn sql(statement: &str) -> Result<(), String> {
    let mut rest = statement.trim_end().trim_end_matches(';');
    let show = |at: &str| at.chars().take(40).collect::<String>();
    while let Some(first) = rest.chars().next() {
        let escaped = (rest.starts_with("E'") || rest.starts_with("e'")).then(|| &rest[1..]);
        rest = match first {
            '\'' => quoted(rest, '\'', false),
            '"' => quoted(rest, '"', false),
            '`' => quoted(rest, '`', false),
            '$' if dollar(rest).is_some() => dollar(rest),
            _ if escaped.is_some() => escaped.and_then(|it| quoted(it, '\'', true)),
            _ if rest.starts_with("--") => return Err(format!("a comment in a statement: {}", show(rest))),
            _ if rest.starts_with("/*") => return Err(format!("a comment in a statement: {}", show(rest))),
            ';' => return Err(format!("a separator in a statement: {}", show(rest))),
            '$' => rest
                .get(1..)
                .filter(|it| it.starts_with(|it: char| it.is_ascii_digit())),
            it if it.is_ascii_alphanumeric() || it == '_' => {
                let inside = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '$';
                Some(rest.trim_start_matches(inside))
            }
            it if it.is_ascii_whitespace() || PUNCTUATION.contains(it) => rest.get(1..),
            _ => return Err(format!("a letter outside of quotes: {}", show(rest))),
        }
        .ok_or_else(|| format!("an open quote: {}", show(rest)))?;
    }
    Ok(())
}

/// What follows a quoted thing, whose quotes are doubled inside; `None` where it doesn't end.
fn quoted(text: &str, quote: char, backslashes: bool) -> Option<&str> {
    let mut rest = text.get(quote.len_utf8()..)?;
    loop {
        let at = rest.find(|it| it == quote || (backslashes && it == '\\'))?;
        let found = &rest[at..];
        if found.starts_with('\\') {
            let skipped = found.chars().nth(1)?;
            rest = &found[1 + skipped.len_utf8()..];
        } else if found[1..].starts_with(quote) {
            rest = &found[2..];
        } else {
            return Some(&found[1..]);
        }
    }
}

/// What follows a text between `$tag$`; `None` where there is none, or it doesn't end.
fn dollar(text: &str) -> Option<&str> {
    let tag = text.get(1..)?.split('$').next()?;
    let mark = text.get(..tag.len() + 2).filter(|it| it.ends_with('$'))?;
    if !tag.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        || tag.starts_with(|it: char| it.is_ascii_digit())
    {
        return None;
    }
    let (_, after) = text[mark.len()..].split_once(mark)?;
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::sql;

    #[test]
    fn quotes_that_hold_are_taken() {
        for statement in [
            r#"CREATE TABLE "a""b; --" ("x" text DEFAULT 'it''s; /*' CHECK ("x" <> '') );"#,
            r"SELECT E'a\'b', $1, $q$ ; ' $q$, 1.5e3, x::int[], ''",
            "COMMENT ON TABLE a IS 'é'",
        ] {
            assert_eq!(sql(statement), Ok(()), "{statement}");
        }
    }

    #[test]
    fn quotes_that_break_are_seen() {
        for statement in [
            "CREATE TABLE a; DROP TABLE b",
            r#"CREATE TABLE "a"b" (x int)"#,
            "SELECT 'it's'",
            "SELECT 1 -- more",
            "SELECT /* more",
            "SELECT é",
            "COMMENT ON TABLE a IS $$ more",
        ] {
            assert!(sql(statement).is_err(), "{statement}");
        }
    }
}
