//! Positions in source text.
