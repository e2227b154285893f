//! What an engine can do, line by line, each with its source and how it is known.

/// A line of an engine's capability table. An outcome names its line, which is its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The stable code: `PG-FOREIGN-KEY`.
    pub code: &'static str,
    /// What is done or not, in a sentence for users: `a FOREIGN KEY refuses the row`.
    pub says: &'static str,
    /// When it is there.
    pub when: When,
    /// How it is known.
    pub proof: Proof,
    /// Where the fact is written: a manual's page.
    pub source: &'static str,
}

/// When an engine can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In all supported versions.
    Always,
    /// From a version on: major, minor, patch.
    Since(u16, u16, u16),
    /// In an edition alone.
    Edition(&'static str),
    /// With a topology, extension, setting or privilege.
    Needs(&'static str),
    /// Never, and why.
    Never(&'static str),
}

/// How a line is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A test on a live engine, by name.
    Live(&'static str),
    /// The engine's own parser took it, in the named test.
    Parser(&'static str),
    /// The source's word.
    Document,
}

/// A line by its position in the backend's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(pub u16);

/// Declares an engine's lines in order: each a constant that is its position, and `LINES`, all of them.
///
/// ```
/// mod capability {
///     use dbspec_core::backend::capability::{Line, LineId, Proof, When};
///
///     dbspec_core::lines! {
///         KEY = "X-KEY" "a key refuses the row" When::Always, Proof::Document, "https://example.org/keys";
///         NAMES = "X-NAMES" "names derive from it" When::Since(2, 0, 0), Proof::Document, "https://example.org/names";
///     }
///
///     pub fn codes() -> [&'static str; 2] {
///         [KEY, NAMES].map(|LineId(at)| LINES[usize::from(at)].code)
///     }
/// }
/// assert_eq!(capability::codes(), ["X-KEY", "X-NAMES"]);
/// ```
#[macro_export]
macro_rules! lines {
    ($($name:ident = $code:literal $says:literal $when:expr, $proof:expr, $source:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum At { $($name),* }
        $(pub(super) const $name: LineId = LineId(At::$name as u16);)*
        /// All lines, in order.
        pub(super) const LINES: &[Line] = &[$(Line {
            code: $code,
            says: $says,
            when: $when,
            proof: $proof,
            source: $source,
        }),*];
    };
}
