//! The language as text: lexer, parser and formatter.

use crate::diag::Code;

/// The codes that this room raises.
pub static CODES: &[&Code] = &[];
