//! All codes: each room lists its own in a `CODES` table, and this joins the tables.

use super::Code;

/// One line a room.
static ROOMS: &[&[&Code]] = &[crate::syntax::CODES, crate::check::CODES];

/// Every code of the core, by room.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    ROOMS.iter().flat_map(|codes| codes.iter().copied())
}

/// The code with that id or name.
pub fn find(id: &str) -> Option<&'static Code> {
    codes().find(|code| code.id.eq_ignore_ascii_case(id) || code.name == id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::codes;

    #[test]
    fn codes_are_unique_and_documented() {
        let mut seen = BTreeSet::new();
        for code in codes() {
            assert!(seen.insert(code.id), "{} is declared twice", code.id);
            assert!(seen.insert(code.name), "{} is declared twice", code.name);
            assert!(!code.docs.is_empty(), "{} has no docs", code.id);
        }
    }
}
