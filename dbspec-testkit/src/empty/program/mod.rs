//! The programs of queries and writes. Nothing is served, so there are none, and [`Faces`](dbspec_core::backend::Faces)
//! says so.
