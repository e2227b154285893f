//! Names that are made of others.

use dbspec_core::kernel::{Kernel, LeafId};

/// A leaf's name within its entity, its parts joined.
pub(crate) fn leaf_name(kernel: &Kernel, leaf: LeafId, by: char) -> String {
    let it = &kernel.leaves[leaf];
    let mut name = kernel.fields[it.field].name.to_string();
    for part in &it.path {
        name.push(by);
        name.push_str(part);
    }
    name
}
