//! Writes that are too large for one transaction at their declared maximum: said, with what does fit.

use dbspec_core::backend::decision::{Alternative, Decision};
use dbspec_core::kernel::WriteId;

use super::ITEMS;
use super::count::{Counting, longest};
use crate::dynamodb::capability;

/// What a write that takes more than a transaction comes to. The cost is in items.
pub(super) fn decide(counting: Counting<'_>, write: WriteId, at_most: u32) -> Option<Decision> {
    if at_most <= ITEMS {
        return None;
    }
    let write = &counting.layout.kernel.writes[write];
    let holds = counting.holds(write, ITEMS);
    let chosen = match holds {
        Some(length) => format!(
            "one transaction, which holds lists of up to {length} of the declared {}; longer ones are refused as a limit",
            longest(write)
        ),
        None => "one transaction; what takes more than it holds is refused as a limit".to_owned(),
    };
    Some(Decision {
        element: write.element,
        code: "write-size",
        chosen: chosen.into(),
        cost: Some(u64::from(at_most) * 1000),
        alternatives: vec![
            Alternative {
                what: "several transactions".into(),
                cost: None,
                why_not: "a write that stops between them would be done in part".into(),
            },
            Alternative {
                what: "owned rows in a list of their owner's item".into(),
                cost: None,
                why_not: "the programs write one item a row; not compiled".into(),
            },
        ],
        turned_on: Vec::new(),
        flips: match holds {
            Some(length) => format!("lists declared with at most {length} items").into(),
            None => format!("at most {ITEMS} items").into(),
        },
        line: Some(capability::ATOMIC),
    })
}
