//! dbspec
