//! What the user said.
