//! Names that break what doesn't quote.

use std::collections::BTreeSet;

/// Names that are legal in the language when quoted, and trouble anywhere else.
pub const HOSTILE: [&str; 24] = [
    "select",
    "Select",
    "SELECT",
    "order",
    "group",
    "user",
    "table",
    "value",
    "o'clock",
    "say \"hi\"",
    "a;b",
    "x\"; drop table y; --",
    "/* c */",
    "-- c",
    "$1",
    ":name",
    "#n",
    "back\\slash",
    "a.b",
    "two words",
    " lead",
    "\u{1F600}",
    "na\u{EF}ve",
    "%s",
];

/// Plain names, for the larger part.
pub const PLAIN: [&str; 16] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "pi",
];

/// Chooses names that are unique in their namespace.
#[derive(Debug, Default)]
pub struct Names {
    used: BTreeSet<String>,
}

impl Names {
    /// The name for a pick: plain for even picks, hostile for odd ones, very long now and then; with a number where it
    /// is taken.
    pub fn choose(&mut self, pick: u16) -> String {
        let at = usize::from(pick / 2);
        let base = match pick {
            _ if pick % 31 == 30 => "long".repeat(50),
            _ if pick.is_multiple_of(2) => PLAIN[at % PLAIN.len()].to_owned(),
            _ => HOSTILE[at % HOSTILE.len()].to_owned(),
        };
        let mut name = base.clone();
        let mut number = 1;
        while !self.used.insert(name.clone()) {
            number += 1;
            name = format!("{base}{number}");
        }
        name
    }

    /// Takes a name that the language or sugar uses.
    pub fn reserve(&mut self, name: &str) {
        self.used.insert(name.to_owned());
    }
}

/// A name as the language has it where it is declared: an identifier, or a string.
pub fn declared(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { quoted(name) }
}

/// A name as an expression reads it: always through `self`, so that no word of the language is in the way.
pub fn read(name: &str) -> String {
    format!("self.{}", quoted(name))
}

/// A string literal of the language.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
