//! dbspec-sql
