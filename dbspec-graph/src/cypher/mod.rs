//! What engines that speak Cypher share: names and patterns in it.

use std::fmt::Write as _;

/// A name in its quotes. Names hold no backslash, which Cypher would read as an escape even there, nor a backtick; the
/// [limits](crate::neo4j) of names see to that.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A property of a node or relationship: ``n.`name` ``.
pub(crate) fn property(of: &str, name: &str) -> String {
    format!("{of}.{}", quoted(name))
}

/// A node of a label.
pub(crate) fn node(of: &str, label: &str) -> String {
    format!("({of}:{})", quoted(label))
}

/// The member of a map that holds the part of a key at a position.
pub(crate) fn part(at: usize) -> String {
    format!("k{at}")
}

/// A node of a label with properties that have the values of a map's [parts](part).
pub(crate) fn keyed(of: &str, label: &str, properties: &[&str], map: &str) -> String {
    let mut text = format!("({of}:{} {{", quoted(label));
    for (at, name) in properties.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{}: {map}.{}", quoted(name), part(at));
    }
    text.push_str("})");
    text
}
