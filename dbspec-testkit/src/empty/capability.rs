//! What the engine can do, line by line, each with its source and how it is known.

use dbspec_core::backend::capability::{Line, LineId, Proof, When};

/// The reason of every outcome.
pub(super) const NOTHING: LineId = LineId(0);

pub(super) static LINES: [Line; 1] = [Line {
    code: "EMPTY-NOTHING",
    says: "nothing is stored, asked or refused",
    when: When::Never("the engine holds no data"),
    proof: Proof::Document,
    source: "the documentation of dbspec-testkit",
}];
