//! What can go wrong with a live database.

use std::path::PathBuf;

use dbspec_core::backend::{Incomplete, NotServed};
use dbspec_core::kernel::{Kernel, Refusal};
use dbspec_core::rows::Misfit;

/// Why a live database didn't do what it was asked for. No message holds a value or a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// What is no address.
    #[error("{0}")]
    Address(String),
    /// The database can't be reached, or doesn't let us in.
    #[error("{address}: can't connect: {says}")]
    Connect {
        /// Where, without secrets.
        address: String,
        /// What was said, without secrets.
        says: String,
    },
    /// The engine is too old or too new.
    #[error("{address}: {says}")]
    Version {
        /// Where.
        address: String,
        /// What it is, and what would do.
        says: String,
    },
    /// The database isn't empty.
    #[error("the database isn't empty: it has {}", some(.names))]
    NotEmpty {
        /// What it has.
        names: Vec<String>,
    },
    /// The target doesn't serve it.
    #[error(transparent)]
    NotServed(#[from] NotServed),
    /// Rules are broken; nothing was changed.
    #[error("refused: {}", names.join(", "))]
    Refused {
        /// What refuses, in order.
        refusals: Vec<Refusal>,
        /// The same in words: `Order.placed_has_time`.
        names: Vec<String>,
    },
    /// A limit of the engine; nothing was changed.
    #[error("beyond a limit of the engine: {0}")]
    Limit(String),
    /// It failed, and nothing was changed.
    #[error("{0}; nothing was changed")]
    Failed(String),
    /// It failed, and can't be told whether it was done.
    #[error("{0}; it can't be told whether it was done")]
    Unknown(String),
    /// A fault of dbspec itself.
    #[error("a fault of dbspec: {0}")]
    Fault(String),
    /// A file can't be read.
    #[error("{}: {says}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        says: String,
    },
    /// A file holds what are no rows.
    #[error("{}: {misfit}", .path.display())]
    Rows {
        /// Which.
        path: PathBuf,
        /// Where and why.
        misfit: Misfit,
    },
}

impl LiveError {
    /// Rules are broken.
    pub(crate) fn refused(kernel: &Kernel, refusals: Vec<Refusal>) -> Self {
        let names = refusals.iter().map(|refusal| kernel.refusal(refusal)).collect();
        Self::Refused { refusals, names }
    }
}

impl From<Incomplete> for LiveError {
    fn from(incomplete: Incomplete) -> Self {
        Self::Fault(incomplete.to_string())
    }
}

fn some(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
