//! dbspec-memory
