//! dbspec-nosql
