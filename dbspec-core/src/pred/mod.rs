//! Predicates made two-valued.
