//! The core of dbspec: the language, the model, its check, the kernel that backends compile, the evaluator that
//! defines what a model means, and the machine that runs programs.
//!
//! Data flows one way: text → [`syntax`] → [`model::Model`] → [`check`] → [`kernel::Kernel`] → a backend's design,
//! coverage and programs ([`backend`]). Nothing here does I/O, reads a clock, draws randomness or knows an engine.

pub mod diag;
pub mod span;

pub mod model;
pub mod syntax;

pub mod arena;
pub mod value;

pub mod check;
pub mod kernel;

pub mod counterexample;
pub mod pred;
pub mod query;
pub mod rows;
pub mod semantics;
pub mod typed;

pub mod backend;
pub mod export;
pub mod program;
