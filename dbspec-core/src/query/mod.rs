//! Access paths matched against queries.
