//! The engine's physical nouns, as plain data. There are none.

use dbspec_core::backend::DesignData;
use serde::{Deserialize, Serialize};

/// A design without anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Design {}

impl DesignData for Design {
    const FORMAT: u32 = 1;
}
