//! Proof: models, real data and generated operations on live engines, each against the reference engine.
//!
//! Tests run where `DBSPEC_LIVE=1` says so; then an engine that is missing is a failure. Without it each test says on
//! stderr what it left out. `DBSPEC_TEST_<ENGINE>_URL` names an engine, `DBSPEC_CORPORA` the folder of real data.
//!
//! Every test has a database of its own ([`engine::Place`]), which is dropped at the end, whatever the end is.
#![allow(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a proof that fails panics: it is read by tests alone"
)]

pub mod compare;
pub mod draw;
pub mod engine;
pub mod model;
pub mod scale;
pub mod spy;
