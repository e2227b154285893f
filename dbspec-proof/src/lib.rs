//! dbspec-proof
