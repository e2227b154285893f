//! Patterns of the language as regular expressions that PostgreSQL's advanced ones and ICU's have in common.
//!
//! <https://www.postgresql.org/docs/18/functions-matching.html#POSIX-SYNTAX-DETAILS>,
//! <https://unicode-org.github.io/icu/userguide/strings/regexp.html>

use std::fmt::Write as _;

use dbspec_core::pred::Regex;

/// The largest count of a bound.
const MOST: u32 = 255;

/// The pattern between what stands for the beginning of a text and its end.
pub(crate) fn print(regex: &Regex, (begin, end): (&str, &str)) -> String {
    let mut out = String::from(begin);
    match regex {
        Regex::Alt(_) => atom(regex, &mut out),
        Regex::Class { .. } | Regex::Seq(_) | Regex::Repeat { .. } => branch(regex, &mut out),
    }
    out.push_str(end);
    out
}

/// A pattern in parentheses, unless it is one class.
fn atom(regex: &Regex, out: &mut String) {
    match regex {
        Regex::Class { negated, ranges } => class(*negated, ranges, out),
        Regex::Seq(_) | Regex::Alt(_) | Regex::Repeat { .. } => {
            out.push_str("(?:");
            branch(regex, out);
            out.push(')');
        }
    }
}

fn branch(regex: &Regex, out: &mut String) {
    match regex {
        Regex::Class { .. } => atom(regex, out),
        Regex::Seq(parts) => parts.iter().for_each(|part| match part {
            Regex::Class { .. } | Regex::Repeat { .. } | Regex::Seq(_) => branch(part, out),
            Regex::Alt(_) => atom(part, out),
        }),
        Regex::Alt(parts) => {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                branch(part, out);
            }
        }
        Regex::Repeat { of, min, max } => repeat(of, *min, *max, out),
    }
}

/// Bounds beyond 255 are cut into several.
fn repeat(of: &Regex, min: u32, max: Option<u32>, out: &mut String) {
    let times = |bound: &str, out: &mut String| {
        atom(of, out);
        out.push_str(bound);
    };
    match (min, max) {
        (0, None) => return times("*", out),
        (1, None) => return times("+", out),
        (0, Some(1)) => return times("?", out),
        (1, Some(1)) => return times("", out),
        (_, Some(0)) => return,
        _ => {}
    }
    let mut left = min;
    while left > MOST {
        times(&format!("{{{MOST}}}"), out);
        left -= MOST;
    }
    match max {
        None => times(&format!("{{{left},}}"), out),
        Some(max) if max == min => times(&format!("{{{left}}}"), out),
        Some(max) => {
            if left > 0 {
                times(&format!("{{{left}}}"), out);
            }
            let mut more = max.saturating_sub(min);
            while more > 0 {
                let now = more.min(MOST);
                times(&format!("{{0,{now}}}"), out);
                more -= now;
            }
        }
    }
}

fn class(negated: bool, ranges: &[(char, char)], out: &mut String) {
    if negated && ranges.is_empty() {
        out.push('.');
        return;
    }
    if let ([(from, to)], false) = (ranges, negated) {
        if from == to && from.is_ascii_alphanumeric() {
            out.push(*from);
            return;
        }
        if from == to && from.is_ascii_punctuation() {
            out.push('\\');
            out.push(*from);
            return;
        }
    }
    if ranges.is_empty() {
        // Nothing is in it: no text follows it.
        out.push_str("(?!)");
        return;
    }
    out.push_str(if negated { "[^" } else { "[" });
    for (from, to) in ranges {
        // PostgreSQL's texts have no U+0000.
        let from = if *from == '\0' { '\u{1}' } else { *from };
        let to = (*to).max(from);
        character(from, out);
        if to > from {
            out.push('-');
            character(to, out);
        }
    }
    out.push(']');
}

fn character(it: char, out: &mut String) {
    if it.is_ascii_alphanumeric() {
        out.push(it);
    } else if (it as u32) < 0x1_0000 {
        let _ = write!(out, "\\u{:04X}", it as u32);
    } else {
        let _ = write!(out, "\\U{:08X}", it as u32);
    }
}
