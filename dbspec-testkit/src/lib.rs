//! dbspec-testkit
