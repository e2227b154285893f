//! Names of the model as identifiers of Rust.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Words that no identifier is without `r#`.
const KEYWORDS: [&str; 49] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    "union",
];

/// Words that no identifier is at all.
const PATHS: [&str; 4] = ["self", "Self", "super", "crate"];

/// The identifiers of one namespace.
#[derive(Debug, Default)]
pub(super) struct Idents {
    taken: BTreeSet<String>,
}

impl Idents {
    /// A field, a parameter or a module: the name as it is, as far as it can be.
    pub(super) fn plain(&mut self, name: &str) -> String {
        self.take(readable(name))
    }

    /// A type or a variant: words joined, each with a capital.
    pub(super) fn pascal(&mut self, name: &str) -> String {
        self.take(pascal(name))
    }

    /// A constant.
    pub(super) fn constant(&mut self, name: &str) -> String {
        self.take(readable(name).to_ascii_uppercase())
    }

    /// The identifier, with a number where it is taken.
    fn take(&mut self, mut ident: String) -> String {
        if ident.chars().all(|it| it == '_') {
            ident.insert(0, 'x');
        }
        if ident.starts_with(|it: char| it.is_ascii_digit()) {
            ident.insert(0, '_');
        }
        if PATHS.contains(&ident.as_str()) {
            ident.push('_');
        }
        let mut free = ident.clone();
        let mut number = 2_u32;
        while !self.taken.insert(free.clone()) {
            free = format!("{ident}_{number}");
            number += 1;
        }
        if KEYWORDS.contains(&free.as_str()) {
            free.insert_str(0, "r#");
        }
        free
    }
}

/// Letters, digits and underscores: what else there is becomes an underscore, or its number. Latin letters stay as they
/// are; others could be told apart here and be one to the compiler.
fn readable(name: &str) -> String {
    let mut ident = String::with_capacity(name.len());
    for it in name.chars() {
        match it {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => ident.push(it),
            '\u{C0}'..='\u{24F}' if it.is_alphabetic() => ident.push(it),
            it if it.is_ascii() => ident.push('_'),
            it => {
                let _ = write!(ident, "u{:x}", u32::from(it));
            }
        }
    }
    ident
}

fn pascal(name: &str) -> String {
    let mut ident = String::with_capacity(name.len());
    for word in readable(name).split('_') {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            // Two numbers that are side by side stay two.
            if first.is_ascii_digit() && ident.ends_with(|it: char| it.is_ascii_digit()) {
                ident.push('_');
            }
            ident.extend(first.to_uppercase());
            ident.push_str(letters.as_str());
        }
    }
    ident
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_readable() {
        let mut idents = Idents::default();
        let plain = [
            "order item",
            "type",
            "self",
            "Gr\u{F6}\u{DF}e",
            "1st",
            "",
            "😀",
            "order_item",
            "ORDER_ITEM",
        ];
        let made: Vec<String> = plain.iter().map(|it| idents.plain(it)).collect();
        assert_eq!(
            made,
            [
                "order_item",
                "r#type",
                "self_",
                "Gr\u{F6}\u{DF}e",
                "_1st",
                "x",
                "u1f600",
                "order_item_2",
                "ORDER_ITEM"
            ]
        );
        let mut idents = Idents::default();
        let names = ["orders_of_customer", "OrdersOfCustomer", "self", "v1_2", "__"];
        let made: Vec<String> = names.iter().map(|it| idents.pascal(it)).collect();
        assert_eq!(
            made,
            ["OrdersOfCustomer", "OrdersOfCustomer_2", "Self_", "V1_2", "x"]
        );
    }
}
