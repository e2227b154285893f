//! From model to kernel.
