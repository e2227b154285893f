//! What can be chosen: version, edition, topology. Nothing can.

/// No options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {}
