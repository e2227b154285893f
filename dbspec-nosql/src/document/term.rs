//! Terms in few words.

pub(crate) use dbspec_core::program::terms::*;
