//! A decimal with more digits behind its point than MySQL keeps.

use dbspec_core::check::Rule;
use dbspec_core::diag::{Code, Diagnostic};
use dbspec_core::kernel::{Kernel, LeafId};

use crate::mysql::types::{FRACTION, is_cut};

/// A decimal with more digits behind its point than MySQL keeps.
pub(super) static RULE: Rule = Rule {
    code: Code {
        id: "W1202",
        name: "mysql-long-fraction",
        docs: "A decimal has more than 30 digits behind its point, the most that MySQL keeps: what lies behind is rounded away. State at most 30, or leave MySQL out.",
    },
    bad: "entity A { id: int32 @key  share: decimal(38, 31) }",
    good: "entity A { id: int32 @key  share: decimal(38, 30) }",
};

pub(super) fn find(kernel: &Kernel) -> Vec<Diagnostic> {
    let fields = kernel.fields.iter().flat_map(|(_, field)| field.leaves.iter());
    fields.filter_map(|leaf| one(kernel, leaf)).collect()
}

fn one(kernel: &Kernel, leaf: LeafId) -> Option<Diagnostic> {
    let it = &kernel.leaves[leaf];
    is_cut(&it.ty).then(|| {
        let element = kernel.fields[it.field].element;
        RULE.warning(format!(
            "{} has more digits behind its point than MySQL keeps",
            kernel.path(element)
        ))
        .at(kernel.elements[element].span, "")
        .why(format!(
            "it keeps {FRACTION} at most, and rounds what lies behind away"
        ))
        .help(format!(
            "state at most {FRACTION} digits behind the point, or leave MySQL out"
        ))
    })
}
